"""The sheet coaches print: five moments of a step from each leg, one scale, one ground line.

Every tile is cut from the video with the clip's own calibration, so a tilted or panning camera still
gives upright tiles of the same size. Without a video the tiles hold stick figures.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

import cv2
import numpy as np
from PIL import Image as Picture

from analyzer.arrays import Array
from analyzer.body.anthropometry import LEG_OF_STATURE
from analyzer.body.skeleton import JOINTS, Side, other
from analyzer.comparison import from_to
from analyzer.data.analysis import Analysis
from analyzer.data.motion import Motion
from analyzer.metrics import METRICS
from analyzer.metrics.wording import number, signed
from analyzer.outputs import faces, fonts
from analyzer.outputs.colours import COLOUR, FAINT, INK, SOFT
from analyzer.outputs.curves import clock_known
from analyzer.outputs.fonts import drawable
from analyzer.outputs.kinogram.moments import Moment, Phase, centre, moments
from analyzer.outputs.kinogram.paper import Line, Paper, Tile, Words
from analyzer.outputs.who import who
from analyzer.signals.geometry import mapped
from analyzer.video.frame import Frame, Image, part
from analyzer.video.kept_stills import EMPTY, Part
from analyzer.video.stills import Stills, nearest

DEFINITIONS: Final = (
    "Toe-off: the toe leaves. Highest point: top of the centre of mass in flight. Strike: the hamstring of "
    "the landing leg is longest (hip flexion less knee flexion). Touchdown: that foot lands. Full support: "
    "centre of mass over it."
)
"""Printed below the tiles."""
PLACED: Final = "≈: not timed in this clip, placed by the rhythm of the run."
"""Printed where a moment was not timed."""
SHARED: Final = "One picture stands for several moments where the camera took no other between them."
"""Printed where the camera was too slow for a frame of each moment."""
WIDE: Final = 0.92
"""Width of a tile in standing heights; wider where a limb reaches further."""
MARGIN: Final = 0.09
"""Room beside the outermost joint, standing heights."""
BELOW: Final = 0.07
"""Room below the ground, standing heights."""
ABOVE: Final = 1.13
"""Height of a tile above the ground, standing heights: a head in flight."""
HEAD: Final = 0.13
"""Room above the ears for the rest of the head, standing heights."""
HIGHEST: Final = 1.45
"""How far up a tile reaches at most, standing heights: where a scale that changes within the clip lifts the
body."""
DEEPEST: Final = 0.25
"""How far down, likewise."""
TILE_PX: Final = 560
"""Height of a tile, px."""
ROOM_PX: Final = 4
"""Room around what a tile shows of a frame, px: what its interpolation looks at."""
DPI: Final = 160
"""Pixels an inch of the printed sheet: A4 across holds five tiles."""
TEXT_PX: Final = 109
"""Room for the words below a row of tiles, px."""
HEADER_PX: Final = 67
"""Room for who ran above all rows, px."""
GAP_PX: Final = 10
"""Between the header, or the words of a row, and the tiles below, px."""
GUTTER_PX: Final = 7
"""Beside a tile, px: half of what is between it and its neighbour."""
FOOT_PX: Final = 64
"""Room for the definitions below all rows, px."""
POINT_PX: Final = DPI / 72
"""A point of the printed sheet, in which letters and lines are measured, px."""
LEADING: Final = 1.2
"""From line to line of the definitions, shares of the font's size."""
THIN_PX: Final = 1.1 * POINT_PX
"""Width of a line over a picture."""
RIM_PX: Final = 3.3 * POINT_PX
"""Width of a line with its outline: a coloured line alone is lost on dark clothes."""
THICK_PX: Final = 2.6 * POINT_PX
"""Width of a line of a stick figure."""
HEAD_PX: Final = 11 * POINT_PX
"""Width of its head."""
GROUND_PX: Final = 0.8 * POINT_PX
"""Width of the ground's line."""
DASHES: Final[dict[Side, tuple[float, float] | None]] = {"left": None, "right": (4.0, 1.6)}
"""A side's strokes and gaps, in widths of the line, where colours are not seen."""
_CHAINS: Final = (
    ("shoulder", "elbow", "wrist", "index"),
    ("hip", "knee", "ankle"),
    ("ankle", "heel", "foot_index", "ankle"),
)
"""Joints that are drawn as one line, on each side."""
_Extent = tuple[float, float, float, float]
"""What a tile shows: left, right, lower and upper edge, m."""


class _Window(NamedTuple):
    """How far a tile reaches from its centre and from the ground, statures."""

    behind: float
    ahead: float
    below: float
    above: float


def draw(
    analysis: Analysis, path: str | Path, stills: Stills | None = None, steps: Sequence[int] | None = None
) -> Image:
    """Draw the kinogram into a PNG or an SVG, as the file's ending says, and return it as ``sheet`` does.

    Parameters
    ----------
    analysis : Analysis
    path : path
    stills : Stills, optional
        The frames of ``wanted``; otherwise they are decoded here.
    steps : sequence of int, optional
        Numbers of the steps whose landings are shown, a row each; otherwise one of each leg is chosen.
    """
    paper = laid_out(analysis, stills, steps)
    drawn = paper.painted()
    if Path(path).suffix.lower() == ".svg":
        Path(path).write_text(paper.svg(DPI), encoding="utf-8")
    else:
        save(drawn, path)
    return drawn


def save(sheet: Image, path: str | Path) -> None:
    """Write a kinogram that is drawn as PNG."""
    # A tenth larger than compressed as far as it goes, in half the time.
    Picture.fromarray(sheet).save(path, dpi=(DPI, DPI), compress_level=3)


def tiles(analysis: Analysis, sheet: Image) -> list[list[tuple[Moment, Image]]]:
    """Cut the tiles of a drawn sheet out of it, without the words: rows as ``moments`` gives them.

    None of a sheet that is not laid out as one is today, such as one that was kept from earlier.
    """
    rows = moments(analysis)
    _, wide, size = _layout(analysis, rows)
    if sheet.shape[1::-1] != size:
        return []
    found = []
    for r, row in enumerate(rows):
        corners = [_place(r, c, wide) for c in range(len(row))]
        cuts = [sheet[y : y + TILE_PX, x : x + wide] for x, y in corners]
        found.append(list(zip(row, cuts, strict=True)))
    return found


def sheet(analysis: Analysis, stills: Stills | None = None, steps: Sequence[int] | None = None) -> Image:
    """Draw the kinogram and return it as an image, ``DPI`` pixels an inch of the printed sheet.

    Parameters
    ----------
    analysis : Analysis
    stills : Stills, optional
        The frames of ``wanted``; otherwise they are decoded here.

    Returns
    -------
    (h, w, 3) uint8
    """
    return laid_out(analysis, stills, steps).painted()


def wanted(analysis: Analysis, steps: Sequence[int] | None = None) -> list[int]:
    """Return the frames of the clip that the kinogram shows; ``steps`` as in ``draw``."""
    info = analysis.video
    return [] if info is None else [nearest(info, m.time_s) for row in moments(analysis, steps) for m in row]


def parts(analysis: Analysis) -> list[tuple[int, Part]]:
    """Return those frames, and what of each its tile shows."""
    info = analysis.video
    if info is None:
        return []
    times = [m.time_s for row in moments(analysis) for m in row]
    window = _window(analysis.motion, times)
    found = []
    for index in (nearest(info, t) for t in times):
        shown_s = float(info.time[index])
        frame, extent = in_frame(analysis, shown_s, _extent(analysis, window, shown_s))
        width, to_frame = _to_frame(analysis, frame, extent)
        found.append((index, _shown(to_frame, (width, TILE_PX), info.width, info.height)))
    return found


def shared(analysis: Analysis, row: Sequence[Moment]) -> str:
    """Say where moments of a row have one picture because the camera took no other between them."""
    if analysis.video is None:
        return ""
    groups: dict[int, list[str]] = {}
    for moment in row:
        groups.setdefault(nearest(analysis.video, moment.time_s), []).append(moment.phase.value)
    told = [" and ".join(names) for names in groups.values() if len(names) > 1]
    return f"One picture, for the camera took no other between them: {'; '.join(told)}." if told else ""


def laid_out(analysis: Analysis, stills: Stills | None = None, steps: Sequence[int] | None = None) -> Paper:
    """Return what the kinogram shows, and where; ``stills`` and ``steps`` as in ``draw``."""
    rows = moments(analysis, steps)
    window, wide, size = _layout(analysis, rows)
    paper = Paper(*size)
    paper.words += _header(analysis, size[0])
    if not rows:
        nothing = "No two ground contacts in a row were timed in this clip: no kinogram."
        paper.words.append(Words(size[0] / 2, size[1] / 2, nothing, 9 * POINT_PX, FAINT, align="middle"))
        return paper
    if stills is None:
        stills = Stills(analysis.video, wanted(analysis, steps), faces.hiding(analysis))
    images = _images(analysis, [m.time_s for row in rows for m in row], stills)
    for r, row in enumerate(rows):
        for c, moment in enumerate(row):
            x, y = _place(r, c, wide)
            paper.tiles.append(_tile(analysis, moment, window, images.get(moment.time_s), (x, y, wide)))
            paper.words += _caption(analysis, moment, row[0].time_s, (x, y + TILE_PX, wide))
    words = [DEFINITIONS]
    beneath = [_of_angles(analysis, [moment for row in rows for moment in row])]
    if not all(row[0].timed for row in rows):
        beneath.append(PLACED)
    if any(beneath):
        words.append(" ".join(filter(None, beneath)))
    if len({index for index, _ in images.values()}) < len(images):
        words.append(SHARED)
    letters = 8.5 * POINT_PX
    last = size[1] - GAP_PX - fonts.DESCENT * letters
    for above, line in enumerate(reversed(words)):
        paper.words.append(Words(GUTTER_PX, last - above * LEADING * letters, line, letters, SOFT))
    return paper


def _layout(analysis: Analysis, rows: Sequence[Sequence[Moment]]) -> tuple[_Window, int, tuple[int, int]]:
    """Return what a tile shows, its width, and width and height of the sheet, px."""
    window = _window(analysis.motion, [m.time_s for row in rows for m in row])
    wide = round(TILE_PX * (window.behind + window.ahead) / (window.below + window.above))
    high = HEADER_PX + max(1, len(rows)) * (TILE_PX + TEXT_PX) + FOOT_PX
    return window, wide, (len(Phase) * (wide + 2 * GUTTER_PX), high)


def _place(row: int, column: int, wide: int) -> tuple[int, int]:
    """Return the upper left corner of a tile on the sheet, px."""
    return GUTTER_PX + column * (wide + 2 * GUTTER_PX), HEADER_PX + GAP_PX + row * (TILE_PX + TEXT_PX)


def _header(analysis: Analysis, width: int) -> list[Words]:
    """Say who ran, when, and how fast."""
    ran = who(analysis)
    large, small, top = 15 * POINT_PX, 12 * POINT_PX, 2 * GAP_PX
    name = Words(GUTTER_PX, top + fonts.ASCENT * large, drawable(ran.name), large, INK, bold=True)
    speed = analysis.summary("step_speed")
    words = [drawable(ran.more)] if ran.more else []
    if speed is not None and np.isfinite(speed.mean):
        course = from_to.ends(analysis, "step_speed")
        mean = number(METRICS["step_speed"], speed.mean, speed.mean_se)
        words.append(from_to.words("step_speed", course) if course else mean)
    if not words:
        return [name]
    more = " · ".join(words)
    return [name, Words(width - GUTTER_PX, top + fonts.ASCENT * small, more, small, SOFT, align="end")]


def _images(analysis: Analysis, times: Iterable[float], stills: Stills) -> dict[float, tuple[int, Frame]]:
    """Return the frames nearest to ``times``, with their index in the clip; none without the file."""
    if analysis.video is None:
        return {}
    picked = {t: nearest(analysis.video, t) for t in times}
    return {t: (i, frame) for t, i in picked.items() if (frame := stills.at(i)) is not None}


def _window(motion: Motion, times: Iterable[float]) -> _Window:
    """Return how far the tiles must reach so that no limb and no head is cut off."""
    stature = motion.leg_length / LEG_OF_STATURE
    behind, ahead, below, above = WIDE / 2, WIDE / 2, BELOW, ABOVE
    for t in times:
        at = np.array([motion.at(motion.joint(name), t) for name in JOINTS])
        x, y = (at - (centre(motion, t), 0)).T / stature
        if np.isfinite(x).any():
            behind, ahead = max(behind, MARGIN - np.nanmin(x)), max(ahead, MARGIN + np.nanmax(x))
        # The highest joints are the ears or a hand: above the ears comes the rest of the head.
        if np.isfinite(y).any():
            below, above = max(below, MARGIN / 2 - np.nanmin(y)), max(above, HEAD + np.nanmax(y))
    most = (WIDE, WIDE, DEEPEST, HIGHEST)
    return _Window(*(float(min(x, m)) for x, m in zip((behind, ahead, below, above), most, strict=True)))


def _tile(
    analysis: Analysis,
    moment: Moment,
    window: _Window,
    image: tuple[int, Frame] | None,
    place: tuple[int, int, int],
) -> Tile:
    """Return the tile of a moment; ``place`` is its left and upper edge, and its width, px."""
    left, top, wide = place
    motion = analysis.motion
    shown_s = moment.time_s if image is None or analysis.video is None else analysis.video.time[image[0]]
    extent = _extent(analysis, window, shown_s)
    picture = np.full((TILE_PX, wide, 3), 255, np.uint8)
    if image is not None:
        seen = cut(image[1], analysis, *in_frame(analysis, shown_s, extent))[:, :wide]
        picture[:, : seen.shape[1]] = seen
    to_px = np.array([wide, TILE_PX]) / (extent[1] - extent[0], extent[2] - extent[3])
    corner = np.array([extent[0], extent[3]])
    ground = (np.array([[extent[0], 0.0], [extent[1], 0.0]]) - corner) * to_px
    lines = [Line(ground, INK if image is None else "#ffffff", GROUND_PX, 0.8)]
    for line in _sticks(motion, shown_s, thin=image is not None):
        lines.append(replace(line, points=(line.points - corner) * to_px))
    return Tile(left, top, picture, lines)


def _extent(analysis: Analysis, window: _Window, shown_s: float) -> _Extent:
    """Return what a tile shows, the athlete's metres: left and right edge as filmed, lower and upper."""
    stature = analysis.motion.leg_length / LEG_OF_STATURE
    middle = centre(analysis.motion, shown_s)
    low, high = middle - window.behind * stature, middle + window.ahead * stature
    # As filmed: an athlete running to the left has what is ahead on the left.
    left, right = (low, high) if analysis.calibration.direction == 1 else (high, low)
    return left, right, -window.below * stature, window.above * stature


def in_frame(analysis: Analysis, shown_s: float, extent: _Extent) -> tuple[int, _Extent]:
    """Return the frame of the motion at a time, and where in its image's metres an extent lies."""
    time = analysis.motion.time
    frame = int(np.argmin(np.abs(time - shown_s)))
    # The belt's motion is in the athlete's metres but not in the image's.
    belt = analysis.calibration.treadmill_mps * time[frame]
    return frame, (extent[0] - belt, extent[1] - belt, extent[2], extent[3])


def cut(
    image: Image | Frame,
    analysis: Analysis,
    frame: int,
    extent: _Extent,
    high_px: int = TILE_PX,
    method: int = cv2.INTER_CUBIC,
) -> Image:
    """Cut a window given in metres from a frame: one projective map from tile pixels to frame pixels."""
    width, to_frame = _to_frame(analysis, frame, extent, high_px)
    x0, y0, x1, y1 = _shown(to_frame, (width, high_px), image.shape[1], image.shape[0])
    tile = cv2.warpPerspective(
        part(image, x0, y0, x1, y1),
        np.array([[1, 0, -x0], [0, 1, -y0], [0, 0, 1.0]]) @ to_frame,
        (width, high_px),
        flags=method | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=EMPTY,
    )
    return np.asarray(tile, dtype=np.uint8)


def _to_frame(analysis: Analysis, frame: int, extent: _Extent, high_px: int = TILE_PX) -> tuple[int, Array]:
    """Return the width of a tile, px, and what maps its pixels to those of its frame."""
    left, right, low, high = extent
    per_metre = high_px / (high - low)
    width = round(abs(right - left) * per_metre)
    to_metres = np.array(
        [[(right - left) / width, 0, left], [0, -1 / per_metre, high], [0, 0, 1.0]], dtype=float
    )
    to_frame = (
        np.linalg.inv(analysis.camera.to_reference[frame])
        @ np.linalg.inv(analysis.calibration.homography)
        @ to_metres
    )
    return width, np.asarray(to_frame)


def _shown(to_frame: Array, size: tuple[int, int], columns: int, rows: int) -> tuple[int, int, int, int]:
    """Return what of a frame a tile shows: first and last column and row, the last exclusive."""
    corners = mapped(to_frame, np.multiply([[0, 0], [1, 0], [0, 1], [1, 1]], size).astype(float))
    if not np.isfinite(corners).all():
        return 0, 0, columns, rows
    low, high = corners.min(axis=0) - ROOM_PX, corners.max(axis=0) + ROOM_PX
    x0, y0 = (int(np.clip(at, 0, size - 1)) for at, size in zip(low, (columns, rows), strict=True))
    x1, y1 = (int(np.clip(at, 1, size)) for at, size in zip(high, (columns, rows), strict=True))
    return x0, y0, max(x1, x0 + 1), max(y1, y0 + 1)


def _sticks(motion: Motion, t: float, *, thin: bool) -> list[Line]:
    """Return the lines of the body at a time, their points in metres: thin ones over a picture, or thick."""

    def at(name: str) -> Array:
        return np.asarray(motion.at(motion.joint(name), t))

    width, rim, alpha = (THIN_PX, RIM_PX, 0.85) if thin else (THICK_PX, 0.0, 1.0)
    found = []
    for side in (other(motion.near_side), motion.near_side):
        strokes = DASHES[side]
        dashes = None if strokes is None else (strokes[0] * width, strokes[1] * width)
        for chain in _CHAINS:
            points = np.array([at(f"{side}_{joint}") for joint in chain])
            found.append(Line(points, COLOUR[side], width, alpha, dashes, "#ffffff" if thin else "", rim))
    hips = (at("left_hip") + at("right_hip")) / 2
    shoulders = (at("left_shoulder") + at("right_shoulder")) / 2
    trunk = np.array([hips, shoulders])
    found.append(Line(trunk, "#ffffff" if thin else INK, width, alpha, None, INK if thin else "", rim))
    if not thin:
        head = [place for name in JOINTS[:3] if np.isfinite(place := at(name)).all()]
        if head:
            found.append(Line(np.mean(head, axis=0)[None], INK, HEAD_PX))
    return found


def _caption(analysis: Analysis, moment: Moment, start_s: float, place: tuple[int, int, int]) -> list[Words]:
    """Name, time from toe-off, and the angles that the moment is looked at for, below a tile.

    ``place`` is the left and the lower edge of the tile, and its width, px.
    """
    left, below, wide = place
    start, end = left + 0.02 * wide, left + 0.98 * wide
    leaving, landing = moment.leaving, moment.landing
    whose = {Phase.TOE_OFF: f" {leaving}", Phase.TOUCHDOWN: f" {landing}"}.get(moment.phase, "")
    large, middle, small = (points * POINT_PX for points in (11.5, 10.5, 10.0))
    first, second = below + 17 + fonts.ASCENT * large, below + 56 + fonts.ASCENT * small
    found = [
        Words(start, first, f"{moment.phase.value}{whose}", large, INK, bold=True),
        Words(end, first, _when(analysis, moment, start_s), middle, INK, align="end"),
    ]
    told = _told(analysis, moment)
    if told:
        words, side = told[0]
        found.append(Words(start, second, words, small, COLOUR[side] if side else INK))
    if len(told) > 1:
        words, side = told[1]
        found.append(Words(end, second, words, small, COLOUR[side] if side else INK, align="end"))
    return found


def _when(analysis: Analysis, moment: Moment, start_s: float) -> str:
    """Return when a moment was: that of toe-off on the clip's clock, the others from there.

    As sure as the tables have it: in milliseconds only where they give the flight's time, with its error
    where that is what is shown; else in hundredths of a second.
    """
    about = "" if moment.timed else "≈ "
    after = moment.time_s - start_s
    left = min(analysis.steps, key=lambda step: abs(np.nan_to_num(step.toe_off_s, nan=np.inf) - start_s))
    flight = analysis.value("flight_time", left.number)
    given = moment.timed and flight is not None and np.isfinite(flight.value)
    if after == 0 or not clock_known(analysis):
        return f"{about}{moment.time_s:.{3 if given else 2}f} s"
    if not given or flight is None:
        return f"{about}+{after:.2f} s"
    error = f" ± {max(1000 * flight.sd, 1):.0f}" if moment.phase is Phase.TOUCHDOWN else ""
    return f"+{1000 * after:.0f}{error} ms"


def _told(analysis: Analysis, moment: Moment) -> list[tuple[str, Side | None]]:
    """Return the angles that the moment is looked at for, in words, and whose they are.

    What the run's tables withhold is not given here either: each angle goes with the metric nearest to it.
    """
    return [(words, side) for words, side, _ in _angles(analysis, moment)]


def _of_angles(analysis: Analysis, shown: Iterable[Moment]) -> str:
    """Say how sure the angles under the tiles are: as those of one step in the tables; else nothing."""
    metrics = {metric for moment in shown for _, _, metric in _angles(analysis, moment)}
    errors = [
        float(np.median(sds))
        for metric in metrics
        if (sds := [v.sd for v in analysis.values if v.metric == metric and np.isfinite(v.sd)])
    ]
    if not errors:
        return ""
    low, high = (max(round(end(errors)), 1) for end in (min, max))
    return f"Angles are of one picture: ± {low}{f' to {high}' if high > low else ''}°, one standard error."


def _angles(analysis: Analysis, moment: Moment) -> list[tuple[str, Side | None, str]]:
    """Return those angles with the metric that each goes with."""
    leaving, landing = moment.leaving, moment.landing
    wanted: dict[Phase, tuple[tuple[str, Side | None, str], ...]] = {
        Phase.TOE_OFF: (("thigh", leaving, "thigh_angle_toe_off"), ("trunk", None, "trunk_lean_toe_off")),
        Phase.SUPPORT: (("knee", landing, "knee_flexion_touchdown"), ("trunk", None, "trunk_lean_mean")),
    }
    thighs = (("thigh", landing, "thigh_angle_touchdown"), ("thigh", leaving, "swing_thigh_touchdown"))
    found: list[tuple[str, Side | None, str]] = []
    for limb, side, metric in wanted.get(moment.phase, thighs):
        name = f"{side}_{limb}" if side else limb
        value = analysis.motion.at(analysis.motion.angles[name], moment.time_s)
        row = analysis.summary(metric)
        if np.isfinite(value) and row is not None and np.isfinite(row.mean) and not row.only_mean:
            found.append((f"{name.replace('_', ' ')} {signed(value, 0)}°", side, metric))
    return found
