"""How many workers and threads a machine gets: together no more than it has cores."""

from __future__ import annotations

from dataclasses import dataclass

from mlpkg.exceptions import ConfigError

__all__ = ["Crew", "choose_crew"]


@dataclass(frozen=True, slots=True)
class Crew:
    """Processes that each do all of the work, and the threads of each.

    Parameters
    ----------
    workers, threads
        Both at least 1.
    """

    workers: int
    threads: int

    def __post_init__(self) -> None:
        if self.workers < 1 or self.threads < 1:
            raise ConfigError(f"workers and threads must be at least 1, got {self}")


def choose_crew(workers: int | None = None, threads: int | None = None) -> Crew:
    """Choose what is not given.

    A worker a core with one thread each: parsing, segmentation and features have no
    threads to gain from, and short products of matrices little.

    Parameters
    ----------
    workers
        Processes; None for as many as the cores allow.
    threads
        Threads of each; None for its share of the cores.

    Examples
    --------
    >>> choose_crew(workers=3, threads=1)
    Crew(workers=3, threads=1)
    """
    from joblib import cpu_count

    cores: int = cpu_count()
    if workers is None:
        workers = max(1, cores // (threads or 1))
    return Crew(workers, threads or max(1, cores // max(workers, 1)))
