"""What people bring, made by code: rendered clips retimed, turned, cut, panned; joints of runs and walks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer import pipeline
from analyzer.arrays import Array
from analyzer.pose.files import pose_csv
from analyzer.video import reader
from analyzer.video.writer import VideoWriter
from validation import kinds_people, recipes, render

Images = list[NDArray[np.uint8]]
Follow = Callable[[Array, Array], tuple[Array, Array]]
"""From where the window should be, px, and the share of the clip, to where it is: beside and below, px."""
RUNS: Final = recipes.quick()
"""Three rendered runs of two bodies: to the right at 120, to the left at 60 and 240 frames a second."""


def images(number: int, start: float = 0.0, stop: float = 1.0) -> Images:
    """Return the images of one of ``RUNS``, from one share of its length to another."""
    found = [frame.image for frame in reader.frames(render.clip(RUNS[number]))]
    return found[round(start * len(found)) : round(stop * len(found))]


def film(path: Path, shown: Sequence[NDArray[np.uint8]] | Iterator[NDArray[np.uint8]], fps: float) -> Path:
    """Write images as a clip."""
    waiting = iter(shown)
    first = next(waiting)
    with VideoWriter(path, first.shape[1], first.shape[0], fps) as out:
        out.write(first)
        for image in waiting:
            out.write(image)
    return path


def slowed(path: Path, number: int, fps: float) -> Path:
    """Play a run at another rate."""
    return film(path, images(number), fps)


def repeated(path: Path, number: int, times: int, fps: float, *, bars: int = 0) -> Path:
    """Show every picture several times, with black bars of some rows."""
    every = [cv2.copyMakeBorder(i, bars, bars, 0, 0, cv2.BORDER_CONSTANT) for i in images(number)]
    return film(path, [np.asarray(i, np.uint8) for i in every for _ in range(times)], fps)


def pulled_down(path: Path, number: int, fps: float) -> Path:
    """Show four pictures in five frames."""
    every = images(number)
    return film(path, [every[i * 4 // 5] for i in range(len(every) * 5 // 4)], fps)


def turned(path: Path, number: int, quarters: int) -> Path:
    """Turn the pictures by quarters against the clock."""
    fps = RUNS[number].fps
    return film(path, [np.ascontiguousarray(np.rot90(i, quarters)) for i in images(number)], fps)


def boomerang(path: Path, number: int, times: int = 1) -> Path:
    """Play a run forwards and backwards."""
    there = images(number)
    return film(path, [*there, *there[::-1], *(there if times > 1 else [])], RUNS[number].fps)


def cut(path: Path, numbers: Sequence[int], fps: float) -> Path:
    """Play runs of several bodies one after the other, each in another place."""
    every: Images = []
    for k, number in enumerate(numbers):
        here = images(number)
        every += [np.ascontiguousarray(i[::1, :: (-1 if k % 2 else 1)]) for i in here]
    return film(path, every, fps)


def jump_cut(path: Path, number: int, slower: float) -> Path:
    """Play a run, and at once the same run slower, before the same background."""
    every = images(number)
    again = [every[int(i / slower)] for i in range(int(len(every) * slower))]
    return film(path, [*every, *again], RUNS[number].fps)


def ramp(path: Path, number: int, share: float, slower: int, fps: float) -> Path:
    """Play a run in real time, and from a share of it on so many times slower."""
    every = images(number)
    start = round(share * len(every))
    return film(path, [*every[:start:slower], *every[start:]], fps)


def interlaced(path: Path, number: int) -> Path:
    """Show the odd rows of each second picture with the even rows of the next."""
    every = images(number)
    pairs = zip(every[::2], every[1::2], strict=False)
    return film(path, (woven(*pair) for pair in pairs), RUNS[number].fps / 2)


def woven(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the even rows of one image, counted from nought, with the odd rows of the next."""
    image = first.copy()
    image[1::2] = second[1::2]
    return image


def still_then_run(path: Path, number: int) -> Path:
    """Cut from a place where nobody is to a run."""
    here = images(number)
    empty = np.asarray(cv2.GaussianBlur(here[0][:, ::-1], (0, 0), 5), np.uint8)
    rng = np.random.default_rng(1)
    grain = rng.integers(0, 6, (4, *empty.shape[:2], 1)).astype(np.uint8)
    return film(path, [*(empty + grain[i % 4] for i in range(40)), *here], RUNS[number].fps)


def pan(path: Path, number: int, follow: Follow) -> Path:
    """Move a window over a run as somebody does who follows it with the camera.

    Parameters
    ----------
    path : Path
    number : int
        Of ``RUNS``.
    follow : Follow
    """
    every = images(number)
    height, width = every[0].shape[:2]
    window = (width * 9 // 20 // 2 * 2, height * 4 // 5 // 2 * 2)
    n = len(every)
    share = np.linspace(0, 1, n)
    place = share * width if not RUNS[number].camera.right_to_left else (1 - share) * width
    x, y = follow(place - window[0] / 2, share)
    x = np.clip(x, 0, width - window[0])
    y = np.clip(y + (height - window[1]) / 2, 0, height - window[1])

    def seen() -> Iterator[NDArray[np.uint8]]:
        for image, left, top in zip(every, x, y, strict=True):
            shift = np.array([[1, 0, -left], [0, 1, -top]], dtype=np.float64)
            yield np.asarray(cv2.warpAffine(image, shift, window), np.uint8)

    return film(path, seen(), RUNS[number].fps)


def late(place: Array, share: Array) -> tuple[Array, Array]:
    """Start late, catch up, and overshoot."""
    lag = 0.12 * np.ptp(place) * np.sin(np.pi * np.clip(share / 0.7, 0, 1)) - 0.1 * np.ptp(place) * np.clip(
        (share - 0.6) / 0.4, 0, 1
    )
    return place - np.sign(place[-1] - place[0]) * lag, np.zeros_like(share)


def shaken(place: Array, share: Array) -> tuple[Array, Array]:
    """Follow with a hand that shakes up and down."""
    return place + 8 * np.sin(2 * np.pi * 5 * share), 25 * np.sin(2 * np.pi * 7 * share + 1)


def in_jerks(place: Array, share: Array) -> tuple[Array, Array]:
    """Stop, wait, and jump after the runner, three times."""
    steps = np.floor(share * 3) / 3
    inside = np.clip((share - steps) * 3 / 0.35, 0, 1)
    smooth = inside * inside * (3 - 2 * inside)
    there = place[0] + np.ptp(place) * np.sign(place[-1] - place[0]) * (steps + smooth / 3)
    return there, np.zeros_like(share)


def whip(place: Array, share: Array) -> tuple[Array, Array]:
    """Follow well, and whip on beyond at the end."""
    on = 0.6 * np.ptp(place) * np.clip((share - 0.85) / 0.15, 0, 1) ** 2
    return place + np.sign(place[-1] - place[0]) * on, np.zeros_like(share)


def walk_wait_run(path: Path) -> Path:
    """Write the joints of somebody who walks, waits and runs: the sample's way, slowly, and from standing."""
    run = pipeline.analyze(pipeline.sample()).pose
    seen = np.flatnonzero(np.isfinite(run.xy).all(axis=(1, 2)))
    part = slice(int(seen[0]), int(seen[-1]) + 1)
    xy = run.xy[part]
    n, fps = len(xy), 1 / float(np.median(np.diff(run.time)))
    third = n // 3
    slow = np.stack([xy[int(i)] for i in np.linspace(0, third, 6 * third)])
    slow = slow - (slow[-1] - xy[0]).mean(axis=0)
    wait = np.repeat(xy[:1], round(fps), axis=0)
    rate = np.clip(np.arange(2 * n) / (0.6 * fps), 0, 1)
    at = np.cumsum(rate)
    joined = np.concatenate([slow, wait, [xy[int(i)] for i in at[at < n]]])
    pose = replace(
        run,
        time=np.arange(len(joined)) / fps,
        xy=joined,
        confidence=np.ones(joined.shape[:2]),
        box=np.tile(run.box[part][:1], (len(joined), 1)),
    )
    pose_csv.write_pose(pose, path)
    return path


def lacking(path: Path, number: int, lost: Sequence[str]) -> Path:
    """Write a run's joints without some of them, of one side or both, as from a tracker that lacks them."""
    run = pipeline.analyze(render.clip(RUNS[number])).pose
    keep = [i for i, name in enumerate(run.names) if not {name, name.partition("_")[2]} & set(lost)]
    pose = replace(
        run,
        names=tuple(run.names[i] for i in keep),
        xy=run.xy[:, keep],
        confidence=run.confidence[:, keep],
    )
    pose_csv.write_pose(pose, path)
    return path


SAMPLE_FPS: Final = 120.0
"""Of the sample clip, whose camera stands."""


def sample_images() -> Images:
    """Return the images of the sample clip at two thirds of their size."""
    size = (1280, 720)
    return [
        np.asarray(cv2.resize(frame.image, size, interpolation=cv2.INTER_AREA), np.uint8)
        for frame in reader.frames(pipeline.sample())
    ]


def edited(path: Path, edit: Callable[[Images], Images], fps: float = SAMPLE_FPS) -> Path:
    """Film the sample clip as somebody edited it."""
    return film(path, edit(sample_images()), fps)


def captioned(every: Images) -> Images:
    """Lay a caption over the picture where thighs and knees are."""
    return [np.asarray(cv2.rectangle(i, (0, 365), (1279, 424), (32, 48, 96), -1), np.uint8) for i in every]


def with_another(every: Images, late: int, aside: int) -> Images:
    """Put the same runner, darker, into the picture again: ``late`` frames behind, ``aside`` px further."""
    ground = np.median(np.stack(every[::6]), axis=0).astype(np.uint8)
    out: Images = []
    for k, image in enumerate(every):
        other = every[max(k - late, 0)]
        body = (np.abs(other.astype(int) - ground).max(axis=2) > 22).astype(np.float32)
        shift = np.array([[1, 0, aside], [0, 1, 0]], dtype=np.float64)
        size = (image.shape[1], image.shape[0])
        mask = cv2.GaussianBlur(cv2.warpAffine(body, shift, size), (0, 0), 0.8)[..., None]
        moved = cv2.warpAffine(other, shift, size)
        out.append((image * (1 - mask) + 0.7 * moved * mask).clip(0, 255).astype(np.uint8))
    return out


def quickened(every: Images) -> Images:
    """Leave out three pictures in four and play the rest at half the rate: twice as fast."""
    return every[::4]


def burst(every: Images) -> Images:
    """Drop eight pictures of every thirty, as a phone that is too busy does; the clock does not tell."""
    return [image for k, image in enumerate(every) if not 10 <= k % 30 <= 17]


def looped(every: Images) -> Images:
    """Show all three times."""
    return 3 * every[::2]


def flickering(every: Images) -> Images:
    """Light it by a lamp that flickers at 97 Hz."""
    lit = [15 * np.sin(2 * np.pi * 97 * k / SAMPLE_FPS) for k in range(len(every))]
    return [np.asarray(cv2.convertScaleAbs(i, beta=b), np.uint8) for i, b in zip(every, lit, strict=True)]


def without_feet(every: Images) -> Images:
    """Cut off what is below the hips."""
    return [np.ascontiguousarray(image[150:384]) for image in every]


def on_a_phone(every: Images) -> Images:
    """Record the screen of a phone held upright on which it plays, between bars of white."""
    out: Images = []
    for image in every[::2]:
        screen = np.full((2340, 1080, 3), 245, np.uint8)
        screen[866:1474] = cv2.resize(image, (1080, 608), interpolation=cv2.INTER_AREA)
        screen[:120:8, 60:300] = 20
        out.append(screen)
    return out


def on_the_spot(path: Path, step_s: float, lift_deg: float) -> Path:
    """Write joints of somebody who runs on the spot: both feet are off the ground between the steps."""
    air = 0.12

    def hopping(time: Array) -> kinds_people.Angles:
        return kinds_people.march(time, step_s, lift_deg)

    def rise(time: Array) -> Array:
        late = np.minimum(time % step_s, air)
        return 9.81 * late * (air - late) / 2

    return kinds_people.write(path, hopping, 4.0, 3, rise=rise)
