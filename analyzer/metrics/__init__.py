"""Every number the analyzer reports, each written once.

What is where:

- ``definitions``: the metrics themselves, a file for each part of the movement (``definitions.steps``:
  contact time, step length…; ``definitions.torso``: trunk lean…);
- ``registry``: what a metric is, and how one is written;
- ``run``: what a metric may look at, and how it reads a peak or a mean; ``lookup``: how that is looked up
  fast, and once; ``elementwise``: what a metric says instead of ``if``, ``max`` and ``mean``; ``momentum``:
  the momenta of the body's parts; ``two_mass``: the force under a foot, from motion alone;
- ``gates``: why a clip, or a step, gives no number; ``measure``: all metrics of a run, and the notes on what
  is withheld; ``breaking``: single steps out of row; ``beyond_people``: metres that nobody runs;
- ``uncertainty``: what the error of a number is made of, and how it comes to its standard error;
- ``summary``: mean, scatter and left against right over a run; ``sides``: what is told of the last;
- ``smas``: the twelve items of the Sprint Mechanics Assessment Score, and what is proposed of them;
- ``start``: the first movement, first steps and first metres of a start;
- ``references`` and ``references.toml``: published ranges and cited works; ``wording``: a number in words,
  and why there is none.
"""

from __future__ import annotations

from analyzer.metrics import definitions  # noqa: F401  (importing registers)
from analyzer.metrics.measure import FROM_BEHIND, HEADLINE
from analyzer.metrics.registry import METRICS, Metric
from analyzer.metrics.run import Run

__all__ = ["FROM_BEHIND", "HEADLINE", "METRICS", "Metric", "Run"]
