"""Who runs, in real time or slowed, and who does something else, and what is said of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from activities import Cyclist, Drill, Marcher, Squatter, Walker, slow_jog
from running import CONFIG, found, moving
from views import seen_at

from analyzer.contacts import activity, detect, evidence, slow_motion
from analyzer.contacts.activity import judge
from analyzer.contacts.evidence import Evidence
from analyzer.errors import NotRunningError, ViewError
from analyzer.joints import stride_phase

NOISE = 0.008
SPRINT = Evidence(
    share=0.45, bounce=-0.02, knee=42.0, travel=1.9, alternation=0.95, lift=0.55, arms=-0.9, rhythm=0.0
)
WALK = Evidence(
    share=1.22, bounce=0.02, knee=15.0, travel=0.8, alternation=0.92, lift=0.12, arms=-0.8, rhythm=0.3
)


@pytest.mark.parametrize("fps", [30.0, 120.0])
@pytest.mark.parametrize("share", [0.80, 0.93])
@pytest.mark.parametrize("speed", [2.2, 2.7])
def test_a_slow_jog_is_a_run_in_real_time(speed: float, share: float, fps: float) -> None:
    pose = slow_jog(speed, share).pose(fps, noise_m=NOISE)
    steps = found(pose)
    assert len(steps) >= 9
    assert slow_motion.check(moving(pose), steps, CONFIG) == []


@pytest.mark.parametrize("slow", [1.0, 4.0])
@pytest.mark.parametrize(("speed", "step_s"), [(1.0, 0.60), (1.3, 0.54), (1.8, 0.46)])
def test_walking_is_refused_however_slowly_it_plays(speed: float, step_s: float, slow: float) -> None:
    walker = Walker(speed=speed, step_s=step_s, contact_s=1.2 * step_s)
    with pytest.raises(NotRunningError, match="seems to walk") as told:
        found(walker.pose(60, noise_m=NOISE, slow=slow))
    assert (
        "highest over the standing leg" in told.value.why or "before the other one leaves" in told.value.why
    )


@pytest.mark.parametrize("step_s", [0.4, 0.6, 1.2])
def test_marching_is_on_the_spot_and_no_slow_motion(step_s: float) -> None:
    with pytest.raises(NotRunningError, match=r"on the spot.*Nobody moves over the ground"):
        found(Marcher(step_s=step_s).pose(30, noise_m=NOISE))


@pytest.mark.parametrize("seconds", [0.8, 1.5, 3.0])
def test_squats_are_told_as_what_they_are_not_as_too_few_contacts(seconds: float) -> None:
    with pytest.raises(NotRunningError, match="the feet never leave the ground"):
        found(Squatter(step_s=seconds).pose(30, noise_m=NOISE))


def test_who_insists_is_given_an_analysis_and_told() -> None:
    motion = moving(Walker().pose(60, noise_m=NOISE))
    contacts = detect.detect(motion, accept=True)
    assert len(contacts.steps) >= 5
    (note,) = (note for note in contacts.notes if note.code == activity.ACCEPTED)
    assert note.level == "warning"
    assert "seems to walk" in note.message


def test_the_refusal_names_the_setting_that_insists() -> None:
    with pytest.raises(NotRunningError) as told:
        found(Squatter().pose(30, noise_m=NOISE))
    assert "accept" in told.value.settings


def test_one_piece_that_was_misread_does_not_rule() -> None:
    assert judge(SPRINT).activity == "run"
    assert judge(WALK).activity == "walk"
    for name in ("share", "bounce", "knee", "lift"):
        assert judge(replace(SPRINT, **{name: getattr(WALK, name)})).runs, name
        assert not judge(replace(WALK, **{name: getattr(SPRINT, name)})).runs, name


def test_slow_motion_needs_gravity_and_rhythm_to_agree() -> None:
    slowed = replace(SPRINT, rhythm=2.0, gravity=2.0, gravity_error=0.05)
    assert judge(slowed).activity == "slow_motion_run"
    agreed, apart = (judge(replace(slowed, gravity=g)).log_odds for g in (2.0, 0.7))
    assert apart > agreed + 3


def test_nothing_seen_is_no_reason_to_refuse() -> None:
    assert judge(Evidence()).runs


def test_gravity_tells_a_jog_the_clock_is_right() -> None:
    motion = moving(slow_jog(2.7, 0.8).pose(120, noise_m=NOISE))
    turning = stride_phase.cycle(motion.time, motion.raw_joint)
    seen = evidence.collect(motion, turning, detect.detect(motion).steps)
    assert seen.share == pytest.approx(0.8, abs=0.08)
    assert abs(seen.gravity) < 0.25
    assert seen.alternation > 0.85


@pytest.mark.parametrize(("angle", "where"), [(80.0, "the front"), (-80.0, "behind")])
def test_a_view_along_the_lane_is_refused_by_its_name(angle: float, where: str) -> None:
    motion = moving(seen_at(angle))
    with pytest.raises(ViewError, match=f"filmed from {where}"):
        detect.detect(motion)


@pytest.mark.parametrize("angle", [30.0, 45.0, -45.0])
def test_an_oblique_view_of_a_run_is_a_run(angle: float) -> None:
    assert len(found(seen_at(angle))) >= 8


HOP = (("left", 0.0, 0.45),)
ROPE = (("left", 0.0, 0.5), ("right", 0.0, 0.5))


@pytest.mark.parametrize("step_s", [0.36, 0.44, 0.6])
@pytest.mark.parametrize("lift", [0.3, 0.45])
def test_a_run_on_the_spot_is_told_as_that(step_s: float, lift: float) -> None:
    with pytest.raises(NotRunningError, match=r"run on the spot\. Nobody moves over the ground\."):
        found(Drill(step_s=step_s, lift=lift).pose(60, noise_m=NOISE))


def test_a_run_that_lacks_nothing_but_its_way_is_on_the_spot() -> None:
    assert judge(replace(SPRINT, travel=0.0)).activity == "run_on_the_spot"
    assert judge(replace(SPRINT, travel=0.8)).activity == "run"


@pytest.mark.parametrize("speed", [1.4, 2.4])
def test_who_hops_along_on_a_leg_is_not_said_to_stay_on_the_spot(speed: float) -> None:
    drill = Drill(speed=speed, step_s=0.5, lift=0.3, down=HOP)
    with pytest.raises(NotRunningError) as told:
        found(drill.pose(60, noise_m=NOISE))
    assert "spot" not in told.value.what
    assert "walk" not in told.value.what
    assert "Nobody moves" not in told.value.why


def test_who_skips_a_rope_is_not_said_to_stay_on_the_ground() -> None:
    with pytest.raises(NotRunningError, match="on the spot") as told:
        found(Drill(step_s=0.45, lift=0.09, down=ROPE).pose(60, noise_m=NOISE))
    assert "never leave" not in told.value.why
    assert "drawn up by" in told.value.why


def test_bounds_are_a_run() -> None:
    bounds = Drill(speed=5.0, step_s=0.92, steps=4, down=(("left", 0.0, 0.17), ("right", 0.5, 0.67)))
    assert len(found(bounds.pose(120, noise_m=NOISE))) == 8


@pytest.mark.parametrize("speed", [0.0, 4.5, 9.0])
@pytest.mark.parametrize(
    ("step_s", "crank", "saddle"), [(0.5, 0.165, 0.68), (0.36, 0.17, 0.6), (0.27, 0.175, 0.64)]
)
def test_who_cycles_does_not_run(speed: float, step_s: float, crank: float, saddle: float) -> None:
    rider = Cyclist(speed=speed, step_s=step_s, crank=crank, saddle=saddle)
    with pytest.raises(NotRunningError, match="seems to cycle"):
        found(rider.pose(60, noise_m=NOISE))
