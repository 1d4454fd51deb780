"""Every setting of an analysis, described once: keyword arguments, TOML keys and the help of the options."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from analyzer.body.skeleton import Sex
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


class Config(BaseModel):
    """Settings of one analysis; unknown names are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    height_m: float | None = Field(None, ge=1.0, le=2.5, description="Standing height, metres.")
    leg_length_m: float | None = Field(
        None, ge=0.5, le=1.5, description="Measured hip-to-ground length standing, metres."
    )
    sex: Sex = Field(
        "unspecified",
        description="male, female or unspecified; picks the body-segment table and the published ranges.",
    )
    capture_fps: float | None = Field(
        None, gt=0, le=2000, description="Frames a second the camera filmed at, for files in slow motion."
    )
    athlete: tuple[float, float] | tuple[float, float, float] | None = Field(
        None,
        description="A point on the athlete to follow: x, y in pixels, and the second of the file if known.",
    )
    direction: Literal["auto", "left", "right"] = Field(
        "auto",
        description="Running direction in the image: auto, left or right; where the athlete goes both ways, "
        "the passes wanted.",
    )
    pass_number: int | None = Field(
        None, ge=1, description="Only this pass, where the athlete runs past several times: 1, 2…"
    )
    start_s: float = Field(0.0, ge=0, description="Start at this second of the file.")
    stop_s: float | None = Field(None, gt=0, description="Stop at this second of the file.")
    scale: tuple[float, float, float, float, float] | None = Field(
        None,
        description="Two points x1, y1, x2, y2 in pixels and the metres between them, or the name of a known "
        "distance: lane, 110mh-gap…",
    )
    marks: Path | None = Field(
        None, description="CSV with x_px, y_px, metres: marks along the lane at known places."
    )
    calibration: Path | None = Field(
        None, description="calibration.toml of an earlier clip of the same, unmoved camera."
    )
    splits_m: tuple[float, ...] = Field(
        (), description="Places of the lane, in the metres of the marks, whose passing times are wanted."
    )
    treadmill_mps: float | None = Field(
        None, gt=0, le=15, description="Belt speed, when on a treadmill, metres a second."
    )
    model: Path | None = Field(None, description="A pose model bundle (.task) to use instead of the default.")
    engine: Literal["direct", "mediapipe", "rtmpose"] = Field(
        "direct",
        description="What reads the joints: direct (BlazePose in our own crop), mediapipe (in its graph) or "
        "rtmpose.",
    )
    quality: Literal["fast", "balanced", "best"] = Field(
        "balanced", description="Speed against accuracy: fast, balanced or best."
    )
    accept: bool = Field(
        False, description="Analyse also what does not seem to be a run; a note then says what was seen."
    )
    overlay: bool = Field(True, description="Write the annotated video.")

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
