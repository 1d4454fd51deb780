"""What each setting means; apart from ``Config``, so that ``--help`` need not load what checks them."""

from __future__ import annotations

from typing import Final

DESCRIBED: Final[dict[str, str]] = {
    "athlete_name": "Who runs: a name for reports, comparisons and seasons.",
    "date": "The day it was filmed, as 2026-11-29 or 29.11.2026.",
    "session": "The training session or competition.",
    "height_m": "Standing height, metres: 1.80, 180 cm or 5'11.",
    "leg_length_m": "Measured hip-to-ground length standing, metres.",
    "sex": "male, female or unspecified; picks the body-segment table and the published ranges.",
    "capture_fps": "Frames a second the camera filmed at, for files in slow motion.",
    "athlete": "A point on the athlete to follow: x, y in pixels, and the second of the file if known.",
    "direction": (
        "Running direction in the image: auto, left or right; where the athlete goes both ways, the passes "
        "wanted."
    ),
    "pass_number": "Only this pass, where the athlete runs past several times: 1, 2…",
    "start_s": "Start at this second of the file.",
    "stop_s": "Stop at this second of the file.",
    "scale": (
        "Two points x1, y1, x2, y2 in pixels and the metres between them, or the name of a known distance: "
        "lane, 110mh-gap…"
    ),
    "marks": "CSV with x_px, y_px, metres: marks along the lane at known places.",
    "calibration": "calibration.toml of an earlier clip of the same, unmoved camera.",
    "gates": "CSV with position (m) and time (s) of timing gates: light beams, Freelap.",
    "splits_m": "Places of the lane, in the metres of the marks, whose passing times are wanted.",
    "treadmill_mps": "Belt speed, when on a treadmill, metres a second.",
    "model": "A pose model bundle (.task) to use instead of the default.",
    "engine": (
        "What reads the joints: direct (BlazePose in our own crop), mediapipe (in its graph) or rtmpose."
    ),
    "quality": "Speed against accuracy: fast, balanced or best (a larger model, fetched once: 30 MB).",
    "accept": "Analyse also what does not seem to be a run; a note then says what was seen.",
    "overlay": "Write the annotated video.",
    "live": "Values it shows frame by frame: trunk lean, knee, left elbow, speed…, or metrics of the step.",
    "slow": "How many times slower than life it plays: 8, 16…; else frame by frame at 30 a second.",
    "blur_faces": (
        "Hide the athlete's head, and those of others as far as they are found, in pictures and video."
    ),
    "export": "Files for other programs, too: trc, mot (OpenSim), c3d, parquet, xlsx.",
    "excel": "Mark the CSV files as UTF-8, so that Excel shows every letter.",
}
