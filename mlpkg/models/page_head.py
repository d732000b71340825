"""The page head: a light recurrent network that reads a page as a sequence.

A segment is judged with all that stands before and after it; the encoder stays as it
is. The network itself is in `page_network`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np
from sklearn.utils.validation import check_is_fitted

from mlpkg.models.base import Head, PageInput, Targets
from mlpkg.models.page_learning import Course, Unit, hold_out, learn
from mlpkg.models.scaling import feature_moments, standardised

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlpkg.embedding import Encoder
    from mlpkg.models.checkpoints import Checkpoints
    from mlpkg.models.page_network import PageNetwork, Rows

__all__ = ["PageHead"]

# Texts without context that make one unit beside a page.
LOOSE_TEXTS = 64
# Longer pages are judged in windows, each with so many segments of its neighbours.
WINDOW, MARGIN = 1024, 64
# Texts without context judged together.
JUDGED_TEXTS = 512


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
        Pages in a step, each in all its forms.
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

    # Rows of a page that are learned in one go.
    learned_rows: ClassVar[int] = WINDOW

    def __init__(
        self,
        width: int = 128,
        *,
        vector_width: int = 64,
        epochs: int = 6,
        learning_rate: float = 0.004,
        weight_decay: float = 0.01,
        batch_pages: int = 8,
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
        encoder: Encoder | None = None,
        checkpoints: Checkpoints | None = None,
    ) -> Self:
        """Learn from pages; the encoder stays as it is."""
        import torch

        from mlpkg.models.page_network import VectorReader

        features = np.concatenate([page.features for page in inputs])
        self.mean_, self.scale_ = feature_moments(features)
        with _one_thread(), torch.random.fork_rng(devices=[]):
            torch.manual_seed(random_state)
            units = list(self._units(inputs, targets))
            self.network_ = self._network(units[0], inputs[0].vectors.shape[1])
            reader = VectorReader(self.network_)
            kept, held_out = hold_out(units, self.holdout, random_state)
            rates = [(self.network_, self.learning_rate)]
            learn(reader, rates, kept, held_out, self._course(), random_state)
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
    ) -> Iterator[Unit]:
        """Cut the inputs into units; rows without weight stay for their neighbours."""
        import torch

        for page, target in zip(inputs, targets, strict=True):
            size = self.learned_rows if page.has_context else LOOSE_TEXTS
            allowed = torch.from_numpy(target.allowed)
            weights = torch.from_numpy(target.weights.astype(np.float32))
            for begin in range(0, len(page), size):
                rows = slice(begin, begin + size)
                yield Unit(
                    self._rows(page, rows),
                    allowed[rows],
                    weights[rows],
                    source=(page.source, begin),
                )

    def _rows(self, page: PageInput, chosen: slice) -> Rows:
        """Bring rows to what the network reads."""
        import torch

        from mlpkg.models.page_network import Rows, spread

        scaled = standardised(page.features[chosen], self.mean_, self.scale_)
        return Rows(
            spread(torch.from_numpy(page.vectors[chosen])),
            torch.from_numpy(scaled.astype(np.float32)),
            page.has_context,
        )

    def _course(self) -> Course:
        """Return how long and how carefully it learns."""
        return Course(
            self.epochs,
            self.batch_pages,
            self.weight_decay,
            self.label_smoothing,
            self.patience,
        )

    def _network(self, unit: Unit, dimension: int) -> PageNetwork:
        """Return an untrained network for such units."""
        from mlpkg.models.page_network import PageNetwork

        return PageNetwork(
            dimension,
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
