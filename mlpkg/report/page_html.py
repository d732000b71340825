"""The coloured page: whole articles in one HTML file, segments coloured by label.

Unlike the reports on figures it shows words, so it is what a person opens to judge a
model by eye. The file needs no script and no network.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from colorsys import hls_to_rgb, rgb_to_hls
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from mlpkg.exceptions import DataError
from mlpkg.labels import Label, LabelScheme
from mlpkg.records import Article, Prediction, Segment

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["coloured_page"]

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
# Dark enough for a contrast of 7:1 under light text, light enough to stand out from
# the dark page; tests/report/test_page_html.py measures it for the whole palette.
DARK_LIGHTNESS = 0.22
DARK_SATURATION = 0.5


@dataclass(frozen=True, slots=True)
class _Entry:
    """A label in the legend."""

    label: Label
    dark: str
    count: int


@dataclass(frozen=True, slots=True)
class _Piece:
    """A segment with the white space that follows it.

    `own_gap` says whether that white space goes when the segment is hidden; otherwise
    it separates the segment's neighbours.
    """

    prediction: Prediction
    number: int
    letter: str
    gap: str
    own_gap: bool

    @property
    def name(self) -> str:
        """What a screen reader says before the words."""
        mark = ", abstained" if self.prediction.abstained else ""
        return f"{self.prediction.label}{mark}"

    @property
    def tooltip(self) -> str:
        """Label and probabilities, a line each."""
        shares = self.prediction.probabilities.items()
        return "\n".join([self.name, *(f"{label} {p:.1%}" for label, p in shares)])


@dataclass(frozen=True, slots=True)
class _Section:
    """One article: its pieces and the white space before the first."""

    article: Article
    lead: str
    pieces: tuple[_Piece, ...]


def coloured_page(
    pages: Iterable[tuple[Article, Sequence[Prediction]]],
    scheme: LabelScheme,
    *,
    model: str,
    title: str = "Coloured page",
) -> str:
    """Show articles with every segment coloured by its label.

    Parameters
    ----------
    pages
        Articles with the predictions of all their segments.
    scheme
        The labels with colours and meanings.
    model
        Name of the model, for the heading.
    title
        Title of the document.

    Returns
    -------
    str
        One self-contained HTML document.

    Raises
    ------
    DataError
        A prediction does not fit its article or the scheme, or a colour of the
        scheme is not of the form ``#rrggbb``.

    Notes
    -----
    All articles are held in memory; a browser takes some thousands of segments well.

    Examples
    --------
    >>> from mlpkg.labels import DEFAULT_SCHEME
    >>> from mlpkg.records import Segment
    >>> segment = Segment("a", 0, 0, 9, "It rained")
    >>> said = Prediction(segment, "claim", {"claim": 1.0}, 1.0)
    >>> page = coloured_page(
    ...     [(Article("a", "It rained"), [said])], DEFAULT_SCHEME, model="tiny"
    ... )
    >>> "It rained" in page
    True
    """
    sections = [_section(article, given, scheme) for article, given in pages]
    predictions = [p.prediction for section in sections for p in section.pieces]
    counts = Counter(prediction.label for prediction in predictions)
    html: str = (
        _environment()
        .get_template("coloured_page.html")
        .render(
            title=title,
            model=model,
            legend=[
                _Entry(label, _dark(label), counts[label.name])
                for label in scheme.labels
            ],
            abstained=sum(prediction.abstained for prediction in predictions),
            sections=sections,
        )
    )
    return html


def _section(
    article: Article, predictions: Sequence[Prediction], scheme: LabelScheme
) -> _Section:
    """Cut an article's text into its segments and the white space between them."""
    ordered = sorted(predictions, key=lambda prediction: prediction.segment.start)
    bounds = [prediction.segment.start for prediction in ordered] + [len(article.text)]
    lead = before = article.text[: bounds[0]]
    pieces = []
    for prediction, end in zip(ordered, bounds[1:], strict=True):
        _check_fit(prediction.segment, article, end)
        number = scheme.index(prediction.label)
        # Of the white space on both sides a hidden segment takes the lesser: in the
        # middle of a line what precedes it, which is then left as a mere space.
        own_gap = not before or "\n" in before
        before = article.text[prediction.segment.end : end]
        letter = scheme.labels[number].letter
        pieces.append(_Piece(prediction, number, letter, before, own_gap))
    return _Section(article, lead, tuple(pieces))


def _check_fit(segment: Segment, article: Article, end: int) -> None:
    """Refuse a segment that runs past `end` or is not the article's text there."""
    there = article.text[segment.start : segment.end]
    if segment.end > end or there != segment.text:
        raise DataError(
            f"article {article.id!r}: segment {segment.index} at {segment.start}-"
            f"{segment.end} is {segment.text[:40]!r}, which overlaps its neighbour "
            "or is not the text there; give the article that was segmented"
        )


def _dark(label: Label) -> str:
    """Shade of a label's colour for light text on a dark page."""
    if not _COLOUR.fullmatch(label.colour):
        raise DataError(
            f"colour of label {label.name!r} must be '#rrggbb', got {label.colour!r}"
        )
    red, green, blue = (int(label.colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    hue, _, saturation = rgb_to_hls(red, green, blue)
    shade = hls_to_rgb(hue, DARK_LIGHTNESS, min(saturation, DARK_SATURATION))
    return "#" + "".join(f"{round(255 * part):02x}" for part in shade)


@cache
def _environment() -> Environment:
    """Jinja environment over the package's templates."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("mlpkg.report", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
