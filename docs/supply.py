"""Makes docs/supply.md: why each dependency is there, which version, how large, under which licence."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Final

from analyzer.pose.networks import weights

HERE: Final = Path(__file__).resolve().parent
PAGE: Final = HERE / "supply.md"
_NOT_USERS: Final = ("test",)
"""Extras that nobody needs who only uses the package."""


def wanted() -> dict[str, list[str]]:
    """Return, for each dependency by name, the extras that ask for it ("all": it is always there)."""
    project = tomllib.loads((HERE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = {"all": project["dependencies"]} | project["optional-dependencies"]
    found: dict[str, list[str]] = {}
    for extra, texts in asked.items():
        for text in texts if extra not in _NOT_USERS else ():
            found.setdefault(re.split(r"[\s<>=!~\[;]", text)[0], []).append(extra)
    return found


def why() -> dict[str, str]:
    """Return why each dependency is there."""
    found: dict[str, str] = tomllib.loads((HERE / "supply.toml").read_text(encoding="utf-8"))["why"]
    return found


def licence(found: Distribution) -> str:
    """Return the licence that a package states, in few words."""
    stated = found.metadata.get("License-Expression") or ""
    if not stated:
        classes = found.metadata.get_all("Classifier") or []
        stated = next((c.rpartition(" :: ")[2] for c in classes if c.startswith("License")), "")
    return stated or (found.metadata.get("License") or "not stated").splitlines()[0][:40]


def row(name: str, extras: str, reason: str) -> str:
    """Return one line of the table."""
    try:
        found = distribution(name)
    except PackageNotFoundError:
        return f"| `{name}` | {extras} | {reason} | – | – | not installed here |"
    size = sum(file.size or 0 for file in found.files or [] if file.suffix != ".pyc") / 1e6
    return f"| `{name}` | {extras} | {reason} | {found.version} | {size:.1f} | {licence(found)} |"


def model_rows(which: weights.Which) -> list[str]:
    """Return the lines of a model: what is taken out of the wheels, and the bundle in the cache."""
    model = weights.MODELS[which]
    sources = ", ".join(f"`{source.package}`" for source in model.sources)
    taken = [f"| {which} | {name} | {sources} | `{digest}` |" for name, digest in model.parts.items()]
    if weights.BUNDLE in model.parts:
        return taken
    made = "made of these, byte for byte the same everywhere"
    return [*taken, f"| {which} | bundle | {made} | `{model.sha256}` |"]


def page() -> str:
    """Return the page."""
    reasons = why()
    rows = [row(name, ", ".join(extras), reasons[name]) for name, extras in wanted().items()]
    networks = [line for which in weights.MODELS for line in model_rows(which)]
    return f"""# What the package stands on

`python docs/supply.py` makes this page again from what is installed and from `docs/supply.toml`. Sizes are
unpacked, MB; "for" names the extras (`pip install ".[NAME]"`) that bring it.

| package | for | why | version | MB | licence |
|---|---|---|---|---|---|
{chr(10).join(rows)}

## Models

| model | file | from | SHA-256 |
|---|---|---|---|
{chr(10).join(networks)}

BlazePose (Apache-2.0). The sources of a model are tried in turn, each fetched once with pip; what is taken
out of a wheel is checked by its own hash, so that it does not matter which one gave it, and the bundle before
each use: one that was changed is not used but obtained anew. No code of a wheel is run. `sprint-analyzer
model` says which source it was. The heavy model is fetched when `--quality best` is first asked for, or by
`sprint-analyzer model --heavy`; where it cannot be had, `best` uses the full one and a note says so. The
networks of RTMPose (an extra) are fetched by rtmlib; their hash is written into the results, and not checked.

## Machines without a network

Set-up and the first analysis need the package index; nothing after that does. Behind a proxy:
`HTTPS_PROXY`, or `pip config set global.proxy`. Without pip: `python -m ensurepip`. Without any network:
install from a folder of wheels (`pip download` elsewhere, then `pip install --no-index --find-links
FOLDER`), copy the bundle from a machine that has it (`sprint-analyzer model` says where) and give it with
`--model`. Each of these machines is told so by the message that it gets.
"""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
