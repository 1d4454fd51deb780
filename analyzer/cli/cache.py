"""The commands under ``cache``: what is kept of clips, and the model."""

from __future__ import annotations

from typing import Annotated

import typer

cache_app = typer.Typer(help="What earlier runs kept of clips, and the model: where, how many, how large.")
"""The commands under ``cache``."""


@cache_app.command("info")
def cache_info() -> None:
    """Say where kept tracks and the model lie, how many there are and how large they are."""
    from analyzer.pose import cache

    print("\n".join(cache.describe()))


@cache_app.command("clear")
def cache_clear(
    everything: Annotated[
        bool, typer.Option("--all", help="Remove the pose model and its networks, too.")
    ] = False,
) -> None:
    """Remove all that is kept of clips; the next analysis of each reads its joints again."""
    from analyzer.pose import cache

    print(cache.clear(everything=everything))
