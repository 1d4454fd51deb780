"""What is open: a clip that was not analysed yet or a folder of results; and the work that was asked for."""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from typing import Any

from analyzer import pipeline
from analyzer.config import OF_THE_JOINTS, Config
from analyzer.data.capture import VideoInfo
from analyzer.data.notes import Progress
from analyzer.errors import ConfigError, ContentError
from analyzer.frontal.results import Frontal
from analyzer.outputs import analysis_json, scale_files
from analyzer.outputs import folder as result_folder
from analyzer.outputs.frontal import document as frontal_document
from analyzer.outputs.frontal import wording
from analyzer.review import sight, wanted
from analyzer.review.pictures import Pictures
from analyzer.review.wanted import Wanted
from analyzer.review.work import Work
from analyzer.video import reader


class BusyError(Exception):
    """Something is at work already."""


class Desk:
    """A clip or a folder of results, and the work on it.

    Parameters
    ----------
    given : Path
        A video file, or a folder that ``analyze`` wrote. A clip whose results are where they would go is
        opened with them.
    out : Path, optional
        Folder for the results of a clip; ``<stem>_sprint`` beside where the program runs.

    Raises
    ------
    AnalyzerError
        It is neither, or results cannot go where they should.
    """

    def __init__(self, given: Path, out: Path | None = None) -> None:
        self._lock = Lock()
        self.work: Work | None = None
        self.clip: VideoInfo | None = None
        self.pictures: Pictures | None = None
        self._saved: analysis_json.Saved | None = None
        self.version = 0
        if given.is_dir():
            self.root = given
            self.open(given)
            return
        info = reader.probe(given)
        self.root = out or Path(f"{given.stem}_sprint")
        there = analysis_json.video_of(self.root) if self.root.is_dir() else None
        if there is not None and there.sha256 == info.sha256:
            self.open(self.root)
            return
        refused = frontal_document.refused(self.root)
        if refused is not None:
            raise refused
        result_folder.claim(self.root)
        self.folder = self.root
        self.clip = info
        self.pictures = Pictures(info)

    def open(self, folder: Path) -> None:
        """Open a folder of results."""
        saved = analysis_json.load(folder)
        clip = saved.document.video
        video = clip if clip is not None and clip.path.is_file() else None
        with self._lock:
            self.folder, self._saved = folder, saved
            if video is None:
                self.pictures = None
            elif self.pictures is None or not self.pictures.are_of(video):
                self.pictures = Pictures(video)
            self.clip = video
            self.version += 1

    @property
    def saved(self) -> analysis_json.Saved | None:
        """What the folder gives back; None before a clip is analysed."""
        return self._saved

    def state(self) -> dict[str, Any]:
        """Return everything the page shows but joints and pictures."""
        with self._lock:
            if self._saved is None:
                assert self.clip is not None
                told = sight.of_clip(self.clip, self.folder)
            else:
                told = sight.of_results(self._saved, self.folder, shown=self.pictures is not None)
            place = "" if self.folder == self.root else f"{self.folder.name}/"
            work = self.work and self.work.told()
            return told | sight.colours() | {"version": self.version, "place": place, "work": work}

    def turn(self, report: str) -> None:
        """Open another pass of the same clip, by its report as seen from the open one.

        Raises
        ------
        ConfigError
            There is no such pass.
        """
        passes = self._saved.document.other_passes if self._saved else ()
        if all(other.report != report for other in passes):  # they are those that ``door.links`` let in
            raise ConfigError("There is no such run in this clip.", report, "")
        target = (self.folder / report).resolve().parent
        if not target.is_relative_to(self.root.resolve()):
            raise ConfigError("There is no such run in this clip.", report, "")
        self.open(self.root if target == self.root.resolve() else self.root / target.name)

    def begin(self, asked: Wanted) -> None:
        """Begin what the page asks for: a rebuild, or the analysis where the video must be read (again).

        Raises
        ------
        BusyError
            Something is at work already.
        ConfigError
            A setting cannot be used.
        """
        saved = self._saved
        config = (saved.document.config if saved else Config()).changed(asked.settings)
        again = saved is None or any(
            getattr(config, name) != getattr(saved.document.config, name) for name in OF_THE_JOINTS
        )
        with self._lock:
            if self.work is not None and self.work.busy:
                raise BusyError
            if again:
                self.work = Work("analyze", lambda progress: self._analyse(asked, config, progress))
            else:
                self.work = Work("rebuild", lambda progress: self._rebuild(asked, progress))
            self.work.start()

    def close(self) -> None:
        """Stop what is at work, and let go of the video."""
        if self.work is not None:
            self.work.stop(wait=True)
        if self.pictures is not None:
            self.pictures.close()

    def _rebuild(self, asked: Wanted, progress: Progress) -> None:
        assert self._saved is not None
        progress("numbers", 0, 2)
        with wanted.written(asked, self.folder, self._saved.camera) as settings:
            run = pipeline.rebuild(self.folder, settings=settings)
            progress("numbers", 1, 2)
            run.save(self.folder, force=True, draw_overlay=asked.overlay, progress=progress)
        self.open(self.folder)

    def _analyse(self, asked: Wanted, config: Config, progress: Progress) -> None:
        """Read the video and everything after; what was clicked for the scale needs the camera's motion."""
        if self.clip is None:
            raise ConfigError(
                "The video is not there any more.",
                "The joints can only be read from it.",
                "Put it back, or beside the folder of results.",
            )
        later = asked.scale is not None and asked.scale.kind != "body"
        unscaled = {"scale": None, "marks": None, "calibration": None}
        changes: dict[str, Any] = {"overlay": config.overlay and not later}
        if self._saved is not None:
            config = scale_files.kept(config, self.folder)
        if self._saved is not None and self._saved.document.other_passes:
            changes["pass_number"] = None  # each pass has its own, and all are read again
        first = config.changed(changes | (unscaled if asked.scale else {}))
        runs = pipeline.analyze_any(self.clip.path, first, progress=progress)
        progress("numbers", 1, 2)
        # What lies there is this desk's own: the folder was empty, or holds what is open.
        ours = self._saved is not None or frontal_document.where(self.root) is not None
        if isinstance(runs, Frontal):
            page = None if self._saved else runs.save(self.root, force=ours, progress=progress)
            raise _seen_across(runs, page)
        if self._saved is not None:
            wanted.write_answers(asked, self.folder)
        pages = pipeline.save_passes(runs, self.root, force=ours, progress=progress)
        try:
            if later and asked.scale is not None:
                for run, page in zip(runs, pages, strict=True):
                    settings = wanted.scale_settings(asked.scale, page.parent, run.camera)
                    scaled = pipeline.rebuild(page.parent, settings=settings | {"overlay": config.overlay})
                    scaled.save(page.parent, force=True, progress=progress)
        finally:  # what is written is what is open, though its scale may be missing
            self.open(self.root)


def _seen_across(run: Frontal, page: Path | None) -> ContentError:
    """Return what is said of a clip from the front or from behind: there are no contacts to put right.

    ``page`` is its report; None where it was not written, as other results are open.
    """
    return ContentError(
        f"{wording.filmed(run)}: no contacts can be seen from there, so there is nothing to correct here.",
        f"What is seen across the lane was measured: {wording.counted(run)}." if page else "",
        f"Open the report: {page.absolute()}" if page else "Nothing was changed.",
    )
