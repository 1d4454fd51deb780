"""Every setting of an analysis, described once: keyword arguments, TOML keys and the help of the options."""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails

from analyzer import toml_file
from analyzer.body.skeleton import Sex
from analyzer.descriptions import DESCRIBED
from analyzer.errors import ConfigError
from analyzer.lengths import metres

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
FILES: Final = ("marks", "calibration", "gates", "model")
"""Settings that name a file: what counts is what stands in it, and results tell its name alone."""


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
    gates: Path | None = Field(None, description=DESCRIBED["gates"])
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
    live: tuple[str, ...] = Field((), description=DESCRIBED["live"])
    slow: float | None = Field(None, ge=1, le=100, description=DESCRIBED["slow"])
    blur_faces: bool = Field(False, description=DESCRIBED["blur_faces"])
    export: tuple[Literal["trc", "mot", "c3d", "parquet", "xlsx"], ...] = Field(
        (),
        description=DESCRIBED["export"],
    )
    excel: bool = Field(False, description=DESCRIBED["excel"])

    @field_validator(*FILES, mode="after")
    @classmethod
    def _a_name(cls, value: Path | None) -> Path | None:
        """Refuse what no file can be called."""
        if value is not None and "\0" in str(value):
            raise ValueError("a name of a file has no zero byte in it.")
        return value

    @field_validator("height_m", "leg_length_m", mode="before")
    @classmethod
    def _metres(cls, value: Any) -> Any:
        """Take what people type for metres: 1,80, 180 cm, 5'11."""
        return metres(value)

    @field_validator("date", mode="before")
    @classmethod
    def _day(cls, value: Any) -> datetime.date | None:
        """Take 2026-11-03, 20261103 and 3.11.2026; where slashes stand, nobody can tell day from month."""
        if value is None:
            return None
        text = str(value).strip()  # TOML has days of its own, and 20261103 is a number to it
        found = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text)
        try:
            if found:
                return datetime.date(int(found[3]), int(found[2]), int(found[1]))
            return datetime.datetime.fromisoformat(text).date()
        except ValueError:
            raise ValueError(f"{text!r} is no day: write it as 2026-11-29 or 29.11.2026.") from None

    @field_validator("scale", mode="before")
    @classmethod
    def _named(cls, value: Any) -> Any:
        """Take the name of a known distance for its metres."""
        if isinstance(value, list | tuple) and len(value) != 5:
            raise ValueError(
                "it should be X1,Y1,X2,Y2,METRES: two points of the picture, px, and how far they are apart, "
                f"such as 412,640,655,644,3.5; or X1,Y1,X2,Y2 and a known distance ({', '.join(KNOWN_M)}), "
                f"such as 412,640,655,644,lane. Got {','.join(map(str, value))!r}."
            )
        if isinstance(value, list | tuple) and isinstance(value[4], str):
            name = value[4].strip().lower()
            if name in KNOWN_M:
                return (*value[:4], KNOWN_M[name])
            try:
                return (*value[:4], float(name))
            except ValueError:
                raise ValueError(
                    f"{name!r} is neither a number of metres nor one of {', '.join(KNOWN_M)}."
                ) from None
        return value

    @model_validator(mode="after")
    def _consistent(self) -> Config:
        if self.stop_s is not None and self.stop_s <= self.start_s:
            raise ValueError(
                f"the part wanted ends at {self.stop_s:g} s, before it starts at {self.start_s:g} s."
            )
        if self.scale is not None and self.scale[4] <= 0:
            raise ValueError(f"the distance of the scale must be positive, but got {self.scale[4]:g} m.")
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
                merged = toml_file.read(file)
            except OSError as error:
                raise ConfigError(
                    f"Cannot read the configuration {file}.", f"{error.strerror or error}.", "Check the path."
                ) from None
            except ValueError as error:
                raise ConfigError(f"{file} is not valid TOML.", str(error), "Correct that line.") from None
        merged |= {k: v for k, v in settings.items() if v is not None}
        try:
            return cls(**merged)
        except ValidationError as error:
            raise ConfigError(
                "The settings cannot be used.",
                "",
                "Correct them.",
                settings=tuple(str(e["loc"][0]) for e in error.errors() if e["loc"]),
                problems=_problems(error.errors()),
            ) from None


def _problems(found: list[ErrorDetails]) -> tuple[tuple[str, str], ...]:
    """Return what is wrong, each once: a point of two numbers is also held against one of three."""
    wrong = [error for error in found if error["type"] != "missing"] or found
    return tuple(dict.fromkeys(_problem(error) for error in wrong))


def _problem(found: ErrorDetails) -> tuple[str, str]:
    """Return the setting and what is wrong with it, as a sentence."""
    name = str(found["loc"][0]) if found["loc"] else ""
    if found["type"] == "extra_forbidden":
        near = [n for n in Config.model_fields if n.startswith(name)]
        near = near or difflib.get_close_matches(name, Config.model_fields, 1)
        return name, f"there is no such setting{f'; was {near[0]} meant?' if near else '.'}"
    own = found.get("ctx", {}).get("error")
    if isinstance(own, ValueError):
        return name, str(own)
    return name, f"{found['msg']}, but got {found['input']!r}."
