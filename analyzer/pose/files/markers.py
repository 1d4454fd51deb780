"""Markers in space as a camera beside the runner would see them, and which tracks are markers at all."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import SIDES
from analyzer.data.capture import SPACE_PX_M
from analyzer.errors import PoseFileError
from analyzer.pose.files.joints import Joints, from_names, joint

METRES: Final[dict[str, float]] = {"m": 1.0, "meters": 1.0, "metres": 1.0, "cm": 0.01, "mm": 0.001}
"""Units of places in space, m."""
_CENTRES: Final[dict[str, tuple[tuple[tuple[str, ...], float], ...]]] = {
    "hip": ((("HJC",), 0.0), (("ASI", "PSI"), 0.09), (("ASIS", "PSIS"), 0.09)),
    "knee": (
        (("KJC",), 0.0), (("KNE", "KNM"), 0.0), (("KNE", "MKNE"), 0.0), (("LFC", "MFC"), 0.0),
        (("FLE", "FME"), 0.0), (("KNE",), 0.0), (("LFC",), 0.0), (("FLE",), 0.0),
    ),
    "ankle": (
        (("AJC",), 0.0), (("ANK", "ANM"), 0.0), (("ANK", "MANK"), 0.0), (("LMAL", "MMAL"), 0.0),
        (("FAL", "TAM"), 0.0), (("ANK",), 0.0), (("LMAL",), 0.0), (("FAL",), 0.0),
    ),
    "heel": ((("HEE",), 0.0), (("CAL",), 0.0), (("FCC",), 0.0)),
    "foot_index": ((("TOE",), 0.0), (("MT1",), 0.0), (("FM1",), 0.0), (("MTP1",), 0.0), (("MT2",), 0.0)),
    "shoulder": ((("SJC",), 0.0), (("SHO",), 0.04), (("ACR",), 0.04), (("CAJ",), 0.04)),
    "elbow": (
        (("EJC",), 0.0), (("LEL", "MEL"), 0.0), (("HLE", "HME"), 0.0), (("ELB",), 0.0), (("LEL",), 0.0),
    ),
    "wrist": (
        (("WJC",), 0.0), (("WRA", "WRB"), 0.0), (("FARADIUS", "FAULNA"), 0.0), (("RSP", "USP"), 0.0),
        (("WRA",), 0.0), (("WRB",), 0.0), (("FARADIUS",), 0.0),
    ),
    "index": ((("FIN",), 0.0),),
    "ear": ((("FHD", "BHD"), 0.05),),
}  # fmt: skip
"""Markers whose mean is a joint, by their names behind L or R, and how far below them it lies, m.

First those that fit best: joint centres, both sides of a joint, one side of it. From the four pelvis markers
down to the hips, from the acromion to the shoulder and from a head band to the ears are a grown person's
usual distances, to 2 cm.
"""
_NEEDED: Final = ("hip", "knee", "ankle")
_GONE_M: Final = 1.5
"""Hips that go further have a direction of their own; others stay in place, as on a treadmill."""
_MARGIN_M: Final = 0.5
"""Between the outermost joint and the edge of the picture."""
_RIGID: Final = 0.04
"""Spread of the distance of heel and toe, as a share of it, below which both sit on one stiff shoe.

1.48 times the median deviation, mean of both feet. Markers on ten runs, seen from the side: 0.004 to 0.015,
where one is loose 0.03; with 5 mm of noise 0.03. A network on ten clips: 0.08 to 0.31, and smoothing helps
little, for its errors come and go with the stride.
"""
_NETWORK: Final = frozenset({"neck", "nose", "head", "lsmalltoe", "rsmalltoe"})
"""Names that networks give and marker sets do not: two of them, and a shoe that gives way, and it is one."""


def from_the_side(path: Path, time: Array, points: dict[str, Array], unit: str, source: str) -> Joints:
    """Return places in space as a camera level with the runner, square to the run and far away, sees them.

    Parameters
    ----------
    path : Path
        For messages.
    time : (n,) s
    points : name -> (n, 3)
        Places in any axes of which one is upright; NaN or three zeros = not seen.
    unit : str
        "m", "cm", "mm"; any spelling.
    source : str
        "TRC" or "C3D".

    Raises
    ------
    PoseFileError
        The unit is not known, or a leg lacks a joint.
    """
    metre = METRES.get(unit.lower())
    if metre is None:
        raise PoseFileError(
            f"{path.name} is in no unit that is known here.",
            f"Its unit is {unit or 'not given'}; known are px, {', '.join(METRES)}.",
            "Export it again in one of those.",
        )
    places = {name: _seen(place) * metre for name, place in points.items()}
    if not any(np.isfinite(place).any() for place in places.values()):
        raise PoseFileError(
            f"{path.name} holds no position of any joint.", "Every cell is empty or 0.", "Export it again."
        )
    if flat(places):
        drawn = {name: place[:, :2] * [1.0, -1.0] for name, place in places.items()}
        return from_names(path, time, _pictured(drawn), {}, f"{source} in metres")
    found = _joints(places)
    lacking = [f"{side}_{part}" for side in SIDES for part in _NEEDED if f"{side}_{part}" not in found]
    if lacking:
        raise PoseFileError(
            f"{path.name} lacks markers that are needed.",
            f"None is known here as {', '.join(lacking)}; its markers begin with "
            f"{', '.join(list(points)[:4])}.",
            "Add them, or joint centres, named as LKnee, LKNE, LKJC or left_knee.",
        )
    if not np.isfinite(sum(found[f"{side}_{part}"][0] for side in SIDES for part in ("hip", "ankle"))).any():
        raise PoseFileError(
            f"{path.name} shows nobody whole.", "Hips and ankles are never there together.", "Fill the gaps."
        )
    up = _up(found)
    forward = _forward(found, up)
    drawn = {
        name: np.column_stack([place @ forward, drop - place @ up]) for name, (place, drop) in found.items()
    }
    small = {name.replace("_", "").replace(" ", "").lower() for name in points}
    network = len(_NETWORK & small) > 1 and not on_one_shoe(drawn)
    kind = f"{source} in metres" if network else f"{source} markers"
    return from_names(path, time, _pictured(drawn), {}, kind)


def flat(points: dict[str, Array]) -> bool:
    """Tell whether all points (n, 3) lie in one plane: the third coordinate is 0 or left out."""
    return all(bool((np.nan_to_num(place[:, 2]) == 0).all()) for place in points.values())


def shoe_spread(joints: dict[str, Array]) -> float:
    """Return the spread of heel to toe, as a share of it, mean of both feet; inf where a foot is not seen."""
    spread = []
    for side in SIDES:
        if not {f"{side}_heel", f"{side}_foot_index"} <= joints.keys():
            return np.inf
        length = np.hypot(*(joints[f"{side}_foot_index"] - joints[f"{side}_heel"]).T)
        length = length[np.isfinite(length)]
        if len(length) < 3 or not np.median(length) > 0:
            return np.inf
        spread.append(1.48 * float(np.median(np.abs(length / np.median(length) - 1))))
    return float(np.mean(spread))


def on_one_shoe(joints: dict[str, Array]) -> bool:
    """Tell whether heel and toe keep their distance as markers on a shoe do, and no network's landmarks."""
    return shoe_spread(joints) < _RIGID


def _seen(place: Array) -> Array:
    """Return (n, 3) with NaN where a marker was not seen, which some programs write as three zeros."""
    there = np.isfinite(place).all(axis=1) & (place != 0).any(axis=1)
    return np.where(there[:, None], place, np.nan)


def _joints(points: dict[str, Array]) -> dict[str, tuple[Array, float]]:
    """Return joint -> (n, 3) m and how far below it lies, m."""
    found = {known: (place, 0.0) for name, place in points.items() if (known := joint(name))}
    bare = {name.rpartition(":")[2].strip().replace("_", "").upper(): place for name, place in points.items()}
    for side in SIDES:
        for part, ways in _CENTRES.items():
            for names, drop in ways:
                parts = [bare[side[0].upper() + name] for name in names if side[0].upper() + name in bare]
                whole = len(parts) == len(names) and all(np.isfinite(p).any() for p in parts)
                if whole and f"{side}_{part}" not in found:
                    found[f"{side}_{part}"] = np.mean(parts, axis=0), drop
    return {name: there for name, there in found.items() if np.isfinite(there[0]).any()}


def _up(joints: dict[str, tuple[Array, float]]) -> Array:
    """Return the axis of the room, with its sign, along which the hips are above the feet."""
    hips, feet = (
        np.nanmean([np.nanmedian(joints[f"{side}_{part}"][0], axis=0) for side in SIDES], axis=0)
        for part in ("hip", "ankle")
    )
    up: Array = np.zeros(3)
    main = int(np.argmax(np.abs(hips - feet)))
    up[main] = np.sign((hips - feet)[main])
    return up


def _forward(joints: dict[str, tuple[Array, float]], up: Array) -> Array:
    """Return the level direction of the run: where the hips go, or along which the feet swing.

    Then toes, or without any the knees, are ahead.
    """

    def level(place: Array) -> Array:
        return np.asarray(place - np.outer(place @ up, up))

    hips = level(np.mean([joints[f"{side}_hip"][0] for side in SIDES], axis=0))
    there = hips[np.isfinite(hips).all(axis=1)]
    tenth = max(len(there) // 10, 1)
    gone = there[-tenth:].mean(axis=0) - there[:tenth].mean(axis=0) if len(there) else np.zeros(3)
    if np.linalg.norm(gone) > _GONE_M:
        return np.asarray(gone / np.linalg.norm(gone))
    swing = np.concatenate(
        [level(joints[f"{side}_ankle"][0]) - level(joints[f"{side}_hip"][0]) for side in SIDES]
    )
    swing = swing[np.isfinite(swing).all(axis=1)]
    along = np.linalg.svd(swing - swing.mean(axis=0), full_matrices=False)[2][0]
    ahead = np.zeros(3)
    for side in SIDES:
        knee, ankle, hip = (joints[f"{side}_{part}"][0] for part in ("knee", "ankle", "hip"))
        toe, heel = (joints.get(f"{side}_{part}", (ankle, 0.0))[0] for part in ("foot_index", "heel"))
        shod = toe is not ankle or heel is not ankle
        way = toe - heel if shod else knee - (hip + ankle) / 2
        ahead = ahead + way[np.isfinite(way).all(axis=1)].sum(axis=0)
    return np.asarray(along if along @ ahead >= 0 else -along)


def _pictured(flat: dict[str, Array]) -> dict[str, Array]:
    """Return joints (n, 2) m, y down, as pixels of a picture that holds them all."""
    corner = np.nanmin([np.nanmin(p, axis=0) for p in flat.values() if np.isfinite(p).any()], axis=0)
    return {name: (p - corner + _MARGIN_M) / SPACE_PX_M for name, p in flat.items()}
