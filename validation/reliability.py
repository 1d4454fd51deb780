"""Makes docs/reliability.md: ``python -m validation.reliability`` puts every hostile clip to the reader."""

from __future__ import annotations

import resource
import time
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from analyzer.data import limits
from analyzer.errors import VideoError
from analyzer.pose.files import guard
from analyzer.video import container, reader
from validation import hostile_clips
from validation.hostile_bytes import Case

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "reliability.md"

FOUND: Final = """\
| fault | what came of it | now |
|---|---|---|
| a concat list, an M3U8 playlist or an SDP named as the clip | the files and addresses it lists were \
opened | refused; the decoder gets an open file, a list of formats, no protocol |
| boxes nested 5,000 deep in an MP4 | `RecursionError` | walked without recursion, 10,000 at most |
| a title in the file that is not UTF-8 | `UnicodeDecodeError` | replaced |
| a file name that is not UTF-8 | the results could not be written | refused with "Rename the file" |
| half a million frames, a gap of 100 hours | memory grew until the machine ended it | refused by the \
count that an even clock would have |
| pictures of 200,000 x 200,000 | 112 GiB asked for | refused by the container's word, and by the \
picture's own |
| damage in the middle of a container | the decoder's exception | the frames before it count |
| a capture tag of 1e300, 0 or nan | warnings of NumPy | left aside |
| pictures of 4,000 x 16 | `check` looked at thousands of tiles | people of 30 px and more are looked for |
| pixels that are not square | angles of squeezed images | made square by what the container says |
| a matrix of nothing but zeros | the image on its side | upright |
| joints whose thigh and shank are nothing | a division by zero in `passes.py` | refused: a body has a \
size |
| joints in metres, or as shares of the image | numbers of noise | refused, and named as that |
| intervals of hours between rows, a rate of 1e14 | terabytes asked for in `filters.py` and \
`body_size.py` | refused: a clock has a rate |
| a foot seen on one side only, or level throughout | warnings in `belt_speed` | handled |
| JSON with numbers of 5,000 digits, nested without end | `ValueError`, `RecursionError` | refused |
| a frame numbered 10^15 in AlphaPose or SLEAP | a table with a row for each before it | refused |
| rows of SLEAP without a frame or track, cells of 140,000 characters | `AttributeError`, `csv.Error` | \
refused |
| damaged H5 | `RuntimeError`, or the library ran without end | read in a process of its own, ended after \
30 s |
| a named pipe given as joints | waited for ever | refused |
| steps none of which has both its events | a warning from the median of nothing | no number |
| a TRC clock of 1e308 s | an overflow | refused by the clock's door |
| a gap of minutes in the clock | an even clock through it, without end | a run of a filter ends there |
| tracks cut at random places | 13 of 609 events where nobody was seen | not given |
| `--from` and `--to` of joints alone | ignored | the rows asked for |
| names and notes with control signs | the terminal obeyed them | printed as `?` |
| a pipe, a link that leads out, a gigabyte in a folder of results | read, or waited for ever | refused |
| camera, scale or clock of results that no analysis has | exceptions further on | refused by name |
| a text that begins with `=` in a table | a spreadsheet carries it out | marked, and read back as it was |
| a row of `events.csv` deleted, then `report` | `events_detected.csv` overwritten, the row not counted | \
written once; additions, removals, moves counted |
| `report` from another folder, or without the clip | stick figures for photographs, ended 0 | the folder \
keeps small pictures; what lacks is kept and said |
| `report` after `--marks` or `--calibration` from another folder | refused | the folder carries the file |
| killed, or the disk full, while results are put in place | a folder half old and half new | exchanged in \
one step |
| a clip's folder in a batch made anew | a coach's own files in it gone | they stay |
| SIGTERM | a temporary folder left behind | removed, as after Ctrl-C |
| a user without a home | a folder named `~` | the system's temporary folder |
| timing gates a hair apart, an error of 1e300 s, 200,000 of them | `OverflowError`, minutes | refused |
| a calibration of zeros, as unsure as 1e308 | "no feet", `OverflowError` | refused |
| marks or points in millimetres, or 1e300 px away | believed, or "nobody runs" \
| refused by the size of a pixel |
| TOML nested without end, numbers of 5,000 digits, names of 50,000 parts | `RecursionError`, \
`ValueError`, 6.6 GB | one reader, which refuses them |
| a pipe or a device as marks, calibration, gates, configuration | waited for ever, 13 GB | refused |
| a colour matrix such as ICtCp or YCgCo | the decoder's exception | read as if the file did not say |
| standard output on a full disk, or in ASCII | a traceback | three lines; `?` for the sign |
| a working folder that went away, a cache's name of 5,000 letters, libraries without memory | \
a traceback | three lines |
| results below a file | refused after all the work | refused before it |
| both feet at once in `events.csv`, or 50,000 contacts | `ZeroDivisionError`, minutes | refused |
| half of a sign in a name in `analysis.json` | `UnicodeEncodeError` | refused |
| a run named by a zero byte, asked of `review` | a fault of the server, 500 | refused |
| `review` killed while it writes `events.csv` or marks | half a table | exchanged as one |
| a clip of 50 GB, most of it empty | hashed and searched for minutes; of a GIF, 500 MB given as one \
picture | \
from 4 GiB its size and 1,024 parts tell it apart; 200 MB without a picture are the end |
| joints of 45 s that jump: 45 passes | each looked into over the whole clip, 162 s of processor time | \
passes \
up to 150,000 frames together, the longest first; 29 s |
| a table of 50,000 columns | 47 s | refused, as is one of more than 100,000 lines or five million cells |
| hundreds of wrong rows in a table of `batch` | every one compared with every clip, told with `?` between \
them | the first twelve, in one line |
| a closed terminal, Ctrl-\\, a scheduler's signals | a temporary folder left behind | removed, as after \
Ctrl-C |
| Ctrl-C while workers start | a traceback of theirs | they never get it |
| `analyze("a.mp4", {"height_m": 1.8})` | `AttributeError` | refused, with how to say it |
| `config=` and settings beside it | the settings ignored | refused |
| a zero byte, or 300 letters, as a folder's name in `save` and `load` | `ValueError`, `OSError` | refused |
| a mark, a blank and a formula in a text | read back without the mark | as it was written |
| a cache on a disk that is full | the note of where a model came from, without the model | the model first |
| OpenVINO, with the extra `fast` | Google Analytics asked at every `analyze`, `check` and `demo`; a \
number of the user in `~/intel` | imported without its telemetry |
| two threads whose first look with OpenVINO came at once (seen under `strace`) | \
waited for each other for good | a network looks once before |
| `analysis.json` gone or damaged, then `analyze --force` | an edited `events.csv` replaced without a word | \
stays as `events_earlier.csv` |
| Ctrl-C while a review rebuilds a long run | ended after 5 s with 0: new contacts beside old results | \
waits, puts all back, says so, 130 |
| a disk that is full while a review saves | `events.csv`, `smas.csv` and `marks.csv` new, "Nothing was \
changed" | as they were |
| a cache that is another user's, or no folder | three lines on the wrong cause; "Removed 0 tracks" | named; \
only a model in it stops an analysis |
| standard error closed, as by a service | an `AttributeError` that nobody saw; a file of results gets its \
number | opened onto nothing |
| a name that is not UTF-8 inside a folder, to `batch` and `season` | `UnicodeEncodeError` | named, with \
"Rename" |
| `PYTHONOPTIMIZE=2` | a traceback: definitions are docstrings | three lines |
| a folder called `columns.csv` with files in it | went with the old results | refused by name |
| U+202E and its like in a name | turned a line of a page round | � in every page |
| `--date 20260101`, or a bare number | told of "zero time"; seconds since 1970 | a day, or how to write one |
| 45 passes in one clip | listed one by one | the first four, and how many more |
| a track that stands still | a division by zero in `foreshortening.py` | the legs tell no view angle |
| a gap of 10 s in the clock | a contact that ended before it began | none |
| an AVI with empty pictures in its index | "cut short" | read |
| 0, 0 or -1, -1 in a table, for joints that a tracker does not see | a body at the picture's corner: \
passes that were none, a run cut in two, `LinAlgError` | not seen |
| a body all on one point | the logarithm of nothing in `bend.py` | no size |
| joints of OpenPose or AlphaPose that are no numbers but told as sure | the athlete lost, and the names \
of the joints blamed | not seen; "Nobody is in" where nobody is |
| memory or threads that the system does not give | taken for damage of the clip: `check` said that \
nobody was found | told as that, by a batch too |
| a clip replaced by another one while it is read | "Nobody was found" | told as that |
| pictures of 1 x 2000 | a copy without a width, `cv2.error` | followed |
| pictures of 8190 x 2, to `check` | 29 s of the processor, looking for people of 30 px | not searched |
| results into the folder of the clips: `batch . -o .` | "There is no clip" | found |
| `batch '**/*.mp4'` | annotated videos of earlier runs taken for clips | left out |
| a folder of results given twice, or by a link, to `season` and `baseline` | two runs of the athlete | \
one |
| `compare(run, "folder")` | left out without a word; `IndexError` where nothing was left | refused |
| `load` of a name of 300 letters, `review` of a folder that is gone | `OSError`, or "were being \
replaced" | refused |
| a batch stopped by Ctrl-Z | another one waited for its clip without a word | after 3 s it says for \
which process, and since when |
| a disk that is full | the temporary folder named, or a library's words | the target, in the words of \
the system |
| a cache without room for the model | told after the model was fetched | before |"""

SECOND_HOUR: Final = """\
A second hour went to what was hardly tried before, and to the two faults that were left:

| tried | inputs | ended otherwise |
|---|---|---|
| clips of 50 GB, most of it empty, at their end or in the middle: 9 containers | 18 | 5 |
| joints of 45 s that jump, at 60 and 240 frames a second | 6 | 1 |
| the table of `batch`: encodings, ends of lines, doubles, cells, formulas, paths, dates, settings | 110 | 2 |
| signals, once and in a row, to `analyze`, `check` and `batch` | 20 | 6 |
| disks that are full, out of inodes or read-only; a cache that is a file or a link; locales, times of \
files, \
names, depth, closed input | 46 | 1 |
| results of a view from the front, edited by hand: `load`, `report`, `compare`, `season`, `baseline` | 890 \
| 0 |
| `analyze` and its like, `load`, `save`, `compare` and `Config`, called wrongly | 142 | 12 |
| options at their extremes | 71 | 0 |
| codecs and forms of pictures, clips of a frame or two, odd clocks | 27 | 0 |

Processor time is told, as the machine was busy. Of what ended otherwise most is of one kind a row. A value
of a wrong Python type (`analyze(3)`) raises Python's own `TypeError`, and an option that is no number is
told in the command line's own box; neither is counted.

After the mending 18 of the signals were sent again (nothing was left behind) and 22 fresh inputs tried, for
ten minutes: clips with 9,000 boxes of a megabyte each took 71 s of processor time, and Ctrl-C in the moment
in which the program is loaded showed a traceback. Both are mended: of such boxes ten megabytes are read at
most, and the program says that it was stopped, once Python itself is there. Tables were put to the
plan of a batch alone, clips to `check` alone, and memory was not measured.

Half an hour more, of joints and folders alone, by somebody who knew the two lists above:

| tried | inputs | ended otherwise |
|---|---|---|
| `smas.csv` edited by hand: words, doubles, order, encodings, links, a pipe, a million rows | 64 | 1 |
| joints, odd but legal, or hostile | 65 | 3 |
| hostile text as athlete and session, through every page of both views | 59 | 1 |
| options alone and in odd pairs | 65 | 2 |
| folders of a view from the front: odd options, both views mixed, schemas | 51 | 0 |
| two commands at once in one folder; folders and joints moved or removed while a command runs | 21 | 0 |
| outputs that are links, pipes, folders, a full device, or a file of a run's results | 26 | 7 |

Three kinds were worse than an awkward sentence: rows of joints before nought on the clock were left out
without a word, a pipe as `--out` was waited for without end, and a table or ranges could be written over a
file of a run's results, a coach's corrections among them. All are mended and tested; texts of 10,000 letters
are now told in part. The largest (20,000 rows, 95 passes) took 109 s of the processor and 1.1 GB."""

THIRD_HOUR: Final = """\
A third hour went to what none of these had tried, most of it by programs that made the inputs:

| tried | inputs | ended otherwise |
|---|---|---|
| `events.csv` as Excel, LibreOffice and Numbers save it: separators, encodings, cells, sides, order | 71 \
| 0 |
| options of `analyze` and `report` in odd sets of one to four | 150 | 2 |
| where `--out` leads: into itself, files, links, devices, odd and long names, with `--force` and without \
| 82 | 0 |
| each file of a folder gone, empty, halved, a folder, a pipe, a link, another run's; then `report`, \
`compare`, `season`, `baseline` | 327 | 1 |
| a coach's table beside an `analysis.json` that is gone or damaged, then `analyze --force` | 10 | 10 |
| clips re-muxed and re-coded by FFmpeg in odd containers, codecs and clocks, to `check` | 53 | 1 |
| locales, time zones, widths of a terminal, Python's own variables, limits, closed and full streams | 88 \
| 3 |
| another user's folders, read-only ones, a cache that is another user's, a file, a link to itself | 68 | 20 |
| links, and names with emoji, quotes, HTML, ends of lines, formulas, no UTF-8 | 60 | 3 |
| signals to a `review`: idle, rebuilding, analysing, half an upload, twice; a disk that is full | 34 | 6 |
| a batch: two at once, a worker stopped, killed once and twice, its parent killed, files of 1955 and 2040, \
a coach's edit dated back | 14 | 0 |
| every command with its system calls to a network traced | 20 | 3 |

Of what ended otherwise most is of one kind a row; all are mended and tested. Worst were the three commands
that reported to Google Analytics (by OpenVINO, an extra), and a coach's table that was replaced. Python
itself
ends with an encoding that there is not (`PYTHONIOENCODING`) and with a stack of 64 kB. A
`batch` or `season` that meets a name that is not UTF-8 asks for another one; nothing is guessed."""

FOURTH_HOUR: Final = """\
A fourth hour, again of inputs that none of these had:

| tried | inputs | ended otherwise |
|---|---|---|
| joints in tables: clocks, units, sides, empty, zero, huge, encodings, separators, a million commas \
| 73 | 1 |
| joints of every other kind: damaged, renamed, of another layout, pickles, nested, linked out | 181 | 7 |
| every leaf of `analysis.json` that was drawn, keys gone, schemas; \
then `report`, `compare`, `baseline` | 463 | 0 |
| `events.csv` and the other tables of a folder, edited, damaged, in other encodings | 189 | 0 |
| marks, scales, points, gates, dates, lengths in odd notations, options of `analyze` in odd values \
| 206 | 0 |
| clips: sizes, forms of pixels, stamps, streams joined, damaged, renamed; growing, shrinking, replaced \
| 166 | 3 |
| locales, streams, limits of memory, files and stack, folders that are gone, odd paths in and out | 282 | 4 |
| disks of 20 kB to 11 MB | 12 | 2 |
| the server of `review`: methods, paths, ranges, bodies, raw bytes, 400 slow clients | 226 | 0 |
| batches: 3,000 empty files, odd names, tables, places, stopped and continued | 40 | 2 |
| several commands at once in one folder | 18 | 0 |
| `analyze`, `load`, `compare`, `save` and every member of a run, called wrongly | 158 | 2 |

2,014 inputs; no pickle ran, nothing was left behind, and what was refused had changed no file. Most memory
was 790 MB, most processor time 68 s (18,000 rows, 100 passes). Worst was that too little memory was told as
"nobody was found", and that zeros of other trackers made passes that were none. All that stands in the table
of faults is mended and tested. Of 49 fresh inputs after that one fell, a link to a folder of results counted
as a second run, and is mended, too.

What is left is awkward: rows of a TRC or a SLEAP table that are damaged are left out without a word; a
table's date that is none is carried along as it was typed; a copy of a folder of results counts as another
run; `--from 0,5` is told in the command line's own box; too little memory for OpenVINO is told with "Leave
the model out", and a name of 240 letters in a batch, or a server that is not there, with "Check the disk".
Worse, and left: where the memory just suffices for some pictures of a clip (a limit of 1.1 GB on addresses)
`check` may still say that nobody was found."""

FAULTS: Final = """\
| what is written | steps | faults | left the old | left the new | left anything else |
|---|---|---|---|---|---|
| analyze | 36 | 149 | 145 | 4 | 0 |
| analyze --force, over two passes | 29 | 121 | 98 | 23 | 0 |
| report | 38 | 157 | 116 | 41 | 0 |
| report, where folders cannot be exchanged | 90 | 365 | 124 | 241 | 0 |
| batch | 43 | 177 | 145 | 32 | 0 |
| cache | 5 | 25 | 17 | 8 | 0 |
| **all** | 241 | 994 | 645 | 349 | 0 |

Bits turned in a kept track of joints, one at a time: 2000; read as another track: 0."""
"""What ``python -m validation.faults`` printed."""


@dataclass(frozen=True)
class Seen:
    """What came of one input: read, refused or wrong, and how much of the processor it took, s."""

    case: Case
    came: str
    took_s: float


def look(case: Case) -> Seen:
    """Put one input to the reader."""
    with TemporaryDirectory() as folder:
        path = case.make(Path(folder))
        before = sorted(Path(folder).iterdir())
        begun = time.process_time()
        try:
            info = reader.probe(path)
            frames = sum(1 for _ in reader.frames(path))
            right = frames > 0 and case.frames in (0, len(info.time))
            came = "read" if right and case.size in ((0, 0), (info.width, info.height)) else "wrong"
        except VideoError as error:
            came = "refused" if error.what and error.fix else "wrong"
        except (Exception, RecursionError):  # noqa: BLE001 - what must not happen is what is counted
            came = "wrong"
        took = time.process_time() - begun
        left = sorted(Path(folder).iterdir()) != before
    return Seen(case, "wrong" if left or case.outcome not in (came, "either") else came, took)


def page(seen: Iterable[Seen]) -> str:
    """Return the page."""
    every = list(seen)
    groups = list(dict.fromkeys(one.case.group for one in every))
    lines = [_row(group, [one for one in every if one.case.group == group]) for group in groups]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return f"""# Reliability

`python -m validation.reliability` makes this page again. Every input is made by code
(`validation/hostile_clips.py`, `hostile_doors.py`); the tests put each to the reader as well.

## Clips that try to break the reader

| inputs | tried | read | refused in a sentence | wrong | slowest, s of the processor |
|---|---|---|---|---|---|
{chr(10).join(lines)}
{_row("**all**", every)}

Most memory in all of them: {peak:.0f} MB (pictures of 8K). Nothing is left behind. Tests trace the
system calls while lists, odd names and links are read: no file but the one given is opened, and no socket.

Read are {", ".join(container.FORMATS.split(","))}, by the names that FFmpeg gives them.

## Limits

Checked before anything is allocated; the message names the value, the limit and the way out.

| | of a clip | of joints from a file |
|---|---|---|
| frames, those missing in gaps included | {limits.MOST_FRAMES:,} | {limits.MOST_FRAMES:,} |
| from the first frame to the last, s | {limits.MOST_SECONDS:,.0f} | {limits.MOST_SECONDS:,.0f} |
| frames a second | {limits.MOST_FPS:,.0f} | {guard.LEAST_FPS:g} to {limits.MOST_FPS:,.0f} |
| pixels of an image, million | {limits.MOST_PIXELS / 1e6:.0f} | {limits.MOST_PIXELS / 1e6:.0f} |
| pixels of a side | {limits.MOST_SIDE:,} | |
| joint from the image's corner, px | | {guard.FARTHEST_PX:,.0f} |
| thigh and shank, px | | at least {guard.LEAST_LEG_PX:g} |
| file, MB | | {guard.MOST_BYTES / 1e6:.0f} |

An analysis of {limits.MOST_FRAMES:,} frames takes about 1.4 GB beside the video.

## Faults found and mended

{FOUND}

## Strangers' folders, and what leaves the machine

Over seventy kinds of damaged or hostile folders (`tests/support/hostile_folders.py`) are given to `report`:
each is refused in three lines or read, and of what is written no script but ours runs: pages carry a
Content-Security-Policy (nothing fetched but what lies beside the page, no `eval`, scripts by their hash),
and text in tables is no formula. Results name files, never folders: tests look for the folder and the user
in every file of `analyze`, `report`, `compare`, `batch`, `metrics` and `cache` with sockets refused, and
trace the system calls of `analyze` and `report`, of joints: calls to a network, 0. All commands were
traced by hand, of clips too and with every engine but `rtmpose`: none but the loopback of `review`.
`--blur-faces` hides heads in the pictures and the video: a face detector of other make (BlazeFace, short
range, upper bodies enlarged) found a face in 167 of 190 frames of two phone clips, head 100 to 150 px, and
in none of them with heads hidden; eight alarms in hidden pictures of four clips were looked at and are no
faces. Models are fetched with pip, once ([supply.md](supply.md), which also says what the package stands
on); `review` listens at 127.0.0.1 alone, and `batch` with `--scheduler` or URLs calls what they name.

## Faults while results are written

`python -m validation.faults` fails every step that changes the disk (files opened, renamed, linked, removed,
folders exchanged): killed there, disk full, I/O error, read-only; and files that cannot grow beyond a size,
in the middle of a write. What is left is compared byte for byte with the old and the new folder, a user's own
files included.

{FAULTS}

Folders are exchanged in one step (`RENAME_EXCHANGE`); where a system has none, or somebody stands in the
folder, a finished folder is renamed once and the next reader finishes moving its files. Two runs into one
folder at once leave one of the two. What is left of processes that are gone goes with the next run.

## What a stranger tried

An hour of inputs that are not in the corpus, made by hand, each put to the command line or to the server:

| tried | inputs | ended otherwise |
|---|---|---|
| timing gates, marks, calibrations, configurations, options | 176 | 16 |
| clips: 80 codecs and forms, sizes that change, HDR, damage by seed in 15 containers | 156 | 3 |
| joints of every kind of file | 78 | 1 |
| results edited by hand, to `report`, `season`, `baseline`, `compare` | 371 | 5 |
| surroundings: no home, closed and full outputs, limits, odd names, links | 67 | 9 |
| the server of `review`: locks, paths, bodies, 300 slow clients, a folder that goes away | 122 | 1 |

These are mended and stand above.

{SECOND_HOUR}

{THIRD_HOUR}

{FOURTH_HOUR}

## The same input, the same files

A clip or joints analysed twice, with one worker and with two: the same bytes in every file, the time of the
analysis aside. `report` of an unchanged folder changes no byte, wherever it is called and whether the clip is
there or not.

## Searching on

Joints are searched on: `make fuzz` puts random and mutated tracks through the whole analysis, and damaged
files of every kind to their readers, for half an hour; every test run does so for a few seconds. One
search, ten minutes on one loaded core, found two of the faults above (steps without both events, a TRC
clock). Another, 49 minutes, found nothing in damaged files; that of tracks ended early, at one that took 62 s
where 60 are allowed, on a machine under load, and did not when it was tried again. Three more of 25, 25
and 15 minutes on a loaded core: the first two ended at a track that stands still and at a contact across
a gap
in the clock (above); after the mending the third found nothing.
"""


def _row(name: str, seen: list[Seen]) -> str:
    came = [sum(one.came == kind for one in seen) for kind in ("read", "refused", "wrong")]
    slowest = max(one.took_s for one in seen)
    return f"| {name} | {len(seen)} | {came[0]} | {came[1]} | {came[2]} | {slowest:.1f} |"


if __name__ == "__main__":
    warnings.simplefilter("error")
    found = [look(case) for case in hostile_clips.every()]
    PAGE.write_text(page(found), encoding="utf-8")
    for one in found:
        if one.came == "wrong":
            print(f"wrong: {one.case.group}, {one.case.name}")
