"""Where things lie: the checkout, its sample clip, and the material beside it that may be missing."""

from __future__ import annotations

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
SAMPLE: Final = ROOT / "sample_videos" / "sprint_sample.mp4"
SHARED: Final = ROOT.parent / "shared"
