"""The forms that `X` may take, and how each becomes what heads see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from mlpkg.features import lone_features, page_features
from mlpkg.models.base import PageInput
from mlpkg.records import Page, Segment

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlpkg.embedding import Encoder

__all__ = ["Samples", "nest", "with_vectors"]


@dataclass(frozen=True, slots=True)
class Samples:
    """Checked input of an estimator: pages, or texts that came without a page.

    Parameters
    ----------
    pages
        The pages; empty where `texts` is given.
    texts
        Bare strings, or the texts of loose segments.
    groups
        An id a row that tells which rows must stay together.
    """

    pages: tuple[Page, ...]
    texts: tuple[str, ...]
    groups: NDArray[Any]

    @classmethod
    def of(cls, X: Iterable[Any]) -> Samples:
        """Check `X`: all strings, all `Segment`s or all `Page`s.

        Raises
        ------
        TypeError
            An element is of another kind than the first.
        ValueError
            There is no element.
        """
        if isinstance(X, str | bytes | Page | Segment):
            raise TypeError(
                f"X is one {type(X).__name__}; expected a list of strings, of Segments "
                "or of Pages"
            )
        items = list(X)
        if not items:
            raise ValueError("X holds 0 samples; at least 1 is needed")
        kind = next((k for k in (Page, Segment, str) if isinstance(items[0], k)), None)
        if kind is None:
            raise TypeError(
                f"X[0] is a {type(items[0]).__name__}; expected a string, a Segment or "
                "a Page"
            )
        for i, item in enumerate(items):
            if not isinstance(item, kind):
                raise TypeError(
                    f"X[{i}] is a {type(item).__name__}, but X[0] is a "
                    f"{kind.__name__}: mixed input is not possible"
                )
        if kind is Page:
            groups = np.repeat([p.id for p in items], [len(p) for p in items])
            return cls(tuple(items), (), groups)
        if kind is Segment:
            ids = np.array([segment.page_id for segment in items], dtype=object)
            return cls((), tuple(segment.text for segment in items), ids)
        return cls((), tuple(str(item) for item in items), np.arange(len(items)))

    @property
    def sizes(self) -> list[int]:
        """Rows of each page; one entry for bare texts."""
        return [len(page) for page in self.pages] or [len(self.texts)]

    def describe(self) -> list[PageInput]:
        """Describe everything, without vectors; one input a page, or one for texts."""
        if not self.pages:
            return [_undescribed(self.texts, lone_features(list(self.texts)), False)]
        return [_undescribed(page.texts, page_features(page)) for page in self.pages]

    def flatten(self, values: Sequence[Any], name: str) -> list[Any]:
        """Bring a nested or flat list to one entry a row; check its length.

        Raises
        ------
        ValueError
            The lengths do not match those of `X`.
        """
        nested = bool(self.pages)
        if len(values) != (len(self.pages) if nested else len(self.texts)):
            raise ValueError(
                f"X has {len(self.pages) or len(self.texts)} samples but {name} has "
                f"{len(values)}"
            )
        if not nested:
            return list(values)
        for page, inner in zip(self.pages, values, strict=True):
            if isinstance(inner, str) or np.ndim(inner) == 0 or len(inner) != len(page):
                raise ValueError(
                    f"page {page.id!r} has {len(page)} segments, its {name} must be a "
                    f"list of that length, got {inner!r:.60}"
                )
        return [value for inner in values for value in inner]


def with_vectors(inputs: Sequence[PageInput], encoder: Encoder) -> list[PageInput]:
    """Give inputs the vectors of their texts, all embedded at once."""
    vectors = encoder.encode([text for page in inputs for text in page.texts])
    pieces = np.split(vectors, np.cumsum([len(page) for page in inputs])[:-1])
    return [
        replace(page, vectors=piece) for page, piece in zip(inputs, pieces, strict=True)
    ]


def _undescribed(
    texts: Sequence[str], features: NDArray[np.float32], has_context: bool = True
) -> PageInput:
    """Return an input whose vectors have no entries yet."""
    nothing = np.empty((len(features), 0), dtype=np.float32)
    return PageInput(nothing, features, has_context, tuple(texts))


def nest(samples: Samples, rows: NDArray[Any]) -> NDArray[Any]:
    """Give rows the shape of the input: flat for texts, an array a page for pages."""
    if not samples.pages:
        return rows
    nested = np.empty(len(samples.pages), dtype=object)
    begin = 0
    for i, size in enumerate(samples.sizes):
        nested[i] = rows[begin : begin + size]
        begin += size
    return nested
