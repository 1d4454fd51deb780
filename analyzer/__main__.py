"""``python -m analyzer``: the same as the command ``sprint-analyzer``."""

import os
import sys


def main() -> None:
    """Run the command line; Ctrl-C while it is still being loaded is no fault, either."""
    # Read while numpy is loaded. Our matrices are small: a second thread that waits for its part of one takes
    # a seventh of the processor time of what follows the joints, and makes nothing ready earlier.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        from analyzer.cli import main as run
    except KeyboardInterrupt:
        print("Stopped before anything was done.", file=sys.stderr)
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
