"""Every dependency of a user is explained, and nothing is explained that is none."""

from __future__ import annotations

import importlib.util
from types import ModuleType

import pytest
from places import ROOT


@pytest.fixture(scope="module")
def supply() -> ModuleType:
    spec = importlib.util.spec_from_file_location("supply", ROOT / "docs" / "supply.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_dependency_has_a_reason(supply: ModuleType) -> None:
    assert set(supply.wanted()) == set(supply.why())


def test_each_extra_that_asks_is_named(supply: ModuleType) -> None:
    assert supply.wanted()["c3d"] == ["c3d", "export"]


def test_the_page_names_each_and_the_models(supply: ModuleType) -> None:
    text = (ROOT / "docs" / "supply.md").read_text(encoding="utf-8")
    assert [name for name in supply.wanted() if f"| `{name}` |" not in text] == []
    for model in supply.weights.MODELS.values():
        assert all(digest in text for digest in (model.sha256, *model.parts.values()))
        assert all(f"`{source.package}`" in text for source in model.sources)
