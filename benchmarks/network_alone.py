"""One look of the landmark network after another, on one core: what no analysis can be faster than.

``python benchmarks/network_alone.py [LOOKS]`` prints milliseconds a look by each runtime that is installed.
"""

from __future__ import annotations

import importlib.util
import statistics
import sys
import time

import numpy as np

from analyzer import cores
from analyzer.pose.networks.blazepose import INPUT_PX, LANDMARKS
from analyzer.pose.networks.runtime import RUNTIMES, Network
from analyzer.pose.networks.weights import model_path, network


def looks_ms(runtime: str, count: int) -> float:
    """Return the median time of one look, ms."""
    net = Network(network(model_path(), LANDMARKS), runtime)
    picture = np.random.default_rng(0).random((INPUT_PX, INPUT_PX, 3), dtype=np.float32)
    took = []
    for _ in range(count):
        start = time.perf_counter()
        net(picture)
        took.append(1000 * (time.perf_counter() - start))
    return statistics.median(took)


def main(count: int = 200) -> None:
    """Print the fastest runtime's time last."""
    cores.keep_to(cores.available()[:1])
    found = {
        runtime: looks_ms(runtime, count)
        for runtime, module in RUNTIMES.items()
        if importlib.util.find_spec(module)
    }
    for runtime in sorted(found, key=lambda name: -found[name]):
        print(f"{runtime} {found[runtime]:.2f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
