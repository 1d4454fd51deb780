"""What the athlete does: runs, in slow motion or on the spot, walks, exercises, or something else.

A comparison of models, not a threshold. Each activity says of every piece of evidence where it usually lies:
evenly between two bounds (``_USUAL``), with normal tails of a given scale, as a density, so that an activity
that fits everything is not the best explanation of anything. The logarithms of the densities are added, with
how often each is filmed (``PRIOR``); no piece of evidence counts more than ``WORST``, because any one may be
misread. Only slow motion has a freedom, its factor, and pays for it: gravity and the step's rhythm must agree
on it.

All lengths are in leg lengths and all times in step times, so that neither scale nor clock matter to anything
but ``gravity`` and ``rhythm``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log, pi, sqrt
from typing import Final, Literal, NamedTuple

import numpy as np

from analyzer.contacts import evidence, slow_motion
from analyzer.contacts.evidence import Evidence
from analyzer.data.motion import Motion
from analyzer.data.notes import Note
from analyzer.data.steps import Step
from analyzer.errors import NotRunningError
from analyzer.joints import stride_phase

Activity = Literal["run", "slow_motion_run", "run_on_the_spot", "walk", "on_the_spot", "cycle", "other"]
"""What somebody may be seen to do."""
RUNNING: Final[tuple[Activity, ...]] = ("run", "slow_motion_run")
"""The activities that are analysed."""
WHAT: Final[Mapping[Activity, str]] = {
    "walk": "The athlete seems to walk, not run.",
    "run_on_the_spot": "The athlete seems to run on the spot.",
    "on_the_spot": "The athlete seems to exercise on the spot, not to run.",
    "cycle": "The athlete seems to cycle, not to run.",
    "other": "The athlete does not seem to run.",
}
"""What somebody is told who gave a clip of it."""
ADVICE: Final = "Choose a clip, or with start and end a part of it, in which the athlete runs."
"""What he is to do then."""
ACCEPTED: Final = "not_a_run"
"""Code of the note on a clip that is analysed all the same."""
PRIOR: Final[Mapping[Activity, float]] = {
    "run": 0.60,
    "slow_motion_run": 0.25,
    "walk": 0.06,
    "run_on_the_spot": 0.02,
    "on_the_spot": 0.03,
    "cycle": 0.02,
    "other": 0.02,
}
"""How often each is what somebody gives to a program for sprints (assumed)."""
WORST: Final = 6.0
"""Lowest logarithm of a piece of evidence's density against its highest: any one may be misread whole."""
SLOWEST: Final = 50.0
"""Factor of slow motion up to which all are as likely, in their logarithm."""
REAL_TIME_SD: Final = 0.13
"""Scatter of the logarithm of a runner's clock as told by gravity or rhythm (``slow_motion``)."""
AGREE_SD: Final = 0.2
"""How far gravity and rhythm of one clip in slow motion differ, in the logarithm of its factor."""
LOGS: Final = 4.0
"""Width of the logarithms of a clock that may come out of a body that is no runner's."""

FEET_STAY: Final = 0.05
"""Feet that rise less than this, leg lengths, are said never to leave the ground..."""
STAYS: Final = 0.3
"""...who travels less than this in a step, leg lengths, not to move over it..."""
TOGETHER: Final = 0.5
"""...and legs whose movement against each other has less than this share of it, not to take turns."""


class Usual(NamedTuple):
    """Where a piece of evidence lies for one activity: evenly from ``low`` to ``high``, with normal tails.

    ``worst`` bounds how much it counts, see ``WORST``.
    """

    low: float
    high: float
    sd: float
    worst: float = WORST

    def log_density(self, value: float, error: float = 0.0) -> float:
        """Return the logarithm of the density at ``value``, known with a standard error."""
        sd = sqrt(self.sd**2 + error**2)
        beside = max(self.low - value, value - self.high, 0.0) / sd
        return -min(beside**2 / 2, self.worst) - log(self.high - self.low + sd * sqrt(2 * pi))


# A run in slow motion is a run in all of this, one on the spot in all but its travel.
_USUAL: Final[Mapping[str, Mapping[Activity, Usual]]] = {
    # Contact time, step times. Sprint 0.38 (SCIENCE 6.1: 0.085 of 0.23 s) to slow jogs 0.93 (plates at 2 m/s
    # 0.78 to 0.93, four runners at 4 and 5 m/s 0.55 to 0.75). Walking: stance of 58 to 66 % of a stride
    # (textbooks of gait) is 1.16 to 1.32 of a step, fast walks to 1.1.
    "share": {
        "run": Usual(0.36, 0.93, 0.05),
        "walk": Usual(1.10, 1.36, 0.05),
        "on_the_spot": Usual(0.30, 1.90, 0.10),
        "cycle": Usual(0.20, 2.00, 0.10),
        "other": Usual(0.20, 2.00, 0.10),
    },
    # How much higher than on average the body is in mid-stance, leg lengths. Runners sink onto the leg: 4 to
    # 10 cm from lowest to highest (SCIENCE 6.1: 4.9 cm in a sprint), half of that here. Walkers vault: 2.5 to
    # 5 cm.
    "bounce": {
        "run": Usual(-0.080, -0.012, 0.006),
        "walk": Usual(0.008, 0.035, 0.006),
        "on_the_spot": Usual(-0.040, 0.040, 0.010),
        "cycle": Usual(-0.006, 0.006, 0.004),
        "other": Usual(-0.080, 0.080, 0.010),
    },
    # Most knee flexion in the middle of stance, degrees: 35 to 48 in runs (SCIENCE 6.1), from 30 in slow
    # jogs, up to 85 at starts; 10 to 20 in walking.
    "knee": {
        "run": Usual(30.0, 80.0, 7.0),
        "walk": Usual(5.0, 22.0, 6.0),
        "on_the_spot": Usual(0.0, 130.0, 10.0),
        "cycle": Usual(8.0, 60.0, 8.0),
        "other": Usual(0.0, 130.0, 10.0),
    },
    # How far the body passes over the lower foot in a step, leg lengths: 0.8 (2 m/s) to 2.4 (SCIENCE 6.1),
    # 0.6 where a landmark's speed is read low at a start; walks 0.5 to 1; 2.2 cranks of 165 to 175 mm.
    "travel": {
        "run": Usual(0.60, 2.40, 0.15),
        "walk": Usual(0.45, 1.05, 0.10),
        "run_on_the_spot": Usual(-0.05, 0.15, 0.05),
        "on_the_spot": Usual(-0.05, 0.15, 0.05),
        "cycle": Usual(0.36, 0.49, 0.03),
        "other": Usual(-0.50, 2.40, 0.15),
    },
    # How far the body goes over the ground in a step, leg lengths: nowhere on the spot, nor where a camera
    # follows over ground that it does not tell. Who goes over the ground is not on the spot, whatever else.
    "way": {
        "run": Usual(-0.10, 2.40, 0.15),
        "walk": Usual(-0.10, 1.05, 0.15),
        "run_on_the_spot": Usual(-0.10, 0.15, 0.05, 4 * WORST),
        "on_the_spot": Usual(-0.10, 0.15, 0.05, 4 * WORST),
        "cycle": Usual(-0.10, 6.00, 0.15),
        "other": Usual(-0.50, 2.40, 0.15),
    },
    # Share of the legs' movement in which they go against each other: 1 less what both do together.
    "alternation": {
        "run": Usual(0.80, 1.00, 0.05),
        "walk": Usual(0.80, 1.00, 0.05),
        "on_the_spot": Usual(0.00, 1.00, 0.05),
        "cycle": Usual(0.90, 1.00, 0.05),
        "other": Usual(0.00, 1.00, 0.05),
    },
    # How far a toe rises, leg lengths: 0.25 to 0.30 m in slow jogs, and up to the knee's height in sprints;
    # in walks it clears the ground by little and rises at push-off only, 0.06 to 0.17 m.
    "lift": {
        "run": Usual(0.25, 0.90, 0.04),
        "walk": Usual(0.06, 0.19, 0.04),
        "on_the_spot": Usual(0.00, 0.50, 0.04),
        "cycle": Usual(0.30, 0.45, 0.04),
        "other": Usual(0.00, 0.90, 0.04),
    },
    # Correlation of the arms' swing with that of the thighs, both left minus right: against each other in
    # runs and walks.
    "arms": {
        "run": Usual(-1.00, -0.40, 0.15),
        "walk": Usual(-1.00, -0.30, 0.15),
        "on_the_spot": Usual(-1.00, 1.00, 0.15),
        "cycle": Usual(-0.30, 0.30, 0.15),
        "other": Usual(-1.00, 1.00, 0.15),
    },
}


_RHYTHM: Final[Mapping[Activity, Usual]] = {
    # A start's steps are quicker than their length tells; nobody's are much slower.
    "run": Usual(-0.45, 0.15, REAL_TIME_SD),
    "slow_motion_run": Usual(log(slow_motion.SLOW), log(SLOWEST), REAL_TIME_SD),
    # Knees drawn up as fast as anybody can, to a slow jog's rhythm.
    "run_on_the_spot": Usual(-0.70, 0.15, REAL_TIME_SD),
    # Walkers take 1.5 to 2.2 steps a second where runners take 2.6; slow motion of them is as good as any.
    "walk": Usual(0.1, 0.7, 0.2),
    "on_the_spot": Usual(-0.7, 2.0, 0.2),
    "cycle": Usual(-0.3, 1.0, 0.2),
    "other": Usual(-0.7, 2.0, 0.2),
}


@dataclass(frozen=True)
class Verdict:
    """The activity that explains the evidence best.

    activity : the best one
    log_odds : logarithm of how much likelier that nobody runs is than that somebody does
    why : what was seen that speaks most against running, as clauses of a sentence; empty for a run
    """

    activity: Activity
    log_odds: float
    why: tuple[str, ...]

    @property
    def runs(self) -> bool:
        """Tell whether somebody runs more likely than not."""
        return self.log_odds <= 0


def judge(seen: Evidence) -> Verdict:
    """Compare the activities by how well they explain what was seen."""
    terms = {activity: _terms(activity, seen) for activity in PRIOR}
    total = {name: log(PRIOR[name]) + sum(of.values()) for name, of in terms.items()}
    runs = max(total[name] for name in RUNNING)
    best = max(total, key=lambda name: total[name])
    rest = max(value for name, value in total.items() if name not in RUNNING)
    if rest <= runs:
        return Verdict(best, rest - runs, ())
    running = max(RUNNING, key=lambda name: total[name])
    against = {name: terms[best][name] - terms[running][name] for name in terms[best]}
    clauses = [
        _clause(name, seen) for name in sorted(against, key=lambda n: -against[n]) if against[name] > 1
    ]
    return Verdict(best, rest - runs, tuple(clause for clause in clauses if clause)[:2])


def told(motion: Motion, turning: stride_phase.Cycle, steps: Sequence[Step], *, accept: bool) -> list[Note]:
    """Refuse what is no run, with what was seen; where it is accepted all the same, say so.

    Parameters
    ----------
    motion : Motion
    turning : stride_phase.Cycle
        The phase of the stride, followed through the clip.
    steps : sequence of Step
        The contacts as far as they were found; may be empty.
    accept : bool
        Whether somebody insists on an analysis.

    Raises
    ------
    NotRunningError
        If somebody does something else more likely than running.
    """
    return answer(evidence.collect(motion, turning, steps), accept=accept)


def answer(seen: Evidence, *, accept: bool) -> list[Note]:
    """Refuse what evidence shows to be no run; where it is accepted all the same, say so.

    Raises
    ------
    NotRunningError
        If somebody does something else more likely than running.
    """
    verdict = judge(seen)
    if verdict.runs:
        return []
    what, why = WHAT[verdict.activity], _sentence(verdict.why)
    if accept:
        return [Note("warning", ACCEPTED, f"{what} {why} It is analysed because that was asked for.", ADVICE)]
    raise NotRunningError(what, why, f"{ADVICE} Or insist.", settings=("start_s", "stop_s", "accept"))


def _sentence(clauses: Sequence[str]) -> str:
    text = ", and ".join(clauses)
    return f"{text[:1].upper()}{text[1:]}." if text else "It moves like nobody who runs."


def _terms(activity: Activity, seen: Evidence) -> dict[str, float]:
    """Return the logarithm of the density of each piece of evidence that was seen."""
    out = {}
    for name, usual in _USUAL.items():
        value = getattr(seen, name)
        if np.isfinite(value):
            out[name] = usual.get(activity, usual["run"]).log_density(
                value, getattr(seen, f"{name}_error", 0.0)
            )
    if np.isfinite(seen.rhythm):
        out["rhythm"] = _RHYTHM[activity].log_density(seen.rhythm)
    if np.isfinite(seen.gravity):
        out["gravity"] = _gravity(activity, seen)
    return out


def _gravity(activity: Activity, seen: Evidence) -> float:
    """Return the logarithm of the density of what the body's fall and rise tells of the clock."""
    if activity in ("run", "run_on_the_spot"):
        return Usual(-0.10, 0.10, REAL_TIME_SD).log_density(seen.gravity, seen.gravity_error)
    if activity == "slow_motion_run" and np.isfinite(seen.rhythm):
        return Usual(-0.10, 0.10, AGREE_SD).log_density(seen.gravity - seen.rhythm, seen.gravity_error)
    return Usual(-LOGS / 5, LOGS * 4 / 5, REAL_TIME_SD).log_density(seen.gravity, seen.gravity_error)


def _clause(name: str, seen: Evidence) -> str:
    """Say in words what a piece of evidence shows that no runner's does; empty where a coach sees nothing."""
    if name == "share":
        if seen.share > 1:
            return f"a foot lands before the other one leaves: each is down for {seen.share:.0%} of a step"
        return f"each foot is on the ground for {seen.share:.0%} of a step"
    if name == "knee":
        if seen.knee < _USUAL["knee"]["run"].low:
            return f"the standing leg stays nearly straight ({seen.knee:.0f}° of knee flexion)"
        return f"the standing leg is bent by {seen.knee:.0f}°"
    if name == "lift":
        if seen.rise < FEET_STAY:
            return "the feet never leave the ground"
        return (
            f"the feet are drawn up by {seen.lift:.2f} leg lengths only"
            if seen.lift < _USUAL["lift"]["run"].low
            else ""
        )
    if name == "travel" and STAYS <= seen.travel < _USUAL["travel"]["run"].low:
        return f"a step takes the body over its foot by {seen.travel:.2f} leg lengths only"
    if name == "bounce" and abs(seen.bounce) < _USUAL["bounce"]["cycle"].high:
        return "the body neither rises nor falls with the steps"
    plain = {
        "bounce": (seen.bounce > 0, "the body is highest over the standing leg"),
        "travel": (abs(seen.travel) < STAYS and not abs(seen.way) > STAYS, "nobody moves over the ground"),
        "alternation": (seen.alternation < TOGETHER, "the feet do not take turns"),
        "arms": (True, "the arms do not swing against the legs"),
    }
    true, clause = plain.get(name, (False, ""))
    return clause if true else ""
