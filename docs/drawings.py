"""Draw the pictures of the filming guide: ``python docs/drawings.py`` writes them into ``docs/images/``.

All places are computed, none is put by eye: a phone's main camera sees 69° across (26 mm, as 35 mm film).
"""

from __future__ import annotations

import math
from pathlib import Path

IMAGES = Path(__file__).parent / "images"
VIEW_DEG = 69.0
"""Field of view of a phone's main camera across the picture, degrees: 26 mm on 36 mm wide film."""
INK, SOFT, GROUND, GOOD, BAD = "#1d2733", "#8b97a5", "#e9edf1", "#14746f", "#b3541e"
Shapes = list[str]


def main() -> None:
    """Write every drawing."""
    for name, (size, shapes) in {
        "film_where": where(),
        "film_height": height(),
        "film_angle": angle(),
        "film_pan": pan(),
        "film_marks": marks(),
        "film_directions": directions(),
    }.items():
        width, tall = size
        view = f'viewBox="0 0 {width} {tall}" width="{width}" height="{tall}"'
        head = f'<svg xmlns="http://www.w3.org/2000/svg" {view}'
        style = 'font-family="system-ui,sans-serif" font-size="15" role="img">'
        text = "\n".join(
            [f"{head} {style}", f'<rect width="{width}" height="{tall}" fill="#ffffff"/>', *shapes]
        )
        (IMAGES / f"{name}.svg").write_text(f"{text}\n</svg>\n", encoding="utf-8")


def line(
    x1: float, y1: float, x2: float, y2: float, colour: str = INK, width: float = 2, dash: str = ""
) -> str:
    """Return a line."""
    extra = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
        f'stroke="{colour}" stroke-width="{width:g}" stroke-linecap="round"{extra}/>'
    )


def text(x: float, y: float, words: str, colour: str = INK, anchor: str = "middle", weight: int = 400) -> str:
    """Return words whose middle, or start, stands at a point."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" text-anchor="{anchor}" '
        f'font-weight="{weight}">{words}</text>'
    )


def arrow(x1: float, y1: float, x2: float, y2: float, colour: str = INK, width: float = 2) -> Shapes:
    """Return a line with a head."""
    turn = math.atan2(y2 - y1, x2 - x1)
    wings = [(x2 - 11 * math.cos(turn + s), y2 - 11 * math.sin(turn + s)) for s in (0.45, -0.45)]
    return [line(x1, y1, x2, y2, colour, width), *(line(x2, y2, x, y, colour, width) for x, y in wings)]


def lane(y: float, width: float, tall: float = 34) -> Shapes:
    """Return a lane across the drawing, seen from above."""
    return [
        f'<rect x="0" y="{y - tall / 2:.1f}" width="{width}" height="{tall}" fill="{GROUND}"/>',
        line(0, y - tall / 2, width, y - tall / 2, "#ffffff", 3),
        line(0, y + tall / 2, width, y + tall / 2, "#ffffff", 3),
    ]


def camera(x: float, y: float, turn_deg: float = 0) -> str:
    """Return a phone on a tripod seen from above, looking up the drawing."""
    return (
        f'<g transform="translate({x:.1f} {y:.1f}) rotate({turn_deg:g})">'
        f'<rect x="-15" y="-5" width="30" height="10" rx="3" fill="{INK}"/>'
        f'<circle cx="0" cy="-7" r="4" fill="{INK}"/></g>'
    )


def seen(x: float, y: float, half: float, lane_y: float, colour: str) -> str:
    """Return what a camera at a point sees of the lane, as a triangle."""
    corners = f"M{x:.1f} {y:.1f} L{x - half:.1f} {lane_y:.1f} L{x + half:.1f} {lane_y:.1f} Z"
    return f'<path d="{corners}" fill="{colour}" opacity="0.12"/>'


def figure(x: float, y: float, tall: float, colour: str = INK) -> Shapes:
    """Return a runner seen from the side: ground at ``y``, toe-off, running to the right."""
    joints = {  # shares of the standing height: ahead, up
        "head": (0.07, 0.93), "neck": (0.05, 0.84), "hip": (0, 0.55), "knee": (0.2, 0.47),
        "foot": (0.13, 0.27),
        "push_knee": (-0.12, 0.29), "toe": (-0.32, 0.0), "elbow": (-0.13, 0.68), "hand": (-0.2, 0.55),
        "other_elbow": (0.15, 0.66), "other_hand": (0.27, 0.78),
    }  # fmt: skip
    at = {name: (x + a * tall, y - b * tall) for name, (a, b) in joints.items()}
    bones = [
        ("neck", "hip"), ("hip", "knee"), ("knee", "foot"), ("hip", "push_knee"), ("push_knee", "toe"),
        ("neck", "elbow"), ("elbow", "hand"), ("neck", "other_elbow"), ("other_elbow", "other_hand"),
    ]  # fmt: skip
    drawn = [line(*at[a], *at[b], colour, tall / 26) for a, b in bones]
    hx, hy = at["head"]
    return [*drawn, f'<circle cx="{hx:.1f}" cy="{hy:.1f}" r="{tall * 0.065:.1f}" fill="{colour}"/>']


def where() -> tuple[tuple[int, int], Shapes]:
    """Draw from above where the camera stands: square to the middle of the run."""
    size, scale = (760, 400), 32.0  # pixels a metre
    y, x, away = 70.0, 380.0, 9.0
    half = away * math.tan(math.radians(VIEW_DEG / 2))
    cx, cy = x, y + away * scale
    shapes = [
        *lane(y, size[0]),
        seen(cx, cy, half * scale, y, GOOD),
        line(cx, cy - 12, x - half * scale, y, GOOD, 1.5, "5 5"),
        line(cx, cy - 12, x + half * scale, y, GOOD, 1.5, "5 5"),
        line(cx, cy - 14, x, y + 96, INK, 1.5),
        line(cx, y + 74, x, y, INK, 1.5),
        f'<path d="M{x} {y + 16} h14 v-14" fill="none" stroke="{INK}"/>',
        camera(cx, cy),
        *arrow(60, y, 190, y, INK),
        text(cx + 24, cy + 6, "camera on a tripod, square to the lane", INK, "start"),
        text(x, y + 90, f"{away:.0f} m away: {2 * half:.0f} m in view", INK),
        text(125, y - 28, "run"),
        text(x, y - 28, "middle of the picture = middle of what you measure"),
    ]
    return size, shapes


def height() -> tuple[tuple[int, int], Shapes]:
    """Draw from the side how high the camera stands: at hip height, level."""
    size = (760, 280)
    ground, tall = 235.0, 170.0
    hip = ground - 0.55 * tall
    shapes = [
        line(0, ground, size[0], ground, SOFT, 2),
        *figure(170, ground, tall),
        line(620, ground, 604, hip + 6, SOFT, 2),
        line(588, ground, 604, hip + 6, SOFT, 2),
        f'<rect x="592" y="{hip - 8:.1f}" width="26" height="15" rx="3" fill="{INK}"/>',
        line(590, hip, 190, hip, GOOD, 1.5, "6 5"),
        text(400, hip - 10, "level, at the height of the hips (0.9 to 1.2 m)", GOOD),
        line(604, hip - 70, 235, ground - 6, BAD, 1.5, "3 6"),
        f'<rect x="592" y="{hip - 82:.1f}" width="26" height="15" rx="3" fill="none" stroke="{BAD}" '
        'stroke-width="2"/>',
        text(604, hip - 94, "from above: shortens the body", BAD),
    ]
    return size, shapes


def angle() -> tuple[tuple[int, int], Shapes]:
    """Draw from above why farther away with zoom is better: smaller angles at the edges."""
    size, scale = (760, 445), 15.0
    shapes: Shapes = [*lane(50, size[0], 24)]
    for x, away, label in ((190.0, 8.0, "8 m, without zoom"), (570.0, 20.0, "20 m, with 2.5 × zoom")):
        half = 5.5
        cy = 50 + away * scale
        edge = math.degrees(math.atan(half / away))
        colour = BAD if edge > 25 else GOOD
        shapes += [
            seen(x, cy, half * scale, 50, colour),
            line(x, cy, x - half * scale, 50, colour, 1.5, "5 5"),
            line(x, cy, x + half * scale, 50, colour, 1.5, "5 5"),
            camera(x, cy + 10),
            text(x, cy + 40, label, INK, weight=600),
            text(x, cy + 60, f"the same {2 * half:.0f} m of the lane,", INK),
            text(x, cy + 79, f"its ends seen {edge:.0f}° off square", colour),
        ]
    return size, shapes


def pan() -> tuple[tuple[int, int], Shapes]:
    """Draw from above a camera that turns with the athlete, from one place."""
    size, scale = (760, 360), 17.0
    y, x, away = 60.0, 380.0, 14.0
    cy = y + away * scale
    shapes: Shapes = [*lane(y, size[0], 28)]
    for at, share in ((-16.0, 0.35), (0.0, 1.0), (16.0, 0.35)):
        shapes.append(
            line(x, cy - 8, x + at * scale, y, GOOD if share == 1 else SOFT, 2, "" if share == 1 else "6 5")
        )
    shapes += [
        f'<path d="M{x - 70} {cy - 62} Q{x} {cy - 100} {x + 70} {cy - 62}" fill="none" stroke="{INK}" '
        'stroke-width="2"/>',
        *arrow(x + 60, cy - 68, x + 72, cy - 60),
        camera(x, cy + 4),
        *arrow(60, y, 190, y),
        text(x + 24, cy + 10, "stays in its place and only turns, smoothly", INK, "start"),
        text(x, y - 26, "the stretch in front of the camera is the one that is measured best"),
        text(748, y + 40, "49° off square: too far", BAD, "end"),
    ]
    return size, shapes


def marks() -> tuple[tuple[int, int], Shapes]:
    """Draw from above where marks lie: along the line of the feet, at known places."""
    size = (760, 190)
    y = 90.0
    shapes: Shapes = [*lane(y, size[0], 60), line(0, y, size[0], y, SOFT, 1.5, "2 8")]
    for i in range(6):
        x = 80 + 120 * i
        shapes += [
            f'<rect x="{x - 5}" y="{y - 5}" width="10" height="10" fill="{BAD}"/>',
            text(x, y + 55, f"{2 * i} m"),
        ]
    shapes += [
        *arrow(20, y - 16, 66, y - 16),
        text(380, 34, "flat marks on the line the feet run along, every 2 m, measured with a tape"),
        text(
            380,
            y + 84,
            "the lane's lines, to the athlete's side, are nearer to or farther from the camera",
            SOFT,
        ),
    ]
    return size, shapes


def directions() -> tuple[tuple[int, int], Shapes]:
    """Draw from above why left and right need a run each way."""
    size = (760, 300)
    shapes: Shapes = []
    for x, way, words in ((190.0, 1, "run 1: right side near"), (570.0, -1, "run 2: left side near")):
        shapes += [
            f'<rect x="{x - 170}" y="60" width="340" height="34" fill="{GROUND}"/>',
            *arrow(x - 90 * way, 77, x + 90 * way, 77),
            f'<circle cx="{x}" cy="70" r="6" fill="{GOOD if way < 0 else SOFT}"/>',
            f'<circle cx="{x}" cy="84" r="6" fill="{GOOD if way > 0 else SOFT}"/>',
            camera(x, 230),
            line(x, 216, x, 96, SOFT, 1.5, "5 5"),
            text(x, 36, words, INK, weight=600),
            text(x, 268, "the camera does not move"),
        ]
    return size, shapes


if __name__ == "__main__":
    main()
