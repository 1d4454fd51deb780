"""Student's t distribution: the two functions of it that intervals need.

Those of ``scipy.stats`` call the same two; its import takes a third of a second.
"""

from __future__ import annotations

from scipy import special


def ppf(share: float, freedom: float) -> float:
    """Return the value below which a share of the distribution lies."""
    return float(special.stdtrit(freedom, share))


def sf(value: float, freedom: float) -> float:
    """Return the share of the distribution above a value."""
    return float(special.stdtr(freedom, -value))
