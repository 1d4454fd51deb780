"""A folder of results of the hand-made runner, with its small clip beside it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from analyzer.data.analysis import Analysis
from analyzer.review.desk import Desk


@pytest.fixture(scope="session")
def saved(filmed: Analysis, tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("review") / "runner_sprint"
    replace(filmed, config=filmed.config.changed({"overlay": False})).save(directory)
    return directory


@pytest.fixture
def folder(saved: Path, tmp_path: Path) -> Path:
    """A copy of it that may be changed."""
    return Path(shutil.copytree(saved, tmp_path / "runner_sprint"))


@pytest.fixture
def desk(folder: Path) -> Iterator[Desk]:
    opened = Desk(folder)
    yield opened
    opened.close()
