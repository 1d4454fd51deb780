"""The loop a student writes: OpenCV decodes, MediaPipe looks at whole frames, pose only.

``python benchmarks/plain_loop.py VIDEO`` prints how many frames it saw a person in.
"""

from __future__ import annotations

import sys

import cv2
import mediapipe as mp
from mediapipe.tasks.python import BaseOptions, vision

from analyzer.pose.networks.weights import model_path


def main(path: str) -> None:
    """Run the loop over one file."""
    options = vision.PoseLandmarkerOptions(
        base_options=BaseOptions(model_asset_buffer=model_path().read_bytes()),
        running_mode=vision.RunningMode.VIDEO,
    )
    clip = cv2.VideoCapture(path)
    fps = clip.get(cv2.CAP_PROP_FPS)
    count = seen = 0
    with vision.PoseLandmarker.create_from_options(options) as graph:
        while True:
            there, frame = clip.read()
            if not there:
                break
            image = mp.Image(image_format=mp.ImageFormat.SRGB, data=cv2.cvtColor(frame, cv2.COLOR_BGR2RGB))
            seen += bool(graph.detect_for_video(image, round(1000 * count / fps)).pose_landmarks)
            count += 1
    print(f"a person in {seen} of {count} frames")


if __name__ == "__main__":
    main(sys.argv[1])
