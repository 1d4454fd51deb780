"""The run from a standstill as a whole: acceleration fit and force-velocity profile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.optimize import least_squares

from analyzer.arrays import Array
from analyzer.data.motion import Motion
from analyzer.data.notes import Note
from analyzer.motion.speed import SHORTEST_PATH_M, STEP_S, forward_path, place_noise
from analyzer.signals import filters

G: Final = 9.81
STARTED: Final = 0.45
"""The fit needs the run from below this fraction of the top speed..."""
TOPPED: Final = 0.90
"""...to above this one."""
MODEL_SD_M: Final = 0.03
"""How far the hips sway about a smooth run within a step, m."""


@dataclass(frozen=True)
class Acceleration:
    """Mono-exponential run from a standstill: ``v(t) = v_max (1 - exp(-(t - t0) / tau))``.

    ``covered`` is the slowest and the fastest speed seen, in fractions of ``v_max``; ``rms_m`` what
    the fit leaves of the distance; ``push_sd`` the standard error of ``v_max / tau``, m/s^2.
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
class ForceVelocity:
    """Net horizontal force-velocity profile per kilogram, from the fit and air resistance.

    After Samozino et al. (2016), Scand J Med Sci Sports 26:648. ``f0`` N/kg, ``v0`` m/s, ``p_max``
    W/kg, ``slope`` N s/m/kg, ``rf_max`` the largest share of forward force from 0.3 s on, ``drf`` its
    decrease per m/s. Model quantities: they follow from ``v_max`` and ``tau``.
    """

    f0: float
    v0: float
    p_max: float
    slope: float
    rf_max: float
    drf: float


def acceleration(
    time: Array, path: Array, sd_m: float = MODEL_SD_M, bends: Sequence[Array] = ()
) -> tuple[Acceleration | None, list[Note]]:
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
    Acceleration or None, list of Note
        None, with a note that says what is missing, unless the clip shows the run from slow (below
        45 % of the top speed) to fast (above 90 %) over five metres.
    """
    seen = np.isfinite(path)
    t, x = time[seen], path[seen]
    if len(t) < 10 or np.ptp(x) < SHORTEST_PATH_M or x[-1] < x[0]:
        return None, [_missing("less than 5 m of the run are in the clip")]
    top = float(np.quantile(filters.derivative(t, filters.low_pass(t, x, 1.0)), 0.95))
    begin = float(t[np.argmax(x > x[0] + 0.04 * np.ptp(x))])
    lasts = float(np.ptp(t))

    def residual(p: Array) -> Array:
        return np.asarray((p[3] + _run(t, float(p[0]), float(np.exp(p[1])), float(p[2])) - x) / sd_m)

    best = None
    for tau in (0.15 * lasts, 0.3 * lasts, 0.6 * lasts):
        fit = least_squares(
            residual,
            [1.05 * top, np.log(tau), begin - 0.05 * lasts, x[0]],
            bounds=(
                [0.5 * top, np.log(0.03 * lasts), t[0] - lasts, -np.inf],
                [3.0 * top, np.log(3.0 * lasts), t[-1], np.inf],
            ),
            loss="soft_l1",
            x_scale="jac",
            xtol=1e-12,
            ftol=1e-12,
            gtol=1e-12,
        )
        best = fit if best is None or fit.cost < best.cost else best
    assert best is not None
    v_max, log_tau, start, place = (float(v) for v in best.x)
    left = residual(best.x) * sd_m
    rms = float(np.sqrt(np.mean(left**2)))
    jacobian = np.asarray(best.jac)
    normal = np.linalg.pinv(jacobian.T @ jacobian)
    # As many samples as err together say one thing, and the fit takes four things for itself.
    together = _together(left, t)
    spare = max(len(t) / together - 4, 1.0) * together / len(t)
    scatter = normal * together * max(rms / sd_m, 0.3) ** 2 / spare
    moved = [normal @ jacobian.T @ (np.nan_to_num(bend[seen]) / sd_m) for bend in bends]
    whole = scatter + sum((np.outer(move, move) for move in moved), np.zeros((4, 4)))
    sd = np.sqrt(np.diag(whole))
    tau = float(np.exp(log_tau))
    ratio = np.array([1 / v_max, -1.0, 0.0, 0.0])
    slowest, fastest = (-np.expm1(-max(float(s) - start, 0.0) / tau) for s in (t[0], t[-1]))
    found = Acceleration(
        v_max,
        float(sd[0]),
        tau,
        float(tau * sd[1]),
        start,
        float(sd[2]),
        place,
        rms,
        (float(slowest), float(fastest)),
        float(v_max / tau * np.sqrt(ratio @ whole @ ratio)),
    )
    missing = []
    if slowest > STARTED:
        missing.append(f"the start (the slowest speed seen is {slowest:.0%} of the top speed)")
    if fastest < TOPPED or scatter[0, 0] ** 0.5 > 0.1 * v_max:
        missing.append(f"the top speed (the fastest speed seen is {fastest:.0%} of what the fit expects)")
    if missing:
        return None, [_missing("the clip does not show " + " and ".join(missing))]
    return found, []


def of_run(motion: Motion) -> tuple[Acceleration | None, list[Note]]:
    """Fit the run of the hips; see ``acceleration``."""
    path = forward_path(motion)
    sway = max(MODEL_SD_M * motion.leg_length, place_noise(motion))
    return acceleration(motion.time, path, sway, [_view_bend(motion, path), *_camera_bends(motion)])


def _view_bend(motion: Motion, path: Array) -> Array:
    """Return how the angle of view bends a path (n,), m, where it is wrong by its standard error.

    A place is ``d tan(angle)`` along the lane, for a camera at a distance ``d``; wrong by ``delta`` it is off
    by ``d delta tan^2``, less what the body's size in the middle, which gives the scale, makes good.
    """
    aside = np.tan(np.radians(motion.off_axis_deg))
    seen = np.isfinite(aside) & np.isfinite(path)
    if seen.sum() < 2 or not np.ptp(aside[seen]) > 0:
        return np.zeros(len(path))
    middle = float(aside[seen].mean())
    distance = float(np.polyfit(aside[seen], path[seen], 1)[0])
    return np.asarray(distance * np.radians(motion.off_axis_sd_deg) * aside * (aside - middle))


def _camera_bends(motion: Motion) -> list[Array]:
    """Return how a moving camera's path bends a place (n,), m: each way from where the ground is surest."""
    if motion.ground_sd is None or not np.isfinite(motion.ground_sd).any():
        return []
    sd = np.nan_to_num(motion.ground_sd, nan=float(np.nanmax(motion.ground_sd)))
    after = np.arange(len(sd)) >= int(np.nanargmin(motion.ground_sd))
    return [np.where(after, sd, 0.0), np.where(after, 0.0, sd)]


def _together(left: Array, time: Array) -> float:
    """Return how many samples of what a fit leaves err as one, until they are no longer alike.

    At least those of a step: the fit takes up part of what errs together for longer.
    """
    alike = np.correlate(left, left, "full")[len(left) - 1 :]
    alike = alike / max(alike[0], 1e-30)
    until = int(np.argmax(alike <= 0)) or len(alike)
    return float(max(1 + 2 * alike[1:until].sum(), 1.0, STEP_S / float(np.median(np.diff(time)))))


def force_velocity(
    run: Acceleration,
    height_m: float,
    mass_kg: float | None = None,
    wind_mps: float = 0.0,
    celsius: float = 20.0,
    pressure_mmhg: float = 760.0,
) -> ForceVelocity:
    """Return the force-velocity profile of an acceleration.

    Air resistance is ``k (v - wind)^2`` with ``k`` from body height and mass; without a mass, 22.5
    kg/m2 times the height squared is taken.
    """
    mass = mass_kg if mass_kg is not None else 22.5 * height_m**2
    density = 1.293 * pressure_mmhg / 760 * 273 / (273 + celsius)
    frontal = 0.266 * 0.2025 * height_m**0.725 * mass**0.425
    drag = 0.5 * density * frontal * 0.9 / mass
    time = np.linspace(0, 6 * run.tau_s, 600)
    v = run.v_max * -np.expm1(-time / run.tau_s)
    force = run.v_max / run.tau_s * np.exp(-time / run.tau_s) + drag * (v - wind_mps) ** 2
    slope, f0 = np.polyfit(v, force, 1)
    ratio = force / np.hypot(force, G)
    later = time >= 0.3
    drf = float(np.polyfit(v[later], ratio[later], 1)[0])
    v0 = float(-f0 / slope)
    return ForceVelocity(float(f0), v0, float(f0 * v0 / 4), float(slope), float(ratio[later][0]), drf)


def _run(t: Array, v_max: float, tau: float, start: float) -> Array:
    """Distance of a mono-exponential run, m; zero before its start."""
    since = np.maximum(t - start, 0)
    return np.asarray(v_max * (since + tau * np.expm1(-since / tau)))


def _missing(what: str) -> Note:
    return Note(
        "limit",
        "no_acceleration_fit",
        f"No acceleration curve and no force-velocity profile: {what}.",
        "Film the whole acceleration, from the start to near top speed (20 to 30 m), with marks on the lane.",
    )
