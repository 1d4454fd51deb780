"""The hand-made run as a camera would give it, and what is measured of it."""

from __future__ import annotations

import pytest
from observed import observed, true

from analyzer.data.results import Measurement
from analyzer.metrics.measure import measure
from analyzer.metrics.run import Run


@pytest.fixture(scope="session")
def seen(uneven: Run) -> Run:
    return observed(true(uneven), 0)


@pytest.fixture(scope="session")
def found(seen: Run) -> Measurement:
    return measure(seen)
