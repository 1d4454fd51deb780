"""How they work together: arms with legs, thigh with thigh, and whole-body support of the push."""

from __future__ import annotations

from math import nan

import numpy as np

from analyzer.data import Array, Step
from analyzer.metrics.spec import Evidence, Metric, Relationship, Run, Unit
from analyzer.skeleton import JOINTS, other

_SYSTEM = Relationship.SYSTEM


def _turns(run: Run, step: Step, end: int) -> float:
    """Phase of the stance-side arm against the swing thigh at their forward (1) or rear (-1) ends, deg."""
    swing, stride = other(step.side), 2 * run.step_time
    thigh = end * run.motion.angles[f"{swing}_thigh"]
    arm = end * run.motion.angles[f"{step.side}_upper_arm"]
    # The swing thigh is furthest forward about 1.1 step times after its rear end, around this toe-off.
    centre = step.touchdown_s + (0.65 if end == 1 else -0.4) * run.step_time
    leg, _ = run.peak(thigh, centre - 0.6 * run.step_time, centre + 0.6 * run.step_time, inner=True)
    if not np.isfinite(leg):
        return nan
    hand, _ = run.peak(arm, leg - stride / 3, leg + stride / 3, inner=True)
    return 360 * (hand - leg) / stride


@Metric(
    label="Arm-leg phase, forward end",
    unit=Unit.DEGREE,
    relationship=_SYSTEM,
    sign="Positive when the arm turns after the opposite thigh; 0 is together.",
    min_fps=100,
    evidence=Evidence.MEASURED,
    citations=("Lamb2014", "Hinrichs1987"),
    max_sd=25,
)
def arm_leg_phase(run: Run, step: Step) -> float:
    """360 degrees times the time from the thigh's forward end to the opposite arm's, over stride time."""
    return _turns(run, step, 1)


@Metric(
    label="Arm-leg phase, rear end",
    unit=Unit.DEGREE,
    relationship=_SYSTEM,
    sign="Positive when the arm turns after the opposite thigh; 0 is together.",
    min_fps=100,
    evidence=Evidence.MEASURED,
    citations=("Lamb2014", "Hinrichs1987"),
    max_sd=25,
)
def arm_leg_phase_rear(run: Run, step: Step) -> float:
    """360 degrees times the time from the thigh's rear end to the opposite arm's, over stride time."""
    return _turns(run, step, -1)


def _pair(run: Run, arm_side: str) -> tuple[Array, Array, Array] | None:
    """Times and arm and opposite-thigh angles over whole strides, even and without their drift."""
    leg_side = "right" if arm_side == "left" else "left"
    events = [s.touchdown_s for s in run.steps if np.isfinite(s.touchdown_s)]
    arm, thigh = run.motion.angles[f"{arm_side}_upper_arm"], run.motion.angles[f"{leg_side}_thigh"]
    seen = np.flatnonzero(np.isfinite(arm) & np.isfinite(thigh))
    if len(events) < 3 or len(seen) < 8:
        return None
    # As many whole strides as the contacts span: part of a stride would shift the mean.
    strides = (len(events) - 1) // 2
    start, stop = events[0], events[2 * strides]
    grid = run.grid(start, stop, 64 * strides + 1)[:-1] if strides else np.empty(0)
    if len(grid) == 0:
        return None
    series = [np.interp(grid, run.motion.time, s) for s in (arm, thigh)]
    if not all(np.isfinite(s).all() for s in series):
        return None
    return grid, _centred(series[0], grid), _centred(series[1], grid)


def _centred(x: Array, t: Array) -> Array:
    """Take out the level, and for two or more strides the slow drift of a stride's mean."""
    if len(x) < 128:
        return np.asarray(x - x.mean())
    means = x.reshape(-1, 64).mean(axis=1)
    at = t.reshape(-1, 64).mean(axis=1)
    slope = np.polyfit(at - at.mean(), means, 1)[0]
    return np.asarray(x - x.mean() - slope * (t - t.mean()))


def _correlated(run: Run) -> tuple[float, float]:
    """Mean phase lag of the arms behind the opposite thighs by circular cross-correlation, and its height."""
    lags, heights = [], []
    for side in ("left", "right"):
        found = _pair(run, side)
        if found is None:
            continue
        _, arm, thigh = found
        # Whole strides, so the correlation may wrap round; a stride has 64 samples.
        power = np.fft.irfft(np.fft.rfft(arm) * np.conj(np.fft.rfft(thigh)), len(arm))
        rho = power / np.sqrt((arm @ arm) * (thigh @ thigh))
        shifts = np.arange(-16, 17)
        near = rho[shifts]
        top = int(np.argmax(near))
        if top in (0, len(near) - 1):
            continue
        below, here, above = near[top - 1 : top + 2]
        part = (below - above) / (2 * (below - 2 * here + above))
        lags.append(360 * (shifts[top] + part) / 64)
        heights.append(here)
    return (float(np.mean(lags)), float(np.mean(heights))) if lags else (nan, nan)


@Metric(
    label="Arm-leg lag over the run",
    unit=Unit.DEGREE,
    relationship=_SYSTEM,
    sign="Positive when the arms lag behind the opposite thighs.",
    min_fps=50,
    evidence=Evidence.MEASURED,
    citations=("Lamb2014",),
    min_steps=3,
    max_sd=15,
)
def arm_leg_lag(run: Run) -> float:
    """Shift at which arms and opposite thighs correlate best over whole strides, 360 = one stride."""
    return _correlated(run)[0]


@Metric(
    label="Arm-leg correlation",
    unit=Unit.RATIO,
    relationship=_SYSTEM,
    sign="1 when arm and opposite thigh follow the same curve.",
    min_fps=50,
    evidence=Evidence.MEASURED,
    citations=("Lamb2014",),
    min_steps=3,
    decimals=2,
    max_sd=0.15,
)
def arm_leg_correlation(run: Run) -> float:
    """Highest correlation of arms and opposite thighs over whole strides, mean of both pairs."""
    return _correlated(run)[1]


def _phase(x: Array) -> Array:
    """Phase of a periodic, centred signal over whole strides (Hilbert), radians.

    The half-range on either side is brought to one, so an uneven swing does not tilt the phase.
    """
    y = (x - (x.max() + x.min()) / 2) / (np.ptp(x) / 2)
    spectrum = np.fft.fft(y - y.mean())
    spectrum[len(y) // 2 :] = 0
    return np.angle(2 * np.fft.ifft(spectrum))


def _relative_phase(run: Run) -> tuple[float, float]:
    """Circular mean and standard deviation of continuous relative phase of both pairs, deg."""
    angles = []
    for side in ("left", "right"):
        found = _pair(run, side)
        if found is not None:
            # Positive when the arm is behind the thigh.
            angles.append(_phase(found[2]) - _phase(found[1]))
    if not angles:
        return nan, nan
    mean = np.mean(np.exp(1j * np.concatenate(angles)))
    length = min(float(np.abs(mean)), 1.0)
    return float(np.degrees(np.angle(mean))), float(np.degrees(np.sqrt(-2 * np.log(length))))


@Metric(
    label="Arm-leg relative phase",
    unit=Unit.DEGREE,
    relationship=_SYSTEM,
    sign="Positive when the arms are behind the opposite thighs.",
    min_fps=50,
    evidence=Evidence.DERIVED,
    citations=("Lamb2014",),
    min_steps=3,
    max_sd=15,
)
def relative_phase(run: Run) -> float:
    """Mean continuous relative phase of arms and opposite thighs over whole strides (Hilbert)."""
    return _relative_phase(run)[0]


@Metric(
    label="Arm-leg phase scatter",
    unit=Unit.DEGREE,
    relationship=_SYSTEM,
    sign="Always positive; 0 keeps the same phase throughout.",
    min_fps=50,
    evidence=Evidence.DERIVED,
    citations=("Lamb2014",),
    min_steps=3,
    max_sd=12,
)
def relative_phase_scatter(run: Run) -> float:
    """Circular standard deviation of the continuous relative phase of arms and opposite thighs."""
    return _relative_phase(run)[1]


def _rate_noise(run: Run, side: str) -> float:
    """Standard error of a thigh's angular velocity after the 12 Hz low-pass, deg/s (SCIENCE 4)."""
    sigma = np.hypot(*(run.motion.noise_sd[JOINTS.index(f"{side}_{j}")] for j in ("hip", "knee")))
    velocity = 2 * np.pi * sigma * np.sqrt(2 * 12.0**3 / (3 * run.motion.fps))
    return float(np.degrees(velocity / (0.45 * run.motion.leg_length)))


def _coding(run: Run, step: Step) -> Array | None:
    """Coupling angle of swing and stance thigh over a step, deg; NaN where both hardly move."""
    grid = run.grid(step.touchdown_s, run.touchdown(step, 1), 100)
    if len(grid) == 0:
        return None
    lead, trail = (
        np.interp(grid, run.motion.time, run.motion.rates[f"{side}_thigh"])
        for side in (other(step.side), step.side)
    )
    if not (np.isfinite(lead).all() and np.isfinite(trail).all()):
        return None
    floor = 3 * _rate_noise(run, step.side)
    gamma = np.degrees(np.arctan2(trail, lead)) % 360
    return np.where(np.hypot(lead, trail) < floor, np.nan, gamma)


def _share(run: Run, step: Step, *centres: float) -> float:
    gamma = _coding(run, step)
    if gamma is None:
        return nan
    seen = gamma[np.isfinite(gamma)]
    if len(seen) < 50:
        return nan
    inside = [np.abs((seen - c + 180) % 360 - 180) <= 22.5 for c in centres]
    return 100 * float(np.mean(np.any(inside, axis=0)))


@Metric(
    label="Thighs in anti-phase",
    unit=Unit.PERCENT,
    relationship=_SYSTEM,
    sign="Higher when the thighs move against each other for more of the step.",
    min_fps=100,
    evidence=Evidence.DERIVED,
    citations=("Bayne2020", "Needham2015"),
    side="none",
    decimals=0,
    max_sd=12,
)
def anti_phase_share(run: Run, step: Step) -> float:
    """Share of the step in which the thighs turn against each other at similar speed (vector coding).

    Coupling angle within 22.5 degrees of 135 or 315; moments in which both thighs are slower than the
    noise are left out.
    """
    return _share(run, step, 135.0, 315.0)


@Metric(
    label="Swing thigh moves alone",
    unit=Unit.PERCENT,
    relationship=_SYSTEM,
    sign="Higher when the push thigh stands still for more of the step while the other moves.",
    min_fps=100,
    evidence=Evidence.DERIVED,
    citations=("Bayne2020",),
    side="none",
    decimals=0,
    max_sd=12,
)
def swing_only_share(run: Run, step: Step) -> float:
    """Share of the step in which only the swing thigh moves (coupling angle near 0 or 180)."""
    return _share(run, step, 0.0, 180.0)


@Metric(
    label="Push thigh moves alone",
    unit=Unit.PERCENT,
    relationship=_SYSTEM,
    sign="Higher when the swing thigh stands still for more of the step while the other moves.",
    min_fps=100,
    evidence=Evidence.DERIVED,
    citations=("Bayne2020",),
    side="none",
    decimals=0,
    max_sd=12,
)
def push_only_share(run: Run, step: Step) -> float:
    """Share of the step in which only the push thigh moves (coupling angle near 90 or 270)."""
    return _share(run, step, 90.0, 270.0)


def _scissor(run: Run, step: Step) -> tuple[Array, Array]:
    """Angle and angular velocity between swing and stance thigh, (n,)."""
    swing, stance = f"{other(step.side)}_thigh", f"{step.side}_thigh"
    return (
        np.asarray(run.motion.angles[swing] - run.motion.angles[stance]),
        np.asarray(run.motion.rates[swing] - run.motion.rates[stance]),
    )


@Metric(
    label="Thigh scissor at touchdown",
    unit=Unit.DEGREE,
    relationship=_SYSTEM,
    sign="Positive with the swing thigh ahead of the landing thigh.",
    min_fps=50,
    evidence=Evidence.MEASURED,
    citations=("Clark2022", "Bramah2024"),
    side="none",
    max_sd=15,
)
def scissor_angle_touchdown(run: Run, step: Step) -> float:
    """Angle of the swing thigh minus that of the landing thigh at touchdown."""
    return run.at(_scissor(run, step)[0], step.touchdown_s)


@Metric(
    label="Thigh scissor at toe-off",
    unit=Unit.DEGREE,
    relationship=_SYSTEM,
    sign="Positive with the swing thigh ahead of the push thigh.",
    min_fps=50,
    evidence=Evidence.MEASURED,
    citations=("Clark2022", "Bramah2024"),
    side="none",
    max_sd=15,
)
def scissor_angle_toe_off(run: Run, step: Step) -> float:
    """Angle of the swing thigh minus that of the push thigh at toe-off."""
    return run.at(_scissor(run, step)[0], step.toe_off_s)


@Metric(
    label="Peak scissor speed",
    unit=Unit.DEGREE_PER_SECOND,
    relationship=_SYSTEM,
    sign="Positive when the thighs swing past each other, swing leg forward.",
    min_fps=100,
    evidence=Evidence.MEASURED,
    citations=("Clark2020",),
    side="none",
    decimals=0,
    max_sd=200,
)
def peak_scissor_speed(run: Run, step: Step) -> float:
    """Largest angular velocity between the thighs around contact."""
    start = step.touchdown_s - 0.4 * run.step_time
    return run.peak(_scissor(run, step)[1], start, step.toe_off_s)[1]


@Metric(
    label="Thigh speed against a pure swing",
    unit=Unit.RATIO,
    relationship=_SYSTEM,
    sign="1 for a sine; above 1 when the thigh whips. Below 0.9 or above 1.7, doubt the tracking.",
    min_fps=100,
    evidence=Evidence.DERIVED,
    citations=("Clark2022",),
    decimals=2,
    max_sd=0.3,
)
def thigh_whip(run: Run, step: Step) -> float:
    """Peak forward thigh speed over that of a sine with the same range and stride: pi f range."""
    start, stop = step.touchdown_s, run.touchdown(step, 2)
    if not np.isfinite(stop):
        return nan
    reach = run.spread(run.motion.angles[f"{step.side}_thigh"], start, stop)
    top = run.peak(run.motion.rates[f"{step.side}_thigh"], start, stop)[1]
    return top * (stop - start) / (np.pi * reach)


def _contributors(run: Run, step: Step) -> list[Array]:
    """Angular velocities that should peak together, each positive in its working direction."""
    rates, swing = run.motion.rates, other(step.side)
    return [
        -rates[f"{step.side}_thigh"],
        rates[f"{swing}_thigh"],
        -rates[f"{swing}_upper_arm"],
        rates[f"{step.side}_upper_arm"],
    ]


def _around_contact(run: Run, step: Step) -> tuple[float, float]:
    return step.touchdown_s - 0.2 * run.step_time, step.toe_off_s


@Metric(
    label="Peak synchrony",
    unit=Unit.SECOND,
    relationship=_SYSTEM,
    sign="Always positive; 0 when both thighs and both arms are fastest at the same moment.",
    min_fps=100,
    evidence=Evidence.INTERPRETATION,
    citations=("AQ",),
    side="none",
    decimals=3,
    max_sd=0.03,
)
def peak_synchrony(run: Run, step: Step) -> float:
    """Scatter (SD) of the times at which push thigh, swing thigh and both arms are fastest around contact."""
    times = [run.peak(rate, *_around_contact(run, step))[0] for rate in _contributors(run, step)]
    return float(np.std(times, ddof=1)) if np.isfinite(times).all() else nan


@Metric(
    label="Simultaneity at mid-stance",
    unit=Unit.RATIO,
    relationship=_SYSTEM,
    sign="1 when thighs and arms are all at their fastest as the body passes over the foot.",
    min_fps=100,
    evidence=Evidence.INTERPRETATION,
    citations=("AQ",),
    side="none",
    decimals=2,
    max_sd=0.2,
)
def simultaneity(run: Run, step: Step) -> float:
    """Speed of thighs and arms at mid-stance as a share of their own peak around contact, mean of four."""
    middle = run.mid_stance(step)
    shares = []
    for rate in _contributors(run, step):
        window = run.between(rate, *_around_contact(run, step))
        if len(window) == 0:
            return nan
        shares.append(abs(run.at(rate, middle)) / np.abs(window).max())
    return float(np.mean(shares))


def _lift(run: Run, step: Step, *parts: str) -> float:
    """Share of the upward change of velocity in contact that lies in parts of the body, percent."""
    momenta = run.momenta
    start, stop = step.touchdown_s, step.toe_off_s
    whole = run.at(momenta.total[:, 1], stop) - run.at(momenta.total[:, 1], start)
    if not whole > 0:
        return nan
    of = momenta.parts(step.side)
    gained = sum(run.at(of[p][:, 1], stop) - run.at(of[p][:, 1], start) for p in parts)
    return 100 * gained / whole


@Metric(
    label="Lift from the swing leg",
    unit=Unit.PERCENT,
    relationship=_SYSTEM,
    sign="Share of the upward change of velocity in contact; positive adds to it.",
    min_fps=100,
    evidence=Evidence.MODEL,
    citations=("Hinrichs1987", "Ae1983"),
    side="swing",
    max_sd=12,
)
def swing_lift_share(run: Run, step: Step) -> float:
    """Swing leg's share, moving relative to the hips, in the upward change of velocity from touchdown to toe-off.

    An account of motion with standard body-segment masses, not muscle force.
    """
    return _lift(run, step, "swing")


@Metric(
    label="Lift from the arms",
    unit=Unit.PERCENT,
    relationship=_SYSTEM,
    sign="Share of the upward change of velocity in contact; positive adds to it.",
    min_fps=100,
    evidence=Evidence.MODEL,
    citations=("Hinrichs1987", "Ae1983"),
    side="none",
    max_sd=12,
)
def arm_lift_share(run: Run, step: Step) -> float:
    """Both arms' share, moving relative to the shoulders, in the upward change of velocity in contact.

    An account of motion with standard body-segment masses, not muscle force.
    """
    return _lift(run, step, "arms")


@Metric(
    label="Lift from push leg and trunk",
    unit=Unit.PERCENT,
    relationship=_SYSTEM,
    sign="Share of the upward change of velocity in contact.",
    min_fps=100,
    evidence=Evidence.MODEL,
    citations=("Hinrichs1987", "Ae1983"),
    max_sd=15,
)
def push_trunk_lift_share(run: Run, step: Step) -> float:
    """What swing leg and arms leave: push leg and trunk, which single steps cannot tell apart."""
    return _lift(run, step, "push", "trunk")


def _mean_lift(run: Run, *parts: str) -> float:
    shares = np.array([_lift(run, step, *parts) for step in run.steps])
    seen = shares[np.isfinite(shares)]
    return float(seen.mean()) if len(seen) >= 8 else nan


@Metric(
    label="Single-leg push",
    unit=Unit.PERCENT,
    relationship=_SYSTEM,
    sign="Share of the upward change of velocity; with whole-body support it makes 100.",
    min_fps=100,
    evidence=Evidence.MODEL,
    citations=("Hinrichs1987", "Ae1983", "AQ"),
    min_steps=8,
    max_sd=15,
)
def single_leg_push(run: Run) -> float:
    """Share of the push leg moving the hips and all they carry, mean of at least eight steps.

    An exact account of motion, not of muscle force: every newton passes through the standing foot.
    """
    return _mean_lift(run, "push")


@Metric(
    label="Whole-body push support",
    unit=Unit.PERCENT,
    relationship=_SYSTEM,
    sign="Share of the upward change of velocity; with single-leg push it makes 100.",
    min_fps=100,
    evidence=Evidence.MODEL,
    citations=("Hinrichs1987", "Ae1983", "AQ"),
    min_steps=8,
    max_sd=15,
)
def whole_body_support(run: Run) -> float:
    """Share of swing leg, arms and trunk moving relative to the hips, mean of at least eight steps."""
    return _mean_lift(run, "swing", "arms", "trunk")


@Metric(
    label="Lift from the trunk",
    unit=Unit.PERCENT,
    relationship=_SYSTEM,
    sign="Share of the upward change of velocity in contact; positive adds to it.",
    min_fps=100,
    evidence=Evidence.MODEL,
    citations=("Hinrichs1987", "Ae1983"),
    min_steps=8,
    max_sd=15,
)
def trunk_lift_share(run: Run) -> float:
    """Share of trunk and head moving relative to the hips, mean of at least eight steps."""
    return _mean_lift(run, "trunk")


def _exchange(run: Run, step: Step, start_s: float, stop_s: float) -> float:
    swing = run.momenta.leg[other(step.side)][:, 0]
    return run.at(swing, stop_s) - run.at(swing, start_s)


@Metric(
    label="Swing leg hands over",
    unit=Unit.METRE_PER_SECOND,
    relationship=_SYSTEM,
    sign="Positive when the swing leg passes forward momentum on to the body.",
    min_fps=100,
    evidence=Evidence.MODEL,
    citations=("Hinrichs1987",),
    needs=("scale",),
    side="swing",
    decimals=2,
    max_sd=0.12,
)
def swing_transfer(run: Run, step: Step) -> float:
    """Forward momentum, for each unit of body mass, the swing leg loses relative to the hips from mid-stance to toe-off."""
    return -_exchange(run, step, run.mid_stance(step), step.toe_off_s)


@Metric(
    label="Swing leg gains early",
    unit=Unit.METRE_PER_SECOND,
    relationship=_SYSTEM,
    sign="Positive when the swing leg still speeds up after touchdown.",
    min_fps=100,
    evidence=Evidence.MODEL,
    citations=("Hinrichs1987",),
    needs=("scale",),
    side="swing",
    decimals=2,
    max_sd=0.12,
)
def swing_gain(run: Run, step: Step) -> float:
    """Forward momentum, for each unit of body mass, the swing leg gains relative to the hips from touchdown to mid-stance."""
    return _exchange(run, step, step.touchdown_s, run.mid_stance(step))


@Metric(
    label="Foot slip in contact",
    unit=Unit.METRE_PER_SECOND,
    relationship=_SYSTEM,
    sign="0 for a foot that stands; above 0.3, doubt the events or the tracking.",
    min_fps=100,
    evidence=Evidence.MEASURED,
    citations=("Ae1983",),
    needs=("scale",),
    decimals=2,
    max_sd=0.5,
)
def foot_slip(run: Run, step: Step) -> float:
    """Speed of the standing toe in the middle half of contact: a check of everything built on it."""
    contact = step.toe_off_s - step.touchdown_s
    start, stop = step.touchdown_s + 0.25 * contact, step.touchdown_s + 0.75 * contact
    toe = run.motion.raw_joint(f"{step.side}_foot_index")
    inside = (run.motion.time >= start) & (run.motion.time <= stop) & np.isfinite(toe).all(axis=1)
    if inside.sum() < 4:
        return nan
    t = run.motion.time[inside] - run.motion.time[inside].mean()
    return float(np.hypot(*(t @ toe[inside] / (t @ t))))
