"""An athlete's proportions, and where the mass of each part is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

# Mass and place of the centre of mass from the first end, as fractions (de Leva 1996, J Biomech 29:1223).
# Written down here a second time on purpose: the truth must not rest on the analyzer's own table.
MASS = {
    "male": {"head": 0.0694, "trunk": 0.4346, "upper_arm": 0.0271, "forearm": 0.0162, "hand": 0.0061,
             "thigh": 0.1416, "shank": 0.0433, "foot": 0.0137},
    "female": {"head": 0.0668, "trunk": 0.4257, "upper_arm": 0.0255, "forearm": 0.0138, "hand": 0.0056,
               "thigh": 0.1478, "shank": 0.0481, "foot": 0.0129},
}  # fmt: skip
CENTRE = {
    "male": {"trunk": 0.4310, "upper_arm": 0.5772, "forearm": 0.4574, "hand": 0.79, "thigh": 0.4095,
             "shank": 0.4395, "foot": 0.4415},
    "female": {"trunk": 0.3782, "upper_arm": 0.5754, "forearm": 0.4559, "hand": 0.7474, "thigh": 0.3612,
               "shank": 0.4352, "foot": 0.4014},
}  # fmt: skip

Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Look:
    """Colours, 0..255, and the cut of clothes and hair."""

    skin: Colour = (176, 124, 92)
    top: Colour = (30, 90, 190)
    trim: Colour = (240, 240, 240)
    legs: Colour = (28, 30, 38)
    shoe: Colour = (225, 235, 60)
    sole: Colour = (245, 245, 245)
    hair: Colour = (28, 22, 20)
    leg_cover: float = 0.52
    """How far down the thigh the tights reach; above 1 they go on over the shank."""
    crop_top: bool = False
    sleeves: bool = False
    ponytail: bool = False


@dataclass(frozen=True)
class Flesh:
    """How the body lies about its joints: what one pose network sees of a hip differs from person to person.

    Metres are those of the 1.80 m body; sizes are factors.
    """

    seat: float = 1.0
    pelvis_m: float = 0.0
    """How far the pelvis lies ahead of the line between its hip joints, beyond the drawn body's."""
    belly: float = 1.0
    chest_m: float = 0.0
    """The same of the chest before the line between the shoulders."""
    thigh_m: float = 0.0
    """How far the muscles of the thigh lie ahead of the line from hip to knee."""
    shorts: float = 0.0
    """How far down the thigh loose shorts reach; 0 without."""
    shoe: float = 1.0
    """Bulk of the shoe: spikes below 1, trainers above."""


@dataclass(frozen=True)
class Build:
    """Lengths in metres follow the height; girths are factors on a lean male sprinter."""

    name: str = "a"
    height_m: float = 1.80
    sex: Literal["male", "female"] = "male"
    leg: float = 1.0
    shoulder: float = 1.0
    hip: float = 1.0
    girth: float = 1.0
    limb: float = 1.0
    bust: float = 0.0
    look: Look = field(default_factory=Look)
    thigh_share: float = 1.0
    """Length of the thigh against the drawn body's; the shank gives or takes."""
    arm: float = 1.0
    flesh: Flesh = field(default_factory=Flesh)
    touches: bool = False
    """Whether the shoe is on the ground from touchdown to toe-off: its tip is round about the point it
    rolls over. The first runners' shoes sink in by 4 to 9 mm, and leave 10 ms before toe-off."""

    @property
    def scale(self) -> float:
        """Height in units of the 1.80 m body on which the numbers below were drawn."""
        return self.height_m / 1.80

    @property
    def thigh(self) -> float:
        return 0.441 * self.leg * self.thigh_share * self.scale

    @property
    def shank(self) -> float:
        return 0.884 * self.leg * self.scale - self.thigh

    @property
    def trunk(self) -> float:
        """Mid-hip to mid-shoulder; what the legs are longer, the trunk is shorter."""
        return 0.520 * self.scale + 0.884 * self.scale * (1 - self.leg)

    @property
    def upper_arm(self) -> float:
        return 0.312 * self.arm * self.scale

    @property
    def forearm(self) -> float:
        return 0.262 * self.arm * self.scale

    @property
    def hip_half(self) -> float:
        return 0.085 * self.hip * self.scale

    @property
    def shoulder_half(self) -> float:
        return 0.178 * self.shoulder * self.scale

    @property
    def foot_forward(self) -> float:
        """Ankle to ball of the foot, along the sole."""
        return 0.125 * self.scale

    @property
    def foot_down(self) -> float:
        """Ankle to ball of the foot, at right angles to the sole."""
        return 0.072 * self.scale

    @property
    def sole(self) -> float:
        """Height of the ball's centre above the ground in contact."""
        return 0.018 * self.scale

    @property
    def toe(self) -> float:
        """Ball to the tip of the shoe."""
        return 0.070 * self.scale

    @property
    def leg_length(self) -> float:
        """Hip joint to ground, standing."""
        return self.thigh + self.shank + self.foot_down + self.sole
