"""Arrays that nouns hold are locked, in every noun that holds some."""

from __future__ import annotations

import importlib
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import analyzer.data
from analyzer.arrays import ReadOnly
from analyzer.data.results import SpeedCurve
from analyzer.data.steps import Trace

MODULES = [path.stem for path in Path(analyzer.data.__path__[0]).glob("*.py") if path.stem != "__init__"]


def nouns() -> list[Any]:
    modules = [importlib.import_module(f"analyzer.data.{name}") for name in MODULES]
    return [
        each
        for module in modules
        for each in vars(module).values()
        if isinstance(each, type) and is_dataclass(each) and each.__module__ == module.__name__
    ]


def test_every_noun_with_arrays_locks_them() -> None:
    holding = {noun for noun in nouns() if any("Array" in str(f.type) for f in fields(noun))}
    assert {Trace, SpeedCurve} <= holding
    assert {noun.__name__ for noun in holding if not issubclass(noun, ReadOnly)} == set()


def test_a_locked_array_cannot_be_written_to() -> None:
    curve = SpeedCurve(np.arange(3.0), np.ones(3), np.ones(3))
    with pytest.raises(ValueError, match="read-only"):
        curve.speed[0] = 2.0
