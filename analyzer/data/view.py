"""From where a body is seen: from the side, obliquely, from the front or from behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

FROM_SIDE_DEG: Final = 30.0
"""Angle up to which a view is one from the side, deg: lengths along the lane are 13 % short there at most."""
FROM_FRONT_DEG: Final = 55.0
"""Angle from which it is one from the front or from behind, deg: there the lane is seen at less than 0.6 of
its length, and the width of the body is most of what lies along the image."""


@dataclass(frozen=True)
class View:
    """From where a body is seen.

    angle_deg : deg, 0 = from the side, 90 = the athlete faces the camera, -90 = shows it the back; NaN =
        not told
    angle_sd_deg : its standard error, deg
    """

    angle_deg: float = float("nan")
    angle_sd_deg: float = float("nan")

    @property
    def kind(self) -> Literal["side", "oblique", "front", "rear"]:
        """What the view is called; one that nothing tells is taken for one from the side."""
        if not abs(self.angle_deg) > FROM_SIDE_DEG:
            return "side"
        if abs(self.angle_deg) < FROM_FRONT_DEG:
            return "oblique"
        return "front" if self.angle_deg > 0 else "rear"

    @property
    def shows_lane(self) -> bool:
        """Tell whether what happens along the lane can be seen."""
        return self.kind in ("side", "oblique")

    @property
    def where(self) -> str:
        """Say from where, as the end of a sentence."""
        return {"side": "the side", "front": "the front", "rear": "behind"}.get(self.kind, "obliquely")
