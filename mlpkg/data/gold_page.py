"""A page with gold labels: of its segments, or of spans that lie across them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import NamedTuple

from mlpkg.exceptions import DataError
from mlpkg.labels import DEFAULT_SCHEME, LabelScheme
from mlpkg.records import LabelledPage, Page

__all__ = [
    "GoldPage",
    "SegmentTarget",
    "data_fingerprint",
    "segment_labels",
    "segment_targets",
]


@dataclass(frozen=True, slots=True)
class GoldPage:
    """A page as the segmenter cuts it, and the gold labels of its text.

    Parameters
    ----------
    page
        The page.
    spans
        Characters of each labelled piece; the segments' own where the source labels
        segments.
    labels
        A label name a span; it means nothing where `allowed` leaves the span open.
    hard
        A flag a span.
    has_context
        False for a row that came without its page.
    allowed
        For each span the labels that it may have, its own among them, None where its
        label is decided; None where all are.
    weights
        A weight of at least 0 a span; None for 1 throughout.
    source
        Name of the data that the page comes from, empty where nothing states it.
    """

    page: Page
    spans: tuple[tuple[int, int], ...]
    labels: tuple[str, ...]
    hard: tuple[bool, ...]
    has_context: bool = True
    allowed: tuple[tuple[str, ...] | None, ...] | None = None
    weights: tuple[float, ...] | None = None
    source: str = ""

    def __post_init__(self) -> None:
        for name in ("labels", "hard", "allowed", "weights"):
            values = getattr(self, name)
            if values is not None and len(values) != len(self.spans):
                raise DataError(
                    f"page {self.id!r} has {len(self.spans)} spans but {len(values)} "
                    f"{name}; give one a span"
                )
        for place, names in enumerate(self.allowed or ()):
            if names is not None and self.labels[place] not in names:
                raise DataError(
                    f"page {self.id!r}, span {place}: the label "
                    f"{self.labels[place]!r} is not among those that the span leaves "
                    f"open ({', '.join(names)}); correct one of the two"
                )

    @property
    def id(self) -> str:
        """Id of the article."""
        return self.page.id

    @property
    def decided(self) -> list[int]:
        """Places of the spans whose label is decided: those that can be scored."""
        allowed = self.allowed or (None,) * len(self.spans)
        return [place for place, names in enumerate(allowed) if names is None]

    @classmethod
    def of(cls, labelled: LabelledPage) -> GoldPage:
        """Take the segments of a labelled page as its spans; all must be decided."""
        undecided = [i for i, label in enumerate(labelled.labels) if label is None]
        if undecided:
            raise DataError(
                f"page {labelled.id!r}: segment {undecided[0]} has no label"
            )
        return cls(
            labelled.page,
            tuple((s.start, s.end) for s in labelled.page.segments),
            tuple(str(label) for label in labelled.labels),
            labelled.hard or (False,) * len(labelled.labels),
        )


class SegmentTarget(NamedTuple):
    """What a segment teaches: its label, or the labels left open, and its weight."""

    label: str
    allowed: tuple[str, ...] | None = None
    weight: float = 1.0


def segment_targets(
    gold: GoldPage, scheme: LabelScheme = DEFAULT_SCHEME
) -> list[SegmentTarget]:
    """Give each segment the gold label, decided or open, that covers most of it.

    Its weight is the mean over the characters that have this label. A segment that no
    gold span touches counts as furniture, since annotators pass over stray marks; in
    a scheme without furniture it gets the last label. Its weight is the page's mean.
    """
    allowed = gold.allowed or (None,) * len(gold.spans)
    weights = gold.weights or (1.0,) * len(gold.spans)
    untouched = SegmentTarget(
        scheme.furniture or scheme.names[-1], None, fmean(weights) if weights else 1.0
    )
    targets = []
    first = 0
    for segment in gold.page.segments:
        while first < len(gold.spans) and gold.spans[first][1] <= segment.start:
            first += 1
        cover: dict[tuple[str, tuple[str, ...] | None], list[float]] = {}
        place = first
        while place < len(gold.spans) and gold.spans[place][0] < segment.end:
            start, end = gold.spans[place]
            shared = min(end, segment.end) - max(start, segment.start)
            sums = cover.setdefault((gold.labels[place], allowed[place]), [0.0, 0.0])
            sums[0] += shared
            sums[1] += shared * weights[place]
            place += 1
        if cover:
            best = max(cover, key=lambda key: cover[key][0])
            characters, weighted = cover[best]
            targets.append(SegmentTarget(*best, weighted / characters))
        else:
            targets.append(untouched)
    return targets


def segment_labels(gold: GoldPage, scheme: LabelScheme = DEFAULT_SCHEME) -> list[str]:
    """Return the label of each of `segment_targets`; it means nothing where open."""
    return [target.label for target in segment_targets(gold, scheme)]


def data_fingerprint(pages: Sequence[GoldPage]) -> str:
    """Return a hash of all that a training sees, whatever the pages' order.

    It covers ids, texts, spans and labels, partial ones too, weights and sources.
    """
    digests = []
    for page in pages:
        digest = hashlib.sha256(page.id.encode())
        digest.update(page.page.article.text.encode("utf-8", "surrogatepass"))
        digest.update(repr((page.spans, page.labels, page.has_context)).encode())
        more = (page.allowed, page.weights, page.source)
        if any(more):  # fingerprints that were stored without them stay valid
            digest.update(repr(more).encode())
        digests.append(digest.hexdigest())
    return hashlib.sha256("".join(sorted(digests)).encode()).hexdigest()
