"""The records that cross module borders: what a page, a segment and a prediction are.

All are frozen; offsets are characters (Python string indices), half open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mlpkg.exceptions import DataError

__all__ = [
    "Article",
    "Block",
    "LabelledPage",
    "Page",
    "Prediction",
    "ReadFailure",
    "Segment",
]


@dataclass(frozen=True, slots=True)
class Block:
    """A run of text that the page sets apart: a paragraph, a line, a list item.

    Parameters
    ----------
    start, end
        Characters into `Article.text`.
    tag
        Name of the element that holds the text, empty for plain text.
    path
        XPath of the element (``html[1]/body[1]/p[2]``); empty for plain text.
    link_density
        Share of the characters that stand inside links, 0 to 1.
    words
        Class and id words of the element and its ancestors, lower case.
    whole
        Whether the text came as one ready-made segment, to be left as it is.
    """

    start: int
    end: int
    tag: str = ""
    path: str = ""
    link_density: float = 0.0
    words: tuple[str, ...] = ()
    whole: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise DataError(f"a block needs 0 <= start <= end, got {self}")


@dataclass(frozen=True, slots=True)
class Article:
    """One page as it was read.

    Parameters
    ----------
    id
        Given by the source, else the path relative to the input root.
    text
        The visible text; fixed by the reader, every offset points into it.
    blocks
        The blocks in page order; empty where the reader knows none (plain text).
    url, title, published, outlet, language
        What the source states, empty where it does not.
    meta
        Anything else that the reader found (encoding, record number, …).
    """

    id: str
    text: str
    blocks: tuple[Block, ...] = ()
    url: str = ""
    title: str = ""
    published: str = ""
    outlet: str = ""
    language: str = ""
    meta: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        last = 0
        for block in self.blocks:
            if block.start < last or block.end > len(self.text):
                raise DataError(
                    f"article {self.id!r}: block {block.start}-{block.end} overlaps "
                    f"its neighbour or leaves the text of {len(self.text)} characters"
                )
            last = block.end


@dataclass(frozen=True, slots=True)
class ReadFailure:
    """A record that could not be read; the records around it were.

    Parameters
    ----------
    source
        File or stream that holds the record.
    position
        Where in it: empty for the whole file, else a line, row or byte.
    reason
        What is wrong and what would help.
    """

    source: str
    position: str
    reason: str

    def __str__(self) -> str:
        place = f"{self.source}, {self.position}" if self.position else self.source
        return f"{place}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Segment:
    """One sentence of prose, or one line of furniture.

    Parameters
    ----------
    page_id
        Id of the article.
    index
        Place among the page's segments, from 0.
    start, end
        Characters into `Article.text`.
    text
        ``Article.text[start:end]``.
    block
        The block that holds it, None for a segment that came without a page.
    """

    page_id: str
    index: int
    start: int
    end: int
    text: str
    block: Block | None = None

    def __post_init__(self) -> None:
        if self.end - self.start != len(self.text):
            raise DataError(
                f"segment {self.index} of {self.page_id!r} spans {self.start}-"
                f"{self.end} but holds {len(self.text)} characters"
            )


@dataclass(frozen=True, slots=True)
class Page:
    """An article with its segments in order: the unit of features and models."""

    article: Article
    segments: tuple[Segment, ...]

    def __post_init__(self) -> None:
        last = 0
        for segment in self.segments:
            if segment.start < last or segment.end > len(self.article.text):
                raise DataError(
                    f"page {self.id!r}: segment {segment.index} overlaps its "
                    "neighbour or leaves the text"
                )
            last = segment.end

    @property
    def id(self) -> str:
        """Id of the article."""
        return self.article.id

    @property
    def texts(self) -> list[str]:
        """Texts of the segments, in order."""
        return [segment.text for segment in self.segments]

    def __len__(self) -> int:
        return len(self.segments)


@dataclass(frozen=True, slots=True)
class LabelledPage:
    """A page with gold labels, whatever their origin.

    Parameters
    ----------
    page
        The page.
    labels
        A label name a segment; None where the source does not decide.
    allowed
        For an undecided segment, the names that it may have; None means all.
    weights
        A weight above or equal to 0 a segment.
    hard
        Whether the annotator found two labels equally good.
    source
        Where the labels come from: the name of a corpus or a file.
    """

    page: Page
    labels: tuple[str | None, ...]
    allowed: tuple[tuple[str, ...] | None, ...] | None = None
    weights: tuple[float, ...] | None = None
    hard: tuple[bool, ...] | None = None
    source: str = ""

    def __post_init__(self) -> None:
        for name in ("labels", "allowed", "weights", "hard"):
            values = getattr(self, name)
            if values is not None and len(values) != len(self.page):
                raise DataError(
                    f"page {self.page.id!r} has {len(self.page)} segments but "
                    f"{len(values)} {name}"
                )

    @property
    def id(self) -> str:
        """Id of the article."""
        return self.page.id


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a model says of one segment.

    Parameters
    ----------
    segment
        The segment.
    label
        The most probable label; kept when `abstained`.
    probabilities
        Calibrated probability by label name; they sum to 1.
    confidence
        Probability of `label`.
    abstained
        Whether the confidence lies under the threshold that the caller asked for.
    """

    segment: Segment
    label: str
    probabilities: Mapping[str, float]
    confidence: float
    abstained: bool = False
