"""What ``analysis.json`` and ``frontal.json`` have in common, and the way back from either's folder."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypeVar

from pydantic import TypeAdapter, ValidationError

from analyzer.config import FILES, Config
from analyzer.data.capture import CameraMotion, PoseTrack, VideoInfo
from analyzer.errors import ResultsError
from analyzer.outputs import swap
from analyzer.pose.files.pose_csv import read_pose

_HALF: Final = re.compile(r"\\u[dD][89a-fA-F]")
"""One half of a sign that takes two: alone it is no text, and cannot be written into a page."""
Form = TypeVar("Form")
"""What a file holds."""


@dataclass(frozen=True)
class Joints:
    """What is known of the joints beside ``pose.csv``: frame size in px, and what marked them."""

    width: int
    height: int
    source: str
    model_sha256: str

    @classmethod
    def of(cls, pose: PoseTrack) -> Joints:
        """Return what a document holds of joints."""
        return cls(pose.width, pose.height, pose.source, pose.model_sha256)


def told(config: Config) -> Config:
    """Return settings as results tell them: files by their names, without the folders that they lie in."""
    paths = {name: getattr(config, name) for name in FILES}
    return config.model_copy(update={name: Path(path.name) for name, path in paths.items() if path})


def parsed(text: str, form: TypeAdapter[Form], read: Collection[int], name: str, again: str) -> Form:
    """Return what a file holds.

    Parameters
    ----------
    text : str
        The file's content.
    form : TypeAdapter
        Of what it holds.
    read : collection of int
        The schemas that are read, the newest last.
    name : str
        Of the file, for messages.
    again : str
        How such a file is made anew.

    Raises
    ------
    ResultsError
        It is of another version, or damaged.
    """
    try:
        plain = json.loads(text)
        if _HALF.search(text):
            json.dumps(plain, ensure_ascii=False).encode()  # raises for a half without the other
        version = plain.get("schema") if isinstance(plain, dict) else None
        if version not in read:
            newer = isinstance(version, int) and version > max(read)
            raise ResultsError(
                f"{name} was written by {'a later' if newer else 'another'} version, or is another file.",
                f"Its schema is {version}, this version reads {' and '.join(map(str, read))}.",
                "Install the version that wrote it, or a later one." if newer else again,
            )
        return form.validate_python(plain)
    except ValidationError as error:
        first = error.errors()[0]
        why = f"{'.'.join(map(str, first['loc']))}: {first['msg']}."
    except UnicodeEncodeError:
        why = "It holds half of a sign, which is no text."
    except (ValueError, RecursionError) as error:
        why = f"It is not JSON: {error}."
    raise ResultsError(f"{name} is damaged.", why, again)


def recover(directory: Path) -> None:
    """Finish the exchange of a folder that was broken off.

    Raises
    ------
    ResultsError
        It cannot be finished, or there can be no such folder.
    """
    try:
        swap.recover(directory)
    except OSError as error:
        raise ResultsError(
            f"The results in {directory} cannot be read.",
            f"{error.strerror or error}.",
            "Check the path, the permissions and the free space.",
        ) from None
    except ValueError as error:  # a zero byte
        raise ResultsError(f"No folder is called {directory}.", f"{error}.", "Check the path.") from None


def joints(
    directory: Path, name: str, kept: Joints, camera: CameraMotion | None, video: VideoInfo | None, again: str
) -> tuple[PoseTrack, CameraMotion]:
    """Return the joints in ``pose.csv``, and the camera that filmed them, still where None is kept.

    Parameters
    ----------
    directory : Path
        A folder of results.
    name : str
        Of the file that holds the rest, for messages.
    kept, camera, video
        What it holds.
    again : str
        How such a folder is made anew.

    Raises
    ------
    ResultsError
        They are not of as many frames as the rest.
    PoseFileError
        ``pose.csv`` cannot be read.
    """
    pose = read_pose(directory / "pose.csv")
    camera = camera or CameraMotion.static(len(pose.time))
    frames = {len(camera.sd_px)} | ({len(video.time)} if video else set())
    if frames != {len(pose.time)}:
        raise ResultsError(
            f"The files in {directory} are not of one analysis.",
            f"pose.csv has {len(pose.time)} rows, {name} is of {max(frames)} frames.",
            again,
        )
    facts = {field: getattr(kept, field) for field in ("width", "height", "source", "model_sha256")}
    return replace(pose, **facts), camera
