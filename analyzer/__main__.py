"""``python -m analyzer``: the same as the command ``sprint-analyzer``."""

import os
import sys

_STORES = "2"
"""Stores of free memory (glibc's arenas): with one for each thread each keeps what the others could use, a
seventh of all; with one alone threads wait for each other."""
_ARENA_MAX = -8
"""What ``mallopt`` calls their number."""


def main() -> None:
    """Run the command line; Ctrl-C while it is still being loaded is no fault, either."""
    # Read while numpy is loaded. Our matrices are small: a second thread that waits for its part of one takes
    # a seventh of the processor time of what follows the joints, and makes nothing ready earlier.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    _share_memory()
    try:
        from analyzer.cli import main as run
    except KeyboardInterrupt:
        print("Stopped before anything was done.", file=sys.stderr)
        sys.exit(130)
    run()


def _share_memory() -> None:
    """Have threads share what each has freed, in this process and in those it starts."""
    if sys.platform == "linux" and "MALLOC_ARENA_MAX" not in os.environ:
        import ctypes

        os.environ["MALLOC_ARENA_MAX"] = _STORES
        if tell := getattr(ctypes.CDLL(None), "mallopt", None):  # another library than glibc has none
            tell(_ARENA_MAX, int(_STORES))


if __name__ == "__main__":
    main()
