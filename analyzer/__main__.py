"""``python -m analyzer``: the same as the command ``sprint-analyzer``."""

import sys


def main() -> None:
    """Run the command line; Ctrl-C while it is still being loaded is no fault, either."""
    try:
        from analyzer.cli import main as run
    except KeyboardInterrupt:
        print("Stopped before anything was done.", file=sys.stderr)
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
