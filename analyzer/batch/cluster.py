"""The same work on the machines of a Dask cluster."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import urlsplit

from analyzer import cores
from analyzer.batch import work
from analyzer.batch.job import Failure, Job, Outcome
from analyzer.errors import ConfigError

_PATIENCE_S: Final = 10.0
"""How long a scheduler may take to answer, s."""


def each(jobs: Sequence[Job], make: work.Make, address: str, done: Callable[[Outcome], None]) -> None:
    """Do every job on the workers of the scheduler at ``address`` and tell ``done`` of each.

    A clip whose worker is lost is given to another; if it was done already, that one finds it done.

    Raises
    ------
    ConfigError
        Dask is not installed, or no scheduler or worker answers.
    """
    try:
        from distributed import Client, as_completed
    except ImportError:
        raise ConfigError(
            "--scheduler needs Dask.", "It is not installed.", "pip install 'sprint-analyzer[cluster]'"
        ) from None
    try:
        client = Client(address, timeout=_PATIENCE_S, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise ConfigError(
            f"No scheduler answers at {address}.",
            f"{error}.",
            "Start one with 'dask scheduler', and workers with 'dask worker tcp://HOST:PORT'.",
        ) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=_PATIENCE_S)
        except TimeoutError:
            raise ConfigError(
                f"The scheduler at {address} has no workers.", "", f"Start some: dask worker {address}"
            ) from None
        beside: dict[str, int] = {}
        for worker, n in client.nthreads().items():
            beside[_host(worker)] = beside.get(_host(worker), 0) + n
        futures = {client.submit(_do, job, make, beside, pure=False): job for job in jobs}
        for future in as_completed(futures, loop=client.loop):
            job = futures.pop(future)
            try:
                # One that is lost with its worker meanwhile is waited for until it is made again.
                outcome: Outcome = future.result()
            except Exception as error:  # noqa: BLE001  # the job itself raises nothing: it is Dask's, of many kinds
                outcome = Outcome(job, "failed", failure=_lost(error))
            done(outcome)
            future.release()


def _do(job: Job, make: work.Make, beside: dict[str, int]) -> Outcome:
    """Do a job in a thread of a worker, with its share of the machine's cores."""
    from distributed import get_worker

    sharing = beside.get(_host(get_worker().address), 1)
    cores.keep_to(max(1, len(cores.available()) // sharing))
    return work.do(job, make)


def _host(address: str) -> str:
    return urlsplit(address).hostname or address


def _lost(error: Exception) -> Failure:
    return Failure(
        "The workers that analysed this clip were lost.",
        f"{type(error).__name__}: {error}",
        "Look at the workers' logs (memory?); the next run tries this clip again.",
    )
