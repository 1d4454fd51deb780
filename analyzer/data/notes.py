"""What a user is told: notes beside the numbers, progress while they are made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Progress = Callable[[str, int, int], None]
"""Called with the stage's name, how much is done and how much there is, in frames."""


@dataclass(frozen=True)
class Note:
    """Something the user must know: a limit, a repair, a decision that was taken.

    ``level`` is "info", "warning" (a number is less sure) or "limit" (a number is withheld);
    ``code`` is a stable snake_case name; ``advice`` says what to do, and may be empty.
    """

    level: Literal["info", "warning", "limit"]
    code: str
    message: str
    advice: str = ""
