"""The sheet coaches print: five moments of a step from each leg, one scale, one ground line.

Every tile is cut from the video with the clip's own calibration, so a tilted or panning camera still
gives upright tiles of the same size. Without a video the tiles hold stick figures.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple

import cv2
import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image as Picture

from analyzer.arrays import Array
from analyzer.body.anthropometry import LEG_OF_STATURE
from analyzer.body.skeleton import JOINTS, other
from analyzer.data.analysis import Analysis
from analyzer.data.motion import Motion
from analyzer.metrics.wording import NOTHING, signed
from analyzer.outputs.colours import COLOUR, FAINT, INK, SOFT
from analyzer.outputs.kinogram.moments import Moment, Phase, centre, moments
from analyzer.outputs.plots.canvas import STYLE, clock_known
from analyzer.signals.geometry import mapped
from analyzer.video.frame import Frame, Image, part
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
TEXT_IN: Final = 0.68
"""Room for the words below a row of tiles, inches."""
FOOT_IN: Final = 0.4
"""Room for the definitions below all rows, inches."""
EMPTY: Final = (236, 238, 240)
"""Where a tile reaches beyond the image."""
_CHAINS: Final = (
    ("shoulder", "elbow", "wrist", "index"),
    ("hip", "knee", "ankle"),
    ("ankle", "heel", "foot_index", "ankle"),
)
"""Joints that are drawn as one line, on each side."""


class _Window(NamedTuple):
    """How far a tile reaches from its centre and from the ground, statures."""

    behind: float
    ahead: float
    below: float
    above: float


def draw(analysis: Analysis, path: str | Path, stills: Stills | None = None) -> Image:
    """Draw the kinogram into a PNG (or whatever the file's ending says) and return it as ``sheet`` does."""
    drawn = sheet(analysis, stills)
    # A tenth larger than compressed as far as it goes, in half the time.
    Picture.fromarray(drawn).save(path, dpi=(DPI, DPI), compress_level=3)
    return drawn


def sheet(analysis: Analysis, stills: Stills | None = None) -> Image:
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
    with mpl.rc_context(STYLE):
        drawn = figure(analysis, stills)
        drawn.set_dpi(DPI)
        drawn.set_facecolor("white")
        canvas = FigureCanvasAgg(drawn)
        canvas.draw()  # type: ignore[no-untyped-call]
        return np.asarray(canvas.buffer_rgba(), np.uint8)[..., :3].copy()  # type: ignore[no-untyped-call]


def wanted(analysis: Analysis) -> list[int]:
    """Return the frames of the clip that the kinogram shows."""
    info = analysis.video
    return [] if info is None else [nearest(info, m.time_s) for row in moments(analysis) for m in row]


def figure(analysis: Analysis, stills: Stills | None = None) -> Figure:
    """Return the kinogram as a matplotlib figure; ``stills`` as in ``sheet``."""
    rows = moments(analysis)
    tall = TILE_PX / DPI
    window = _window(analysis.motion, [m.time_s for row in rows for m in row])
    wide = tall * (window.behind + window.ahead) / (window.below + window.above)
    fig = Figure(figsize=(len(Phase) * wide, max(1, len(rows)) * (tall + TEXT_IN) + FOOT_IN))
    if not rows:
        fig.text(
            0.5,
            0.5,
            "No two ground contacts in a row were timed in this clip: no kinogram.",
            ha="center",
            color=FAINT,
        )
        return fig
    stills = stills or Stills(analysis.video, wanted(analysis))
    images = _images(analysis, [m.time_s for row in rows for m in row], stills)
    height = fig.get_figheight()
    for r, row in enumerate(rows):
        for c, moment in enumerate(row):
            bottom = height - (r + 1) * (tall + TEXT_IN) + TEXT_IN - 0.06
            ax = fig.add_axes(
                (c / len(Phase) + 0.003, bottom / height, 1 / len(Phase) - 0.006, tall / height)
            )
            _tile(ax, analysis, moment, window, images.get(moment.time_s))
            _caption(ax, analysis, moment, row[0].time_s)
    words = [DEFINITIONS]
    if not all(row[0].timed for row in rows):
        words.append(PLACED)
    if len({index for index, _ in images.values()}) < len(images):
        words.append(SHARED)
    fig.text(0.006, 0.05 / height, "\n".join(words), fontsize=8.5, color=SOFT, va="bottom")
    return fig


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
    ax: Axes,
    analysis: Analysis,
    moment: Moment,
    window: _Window,
    image: tuple[int, Frame] | None,
) -> None:
    motion, calibration = analysis.motion, analysis.calibration
    shown_s = moment.time_s if image is None or analysis.video is None else analysis.video.time[image[0]]
    stature = motion.leg_length / LEG_OF_STATURE
    middle = centre(motion, shown_s)
    low, high = middle - window.behind * stature, middle + window.ahead * stature
    # As filmed: an athlete running to the left has what is ahead on the left.
    left, right = (low, high) if calibration.direction == 1 else (high, low)
    extent = (left, right, -window.below * stature, window.above * stature)
    if image is not None:
        frame = int(np.argmin(np.abs(motion.time - shown_s)))
        # The belt's motion is in the athlete's metres but not in the image's.
        belt = calibration.treadmill_mps * motion.time[frame]
        tile = _cut(image[1], analysis, frame, (extent[0] - belt, extent[1] - belt, extent[2], extent[3]))
        # A pixel of the tile is one of the sheet: nothing to interpolate.
        ax.imshow(tile, extent=extent, aspect="auto", interpolation="nearest", zorder=0)
    _sticks(ax, motion, shown_s, thin=image is not None)
    ax.axhline(0, color=INK if image is None else "white", lw=0.8, alpha=0.8, zorder=1)
    ax.set_xlim(extent[0], extent[1])
    ax.set_ylim(extent[2], extent[3])
    ax.set_xticks([])
    ax.set_yticks([])
    for spine in ax.spines.values():
        spine.set_visible(True)
        spine.set_color("#d8dce1")


def _cut(
    image: Image | Frame, analysis: Analysis, frame: int, extent: tuple[float, float, float, float]
) -> Image:
    """Cut a window given in metres from a frame: one projective map from tile pixels to frame pixels."""
    left, right, low, high = extent
    per_metre = TILE_PX / (high - low)
    width = round(abs(right - left) * per_metre)
    to_metres = np.array(
        [[(right - left) / width, 0, left], [0, -1 / per_metre, high], [0, 0, 1.0]], dtype=float
    )
    to_frame = (
        np.linalg.inv(analysis.camera.to_reference[frame])
        @ np.linalg.inv(analysis.calibration.homography)
        @ to_metres
    )
    x0, y0, x1, y1 = _shown(to_frame, width, image.shape[1], image.shape[0])
    tile = cv2.warpPerspective(
        part(image, x0, y0, x1, y1),
        np.array([[1, 0, -x0], [0, 1, -y0], [0, 0, 1.0]]) @ to_frame,
        (width, TILE_PX),
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=EMPTY,
    )
    return np.asarray(tile, dtype=np.uint8)


def _shown(to_frame: Array, width: int, columns: int, rows: int) -> tuple[int, int, int, int]:
    """Return what of a frame a tile shows: first and last column and row, the last exclusive."""
    corners = mapped(to_frame, np.array([[0, 0], [width, 0], [0, TILE_PX], [width, TILE_PX]], dtype=float))
    if not np.isfinite(corners).all():
        return 0, 0, columns, rows
    low, high = corners.min(axis=0) - ROOM_PX, corners.max(axis=0) + ROOM_PX
    x0, y0 = (int(np.clip(at, 0, size - 1)) for at, size in zip(low, (columns, rows), strict=True))
    x1, y1 = (int(np.clip(at, 1, size)) for at, size in zip(high, (columns, rows), strict=True))
    return x0, y0, max(x1, x0 + 1), max(y1, y0 + 1)


def _sticks(ax: Axes, motion: Motion, t: float, *, thin: bool) -> None:
    def at(name: str) -> Array:
        return np.asarray(motion.at(motion.joint(name), t))

    width = 1.1 if thin else 2.6
    shade = 0.85 if thin else 1.0
    hips = (at("left_hip") + at("right_hip")) / 2
    shoulders = (at("left_shoulder") + at("right_shoulder")) / 2
    for side in (other(motion.near_side), motion.near_side):
        for chain in _CHAINS:
            points = np.array([at(f"{side}_{joint}") for joint in chain])
            ax.plot(*points.T, color=COLOUR[side], lw=width, alpha=shade, solid_capstyle="round", zorder=3)
    ax.plot(
        *np.array([hips, shoulders]).T,
        color="white" if thin else INK,
        lw=width,
        alpha=shade,
        solid_capstyle="round",
        zorder=3,
    )
    if not thin:
        head = [place for name in JOINTS[:3] if np.isfinite(place := at(name)).all()]
        if head:
            ax.plot(*np.mean(head, axis=0), "o", color=INK, ms=11, zorder=3)


def _caption(ax: Axes, analysis: Analysis, moment: Moment, start_s: float) -> None:
    """Name, time from toe-off, and the angles that the moment is looked at for."""
    angles = analysis.motion.angles

    def angle(name: str) -> str:
        value = analysis.motion.at(angles[name], moment.time_s)
        return f"{signed(value, 0)}°" if np.isfinite(value) else NOTHING

    leaving, landing = moment.leaving, moment.landing
    # Each side's numbers in the side's colour, so no legend is needed.
    lines: tuple[tuple[str, str], ...]
    if moment.phase is Phase.TOE_OFF:
        lines = (
            (f"{leaving} thigh {angle(f'{leaving}_thigh')}", COLOUR[leaving]),
            (f"trunk {angle('trunk')}", INK),
        )
    elif moment.phase is Phase.SUPPORT:
        lines = (
            (f"{landing} knee {angle(f'{landing}_knee')}", COLOUR[landing]),
            (f"trunk {angle('trunk')}", INK),
        )
    else:
        lines = tuple((f"{side} thigh {angle(f'{side}_thigh')}", COLOUR[side]) for side in (landing, leaving))
    whose = {Phase.TOE_OFF: f" {leaving}", Phase.TOUCHDOWN: f" {landing}"}.get(moment.phase, "")
    title = f"{moment.phase.value}{whose}"
    when = 1000 * (moment.time_s - start_s)
    about = "" if moment.timed else "≈ "
    first = when == 0 or not clock_known(analysis)
    ax.text(0.02, -0.03, title, transform=ax.transAxes, va="top", fontsize=11.5, fontweight="bold", color=INK)
    ax.text(
        0.98,
        -0.03,
        f"{about}{moment.time_s:.3f} s" if first else f"{about}+{when:.0f} ms",
        transform=ax.transAxes,
        va="top",
        ha="right",
        fontsize=10.5,
        color=INK,
    )
    for x, side, (words, colour) in ((0.02, "left", lines[0]), (0.98, "right", lines[1])):
        ax.text(x, -0.1, words, transform=ax.transAxes, va="top", ha=side, fontsize=10, color=colour)
