"""What is asked for of one clip, and what is kept of it so that it need not be asked for again."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import analyzer
from analyzer import __version__
from analyzer.config import FILES, Config

RECORD: Final = "batch.json"
"""The file in a clip's folder that holds its ``Record``."""
SUFFIX: Final = "_sprint"
"""Ends the name of every folder of results, as with ``analyze``."""
_CODE: Final = (".py", ".toml", ".csv", ".css", ".js", ".j2")
NO_MATTER: Final = (
    "__main__.py", "batch", "cli", "cores.py", "preview.py", "progress_bar.py", "review", "stages.py",
)  # fmt: skip
"""Parts of the package that no result depends on."""
Status = Literal["done", "unchanged", "kept", "failed", "waits"]


@dataclass(frozen=True)
class Failure:
    """Why a clip has no results; ``lasting``: it would fail the same way again, so it is not tried again."""

    what: str
    why: str = ""
    fix: str = ""
    lasting: bool = False


@dataclass(frozen=True)
class Job:
    """One clip to be analysed.

    ``source`` is its path or URL, ``stamp`` what tells without reading it that the file is still the same,
    ``name`` how people call it. The results go to ``folder`` inside ``out``. ``facts`` are the columns of
    the table that are no settings. ``wanted`` sums up the settings and the code, see ``digest``.
    """

    source: str
    name: str
    stamp: str
    size: int
    out: str
    folder: str
    settings: dict[str, Any]
    facts: dict[str, str]
    wanted: str
    code: str
    force: bool = False

    @property
    def place(self) -> str:
        """What stands for ``source`` where others may read it: see ``hidden``."""
        return hidden(self.source)

    def told(self) -> dict[str, Any]:
        """Return the settings as results tell them: files by their names alone."""
        return {name: Path(value).name if name in FILES else value for name, value in self.settings.items()}

    def key(self, sha256: str) -> str:
        """Return what the results depend on, for a clip with this content."""
        return hashlib.sha256(f"{sha256} {self.wanted}".encode()).hexdigest()[:24]


@dataclass(frozen=True)
class Record:
    """What is known of a clip that has been through: ``batch.json`` in its folder.

    ``source`` stands for where the clip lies, without telling it (``hidden``).
    ``runs`` names each run of the clip: its folder inside the clip's, its name, the warnings.
    ``events`` are the hashes of each run's ``events.csv`` and ``smas.csv`` as written, so that corrections
    and answers are noticed.
    """

    key: str
    source: str
    name: str
    stamp: str
    sha256: str
    settings: dict[str, Any]
    facts: dict[str, str]
    runs: list[dict[str, Any]] = field(default_factory=list)
    events: dict[str, str] = field(default_factory=dict)
    failure: Failure | None = None
    seconds: float = 0.0
    version: str = __version__

    def as_bytes(self) -> bytes:
        """Return the content of ``batch.json``."""
        return (json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n").encode()

    @classmethod
    def from_bytes(cls, data: bytes | None) -> Record | None:
        """Return what was kept, or None where nothing was or it cannot be read."""
        try:
            plain = json.loads(data or b"")
            failure = plain.pop("failure")
            return cls(**plain, failure=None if failure is None else Failure(**failure))
        except (ValueError, TypeError, KeyError, AttributeError):
            return None


@dataclass(frozen=True)
class Outcome:
    """How it went: ``record`` is None where nothing is known of the clip but that it failed."""

    job: Job
    status: Status
    record: Record | None = None
    failure: Failure | None = None


def hidden(source: str) -> str:
    """Return what stands for a path or URL in a file that is sent on: the same for the same, and no name."""
    return hashlib.sha256(source.encode(errors="surrogateescape")).hexdigest()[:24]


def digest(config: Config, code: str) -> str:
    """Sum up everything the results depend on besides the clip."""
    plain: dict[str, Any] = config.model_dump(mode="json")
    for name in FILES:
        if plain[name] is not None:
            file = Path(plain[name])
            plain[name] = hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else "missing"
    return hashlib.sha256(json.dumps([plain, code], sort_keys=True).encode()).hexdigest()


@cache
def code_version() -> str:
    """Return version and hash of the code that makes results."""
    root = Path(analyzer.__file__).parent
    whole = hashlib.sha256()
    for file in sorted(root.rglob("*")):
        inside = file.relative_to(root)
        if file.suffix in _CODE and inside.parts[0] not in NO_MATTER:
            whole.update(inside.as_posix().encode() + b"\0" + file.read_bytes())
    return f"{__version__} {whole.hexdigest()[:16]}"
