"""What is generated from the code is as the code is."""

from __future__ import annotations

import importlib.util

from places import ROOT

SCRIPT = ROOT / "docs" / "reference.py"
_spec = importlib.util.spec_from_file_location("reference", SCRIPT)
assert _spec is not None
assert _spec.loader is not None
reference = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(reference)


def test_the_reference_is_fresh() -> None:
    text = reference.REFERENCE.read_text(encoding="utf-8")
    assert text == reference.page(), "python docs/reference.py"


def test_the_tree_is_fresh() -> None:
    text = reference.ARCHITECTURE.read_text(encoding="utf-8")
    assert text == reference.with_tree(text), "python docs/reference.py"


def test_what_import_analyzer_gives_is_in_the_reference() -> None:
    import analyzer

    text = reference.page()
    for name in set(analyzer.__all__) - {"__version__"}:
        assert f".{name}\n" in text, name


def test_every_file_is_in_the_tree_and_says_what_it_is() -> None:
    lines = [line.strip() for line in reference.tree().splitlines() if line.strip().startswith("- [")]
    for path in (ROOT / "analyzer").rglob("*.py"):
        if path.name == "__init__.py" and path.parent.name != "analyzer":
            continue  # a folder's line, below its name
        (line,) = (line for line in lines if f"(../{path.relative_to(ROOT).as_posix()})" in line)
        assert not line.endswith(")"), f"{path} has no docstring"


def test_the_version_to_cite_is_this_one() -> None:
    import analyzer

    lines = (ROOT / "CITATION.cff").read_text(encoding="utf-8").splitlines()
    assert f"version: {analyzer.__version__}" in lines
