"""Other people near the athlete: who hides whom, and which joints."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from places import SAMPLE

from analyzer.arrays import Array
from analyzer.body.skeleton import BLAZEPOSE, SIDES
from analyzer.data.notes import Note
from analyzer.pose import reading, track
from analyzer.pose.networks.blazepose import SIDE_OF_STATURE
from analyzer.pose.people import crowd
from analyzer.pose.people.athlete import Person, Sighting, hips
from analyzer.video import reader

HEIGHTS = {
    "ear": -0.42, "shoulder": -0.29, "elbow": -0.12, "wrist": 0.02, "pinky": 0.05, "index": 0.05,
    "thumb": 0.04, "hip": 0.0, "knee": 0.24, "ankle": 0.48, "heel": 0.5, "foot_index": 0.51,
}  # fmt: skip


def body(x: float, stature: float = 200.0, legs: float = 0.0, arms: float = 0.0) -> Array:
    """Somebody upright with the hips at (x, 300); the legs ``legs`` and the arms ``arms`` statures apart."""
    xy = np.full((33, 2), (x, 300.0 - 0.45 * stature))
    for side, way in zip(SIDES, (-1, 1), strict=True):
        for joint, down in HEIGHTS.items():
            apart = {"elbow": arms, "wrist": arms, "knee": legs / 2}.get(joint, 0.0)
            apart = legs if joint in ("ankle", "heel", "foot_index") else apart
            apart = arms if joint in ("pinky", "index", "thumb") else apart
            xy[BLAZEPOSE.index(f"{side}_{joint}")] = x + way * apart * stature / 2, 300 + down * stature
    return xy


def path(x: Array, y: float, stature: float) -> Person:
    return Person(tuple(Sighting(i, float(p), y, stature) for i, p in enumerate(x)))


def names(marks: Array) -> set[str]:
    return {BLAZEPOSE[k] for k in np.flatnonzero(marks)}


def test_nobody_is_hidden_by_somebody_beside() -> None:
    assert not crowd.hidden(body(300, arms=0.3), body(450), 200).any()


def test_all_of_who_stands_behind_is_hidden() -> None:
    assert crowd.hidden(body(300), body(303, 220), 220).all()


def test_a_limb_seen_beside_the_other_stays_unless_its_root_is_hidden() -> None:
    # Legs wide apart, and somebody in front of the right foot only.
    athlete = body(300, legs=0.8)
    gone = names(crowd.hidden(athlete, body(390), 200))
    assert {"right_ankle", "right_heel", "right_foot_index"} <= gone
    assert not {n for n in gone if n.startswith("left") or n.endswith(("hip", "knee", "shoulder"))}
    # In front of the hips: the feet beside are guesses.
    gone = names(crowd.hidden(athlete, body(300), 200))
    assert {"left_foot_index", "right_foot_index"} <= gone


def test_who_stands_lower_in_the_picture_is_nearer() -> None:
    n = 40
    mine = path(np.linspace(100, 500, n), 300, 200).boxes(n)
    front = path(np.linspace(300, 340, n), 320, 240).boxes(n)
    assert crowd.nearer(mine, front)
    assert not crowd.nearer(front, mine)
    far_away = path(np.full(n, 2000.0), 400, 300).boxes(n)
    assert not crowd.nearer(mine, far_away)


def test_two_paths_of_one_person_are_not_two_people() -> None:
    x = np.linspace(100, 900, 60)
    athlete, again = path(x, 300, 200), path(x + 10, 302, 205)
    passer = path(np.linspace(700, 300, 60), 310, 220)
    away = path(np.full(60, 2500.0), 300, 200)
    found = crowd.beside(athlete, [athlete, again, passer, away], 60)
    assert len(found) == 1
    assert found[0][:, 0] == pytest.approx(passer.boxes(60)[:, 0])


def test_two_paths_never_seen_in_one_frame_are_no_two_people() -> None:
    athlete = path(np.linspace(100, 900, 60), 300, 200)
    early, late = Person(athlete.sightings[:30:3]), Person(athlete.sightings[31::3])
    moved = Person(tuple(replace(s, x=s.x + 60, y=s.y + 20) for s in early.sightings))
    between = Person(tuple(replace(s, frame=s.frame + 1) for s in moved.sightings))
    assert crowd.beside(early, [early, late, between], 60) == []
    assert len(crowd.beside(early, [early, late, moved], 60)) == 1


def test_where_a_path_was_not_seen_for_long_nobody_is_said_to_be() -> None:
    athlete = path(np.linspace(100, 900, 60), 300, 200)
    passer = path(np.linspace(700, 300, 60), 310, 220)
    gone = Person((*passer.sightings[:28], *passer.sightings[38:]))
    (boxes,) = crowd.beside(athlete, [athlete, gone], 60)
    assert np.isnan(boxes[28:38]).all()
    assert np.isfinite(boxes[:28]).all()
    assert np.isfinite(boxes[38:]).all()


def test_a_path_found_twice_is_one() -> None:
    sought = path(np.linspace(0, 600, 61), 300, 200)
    found = Person(tuple(replace(s, x=s.x + 5) for s in sought.sightings[20:50]))
    crosses = path(np.linspace(600, 0, 61), 300, 200)
    joined = crowd.joined(sought, [crosses, found], 61)
    assert [s.frame for s in joined.sightings] == list(range(61))
    assert joined.sightings[20:50] == found.sightings
    assert crowd.joined(sought, [crosses], 61) is sought


def test_a_crowd_is_whoever_reaches_into_the_body() -> None:
    box = np.array([500.0, 300.0, SIDE_OF_STATURE * 200])
    assert crowd.crowded(box, np.array([[650.0, 300.0, 240.0]]))
    assert not crowd.crowded(box, np.array([[700.0, 300.0, 240.0]]))
    assert not crowd.crowded(box, np.zeros((0, 3)))


class Upright:
    """A network that sees somebody upright in the middle of every square."""

    def look(self, image: reader.Image, box: Array, lean_deg: float = 0.0) -> tuple[Array, Array, float]:
        xy = body(float(box[0]), float(box[2]) / SIDE_OF_STATURE)
        xy[:, 1] += box[1] - 300
        return xy, np.ones(33), 1.0


class Narrow:
    """Sees nobody but in squares wider than the one that fits, and there somebody ``aside`` of the middle."""

    def __init__(self, aside: float) -> None:
        self.aside = aside

    def look(self, image: reader.Image, box: Array, lean_deg: float = 0.0) -> tuple[Array, Array, float]:
        xy = body(float(box[0]) + self.aside * 200)
        xy[:, 1] += box[1] - 300
        return xy, np.ones(33), 1.0 if box[2] > 250 else 0.1


@pytest.mark.parametrize(
    ("aside", "crowded", "read"), [(0, False, True), (0, True, True), (0.2, True, False)]
)
def test_who_is_not_seen_is_looked_for_in_a_wider_square(aside: float, crowded: bool, read: bool) -> None:
    info = reader.probe(SAMPLE)
    n = len(info.time)
    frames = np.arange(n) == 4
    found = reading.Reading.empty(n)
    view = np.tile([500.0, 400, 240, 0], (n, 1))
    reading._look(info, [Narrow(aside)], view, frames, found, frames & crowded, None)
    assert np.isfinite(found.xy[4]).all() == read
    if read:
        assert hips(found.xy[4]) == pytest.approx([500, 400])


def test_joints_behind_a_passer_are_left_out_and_said_so() -> None:
    info = reader.probe(SAMPLE)
    n = len(info.time)
    box = np.tile([600.0, 300.0, SIDE_OF_STATURE * 200], (n, 1))
    passer = np.full((n, 3), np.nan)
    passer[20:61] = np.column_stack(
        [np.linspace(400, 800, 41), np.full(41, 310.0), np.full(41, SIDE_OF_STATURE * 220)]
    )
    read = reading.Reading(np.tile(body(600.0), (n, 1, 1)), np.ones((n, 33)), np.zeros((n, 6)))
    lost = reading.clear_hidden(info, [Upright()], read, box, [passer])
    gone = ~np.isfinite(read.xy[..., 0])
    assert gone[40].all()  # side by side
    assert not gone[:26].any()
    assert not gone[55:].any()
    assert (read.confidence[gone] == 0).all()
    assert lost == (int(gone.any(axis=1).sum()), int(gone.sum()))
    notes: list[Note] = []
    track._leave_out_hidden(lost, notes)
    assert [note.code for note in notes] == ["athlete_hidden"]
    assert f"{lost[0]} frames" in notes[0].message
    # Somebody who passes behind the athlete hides nothing.
    behind = passer - (0, 60, 0)
    read = reading.Reading(np.tile(body(600.0), (n, 1, 1)), np.ones((n, 33)), np.zeros((n, 6)))
    assert reading.clear_hidden(info, [Upright()], read, box, [behind]) == (0, 0)
    track._leave_out_hidden((0, 0), notes)
    assert len(notes) == 1
