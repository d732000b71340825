"""How networks over pages learn: batches of pages, one rate schedule, early stopping.

A reader is a torch module that takes units and returns the logits of all their rows;
what it reads (given vectors, or texts through an encoder that learns too) is its own
matter.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from torch import Tensor, nn
    from torch.optim import Optimizer

    from mlpkg.models.checkpoints import Checkpoints
    from mlpkg.models.page_network import Rows

__all__ = ["Course", "Unit", "hold_out", "learn"]

# Share of the steps in which the learning rate rises.
WARM_UP = 0.1
EPOCH = "epoch"


@dataclass(frozen=True, slots=True)
class Unit:
    """What is read in one go: a page or a part of it, or texts without context.

    Parameters
    ----------
    rows
        Vectors, where they are given, and standardised features.
    allowed, weights
        As `Targets` has them.
    source
        The same for all forms of a part of a page: they are learned together.
    texts
        Token ids of the rows, where the encoder learns too.
    """

    rows: Rows
    allowed: Tensor
    weights: Tensor
    source: tuple[int, int]
    texts: Sequence[Sequence[int]] = ()


class Course(NamedTuple):
    """How long and how carefully a reader learns, as `PageHead` takes it."""

    epochs: int
    batch_pages: int
    weight_decay: float
    label_smoothing: float
    patience: int


def hold_out(
    units: Sequence[Unit], share: float, random_state: int
) -> tuple[list[Unit], list[Unit]]:
    """Hold a share of the pages out, with all their parts and forms."""
    pages = list(dict.fromkeys(unit.source[0] for unit in units if unit.rows.is_page))
    count = min(len(pages) - 1, round(share * len(pages)))
    if count < 1:
        return list(units), []
    rng = np.random.default_rng(random_state)
    chosen = {pages[i] for i in rng.choice(len(pages), count, replace=False)}
    kept = [unit for unit in units if unit.source[0] not in chosen]
    return kept, [unit for unit in units if unit.source[0] in chosen]


def learn(
    reader: nn.Module,
    rates: Sequence[tuple[nn.Module, float]],
    units: Sequence[Unit],
    held_out: Sequence[Unit],
    course: Course,
    random_state: int,
    checkpoints: Checkpoints | None = None,
) -> None:
    """Train a reader; the weights with the lowest held-out loss win, if any.

    Parameters
    ----------
    reader
        Called with a list of units; its parameters change.
    rates
        Parts of the reader, each with its highest learning rate.
    units, held_out
        What is learned, and what decides when to stop.
    course
        How long.
    random_state
        Seed; each epoch has its own, so that a training goes on as if it had not
        been interrupted.
    checkpoints
        Where the state is kept after each epoch; None keeps nothing.
    """
    import torch

    optimizer = torch.optim.AdamW(
        [{"params": list(part.parameters()), "peak": rate} for part, rate in rates],
        weight_decay=course.weight_decay,
    )
    batches = _by_source(units)
    steps = course.epochs * math.ceil(len(batches) / course.batch_pages)
    best = _Best(course.patience)
    begin = _resumed(reader, optimizer, checkpoints)
    for epoch in range(begin, course.epochs):
        rng = np.random.default_rng([random_state, epoch])
        torch.manual_seed(int(rng.integers(2**31)))
        step = epoch * (steps // course.epochs)
        order = rng.permutation(len(batches))
        for first in range(0, len(order), course.batch_pages):
            chosen = order[first : first + course.batch_pages]
            batch = [unit for i in chosen for unit in batches[i]]
            _set_rate(optimizer, step / steps)
            _step(reader, optimizer, batch, course.label_smoothing)
            step += 1
        if held_out and best.is_over(reader, _held_out_loss(reader, held_out)):
            break
        # What a held-out loss chose so far is not kept: such a training starts anew.
        if checkpoints is not None and not held_out:
            checkpoints.put(EPOCH, _state(reader, optimizer, epoch))
    best.restore(reader)
    reader.eval()


def _by_source(units: Sequence[Unit]) -> list[list[Unit]]:
    """Bring all forms of a part of a page together."""
    sources: dict[tuple[int, int], list[Unit]] = {}
    for unit in units:
        sources.setdefault(unit.source, []).append(unit)
    return list(sources.values())


def _step(
    reader: nn.Module, optimizer: Optimizer, batch: list[Unit], smoothing: float
) -> None:
    """One step of the optimizer."""
    import torch

    optimizer.zero_grad()
    _loss(reader, batch, smoothing).backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(reader.parameters(), 1.0)
    optimizer.step()


def _set_rate(optimizer: Optimizer, progress: float) -> None:
    """Set each part's rate: it rises in a line, then falls along a cosine."""
    share = progress / WARM_UP
    if progress >= WARM_UP:
        share = (1 + math.cos(math.pi * (progress - WARM_UP) / (1 - WARM_UP))) / 2
    for group in optimizer.param_groups:
        group["lr"] = group["peak"] * max(share, 0.04)


class _Best:
    """The weights with the lowest held-out loss so far, and when to give up."""

    def __init__(self, patience: int) -> None:
        self.patience = patience
        self.loss = math.inf
        self.since = 0
        self.weights: dict[str, Any] | None = None

    def is_over(self, reader: nn.Module, loss: float) -> bool:
        """Take note of an epoch; True when there was no better one for too long."""
        if loss < self.loss:
            self.loss, self.since = loss, 0
            self.weights = {k: v.clone() for k, v in reader.state_dict().items()}
        else:
            self.since += 1
        return self.since >= self.patience

    def restore(self, reader: nn.Module) -> None:
        """Bring the best weights back, where any were kept."""
        if self.weights is not None:
            reader.load_state_dict(self.weights)


def _loss(reader: nn.Module, units: Sequence[Unit], smoothing: float) -> Tensor:
    """Mean negative log-probability of the classes that the rows may have."""
    import torch

    likely = reader(units).float().log_softmax(dim=1)
    allowed = torch.cat([unit.allowed for unit in units]).to(likely.device)
    weights = torch.cat([unit.weights for unit in units]).to(likely.device)
    right = likely.masked_fill(~allowed, -torch.inf).logsumexp(dim=1)
    spread = (1 - smoothing) * right + smoothing * likely.mean(dim=1)
    loss: Tensor = -(weights * spread).sum() / weights.sum().clamp(min=1e-9)
    return loss


def _held_out_loss(reader: nn.Module, units: Sequence[Unit]) -> float:
    """Loss on the units held out, nothing hidden."""
    import torch

    reader.eval()
    with torch.inference_mode():
        loss = float(_loss(reader, units, 0.0))
    reader.train()
    return loss


def _state(reader: nn.Module, optimizer: Optimizer, epoch: int) -> dict[str, Any]:
    """All that the next epoch needs, as arrays."""
    arrays = {f"reader.{k}": v.cpu().numpy() for k, v in reader.state_dict().items()}
    for place, moments in optimizer.state_dict()["state"].items():
        for name, value in moments.items():
            arrays[f"optimizer.{place}.{name}"] = value.cpu().numpy()
    return arrays | {EPOCH: np.array([epoch], dtype=np.float32)}


def _resumed(
    reader: nn.Module, optimizer: Optimizer, checkpoints: Checkpoints | None
) -> int:
    """Take a kept state back; return the epoch to go on with."""
    import torch

    arrays = checkpoints.get(EPOCH) if checkpoints is not None else None
    if arrays is None:
        return 0
    tensors = {name: torch.from_numpy(value) for name, value in arrays.items()}
    reader.load_state_dict(
        {k.removeprefix("reader."): v for k, v in tensors.items() if "reader." in k}
    )
    stored: dict[int, dict[str, Tensor]] = {}
    for name, value in tensors.items():
        if name.startswith("optimizer."):
            _, place, moment = name.split(".")
            stored.setdefault(int(place), {})[moment] = value
    optimizer.load_state_dict({**optimizer.state_dict(), "state": stored})
    return int(arrays[EPOCH][0]) + 1
