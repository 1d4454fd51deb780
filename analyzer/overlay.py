"""The annotated video: the clip again, slowed down, with what was measured drawn where it was measured.

Right is warm and left is cool. What covers the picture is thin; words and numbers stand in a strip
below it. A small athlete is shown enlarged in a corner.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from PIL import Image as Picture
from PIL import ImageDraw

from analyzer import video
from analyzer.brush import DARK, Colour, dot, fitted, font, line, paste, word
from analyzer.data import Array, Progress, Step
from analyzer.metrics import METRICS
from analyzer.metrics.wording import shown
from analyzer.skeleton import JOINTS, Side
from analyzer.video import Image

if TYPE_CHECKING:
    from analyzer.analysis import Analysis

PLAYBACK_FPS: Final = 30.0
"""A clip filmed faster than this plays slower than life, frame by frame."""
SHORT_PX: Final = 720  # the shorter side of the picture, at least
LONG_PX: Final = 1920  # the longer side, at most
HEADLINE: Final = ("step_speed", "step_frequency", "step_length", "contact_time")

COLOUR: Final[dict[Side, Colour]] = {"right": (255, 122, 46), "left": (70, 168, 255)}
_WHITE: Final[Colour] = (255, 255, 255)
_DIM: Final[Colour] = (150, 160, 172)
_TRACE_S: Final = 0.6
_EDGE_S: Final = 0.25  # shown before the athlete is first seen and after the last time
_SMALL: Final = 0.45  # of the picture's height: a lower crop is shown enlarged
_INSET: Final = 0.42  # of the picture's shorter side

_LIMBS: Final = (
    ("shoulder", "elbow"),
    ("elbow", "wrist"),
    ("hip", "knee"),
    ("knee", "ankle"),
    ("ankle", "heel"),
    ("heel", "foot_index"),
    ("ankle", "foot_index"),
)


def slowdown(analysis: Analysis) -> float:
    """Return how many seconds of the annotated video show one second of the run."""
    fps = analysis.video.capture_fps if analysis.video is not None else PLAYBACK_FPS
    return max(1.0, fps / PLAYBACK_FPS)


def start_s(analysis: Analysis) -> float:
    """Return the time of the annotated video's first frame, seconds of the capture clock."""
    return float(analysis.pose.time[_span(analysis)[0]])


def write(analysis: Analysis, path: Path, progress: Progress | None = None) -> Path | None:
    """Write the annotated video as H.264.

    Its first frame is the first one in which the athlete is seen, less a quarter of a second; from
    there one second of the run lasts ``slowdown`` seconds.

    Returns
    -------
    Path
        None when there is no video to draw on: the joints came from a file, or the clip has moved.

    Raises
    ------
    OutputError
        The file cannot be written.
    VideoError
        The clip can no longer be decoded.
    """
    info = analysis.video
    if info is None or not info.path.is_file() or not len(analysis.pose.time):
        return None
    first, last = _span(analysis)
    scale = _scale(info.width, info.height)
    width, height = round(info.width * scale), round(info.height * scale)
    scene, strip = _Scene(analysis, scale), _Strip(analysis, width)
    slow = slowdown(analysis)
    file_s = info.time * info.slow_motion
    stop_s = float(file_s[last]) if last < len(file_s) else None
    done = 0
    with video.VideoWriter(
        Path(path), width, height + strip.height, min(PLAYBACK_FPS, info.capture_fps)
    ) as out:
        for frame in video.frames(info.path, float(file_s[first]), stop_s):
            picture = scene.draw(frame.image, frame.index, (width, height))
            below = strip.draw(float(info.time[frame.index]))
            out.write(np.vstack([picture, below]), slow * float(info.time[frame.index] - info.time[first]))
            done += 1
            if progress:
                progress("overlay", done, last - first)
    return Path(path)


def still(analysis: Analysis, image: Image, index: int) -> Image:
    """Return frame ``index`` of the clip, ``image``, as the annotated video shows it."""
    assert analysis.video is not None
    scale = _scale(analysis.video.width, analysis.video.height)
    width, height = round(analysis.video.width * scale), round(analysis.video.height * scale)
    picture = _Scene(analysis, scale).draw(image, index, (width, height))
    return np.vstack([picture, _Strip(analysis, width).draw(float(analysis.video.time[index]))])


def close_up(analysis: Analysis, image: Image, index: int, side: int) -> Image | None:
    """Return the athlete in frame ``index``, ``image``, with the body drawn; None where not followed."""
    scene = _Scene(analysis, 1.0)
    return scene.view(image, index, side) if np.isfinite(scene.box[index]).all() else None


def _span(analysis: Analysis) -> tuple[int, int]:
    """Return the frames worth showing, first and one past the last."""
    time = analysis.pose.time
    seen = np.flatnonzero(np.isfinite(analysis.motion.raw).any(axis=(1, 2)))
    if not len(seen):
        return 0, len(time)
    first = int(np.searchsorted(time, time[seen[0]] - _EDGE_S))
    last = int(np.searchsorted(time, time[seen[-1]] + _EDGE_S, side="right"))
    return first, last


def _scale(width: int, height: int) -> float:
    enlarged = max(1.0, SHORT_PX / min(width, height))
    return min(enlarged, LONG_PX / max(width, height))


class _Scene:
    """The picture with the body, the path of the centre of mass and the places of the feet."""

    def __init__(self, analysis: Analysis, scale: float) -> None:
        self.analysis, self.scale = analysis, scale
        motion, camera, calibration = analysis.motion, analysis.camera, analysis.calibration
        self.to_image = _inverse(calibration.homography)
        self.from_reference = _inverse(camera.to_reference)
        self.held = np.isfinite(camera.sd_px)
        # The belt's motion is in the athlete's metres but not in the picture's.
        self.belt = np.outer(calibration.treadmill_mps * motion.time, (1.0, 0.0))
        reference = _apply(self.to_image, motion.position - self.belt[:, None])
        self.joints = _apply(self.from_reference[:, None], reference)
        self.com = _apply(self.to_image, motion.com - self.belt)
        self.feet = np.array([step.foot for step in analysis.steps], dtype=float).reshape(-1, 2)
        self.fps = motion.fps
        self.box = _steady(analysis.pose.box)
        self.insets = self._corners()

    def draw(self, image: Image, index: int, size: tuple[int, int]) -> Image:
        """Return the annotated picture of frame ``index`` at ``size`` (width, height)."""
        method = cv2.INTER_AREA if self.scale < 1 else cv2.INTER_CUBIC
        picture = (
            image.copy() if self.scale == 1 else np.asarray(cv2.resize(image, size, interpolation=method))
        )
        picture = np.ascontiguousarray(picture, np.uint8)
        side_px = self.box[index, 2] * self.scale
        thick = float(np.clip(side_px / 130, 1.5, 9)) if np.isfinite(side_px) else 2.0
        self._ground(picture, index, thick)
        self._trace(picture, index, thick)
        self._body(picture, self.joints[index] * self.scale, thick)
        if index in self.insets and np.isfinite(self.box[index]).all():
            left, side = self.insets[index]
            picture[:side, left : left + side] = self.view(image, index, side)
            cv2.rectangle(picture, (left, 0), (left + side - 1, side - 1), _WHITE, 2)
        return picture

    def view(self, image: Image, index: int, side: int) -> Image:
        """Return the crop around the athlete, ``side`` px wide and high, with the body drawn."""
        x, y, span = self.box[index]
        zoom = side / span
        move = np.array([[zoom, 0, side / 2 - zoom * x], [0, zoom, side / 2 - zoom * y]])
        shift = move + np.array([[0, 0, zoom / 2 - 0.5]] * 2)  # warpAffine counts from pixel centres
        view = np.asarray(
            cv2.warpAffine(image, shift, (side, side), flags=cv2.INTER_CUBIC, borderValue=DARK), np.uint8
        )
        self._body(view, self.joints[index] * zoom + move[:, 2], float(np.clip(side / 130, 1.5, 5)))
        return view

    def _body(self, picture: Image, xy: Array, thick: float) -> None:
        near = self.analysis.motion.near_side
        far: Side = "left" if near == "right" else "right"
        at = dict(zip(JOINTS, xy, strict=True))
        width = max(1, round(thick))

        def bone(a: Array, b: Array, colour: Colour) -> None:
            if np.isfinite(a).all() and np.isfinite(b).all():
                line(picture, a, b, DARK, width + 2)
                line(picture, a, b, colour, width)

        sides: tuple[Side, Side] = (far, near)
        for side in sides:
            for a, b in _LIMBS:
                bone(at[f"{side}_{a}"], at[f"{side}_{b}"], COLOUR[side])
            if side == far:
                shoulders = (at["left_shoulder"] + at["right_shoulder"]) / 2
                bone(shoulders, (at["left_hip"] + at["right_hip"]) / 2, _WHITE)
                bone(shoulders, (at["left_ear"] + at["right_ear"]) / 2, _WHITE)
        for side in sides:
            for joint in ("shoulder", "elbow", "hip", "knee", "ankle"):
                p = at[f"{side}_{joint}"]
                if np.isfinite(p).all():
                    dot(picture, p, 0.9 * thick, _WHITE)
                    dot(picture, p, 0.6 * thick, COLOUR[side])

    def _trace(self, picture: Image, index: int, thick: float) -> None:
        """Draw where the centre of mass has been lately, as the still ground saw it."""
        if not self.held[index]:
            return
        first = max(0, index - round(_TRACE_S * self.fps))
        past = self.held[first : index + 1]
        path = _apply(self.from_reference[index], self.com[first : index + 1]) * self.scale
        path = path[past & np.isfinite(path).all(axis=1)]
        if len(path) > 1:
            points = np.round(path * 16).astype(np.int32).reshape(-1, 1, 2)
            width = max(1, round(0.6 * thick))
            cv2.polylines(picture, [points], False, DARK, width + 2, cv2.LINE_AA, 4)
            cv2.polylines(picture, [points], False, _WHITE, width, cv2.LINE_AA, 4)
            if np.isfinite(self.com[index]).all():  # else the end of the path is not where it is now
                dot(picture, path[-1], 1.6 * thick, DARK)
                dot(picture, path[-1], 1.2 * thick, _WHITE)

    def _ground(self, picture: Image, index: int, thick: float) -> None:
        """Number the contacts on the ground, from touchdown on."""
        if not self.held[index]:
            return
        now = self.analysis.motion.time[index]
        size = round(float(np.clip(7 * thick, picture.shape[1] / 48, 64)))
        to_frame = self.from_reference[index] @ self.to_image
        places = _apply(to_frame, self.feet - self.belt[index]) * self.scale
        begun = [start for start, _ in _contacts(self.analysis.steps)]
        for step, place, start in zip(self.analysis.steps, places, begun, strict=True):
            if not (np.isfinite(place).all() and start <= now):
                continue
            x, y = place
            mark = np.array([[x, y + 2], [x - size / 4, y + size / 2], [x + size / 4, y + size / 2]])
            cv2.fillPoly(picture, [np.round(mark * 16).astype(np.int32)], COLOUR[step.side], cv2.LINE_AA, 4)
            paste(picture, word(str(step.number), size, COLOUR[step.side]), x, y + size / 2)

    def _corners(self) -> dict[int, tuple[int, int]]:
        """Return left edge and side of the enlarged view for each frame: an upper corner without the athlete.

        Empty for an athlete who is large anyway, or who leaves no corner free for most of the clip.
        """
        info = self.analysis.video
        assert info is not None
        seen = np.flatnonzero(np.isfinite(self.box).all(axis=1))
        if not len(seen) or float(np.median(self.box[seen, 2])) > _SMALL * 1.5 * info.height:
            return {}
        side = round(_INSET * min(info.width, info.height) * self.scale)
        side -= side % 2
        lefts = (0, round(info.width * self.scale) - side)
        x, y, half = (self.box[seen] * (1, 1, 0.35) * self.scale).T
        hidden = [(x + half > left) & (x - half < left + side) & (y - half < side) for left in lefts]
        corner = int(hidden[0].mean() > hidden[1].mean())
        found = {}
        for i, index in enumerate(seen):
            if hidden[corner][i] and not hidden[1 - corner][i]:
                corner = 1 - corner  # and there it stays until it is in the way again
            if not hidden[corner][i]:
                found[int(index)] = (lefts[corner], side)
        return found if len(found) > len(seen) / 2 else {}


class _Strip:
    """The strip below the picture: the contact of the moment, the run's numbers, the run's rhythm."""

    def __init__(self, analysis: Analysis, width: int) -> None:
        self.analysis, self.width = analysis, width
        self.unit = max(16, round(width / 30))
        self.numbers = _headline(analysis)
        rows = 1.7 + (2.2 if self.numbers else 0.0) + 0.8
        self.height = 2 * round(rows * self.unit / 2)
        self.slow = slowdown(analysis)
        self._drawn: dict[str, Image] = {}
        first, last = _span(analysis)
        self.begin, self.end = analysis.pose.time[first], analysis.pose.time[last - 1]

    def draw(self, time_s: float) -> Image:
        """Return the (height, width, 3) strip at ``time_s`` of the capture clock."""
        step, on_ground = _moment(self.analysis.steps, time_s)
        key = f"{step.number if step else None} {on_ground}"
        if key not in self._drawn:
            self._drawn[key] = self._words(step, on_ground)
        strip = self._drawn[key].copy()
        u = self.unit
        clock = word(f"{time_s - self.begin:.2f} s", round(0.75 * u), _DIM)
        paste(strip, clock, self.width - 0.4 * u - clock.shape[1] / 2, 0.5 * u)
        x = self._x(time_s)
        cv2.line(strip, (x, self.height - round(0.75 * u)), (x, self.height), _WHITE, max(2, u // 12))
        return strip

    def _x(self, time_s: float) -> int:
        share = (time_s - self.begin) / max(self.end - self.begin, 1e-9)
        return round(float(np.clip(share, 0, 1)) * (self.width - 1))

    def _words(self, step: Step | None, on_ground: bool) -> Image:
        u = self.unit
        page = Picture.new("RGB", (self.width, self.height), DARK)
        draw = ImageDraw.Draw(page)
        room = self.width - 0.8 * u - 3.6 * u  # the clock stands at the right
        if step is not None:
            chip, words = self._status(step, on_ground)
            colour = COLOUR[step.side] if on_ground else _DIM
            bold = font(u)
            wide = bold.getlength(chip) + 0.8 * u
            draw.rounded_rectangle((0.4 * u, 0.2 * u, 0.4 * u + wide, 1.55 * u), 0.3 * u, fill=colour)
            draw.text((0.8 * u, 0.87 * u), chip, font=bold, fill=DARK, anchor="lm")
            smaller = fitted(words, u, room - wide - 0.5 * u)
            draw.text((wide + 0.9 * u, 0.87 * u), words, font=smaller, fill=_WHITE, anchor="lm")
        elif self.slow > 1.05:
            draw.text(
                (0.4 * u, 0.87 * u), f"{self.slow:.3g} times slower than life", _DIM, font(0.8 * u), "lm"
            )
        share = (self.width - 0.4 * u) / max(len(self.numbers), 1) - 0.5 * u
        size = min((fitted(number, 1.05 * u, share).size for _, number in self.numbers), default=u)
        for i, (label, number) in enumerate(self.numbers):
            x = 0.4 * u + i * (self.width - 0.4 * u) / len(self.numbers)
            draw.text((x, 2.1 * u), label, font=fitted(label, 0.65 * u, share), fill=_DIM, anchor="lm")
            draw.text((x, 3.1 * u), number, font=font(size), fill=_WHITE, anchor="lm")
        for each, (start, stop) in zip(self.analysis.steps, _contacts(self.analysis.steps), strict=True):
            if start == np.inf:
                continue
            y = self.height - (0.65 if each.side == "right" else 0.35) * u
            draw.rectangle((self._x(start), y, self._x(stop), y + 0.25 * u), fill=COLOUR[each.side])
        return np.array(page, np.uint8)

    def _status(self, step: Step, on_ground: bool) -> tuple[str, str]:
        name = "contact_time" if on_ground else "flight_time"
        value = self.analysis.value(name, step.number)
        said = f"step {step.number}"
        if value is not None and np.isfinite(value.value):
            said += f"  {'contact' if on_ground else 'flight'} {_number(name, value.value, value.sd)}"
        return step.side.upper() if on_ground else "FLIGHT", said


def _headline(analysis: Analysis) -> list[tuple[str, str]]:
    """Return label and number of the run's means, those that could be measured."""
    out = []
    for name in HEADLINE:
        row = analysis.summary(name)
        if row is not None and np.isfinite(row.mean):
            out.append((row.label, _number(name, row.mean, row.mean_se)))
    return out


def _number(name: str, value: float, sd: float) -> str:
    factor, symbol, decimals = shown(METRICS[name])
    error = f" ± {sd * factor:.{decimals}f}" if np.isfinite(sd) else ""
    return f"{value * factor:.{decimals}f}{error} {symbol}".strip()


def _moment(steps: tuple[Step, ...], time_s: float) -> tuple[Step | None, bool]:
    """Return the step that ``time_s`` belongs to and whether its foot is on the ground."""
    spans = _contacts(steps)
    for i, (step, (start, stop)) in enumerate(zip(steps, spans, strict=True)):
        if start <= time_s < stop:
            return step, True
        after = min((begin for begin, _ in spans[i + 1 :]), default=np.inf)
        after = after if np.isfinite(after) else stop + (stop - start)
        if stop <= time_s < after:
            return step, False
    return None, False


def _contacts(steps: tuple[Step, ...]) -> list[tuple[float, float]]:
    """Return when each contact begins and ends.

    An event the clip does not show lies beyond its end; one that could not be timed is drawn at the
    neighbour's event. A step without any event is at infinity.
    """
    spans = []
    for i, step in enumerate(steps):
        start, stop = step.touchdown_s, step.toe_off_s
        if np.isnan(start) and np.isnan(stop):
            spans.append((np.inf, np.inf))
            continue
        before = [t for s in steps[:i] for t in (s.touchdown_s, s.toe_off_s) if t < stop]
        after = [t for s in steps[i + 1 :] for t in (s.touchdown_s, s.toe_off_s) if t > start]
        if np.isnan(start):
            start = max(before, default=-np.inf)
        if np.isnan(stop):
            stop = min(after, default=np.inf)
        spans.append((float(start), float(stop)))
    return spans


def _inverse(matrix: Array) -> Array:
    return np.asarray(np.linalg.inv(matrix), np.float64)


def _apply(matrix: Array, xy: Array) -> Array:
    """Map (..., 2) points by (..., 3, 3) matrices."""
    homogeneous = np.concatenate([xy, np.ones((*xy.shape[:-1], 1))], axis=-1)
    mapped = np.einsum("...ij,...j->...i", matrix, homogeneous)
    with np.errstate(invalid="ignore", divide="ignore"):
        flat: Array = mapped[..., :2] / mapped[..., 2:]
    return flat


def _steady(box: Array) -> Array:
    """Return the crops with one side for all, so that the enlarged view does not breathe."""
    out = np.array(box)
    if np.isfinite(box[:, 2]).any():
        out[:, 2] = np.where(np.isfinite(box[:, 2]), np.nanpercentile(box[:, 2], 75), np.nan)
    return out
