"""What can go wrong, told so that a coach can act on it.

::

    AnalyzerError               what happened, why (the value that caused it), what to do
    ├── InputError              the file or the setting given cannot be used
    │   ├── VideoError          not a video, truncated, no frames, no pictures
    │   ├── PoseFileError       a joint file that cannot be read or lacks what is needed
    │   ├── ResultsError        a folder of results that cannot be read back
    │   └── ConfigError         a setting outside its range, or two that contradict each other
    ├── ContentError            the file is fine, what it shows cannot be analysed
    │   ├── NoAthleteError      nobody found
    │   ├── NotRunningError     somebody found, but no running
    │   ├── ViewError           filmed from where a run's steps cannot be seen
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
    settings : names
        What of the call the fix is about: fields of ``Config``, or arguments such as ``directory``. The
        command line names its own options for them.
    """

    def __init__(self, what: str, why: str = "", fix: str = "", *, settings: tuple[str, ...] = ()) -> None:
        self.what, self.why, self.fix, self.settings = what, why, fix, settings
        super().__init__(" ".join(part for part in (what, why, fix) if part))


class InputError(AnalyzerError):
    """The file or the setting given cannot be used."""


class VideoError(InputError):
    """The file cannot be decoded as a video."""


class PoseFileError(InputError):
    """A joint file cannot be read or lacks what is needed."""


class ResultsError(InputError):
    """A folder of results, or a table in it that may be edited, cannot be read back."""


class ConfigError(InputError):
    """A setting is outside its range, or two settings contradict each other.

    ``problems`` are pairs of a setting, "" where it is about several, and what is wrong with it: where they
    are given, ``why`` is made of them.
    """

    def __init__(
        self,
        what: str,
        why: str = "",
        fix: str = "",
        *,
        settings: tuple[str, ...] = (),
        problems: tuple[tuple[str, str], ...] = (),
    ) -> None:
        self.problems = problems
        told = (f"{name}: {text}" if name else text for name, text in problems)
        super().__init__(what, why or " ".join(told), fix, settings=settings)


class ContentError(AnalyzerError):
    """The file is fine, but what it shows cannot be analysed."""


class NoAthleteError(ContentError):
    """Nobody was found in the video."""


class NotRunningError(ContentError):
    """Somebody was found, but nobody runs."""


class ViewError(ContentError):
    """The athlete is filmed from the front or from behind, where a run's steps cannot be told."""


class TooFewContactsError(ContentError):
    """Fewer than two ground contacts were found."""


class ModelError(AnalyzerError):
    """The pose model is missing, wrong, or cannot be obtained."""


class OutputError(AnalyzerError):
    """The results cannot be written where they should go."""
