from __future__ import annotations

import numpy as np
import pytest

from analyzer.pose.networks.pruning import without
from analyzer.pose.networks.runtime import RUNTIMES, Network

MASK = (1, 256, 256, 1)


@pytest.mark.parametrize("data", [b"", b"\x1c\0\0\0TFL3nonsense", b"\xff" * 64, bytes(64)])
def test_what_is_no_network_is_left_as_it_is(data: bytes) -> None:
    assert without(data, MASK) == data


@pytest.mark.model
@pytest.mark.parametrize("runtime", sorted(RUNTIMES))
def test_the_outputs_that_are_left_do_not_change_by_a_bit(runtime: str) -> None:
    from analyzer.pose.networks import weights

    pytest.importorskip(RUNTIMES[runtime])
    whole = weights.network(weights.model_path(), weights.LANDMARKS)
    less = without(whole, MASK)
    assert len(less) == len(whole)
    noise = np.random.default_rng(1).random((256, 256, 3), np.float32)
    before, after = (Network(data, runtime)(noise) for data in (whole, less))
    assert {value.shape for value in before.values()} - {value.shape for value in after.values()} == {MASK}
    for name, value in after.items():
        assert np.array_equal(value, before[name])


@pytest.mark.model
def test_a_shape_that_no_output_has_changes_nothing() -> None:
    from analyzer.pose.networks import weights

    whole = weights.network(weights.model_path(), weights.LANDMARKS)
    assert without(whole, (1, 2, 3)) == whole
