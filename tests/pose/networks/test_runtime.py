from __future__ import annotations

import os
import threading

from analyzer.pose.networks.runtime import quiet


def where(descriptor: int) -> tuple[int, int]:
    about = os.fstat(descriptor)
    return about.st_dev, about.st_ino


def test_the_error_stream_comes_back_when_threads_silence_it_at_once() -> None:
    before, nowhere = where(2), (os.stat(os.devnull).st_dev, os.stat(os.devnull).st_ino)
    first_in, second_in, first_out = (threading.Event() for _ in range(3))
    during: list[tuple[int, int]] = []

    def first() -> None:
        with quiet():
            first_in.set()
            second_in.wait(5)
        first_out.set()

    def second() -> None:
        first_in.wait(5)
        with quiet():
            second_in.set()
            first_out.wait(5)
            during.append(where(2))

    threads = [threading.Thread(target=work) for work in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert during == [nowhere]
    assert where(2) == before
