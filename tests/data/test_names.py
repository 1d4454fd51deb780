from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.data import names


@pytest.mark.parametrize(
    ("word", "left"),
    [
        ("/home/ann smith/clips/run 1.mp4", "run 1.mp4"),
        ("clips/run.mp4", "run.mp4"),
        ("../ann/run.mp4", "run.mp4"),
        ("clips/", "clips"),
        ("--out=/home/ann/out", "--out=out"),
        ("C:\\Users\\Ann\\run.mp4", "run.mp4"),
        ("s3://bucket/ann/run.mp4", "run.mp4"),
        ("--height", "--height"),
        ("1.80", "1.80"),
        ("/", "/"),
        ("", ""),
    ],
)
def test_a_word_of_a_command_line_keeps_no_folder(word: str, left: str) -> None:
    assert names.bare(word) == left


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("There is no file /tmp/x/run.mp4.", "There is no file run.mp4."),
        ("Cannot read /home/ann smith/marks.csv: denied.", "Cannot read marks.csv: denied."),
        ("[Errno 2] No such file: '/var/lib/a/b.csv'", "[Errno 2] No such file: 'b.csv'"),
        ("http://host/a/run.mp4 is gone", "run.mp4 is gone"),
        ("It runs at 8 m/s, left/right alike, 1/240 s.", "It runs at 8 m/s, left/right alike, 1/240 s."),
        ("clips/run.mp4 is empty (0 bytes).", "run.mp4 is empty (0 bytes)."),
        ("Put it into /home/ann smith.", "Put it into ann smith."),
    ],
)
def test_a_message_names_files_alone(text: str, left: str) -> None:
    assert names.without_folders(text, [Path("/home/ann smith"), Path("clips"), Path(), Path("/")]) == left


def test_the_home_folder_is_not_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: Path("/home/ann"))
    assert "/home" not in names.without_folders("/home/ann cannot be written.", [Path("/home/ann")])


def test_signs_that_turn_a_line_round_are_seen() -> None:
    assert names.visible("a\u202eb\u2066c\x1b[2Jd\x9be\0") == "a�b�c�[2Jd�e�"
    for kept in ("Łukasz\tÅ\nй", "ع\u200fلی\u200cرضا", "👩\u200d🚀", "±"):
        assert names.visible(kept) == kept
