"""A folder of results of the hand-made runner, with its small clip beside it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from analyzer import pipeline
from analyzer.config import Config
from analyzer.data.analysis import Analysis
from analyzer.frontal.results import Frontal
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


@pytest.fixture
def asked(saved: Path, monkeypatch: pytest.MonkeyPatch) -> list[Config]:
    """Clips are analysed with joints from a file; here is what was asked for each."""
    settings: list[Config] = []
    real = pipeline.analyze_any

    def by_file(path: Path, config: Config, **how: Any) -> tuple[Analysis, ...] | Frontal:
        settings.append(config)
        for done in range(60):
            how["progress"]("pose", done, 60)
        plain = config.changed({"athlete": None, "start_s": None, "stop_s": None, "overlay": False})
        return real(path, plain, pose=saved / "pose.csv", **how)

    monkeypatch.setattr(pipeline, "analyze_any", by_file)
    return settings
