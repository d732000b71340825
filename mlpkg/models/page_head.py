"""The page head: a light recurrent network that reads a page as a sequence.

A segment is judged with all that stands before and after it; the encoder stays as it
is. The network itself is in `page_network`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.utils.validation import check_is_fitted

from mlpkg.models.base import Head, PageInput, Targets
from mlpkg.models.scaling import feature_moments, standardised

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from mlpkg.models.page_network import PageNetwork, Rows

__all__ = ["PageHead"]

# Texts without context that make one unit beside a page.
LOOSE_TEXTS = 64
# Longer pages are read in windows, each with so many segments of its neighbours.
WINDOW, MARGIN = 1024, 64
# Texts without context judged together.
JUDGED_TEXTS = 512
# Share of the training steps in which the learning rate rises.
WARM_UP = 0.1


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is learned together: a page, or some texts without context.

    `source` is the same for all forms of a page.
    """

    rows: Rows
    allowed: Tensor
    weights: Tensor
    source: int


class PageHead(Head):
    """Bidirectional GRU over the segments of a page.

    Parameters
    ----------
    width, vector_width
        Units of the layers over features and pages, and over sentence vectors.
    epochs
        Passes over the pages.
    learning_rate
        Highest learning rate of AdamW, above 0; it rises, then falls to nothing.
    weight_decay
        Of AdamW.
    batch_pages
        Pages in a step.
    dropout, vector_dropout, feature_dropout
        Shares of hidden units, vector entries and features hidden in training.
    label_smoothing
        Share of the target that is spread over all classes.
    holdout
        Share of the pages, 0 to 1, kept from training to stop early: the weights of
        the epoch with the lowest loss on them are taken. 0 trains to the end.
    patience
        Epochs without a lower held-out loss after which training stops.

    Notes
    -----
    Partial labels: the loss is the negative logarithm of the probability of all classes
    that a row may have. Training takes a few seconds for 100 pages and epoch on two
    cores. Same seed and machine: the same weights.

    References
    ----------
    Cho et al., "Learning phrase representations using RNN encoder-decoder for
    statistical machine translation", EMNLP 2014.
    """

    def __init__(
        self,
        width: int = 128,
        *,
        vector_width: int = 64,
        epochs: int = 6,
        learning_rate: float = 0.004,
        weight_decay: float = 0.01,
        batch_pages: int = 16,
        dropout: float = 0.3,
        vector_dropout: float = 0.5,
        feature_dropout: float = 0.1,
        label_smoothing: float = 0.05,
        holdout: float = 0.0,
        patience: int = 3,
    ) -> None:
        self.width = width
        self.vector_width = vector_width
        self.epochs = epochs
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.batch_pages = batch_pages
        self.dropout = dropout
        self.vector_dropout = vector_dropout
        self.feature_dropout = feature_dropout
        self.label_smoothing = label_smoothing
        self.holdout = holdout
        self.patience = patience

    def fit(
        self,
        inputs: Sequence[PageInput],
        targets: Sequence[Targets],
        *,
        random_state: int,
    ) -> Self:
        """Learn from pages."""
        import torch

        features = np.concatenate([page.features for page in inputs])
        self.mean_, self.scale_ = feature_moments(features)
        with _one_thread(), torch.random.fork_rng(devices=[]):
            torch.manual_seed(random_state)
            units = list(self._units(inputs, targets))
            self.network_ = self._learn(units, np.random.default_rng(random_state))
        return self

    def logits(self, inputs: Sequence[PageInput]) -> list[NDArray[np.float32]]:
        """Return logits (n, n_classes) for each input."""
        import torch

        check_is_fitted(self, "network_")
        with _one_thread(), torch.inference_mode():
            return [self._judge(page) for page in inputs]

    def arrays(self) -> dict[str, NDArray[np.float32]]:
        """Return the network's weights and the features' means and deviations."""
        check_is_fitted(self, "network_")
        return self.network_.arrays() | {
            "mean": self.mean_.astype(np.float32),
            "scale": self.scale_.astype(np.float32),
        }

    def restore(self, arrays: Mapping[str, NDArray[np.float32]]) -> Self:
        """Take back what `arrays` gave."""
        from mlpkg.models.page_network import PageNetwork

        weights = dict(arrays)
        self.mean_, self.scale_ = weights.pop("mean"), weights.pop("scale")
        self.network_ = PageNetwork.of(weights)
        return self

    def _units(
        self, inputs: Sequence[PageInput], targets: Sequence[Targets]
    ) -> Iterator[_Unit]:
        """Cut the inputs into units; rows without weight stay for their neighbours."""
        import torch

        for page, target in zip(inputs, targets, strict=True):
            size = WINDOW if page.has_context else LOOSE_TEXTS
            allowed = torch.from_numpy(target.allowed)
            weights = torch.from_numpy(target.weights.astype(np.float32))
            for begin in range(0, len(page), size):
                rows = slice(begin, begin + size)
                yield _Unit(
                    self._rows(page, rows),
                    allowed[rows],
                    weights[rows],
                    source=id(page.vectors),
                )

    def _rows(self, page: PageInput, chosen: slice) -> Rows:
        """Bring rows to what the network reads."""
        import torch

        from mlpkg.models.page_network import Rows

        scaled = standardised(page.features[chosen], self.mean_, self.scale_)
        features = scaled.astype(np.float32)
        # Unit vectors have small entries; the features' deviation is 1.
        spread = np.float32(math.sqrt(page.vectors.shape[1]))
        vectors = page.vectors[chosen] * spread
        return Rows(
            torch.from_numpy(vectors), torch.from_numpy(features), page.has_context
        )

    def _learn(self, units: list[_Unit], rng: np.random.Generator) -> PageNetwork:
        """Train a network, with the last word to the units held out, if any."""
        import torch

        kept, held_out = _divide(units, self.holdout, rng)
        network = self._network(units[0])
        steps = self.epochs * math.ceil(len(kept) / self.batch_pages)
        optimizer = torch.optim.AdamW(
            network.parameters(), self.learning_rate, weight_decay=self.weight_decay
        )
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, self.learning_rate, total_steps=steps + 1, pct_start=WARM_UP
        )
        best = _Best(self.patience)
        for _ in range(self.epochs):
            order = rng.permutation(len(kept))
            for begin in range(0, len(kept), self.batch_pages):
                batch = [kept[i] for i in order[begin : begin + self.batch_pages]]
                optimizer.zero_grad()
                _loss(network, batch, self.label_smoothing).backward()  # type: ignore[no-untyped-call]
                torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
                optimizer.step()
                schedule.step()
            if held_out and best.is_over(network, _held_out_loss(network, held_out)):
                break
        best.restore(network)
        return network.eval()

    def _network(self, unit: _Unit) -> PageNetwork:
        """Return an untrained network for such units."""
        from mlpkg.models.page_network import PageNetwork

        return PageNetwork(
            unit.rows.vectors.shape[1],
            unit.rows.features.shape[1],
            unit.allowed.shape[1],
            vector_width=self.vector_width,
            width=self.width,
            dropout=self.dropout,
            vector_dropout=self.vector_dropout,
            feature_dropout=self.feature_dropout,
        )

    def _judge(self, page: PageInput) -> NDArray[np.float32]:
        """Return the logits of one input, window by window."""
        size, margin = (WINDOW, MARGIN) if page.has_context else (JUDGED_TEXTS, 0)
        found = [np.empty((0, self._n_classes()), dtype=np.float32)]
        for begin in range(0, len(page), size):
            first = max(0, begin - margin)
            rows = slice(first, begin + size + margin)
            logits = self.network_([self._rows(page, rows)]).numpy()
            found.append(logits[begin - first :][:size])
        return np.concatenate(found)

    def _n_classes(self) -> int:
        """Return the number of classes that the network tells apart."""
        return int(self.network_.output.out_features)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Compute in one thread: products this small gain nothing from a second.

    On busy cores two threads wait for each other (a fit of ten pages took 81 s in
    place of 5.5 s), and their sums depend on how many there are.
    """
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


class _Best:
    """The weights with the lowest held-out loss so far, and when to give up."""

    def __init__(self, patience: int) -> None:
        self.patience = patience
        self.loss = math.inf
        self.since = 0
        self.weights: dict[str, Any] | None = None

    def is_over(self, network: PageNetwork, loss: float) -> bool:
        """Take note of an epoch; True when there was no better one for too long."""
        if loss < self.loss:
            self.loss, self.since = loss, 0
            self.weights = {k: v.clone() for k, v in network.state_dict().items()}
        else:
            self.since += 1
        return self.since >= self.patience

    def restore(self, network: PageNetwork) -> None:
        """Bring the best weights back, where any were kept."""
        if self.weights is not None:
            network.load_state_dict(self.weights)


def _divide(
    units: list[_Unit], share: float, rng: np.random.Generator
) -> tuple[list[_Unit], list[_Unit]]:
    """Hold a share of the pages out, with all their forms."""
    sources = list(dict.fromkeys(u.source for u in units if u.rows.is_page))
    count = min(len(sources) - 1, round(share * len(sources)))
    if count < 1:
        return units, []
    chosen = {sources[i] for i in rng.choice(len(sources), count, replace=False)}
    kept = [unit for unit in units if unit.source not in chosen]
    return kept, [unit for unit in units if unit.source in chosen]


def _loss(network: PageNetwork, units: list[_Unit], smoothing: float) -> Tensor:
    """Mean negative log-probability of the classes that the rows may have."""
    import torch

    logits = network([unit.rows for unit in units])
    likely = logits.log_softmax(dim=1)
    allowed = torch.cat([unit.allowed for unit in units])
    weights = torch.cat([unit.weights for unit in units])
    right = likely.masked_fill(~allowed, -torch.inf).logsumexp(dim=1)
    spread = (1 - smoothing) * right + smoothing * likely.mean(dim=1)
    loss: Tensor = -(weights * spread).sum() / weights.sum().clamp(min=1e-9)
    return loss


def _held_out_loss(network: PageNetwork, units: list[_Unit]) -> float:
    """Loss on the units held out, nothing hidden."""
    import torch

    network.eval()
    with torch.inference_mode():
        loss = float(_loss(network, units, 0.0))
    network.train()
    return loss
