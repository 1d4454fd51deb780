"""Every setting of an analysis, described once: keyword arguments, TOML keys and the help of the options."""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from analyzer.body.skeleton import Sex
from analyzer.descriptions import DESCRIBED
from analyzer.errors import ConfigError

KNOWN_M: Final[dict[str, float]] = {
    "lane": 1.22,
    "110mh-start": 13.72,
    "110mh-gap": 9.14,
    "100mh-start": 13.00,
    "100mh-gap": 8.50,
    "400mh-start": 45.00,
    "400mh-gap": 35.00,
}
"""Distances painted on every track, m: lane width, hurdle marks from the start and from each other."""
OF_THE_JOINTS: Final = ("athlete", "start_s", "stop_s", "model", "engine", "quality")
"""Settings that the joints depend on: with others, the video must be read again."""


class Config(BaseModel):
    """Settings of one analysis; unknown names are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    athlete_name: str | None = Field(None, max_length=80, description=DESCRIBED["athlete_name"])
    date: datetime.date | None = Field(None, description=DESCRIBED["date"])
    session: str | None = Field(None, max_length=80, description=DESCRIBED["session"])
    height_m: float | None = Field(None, ge=1.0, le=2.5, description=DESCRIBED["height_m"])
    leg_length_m: float | None = Field(None, ge=0.5, le=1.5, description=DESCRIBED["leg_length_m"])
    sex: Sex = Field(
        "unspecified",
        description=DESCRIBED["sex"],
    )
    capture_fps: float | None = Field(None, gt=0, le=2000, description=DESCRIBED["capture_fps"])
    athlete: tuple[float, float] | tuple[float, float, float] | None = Field(
        None,
        description=DESCRIBED["athlete"],
    )
    direction: Literal["auto", "left", "right"] = Field(
        "auto",
        description=DESCRIBED["direction"],
    )
    pass_number: int | None = Field(None, ge=1, description=DESCRIBED["pass_number"])
    start_s: float = Field(0.0, ge=0, description=DESCRIBED["start_s"])
    stop_s: float | None = Field(None, gt=0, description=DESCRIBED["stop_s"])
    scale: tuple[float, float, float, float, float] | None = Field(
        None,
        description=DESCRIBED["scale"],
    )
    marks: Path | None = Field(None, description=DESCRIBED["marks"])
    calibration: Path | None = Field(None, description=DESCRIBED["calibration"])
    splits_m: tuple[float, ...] = Field((), description=DESCRIBED["splits_m"])
    treadmill_mps: float | None = Field(None, gt=0, le=15, description=DESCRIBED["treadmill_mps"])
    model: Path | None = Field(None, description=DESCRIBED["model"])
    engine: Literal["direct", "mediapipe", "rtmpose"] = Field(
        "direct",
        description=DESCRIBED["engine"],
    )
    quality: Literal["fast", "balanced", "best"] = Field("balanced", description=DESCRIBED["quality"])
    accept: bool = Field(False, description=DESCRIBED["accept"])
    overlay: bool = Field(True, description=DESCRIBED["overlay"])

    @field_validator("date", mode="before")
    @classmethod
    def _day_first(cls, value: Any) -> Any:
        """Take 3.11.2026 for 2026-11-03; where slashes stand, nobody can tell the day from the month."""
        found = (
            re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", value.strip()) if isinstance(value, str) else None
        )
        return "{2}-{1:0>2}-{0:0>2}".format(*found.groups()) if found else value

    @field_validator("scale", mode="before")
    @classmethod
    def _named(cls, value: Any) -> Any:
        """Take the name of a known distance for its metres."""
        if isinstance(value, list | tuple) and len(value) == 5 and isinstance(value[4], str):
            name = value[4].strip().lower()
            if name in KNOWN_M:
                return (*value[:4], KNOWN_M[name])
            try:
                return (*value[:4], float(name))
            except ValueError:
                raise ValueError(
                    f"scale: {name!r} is neither a number of metres nor one of {', '.join(KNOWN_M)}"
                ) from None
        return value

    @model_validator(mode="after")
    def _consistent(self) -> Config:
        if self.stop_s is not None and self.stop_s <= self.start_s:
            raise ValueError(f"stop_s ({self.stop_s:g}) must be later than start_s ({self.start_s:g})")
        if self.scale is not None and self.scale[4] <= 0:
            raise ValueError(f"scale: the distance must be positive, but got {self.scale[4]:g} m")
        return self

    def changed(self, settings: Mapping[str, Any]) -> Config:
        """Return these settings with some of them changed; None puts a setting back to what it is by itself.

        Raises
        ------
        ConfigError
            With every problem found, not only the first.
        """
        return Config.build(**(self.model_dump() | dict(settings)))

    @classmethod
    def build(cls, file: Path | None = None, **settings: Any) -> Config:
        """Merge a TOML file with explicit settings; a setting that is not None wins.

        Raises
        ------
        ConfigError
            With every problem found, not only the first.
        """
        merged: dict[str, Any] = {}
        if file is not None:
            try:
                merged = tomllib.loads(Path(file).read_text(encoding="utf-8"))
            except OSError as error:
                raise ConfigError(
                    f"Cannot read the configuration {file}.", str(error), "Check the path."
                ) from None
            except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
                raise ConfigError(f"{file} is not valid TOML.", str(error), "Correct that line.") from None
        merged |= {k: v for k, v in settings.items() if v is not None}
        try:
            return cls(**merged)
        except ValidationError as error:
            problems = [
                f"{'.'.join(str(p) for p in e['loc'] if isinstance(p, str)) or 'settings'}: {e['msg']}"
                + (f", but got {e['input']!r}." if e["loc"] else ".")
                for e in error.errors()
            ]
            raise ConfigError(
                "The settings cannot be used.",
                " ".join(problems),
                "Correct them.",
                settings=tuple(str(e["loc"][0]) for e in error.errors() if e["loc"]),
            ) from None
