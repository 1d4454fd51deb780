"""Which shot of a clip is analysed, and what is said of the others."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from analyzer.data.capture import CameraMotion, VideoInfo
from analyzer.data.notes import Note
from analyzer.errors import NoAthleteError
from analyzer.pose.people.athlete import Person, Sighting
from analyzer.pose.people.survey import Survey
from analyzer.pose.shots import Shot, choose

TIME = np.arange(600) / 60
INFO = VideoInfo(Path("clip.mp4"), 1280, 720, 0, TIME, 60.0, 60.0, False, "")


class Still:
    """A background that stands still."""

    def motion(self, n: int, *_: object) -> CameraMotion:
        return CameraMotion.static(n)


@dataclass
class Seen:
    """What a survey knows, without one having been made."""

    persons: list[Person]
    thumbs: list[np.ndarray] = field(default_factory=list)
    start: int = 0
    background: Still = field(default_factory=Still)

    def people(self) -> list[Person]:
        return self.persons

    def frame_of(self, count: int) -> int:
        return self.start + count


def somebody(first: int, last: int, speed: float, swing: float) -> Person:
    """Return who goes at ``speed`` px a frame, 200 px tall, legs apart by up to ``swing`` statures."""
    return Person(
        tuple(
            Sighting(i, 100 + speed * (i - first), 300, 200, spread=swing * float(np.sin(15 * TIME[i])))
            for i in range(first, last, 6)
        )
    )


def shot(first: int, last: int, *people: Person, thumbs: list[np.ndarray] | None = None) -> Shot:
    return Shot(first, last, cast(Survey, Seen(list(people), thumbs or [], first)))


WALK = shot(0, 300, somebody(0, 300, 3, 0.3))
RUN = shot(300, 450, somebody(300, 450, 25, 0.35))
OTHER = shot(450, 600, somebody(450, 600, 24, 0.35))
EMPTY = shot(450, 600)


def test_the_run_is_taken_though_the_walk_is_longer() -> None:
    notes: list[Note] = []
    assert choose([WALK, RUN, EMPTY], INFO, notes) is RUN
    (note,) = notes
    assert note.code == "shot_change"
    assert "5.00 to 7.48 s" in note.message
    assert "0.00 to 4.98 s" in note.message
    assert "starts and stops" in note.advice


def test_who_runs_alone_and_is_looked_at_half_as_often_runs_no_less() -> None:
    second = Person(somebody(300, 366, 25, 0.35).sightings[::2])  # 1.1 s
    assert choose([shot(0, 300, somebody(0, 300, 14, 0.35)), shot(300, 366, second)], INFO, []).first == 300


def test_another_run_is_named_with_its_times() -> None:
    notes: list[Note] = []
    assert choose([RUN, OTHER], INFO, notes) is RUN
    assert "as much in 7.50 to 9.98 s" in notes[0].message


def test_one_shot_needs_no_word_and_nobody_is_an_error() -> None:
    notes: list[Note] = []
    assert choose([RUN], INFO, notes) is RUN
    assert notes == []
    with pytest.raises(NoAthleteError):
        choose([EMPTY], INFO, notes)
    assert choose([EMPTY], INFO, notes, anybody=True) is EMPTY


def test_whoever_is_pointed_at_is_looked_for_in_the_longest_shot() -> None:
    assert choose([WALK, RUN], INFO, [], anybody=True) is WALK


def test_what_a_shot_plays_backwards_is_left_out() -> None:
    rng = np.random.default_rng(0)
    there = [np.full((18, 32), 100, np.uint8) for _ in range(60)]
    for i, image in enumerate(there):
        image[6:14, i // 2 : i // 2 + 3] = 200
        image += rng.integers(0, 3, image.shape).astype(np.uint8)
    both = shot(300, 420, somebody(300, 420, 25, 0.35), thumbs=[*there, *there[::-1]])
    notes: list[Note] = []
    found = choose([both], INFO, notes)
    assert (found.first, found.last) == (300, pytest.approx(360, abs=1))
    assert [n.code for n in notes] == ["boomerang"]
    assert max(s.frame for s in found.people()[0].sightings) < 361
