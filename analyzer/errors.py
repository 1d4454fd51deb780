"""What can go wrong, told so that a coach can act on it.

::

    AnalyzerError               what happened, why (the value that caused it), what to do
    ├── InputError              the file or the option given cannot be used
    │   ├── VideoError          not a video, truncated, no frames, no pictures
    │   ├── PoseFileError       a joint file that cannot be read or lacks what is needed
    │   └── ConfigError         an option outside its range, or two that contradict each other
    ├── ContentError            the file is fine, what it shows cannot be analysed
    │   ├── NoAthleteError      nobody found
    │   ├── NotRunningError     somebody found, but no running
    │   └── TooFewContactsError fewer than two ground contacts
    ├── ModelError              the pose model is missing, wrong or cannot be obtained
    └── OutputError             the results cannot be written
"""

from __future__ import annotations


class AnalyzerError(Exception):
    """A problem the user can understand and act on.

    Parameters
    ----------
    what : str
        What happened, in one sentence.
    why : str
        The value or observation that caused it.
    fix : str
        What to do about it.
    """

    def __init__(self, what: str, why: str = "", fix: str = "") -> None:
        self.what, self.why, self.fix = what, why, fix
        super().__init__(" ".join(part for part in (what, why, fix) if part))


class InputError(AnalyzerError):
    """The file or the option given cannot be used."""


class VideoError(InputError):
    """The file cannot be decoded as a video."""


class PoseFileError(InputError):
    """A joint file cannot be read or lacks what is needed."""


class ConfigError(InputError):
    """An option is outside its range, or two options contradict each other."""


class ContentError(AnalyzerError):
    """The file is fine, but what it shows cannot be analysed."""


class NoAthleteError(ContentError):
    """Nobody was found in the video."""


class NotRunningError(ContentError):
    """Somebody was found, but nobody runs."""


class TooFewContactsError(ContentError):
    """Fewer than two ground contacts were found."""


class ModelError(AnalyzerError):
    """The pose model is missing, wrong, or cannot be obtained."""


class OutputError(AnalyzerError):
    """The results cannot be written where they should go."""
