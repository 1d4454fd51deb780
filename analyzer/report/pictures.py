"""Everything the page shows that is not text, ready to stand inside it: SVG charts and JPEG pictures."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image as Picture

from analyzer import kinogram, plots, video
from analyzer.report.sections import Chart

if TYPE_CHECKING:
    from analyzer.analysis import Analysis

STRIP: Final = 6
"""Pictures in the strip that shows who was followed."""
_STRIP_PX: Final = 420
_MARK: Final = (255, 196, 0)


@dataclass(frozen=True)
class Drawn:
    """A chart as SVG.

    ``time`` is empty, or for a chart over time: start and end in seconds, then left, right, top and
    bottom of the axes in the SVG's own units, for the player's cursor.
    """

    svg: str
    caption: str
    time: tuple[float, ...] = ()


def chart(analysis: Analysis, what: Chart, name: str) -> Drawn | None:
    """Draw one chart; None when the clip does not support what it shows."""
    if any((row := analysis.summary(m)) is None or not np.isfinite(row.mean) for m in what.needs):
        return None
    with mpl.rc_context(plots.STYLE | {"svg.fonttype": "none", "svg.hashsalt": name}):
        fig = Figure(figsize=plots.SIZE_IN, layout="constrained")
        ax = what.draw(analysis, fig.subplots())
        if any("cannot show it" in text.get_text() for text in ax.texts):
            return None
        fig.draw_without_rendering()
        fig.set_layout_engine("none")  # laid out once: half the time of a page goes into this
        file = io.StringIO()
        fig.savefig(file, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
        place = ax.get_position()
    time: tuple[float, ...] = ()
    if ax.get_gid() == "time":
        width, height = (72 * x for x in plots.SIZE_IN)
        edges = (place.x0 * width, place.x1 * width, (1 - place.y1) * height, (1 - place.y0) * height)
        time = (*ax.get_xlim(), *edges)
    return Drawn(_inline(file.getvalue(), name, what.caption), what.caption, time)


def _inline(svg: str, name: str, title: str) -> str:
    """Strip what an SVG inside HTML must not have, and make its ids its own."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", svg, count=1)
    svg = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", svg, count=1)
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', svg)
    svg = re.sub(r'(href="|url\()#', rf"\1#{name}-", svg)
    svg = re.sub(r"font: (\w* ?)([\d.]+px)[^;\"]*", r"font: \1\2 system-ui, sans-serif", svg)
    label = title.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    return svg.replace("<svg", f'<svg role="img" aria-label="{label}"', 1)


def kinogram_jpeg(analysis: Analysis) -> str:
    """Return the kinogram as a data URI."""
    file = io.BytesIO()
    with mpl.rc_context(plots.STYLE):
        figure = kinogram.figure(analysis)
        figure.savefig(file, format="jpg", dpi=130, facecolor="white", pil_kwargs={"quality": 84})
    return _uri(file.getvalue())


def filmstrip(analysis: Analysis) -> list[tuple[float, str]]:
    """Return time and picture (data URI) of moments across the run, the athlete framed.

    Empty without the video file.
    """
    info, box = analysis.video, analysis.pose.box
    followed = np.flatnonzero(np.isfinite(box).all(axis=1))
    if info is None or not info.path.is_file() or not len(followed):
        return []
    picks = followed[np.linspace(0, len(followed) - 1, min(STRIP, len(followed))).round().astype(int)]
    strip = []
    for pick in picks:
        t = float(analysis.pose.time[pick])
        image = _frame(analysis, t)
        if image is not None:
            strip.append((t, _thumbnail(image, box[pick])))
    return strip


def _frame(analysis: Analysis, t: float) -> NDArray[np.uint8] | None:
    info = analysis.video
    assert info is not None
    start = info.time[int(np.argmin(np.abs(info.time - t)))] * info.slow_motion
    found: Iterable[video.Frame] = video.frames(info.path, float(start), float(start) + 1 / info.playback_fps)
    return next((frame.image for frame in found), None)


def _thumbnail(image: NDArray[np.uint8], box: NDArray[np.float64]) -> str:
    scale = _STRIP_PX / image.shape[1]
    small = cv2.resize(image, (_STRIP_PX, round(image.shape[0] * scale)), interpolation=cv2.INTER_AREA)
    x, y, half = box[0] * scale, box[1] * scale, box[2] * scale / 2
    corners = (round(x - half), round(y - half)), (round(x + half), round(y + half))
    framed = cv2.rectangle(np.ascontiguousarray(small), *corners, _MARK, 2, cv2.LINE_AA)
    file = io.BytesIO()
    Picture.fromarray(np.asarray(framed, dtype=np.uint8)).save(file, "JPEG", quality=72)
    return _uri(file.getvalue())


def _uri(jpeg: bytes) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(jpeg).decode("ascii")
