"""Speed and memory of the pose stage beside the plain MediaPipe loop over whole frames."""

from __future__ import annotations

import multiprocessing
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np


def ours(path: Path) -> tuple[int, float]:
    from analyzer.config import Config
    from analyzer.pose import track
    from analyzer.video import reader

    config = Config()
    pose, _, _ = track.track(reader.probe(path, config), config)
    return len(pose.time), float(np.isfinite(pose.xy[:, 0, 0]).mean())


def plain(path: Path) -> tuple[int, float]:
    import mediapipe as mp
    from mediapipe.tasks.python import BaseOptions, vision

    from analyzer.pose.networks.weights import model_path
    from analyzer.video import reader

    info = reader.probe(path)
    options = vision.PoseLandmarkerOptions(
        base_options=BaseOptions(model_asset_buffer=model_path().read_bytes()),
        running_mode=vision.RunningMode.VIDEO,
    )
    seen = []
    with vision.PoseLandmarker.create_from_options(options) as graph:
        for frame in reader.frames(path):
            image = mp.Image(image_format=mp.ImageFormat.SRGB, data=frame.image)
            result = graph.detect_for_video(image, round(info.time[frame.index] * 1000))
            seen.append(bool(result.pose_landmarks))
    return len(seen), float(np.mean(seen))


def measure(way: Callable[[Path], tuple[int, float]], path: Path) -> None:
    start = time.perf_counter()
    frames, found = way(path)
    seconds = time.perf_counter() - start
    used = sum(resource.getrusage(w).ru_maxrss for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(
        f"{way.__name__:>6}: {seconds:6.1f} s, {frames / seconds:5.1f} frames/s, "
        f"{used / 1024:5.0f} MB, person in {found:.1%} of {frames} frames"
    )


if __name__ == "__main__":
    clip = Path(sys.argv[1] if len(sys.argv) > 1 else "sample_videos/sprint_sample.mp4")
    for way in (plain, ours):
        child = multiprocessing.get_context("spawn").Process(target=measure, args=(way, clip))
        child.start()
        child.join()
