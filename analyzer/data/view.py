"""From where a body is seen: from the side, obliquely, from the front or from behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

FROM_SIDE_DEG: Final = 30.0
"""Angle up to which a view is one from the side, deg: lengths along the lane are 13 % short there at most."""
FROM_FRONT_DEG: Final = 55.0
"""Angle from which it is one from the front or from behind, deg: there the lane is seen at less than 0.6 of
its length, and the width of the body is most of what lies along the image."""
NORMAL_95: Final = 1.96
"""Standard errors to either side that hold 95 of 100."""


@dataclass(frozen=True)
class View:
    """From where a body is seen.

    angle_deg : deg, 0 = from the side, 90 = the athlete faces the camera, -90 = shows it the back; NaN =
        not told
    angle_sd_deg : its standard error, deg
    """

    angle_deg: float = float("nan")
    angle_sd_deg: float = float("nan")

    def differs(self, other: View, sd_deg: float) -> bool:
        """Tell whether another view is from elsewhere, beyond twice the error of the angle between them."""
        return abs(self.angle_deg - other.angle_deg) > 2 * sd_deg

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
    def most_beside_deg(self) -> float:
        """How far beside the lane's line the camera of a view from the front or behind is at most, deg.

        In 95 of 100 cases. The width of a body hardly changes near the line: it bounds the angle there and
        does not tell it.
        """
        angle, error = np.radians(abs(self.angle_deg)), np.radians(self.angle_sd_deg)
        # As ``body_view`` has it: from the error of the angle back to that of its sine.
        error = error * max(float(np.cos(angle)), error)
        return 90 - float(np.degrees(np.arcsin(np.clip(np.sin(angle) - NORMAL_95 * error, 0, 1))))

    @property
    def where(self) -> str:
        """Say from where, as the end of a sentence."""
        return {"side": "the side", "front": "the front", "rear": "behind"}.get(self.kind, "obliquely")
