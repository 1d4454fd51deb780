"""What is printed last of a run's results, whatever its view."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from analyzer.cli.options import plain

if TYPE_CHECKING:
    from analyzer.config import Config


def tell(config: Config, page: Path) -> None:
    """Print what lies beside the report, what was hidden, and where the report is."""
    from analyzer.outputs import exports
    from analyzer.outputs.who import HEADS_HIDDEN

    if config.export and (exported := exports.lying_in(page.parent)):
        print(f"  Exported: {', '.join(exported)}.")
    if config.blur_faces:
        print(HEADS_HIDDEN)
    print(plain(f"Report: {page}"))
