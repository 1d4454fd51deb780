"""The errors that a drawn picture can show: those of a run without what no rendered clip has.

Some parts of a standard error are about the world, not about the clip: where a real person's joints lie
under the marks (``Motion.body_sd``), how marks were laid out on the track (``marks.TAPE_SD``), that a phone
reads its rows one after another (``kinematics.row_lean_deg``), how a modelled force differs from that of
plates (``MODELLED``). Rendered bodies are of one make, their marks lie where they say, their pictures are of
one instant. Held against such clips, errors with these parts are too wide without being wrong, and hide
whether the other parts are right.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analyzer.data.analysis import Analysis
from analyzer.metrics import measure
from analyzer.metrics.registry import METRICS
from analyzer.metrics.run import Run
from analyzer.metrics.summary import split
from analyzer.motion.kinematics import row_lean_deg
from analyzer.scene.marks import TAPE_SD

MODELLED = ("two_mass_peak_force", "early_push_share", "vertical_impulse", "early_force")
"""Numbers of the two-mass model, whose truth here is the same model's with all it asks for known: what it
misses of real forces (``Metric.own_sd``) cannot show. Not the time of the peak: where the landing makes none
it is always the same, with no other error than that."""
MEANS = ("contact_time", "flight_time", "step_length", "step_speed")
"""Numbers whose mean over the run is judged, too."""
Key = tuple[str, int | None]
"""Name and number of the step; None = of the run."""


def run(found: Analysis) -> Run:
    """Return the run of an analysis without the errors that its rendered clip cannot have."""
    whole = Run.of(found)
    motion, tape = found.motion, TAPE_SD if found.calibration.method == "marks" else 0.0
    plumb = np.sqrt(max(motion.plumb_sd_deg**2 - row_lean_deg(found.pose) ** 2, 0.0))
    motion = replace(motion, body_sd=np.zeros_like(motion.body_sd), plumb_sd_deg=float(plumb))
    scale = np.sqrt(max(whole.relative_sd**2 - tape**2, 0.0))
    return replace(whole, motion=motion, relative_sd=float(scale))


def errors(found: Analysis) -> dict[Key, float]:
    """Return the standard error of every number, and of the mean of ``MEANS`` over these very steps.

    The ``mean_se`` of a summary is about the athlete's mean: it holds how steps differ as well. The truth
    here is that of the steps that were seen.
    """
    seen = run(found)
    told = {(v.metric, v.step): v.value for v in found.values if np.isfinite(v.value)}
    names = {name for name, _ in told}
    again = measure.measured_again(seen, [metric for name, metric in METRICS.items() if name in names])
    out: dict[Key, float] = {}
    for name, (value, copies) in again.items():
        made = measure._figures(METRICS[name], seen, value, copies)
        steps = [step.number for step in seen.steps] if METRICS[name].per_step else [None]
        own = made.own_sd if name in MODELLED else 0.0
        shown = np.sqrt(np.maximum(made.sd**2 - own**2, 0.0))
        out |= {(name, step): float(sd) for step, sd in zip(steps, shown, strict=True)}
        if name in MEANS:
            given = np.where([(name, step) in told for step in steps], made.value, np.nan)
            shared, random = split(given, made.again.perturbed)
            count = max(int(np.isfinite(given).sum()), 1)
            out[f"mean_{name}", None] = float(np.sqrt(max(random / count + shared, 0.0) + made.own_sd**2))
    return out
