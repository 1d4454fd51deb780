"""Who is followed and where the crop is, on made-up paths."""

from __future__ import annotations

from itertools import pairwise, permutations

import numpy as np
import pytest

from analyzer.arrays import Array
from analyzer.body.skeleton import BLAZEPOSE
from analyzer.data.capture import CameraMotion
from analyzer.pose.networks.blazepose import SIDE_OF_STATURE
from analyzer.pose.people import athlete
from analyzer.pose.people.athlete import Person, Sighting, usual_view
from analyzer.pose.people.paths import Paths, _pairs

TIME = np.arange(120) / 60
RED, WHITE = (60.0, 180.0, 160.0) * 2, (110.0, 128.0, 128.0) * 2


def person(x: Array, y: float = 300, stature: float = 200, swing: float = 0.25, every: int = 6) -> Person:
    """Somebody seen every few frames with the hips at ``x``."""
    return Person(
        tuple(
            Sighting(i, float(x[i]), y, stature, spread=swing * float(np.sin(14 * TIME[i])), colour=WHITE)
            for i in range(0, len(x), every)
        )
    )


def standing(stature: float = 200.0, lean_deg: float = 0.0) -> Array:
    """Landmarks of somebody upright, hips at (0, 0)."""
    xy = np.zeros((33, 2))
    trunk = 0.2961 / 2 + 0.2870 / 2
    for side in ("left", "right"):
        xy[BLAZEPOSE.index(f"{side}_shoulder")] = trunk * np.array(
            [np.sin(np.radians(lean_deg)), -np.cos(np.radians(lean_deg))]
        )
        xy[BLAZEPOSE.index(f"{side}_knee")] = 0, (0.2425 + 0.2124) / 2
        xy[BLAZEPOSE.index(f"{side}_ankle")] = 0, (0.2425 + 0.2124 + 0.2529 + 0.2528) / 2
    return xy * stature


def test_stature_does_not_depend_on_the_pose() -> None:
    upright, bent = standing(), standing(lean_deg=70)
    thigh = bent[BLAZEPOSE.index("left_knee"), 1]
    bent[BLAZEPOSE.index("left_ankle")] += (0.0, 0.0)
    bent[[BLAZEPOSE.index("right_knee"), BLAZEPOSE.index("right_ankle")]] = (thigh, 0), (thigh, 50)
    assert athlete.stature(upright) == pytest.approx(200)
    assert athlete.stature(bent) == pytest.approx(200)
    assert athlete.lean(bent) == pytest.approx(70)


def test_the_runner_is_chosen_over_the_larger_bystander() -> None:
    still = CameraMotion.static(len(TIME))
    runner = person(100 + 900 * TIME, stature=180)
    bystander = person(np.full(len(TIME), 600.0), stature=400, swing=0.01)
    assert athlete.score(runner, still, TIME, 1280) > 2 * athlete.score(bystander, still, TIME, 1280)


def test_time_in_view_does_not_hang_on_how_often_somebody_is_looked_at() -> None:
    x = 100 + 900 * TIME
    often, rarely = (athlete.looks(person(x, every=every), TIME) for every in (6, 12))
    assert often == pytest.approx(len(TIME) / 6)
    assert rarely == pytest.approx(often, rel=0.1)


def test_running_is_over_the_ground_not_over_the_picture() -> None:
    follow = np.tile(np.eye(3), (len(TIME), 1, 1))
    follow[:, 0, 2] = 900 * TIME  # the camera keeps the runner in the middle
    pan = CameraMotion(follow, np.zeros(len(TIME)), moving=True)
    runner = person(np.full(len(TIME), 600.0), swing=0.0)
    spectator = person(600 - 900 * TIME, swing=0.0)
    assert athlete.running(runner, pan, TIME) == pytest.approx(4.5, rel=0.02)
    assert athlete.running(spectator, pan, TIME) == pytest.approx(0, abs=0.02)


def test_of_two_runners_the_one_whom_the_camera_follows_is_the_athlete() -> None:
    follow = np.tile(np.eye(3), (len(TIME), 1, 1))
    follow[:, 0, 2] = 900 * TIME
    pan = CameraMotion(follow, np.zeros(len(TIME)), moving=True)
    followed = person(np.full(len(TIME), 600.0), stature=180)
    crossing = person(np.linspace(1200, 0, len(TIME)), stature=210)
    assert athlete.score(followed, pan, TIME, 1280) > athlete.score(crossing, pan, TIME, 1280)


def test_a_camera_follows_who_runs_but_stays_in_the_picture() -> None:
    follow = np.tile(np.eye(3), (len(TIME), 1, 1))
    follow[:, 0, 2] = 900 * TIME
    pan = CameraMotion(follow, np.zeros(len(TIME)), moving=True)
    runner = person(np.full(len(TIME), 600.0), stature=180)
    jogger = person(600 - 500 * TIME, stature=220)  # nearer, seen as long, left behind
    bystander = person(600 - 900 * TIME)
    assert athlete.followed(runner, pan, TIME) == pytest.approx(1.0, abs=0.02)
    assert athlete.followed(jogger, pan, TIME) < 0.1
    assert athlete.followed(bystander, pan, TIME) == 0.0
    # Seen for a third of the time, for the jogger hides the rest, the runner is the athlete all the same.
    short = Person(runner.sightings[: len(runner.sightings) // 3])
    assert athlete.score(short, pan, TIME, 1280) > athlete.score(jogger, pan, TIME, 1280)
    # Held by hand but not turned, or still: nobody is followed.
    shaken = CameraMotion(np.tile(np.eye(3), (len(TIME), 1, 1)), np.zeros(len(TIME)), moving=True)
    assert athlete.followed(person(100 + 900 * TIME), shaken, TIME) == 0.0
    assert athlete.followed(person(np.full(len(TIME), 600.0)), shaken, TIME) == 0.0
    assert athlete.followed(runner, CameraMotion.static(len(TIME)), TIME) == 0.0


def test_somebody_on_a_treadmill_runs_by_the_legs() -> None:
    still = CameraMotion.static(len(TIME))
    runner = person(np.full(len(TIME), 600.0))
    assert athlete.running(runner, still, TIME) > 1
    assert athlete.running(person(np.full(len(TIME), 600.0), swing=0.02), still, TIME) < 0.3


def walk(paths: Paths, people: dict[int, list[Sighting]]) -> list[Person]:
    for frame in sorted(people):
        paths.add(people[frame], np.eye(3))
    return sorted(paths.people(), key=lambda p: p.sightings[0].x)


def crossing(colours: tuple[tuple[float, ...], tuple[float, ...]]) -> dict[int, list[Sighting]]:
    """Two people who run past each other; the one behind is hidden for a while."""
    out: dict[int, list[Sighting]] = {}
    for i in range(0, 120, 6):
        right = Sighting(i, 100 + 5.0 * i, 300, 200, colour=colours[0])
        left = Sighting(i, 700 - 5.0 * i, 305, 200, colour=colours[1])
        out[i] = [left] if abs(right.x - left.x) < 60 else [right, left][:: 1 if i % 12 else -1]
    return out


def test_identity_is_kept_where_two_cross_by_their_motion() -> None:
    right, left = walk(Paths(TIME), crossing((WHITE, WHITE)))
    assert all(b.x > a.x for a, b in pairwise(right.sightings))
    assert all(b.x < a.x for a, b in pairwise(left.sightings))
    assert len(left.sightings) == 20


def test_kit_tells_people_apart_who_change_places_unseen() -> None:
    # Both turn round while they are behind a pillar: by motion alone they would be exchanged.
    seen = {}
    for i in range(0, 120, 6):
        if 48 < i < 66:
            continue
        back = max(0, i - 57)
        a = Sighting(i, 250 + 2.0 * i - 4.0 * back, 300, 200, colour=WHITE)
        b = Sighting(i, 550 - 2.0 * i + 4.0 * back, 300, 200, colour=RED)
        seen[i] = [a, b]
    for found in walk(Paths(TIME), seen):
        assert len({s.colour for s in found.sightings}) == 1


def test_a_path_is_picked_up_again_behind_something() -> None:
    seen = {
        i: [Sighting(i, 50 + 6.0 * i, 300, 200, colour=WHITE)] for i in range(0, 120, 6) if not 30 < i < 84
    }
    found = walk(Paths(TIME, gap_s=0.3), seen)
    assert len(found) == 1
    assert len(found[0].sightings) == len(seen)


def test_paths_expect_people_where_they_go() -> None:
    paths = Paths(TIME)
    for i in (0, 6, 12):
        paths.add([Sighting(i, 100 + 5.0 * i, 300, 200)], np.eye(3))
    (guess,) = paths.expect(18, np.eye(3))
    assert guess.x == pytest.approx(190)
    moved = np.array([[1.0, 0, 40], [0, 1, 0], [0, 0, 1]])
    assert paths.expect(18, moved)[0].x == pytest.approx(150)
    assert paths.expect(119, np.eye(3)) == []


def test_one_look_makes_nobody_small_or_bent() -> None:
    seen = [Sighting(6 * i, 300, 300, 130 if i > 6 else 200, -40 if i > 6 else 5) for i in range(10)]
    assert usual_view(seen) == (200, 5)


def test_who_was_seen_once_is_looked_for_where_he_was_but_only_soon() -> None:
    paths = Paths(TIME)
    paths.add([Sighting(0, 100, 300, 200), Sighting(0, 260, 300, 200)], np.eye(3))
    soon = int(np.searchsorted(TIME, 0.04))
    assert [guess.x for guess in paths.unconfirmed(soon, np.eye(3))] == pytest.approx([100, 260])
    assert paths.expect(soon, np.eye(3)) == []
    assert paths.unconfirmed(int(np.searchsorted(TIME, 0.2)), np.eye(3)) == []
    paths.add([Sighting(soon, 118, 300, 200)], np.eye(3))
    assert [guess.x for guess in paths.unconfirmed(soon, np.eye(3))] == pytest.approx([260])
    assert len(paths.expect(soon + 6, np.eye(3))) == 1


def known(x: Array, stature: float = 200) -> Array:
    return np.column_stack([x, np.full_like(x, 300), np.full_like(x, np.log(stature)), np.full_like(x, 8)])


@pytest.mark.parametrize("order", [1, 2])
def test_equations_of_a_short_clip_are_those_of_a_long_one(
    order: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(2)
    values, weight = rng.normal(500, 50, (90, 2)), (rng.random(90) < 0.3).astype(float)
    whole = athlete._penalised(values, weight, 1e3, order)
    monkeypatch.setattr(athlete, "_FEW_ROWS", 10)
    np.testing.assert_allclose(athlete._penalised(values, weight, 1e3, order), whole, rtol=1e-9)


def test_the_crop_is_smooth_and_goes_on_beyond_what_is_known() -> None:
    rng = np.random.default_rng(1)
    true = 200 + 500 * TIME + 60 * TIME**2
    seen = known(true + 3 * np.sin(50 * TIME) + rng.normal(0, 2, len(TIME)))
    seen[:20], seen[100:] = np.nan, np.nan
    seen[50:53, 0] += 150  # somebody else for a moment
    box, lean = athlete.boxes(seen, np.ones(len(TIME)), CameraMotion.static(len(TIME)), TIME)
    assert np.abs(box[20:100, 0] - true[20:100]).max() < 14
    assert np.abs(box[:, 0] - true).max() < 40
    assert box[:, 2] == pytest.approx(200 * SIDE_OF_STATURE, rel=0.01)
    assert lean == pytest.approx(8, abs=0.1)


def test_the_crop_follows_a_shaking_camera_at_once() -> None:
    shake = 12 * np.sign(np.sin(40 * TIME))
    matrices = np.tile(np.eye(3), (len(TIME), 1, 1))
    matrices[:, 0, 2] = -shake
    camera = CameraMotion(matrices, np.zeros(len(TIME)), moving=True)
    box, _ = athlete.boxes(known(200 + 500 * TIME + shake), np.ones(len(TIME)), camera, TIME)
    assert np.abs(box[:, 0] - (200 + 500 * TIME + shake)).max() < 2


@pytest.mark.parametrize("size", [(0, 3), (1, 1), (1, 4), (5, 1), (3, 3), (2, 5)])
def test_pairs_are_those_that_cost_least_together(size: tuple[int, int]) -> None:
    cost = np.random.default_rng(size[1]).random(size)
    smaller = cost if size[0] <= size[1] else cost.T
    ways = permutations(range(smaller.shape[1]), smaller.shape[0])
    least = min(sum(smaller[i, j] for i, j in enumerate(way)) for way in ways)
    found = _pairs(cost)
    assert len(found) == min(size)
    assert sum(cost[pair] for pair in found) == pytest.approx(least)


@pytest.mark.parametrize("way", [1, -1])
@pytest.mark.parametrize("lean_deg", [70.0, 10.0, -10.0, -60.0])
def test_a_trunk_leans_back_against_the_way_of_the_feet(way: int, lean_deg: float) -> None:
    body = standing(lean_deg=way * lean_deg)
    for side in ("left", "right"):
        body[BLAZEPOSE.index(f"{side}_foot_index")] = body[BLAZEPOSE.index(f"{side}_heel")] + [20 * way, 5]
    clip = np.stack([body] * 60)
    for part in ("heel", "foot_index"):  # a tenth of the frames has the feet the wrong way round
        clip[::10, [BLAZEPOSE.index(f"{side}_{part}") for side in ("left", "right")]] *= [-1, 1]
    assert athlete.leans_back(clip, 15) == pytest.approx(np.full(60, -lean_deg))
