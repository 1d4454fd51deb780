"""The run from a standstill as a whole: acceleration fit and force-velocity profile.

``of_run`` fits the run of a clip, ``acceleration`` any distances over time. ``force_velocity`` is public for
those who want the profile with air resistance; no metric reports it, as the weather of a clip is not known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from analyzer.arrays import Array
from analyzer.data.motion import Motion
from analyzer.data.notes import Note
from analyzer.motion.flight import GRAVITY
from analyzer.motion.speed import forward_path, place_noise
from analyzer.signals import filters

SHORTEST_PATH_M: Final = 5.0
"""Metres of a run below which no acceleration is fitted."""
FEWEST: Final = 10
"""Frames that must show the body before anything is fitted."""
STEP_S: Final = 0.25
"""About the time of a step, s: what differs from one to the next is the same error for so long."""
STARTED: Final = 0.45
"""The fit needs the run from below this fraction of the top speed..."""
TOPPED: Final = 0.90
"""...to above this one..."""
MOST_V_MAX_SD: Final = 0.10
"""...and a random error of the top speed, as a fraction of it, below this."""
MODEL_SD_M: Final = 0.03
"""How far the hips sway about a smooth run within a step, m; of a known body, leg lengths."""
LEAST_RMS: Final = 0.3
"""Share of the expected sway that a fit's residual is taken for at least: a step may happen to be smooth."""
TOP_HZ: Final = 1.0
"""Low-pass for the path, Hz, before the top speed is guessed..."""
TOP_QUANTILE: Final = 0.95
"""...as this quantile of its speeds..."""
LEAST_GAIN: Final = 0.75
"""A run whose slowest twentieth is above this share of its top speed shows no start: with a fit that is
accepted (``STARTED``, ``TOPPED``) it would be below a half."""
BEYOND: Final = 1.05
"""...and how much beyond it the fit's top speed begins: a run hardly ever reaches its asymptote."""
MOVED: Final = 0.04
"""Share of the way at which the athlete has begun to move, as the fit's start is guessed..."""
BEFORE: Final = 0.05
"""...less this share of the clip's duration."""
TAUS: Final = (0.15, 0.3, 0.6)
"""Shares of the clip from which the fit's time constant sets out; the best end is kept."""
V_MAX_BOUNDS: Final = (0.5, 3.0)
"""Bounds of the top speed, as multiples of the guess."""
TAU_BOUNDS: Final = (0.03, 3.0)
"""Bounds of the time constant, as multiples of the clip's duration."""
CONVERGED: Final = 1e-12
"""Relative change of cost, place and gradient at which the fit ends."""
MASS_OF_HEIGHT: Final = 22.5
"""Body mass over height squared, kg/m^2, where the mass is not given."""
AIR_DENSITY: Final = 1.293
"""Density of air at 0 degrees Celsius and 760 mmHg, kg/m^3."""
FRONT_OF_SKIN: Final = 0.266
"""Share of a runner's skin that faces the air (Samozino 2016), whose area follows from height and mass."""
SKIN: Final = (0.2025, 0.725, 0.425)
"""Area of the skin, m^2: factor, and the powers of height (m) and mass (kg) (Du Bois & Du Bois 1916)."""
DRAG: Final = 0.9
"""Drag coefficient of a runner (Samozino 2016)."""
RATIO_FROM_S: Final = 0.3
"""Time, s, from which the ratio of forces is taken (Samozino 2016)."""


@dataclass(frozen=True, kw_only=True)
class Acceleration:
    """Mono-exponential run from a standstill: ``v(t) = v_max (1 - exp(-(t - t0) / tau))``.

    v_max, v_max_sd : m/s
    tau_s, tau_sd_s : time constant, s
    start_s, start_sd_s : when the run begins, ``t0``, s on the clip's clock
    start_m : where it begins, m along the lane
    rms_m : root mean square of the fit's residual, m
    covered : the slowest and the fastest speed seen, as fractions of ``v_max``
    push_sd : standard error of ``v_max / tau``, the acceleration at the start, m/s^2
    """

    v_max: float
    v_max_sd: float
    tau_s: float
    tau_sd_s: float
    start_s: float
    start_sd_s: float
    start_m: float
    rms_m: float
    covered: tuple[float, float]
    push_sd: float = 0.0

    def speed(self, time: Array) -> Array:
        """Return the fitted speed (n,) m/s; zero before the start."""
        return np.asarray(self.v_max * -np.expm1(-np.maximum(time - self.start_s, 0) / self.tau_s))

    def distance(self, time: Array) -> Array:
        """Return the fitted place (n,) m."""
        return self.start_m + _run(np.asarray(time, dtype=float), self.v_max, self.tau_s, self.start_s)


@dataclass(frozen=True)
class AccelerationFit:
    """The run of a clip as a whole; ``run`` is None, and a note says why, where the clip does not show it."""

    run: Acceleration | None
    notes: tuple[Note, ...] = field(default=(), repr=False, compare=False)


@dataclass(frozen=True)
class ForceVelocity:
    """Net horizontal force-velocity profile per kilogram, from the fit and air resistance.

    After Samozino et al. (2016), Scand J Med Sci Sports 26:648. ``f0`` N/kg, ``v0`` m/s, ``p_max``
    W/kg, ``slope`` N s/m/kg (negative), ``rf_max`` the ratio of forward to total force at 0.3 s, ``drf`` its
    change per m/s from then on (negative). Model quantities: they follow from ``v_max`` and ``tau``.
    """

    f0: float
    v0: float
    p_max: float
    slope: float
    rf_max: float
    drf: float


def acceleration(
    time: Array, path: Array, sd_m: float = MODEL_SD_M, bends: Sequence[Array] = ()
) -> AccelerationFit:
    """Fit a mono-exponential run with free start time and place to distances.

    Parameters
    ----------
    time : (n,) s
    path : (n,) m
        Place along the lane; NaN = unknown. Whatever lies before the athlete moves is used as well.
    sd_m : float
        Scatter of a place about a smooth run.
    bends : sequence of (n,) m
        Ways in which the whole path may be wrong, each by one standard error.

    Returns
    -------
    AccelerationFit
        Without a run, and with a note that says what is missing, unless the clip shows it from slow (below
        45 % of the top speed) to fast (above 90 %) over five metres.
    """
    seen = np.isfinite(path)
    t, x = time[seen], path[seen]
    if len(t) < FEWEST or np.ptp(x) < SHORTEST_PATH_M or x[-1] < x[0]:
        return _missing(f"less than {SHORTEST_PATH_M:g} m of the run are in the clip")
    speeds = filters.derivative(t, filters.low_pass(t, x, TOP_HZ))
    top, slow = (float(np.quantile(speeds, share)) for share in (TOP_QUANTILE, 1 - TOP_QUANTILE))
    if slow > LEAST_GAIN * top:
        return _missing(
            f"the clip does not show the start (the slowest speed seen is {slow / top:.0%} of the top speed)"
        )
    begin = float(t[np.argmax(x > x[0] + MOVED * np.ptp(x))])
    lasts = float(np.ptp(t))

    def residual(p: Array) -> Array:
        return np.asarray((p[3] + _run(t, float(p[0]), float(np.exp(p[1])), float(p[2])) - x) / sd_m)

    from scipy.optimize import least_squares  # only here: its import takes a quarter of a second

    best = None
    for share in TAUS:
        fit = least_squares(
            residual,
            [BEYOND * top, np.log(share * lasts), begin - BEFORE * lasts, x[0]],
            bounds=(
                [V_MAX_BOUNDS[0] * top, np.log(TAU_BOUNDS[0] * lasts), t[0] - lasts, -np.inf],
                [V_MAX_BOUNDS[1] * top, np.log(TAU_BOUNDS[1] * lasts), t[-1], np.inf],
            ),
            loss="soft_l1",
            x_scale="jac",
            xtol=CONVERGED,
            ftol=CONVERGED,
            gtol=CONVERGED,
        )
        best = fit if best is None or fit.cost < best.cost else best
    assert best is not None
    v_max, log_tau, start, place = (float(v) for v in best.x)
    residuals = residual(best.x) * sd_m
    rms = float(np.sqrt(np.mean(residuals**2)))
    jacobian = np.asarray(best.jac)
    normal = np.linalg.pinv(jacobian.T @ jacobian)
    # Samples that err together count as one, and the fit has four parameters.
    together = _together(residuals, t)
    spare = max(len(t) / together - 4, 1.0) * together / len(t)
    scatter = normal * together * max(rms / sd_m, LEAST_RMS) ** 2 / spare
    moved = [normal @ jacobian.T @ (np.nan_to_num(bend[seen]) / sd_m) for bend in bends]
    whole = scatter + sum((np.outer(move, move) for move in moved), np.zeros((4, 4)))
    sd = np.sqrt(np.diag(whole))
    tau = float(np.exp(log_tau))
    ratio = np.array([1 / v_max, -1.0, 0.0, 0.0])
    slowest, fastest = (-np.expm1(-max(float(s) - start, 0.0) / tau) for s in (t[0], t[-1]))
    found = Acceleration(
        v_max=v_max,
        v_max_sd=float(sd[0]),
        tau_s=tau,
        tau_sd_s=float(tau * sd[1]),
        start_s=start,
        start_sd_s=float(sd[2]),
        start_m=place,
        rms_m=rms,
        covered=(float(slowest), float(fastest)),
        push_sd=float(v_max / tau * np.sqrt(ratio @ whole @ ratio)),
    )
    missing = []
    if slowest > STARTED:
        missing.append(f"the start (the slowest speed seen is {slowest:.0%} of the top speed)")
    if fastest < TOPPED or scatter[0, 0] ** 0.5 > MOST_V_MAX_SD * v_max:
        missing.append(f"the top speed (the fastest speed seen is {fastest:.0%} of what the fit expects)")
    if missing:
        return _missing("the clip does not show " + " and ".join(missing))
    return AccelerationFit(found)


def of_run(motion: Motion) -> AccelerationFit:
    """Fit the run of the centre of mass, or of the hips where that is unknown; see ``acceleration``."""
    path = forward_path(motion)
    sway = max(MODEL_SD_M * motion.leg_length, place_noise(motion))
    return acceleration(motion.time, path, sway, [_view_bend(motion, path), *_camera_bends(motion)])


def _view_bend(motion: Motion, path: Array) -> Array:
    """Return how the view angle bends a path (n,), m, where it is wrong by its standard error.

    A place is ``d tan(angle)`` along the lane, for a camera at a distance ``d``; wrong by ``delta`` it is off
    by ``d delta tan^2``, less what the body's size in the middle, which gives the scale, makes good.
    """
    aside = np.tan(np.radians(motion.view_angle_deg))
    seen = np.isfinite(aside) & np.isfinite(path)
    if seen.sum() < 2 or not np.ptp(aside[seen]) > 0:
        return np.zeros(len(path))
    middle = float(aside[seen].mean())
    distance = float(np.polyfit(aside[seen], path[seen], 1)[0])
    return np.asarray(distance * np.radians(motion.view_angle_sd_deg) * aside * (aside - middle))


def _camera_bends(motion: Motion) -> list[Array]:
    """Return how a moving camera's path bends a place (n,), m: each way from where the ground is surest."""
    if motion.ground_sd is None or not np.isfinite(motion.ground_sd).any():
        return []
    sd = np.nan_to_num(motion.ground_sd, nan=float(np.nanmax(motion.ground_sd)))
    after = np.arange(len(sd)) >= int(np.nanargmin(motion.ground_sd))
    return [np.where(after, sd, 0.0), np.where(after, 0.0, sd)]


def _together(residuals: Array, time: Array) -> float:
    """Return how many neighbouring residuals of a fit err as one: the sum of their correlation over all lags.

    At least those of a step: the fit takes up part of an error that lasts longer.
    """
    correlation = np.correlate(residuals, residuals, "full")[len(residuals) - 1 :]
    correlation = correlation / max(correlation[0], 1e-30)
    until = int(np.argmax(correlation <= 0)) or len(correlation)
    return float(max(1 + 2 * correlation[1:until].sum(), 1.0, STEP_S / float(np.median(np.diff(time)))))


def force_velocity(
    run: Acceleration,
    height_m: float,
    mass_kg: float | None = None,
    wind_mps: float = 0.0,
    celsius: float = 20.0,
    pressure_mmhg: float = 760.0,
) -> ForceVelocity:
    """Return the force-velocity profile of an acceleration.

    Air resistance is ``k (v - wind)^2`` with ``k`` from body height and mass, after Samozino et al. (2016).

    Parameters
    ----------
    run : Acceleration
    height_m : float
        Standing height, m.
    mass_kg : float, optional
        Body mass; without one, 22.5 kg/m^2 times the height squared is taken.
    wind_mps : float
        Wind along the lane, m/s, positive from behind.
    celsius, pressure_mmhg : float
        Of the air.

    Returns
    -------
    ForceVelocity
        Per kilogram of body mass.
    """
    mass = mass_kg if mass_kg is not None else MASS_OF_HEIGHT * height_m**2
    density = AIR_DENSITY * pressure_mmhg / 760 * 273 / (273 + celsius)
    skin, by_height, by_mass = SKIN
    frontal = FRONT_OF_SKIN * skin * height_m**by_height * mass**by_mass
    drag = 0.5 * density * frontal * DRAG / mass
    time = np.linspace(0, 6 * run.tau_s, 600)
    v = run.v_max * -np.expm1(-time / run.tau_s)
    force = run.v_max / run.tau_s * np.exp(-time / run.tau_s) + drag * (v - wind_mps) ** 2
    slope, f0 = np.polyfit(v, force, 1)
    ratio = force / np.hypot(force, GRAVITY)
    later = time >= RATIO_FROM_S
    drf = float(np.polyfit(v[later], ratio[later], 1)[0])
    v0 = float(-f0 / slope)
    return ForceVelocity(float(f0), v0, float(f0 * v0 / 4), float(slope), float(ratio[later][0]), drf)


def _run(t: Array, v_max: float, tau: float, start: float) -> Array:
    """Return the distance (n,) of a mono-exponential run, m; zero before its start."""
    since = np.maximum(t - start, 0)
    return np.asarray(v_max * (since + tau * np.expm1(-since / tau)))


def _missing(what: str) -> AccelerationFit:
    """Return no run, and say what the clip does not show."""
    note = Note(
        "limit",
        "no_acceleration_fit",
        f"No acceleration curve and no force-velocity profile: {what}.",
        "Film the whole acceleration, from the start to near top speed (20 to 30 m), with marks on the lane.",
    )
    return AccelerationFit(None, (note,))
