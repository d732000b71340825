"""From the body of an HTML tree to its visible lines and the markup around each.

The parser's own serialisation is read token by token: it is well formed whatever the
page was, and reading it costs a third of visiting the nodes one by one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from itertools import pairwise

from mlpkg.records import Block

__all__ = ["MAX_DEPTH", "visible_lines"]

# Deeper than this a page is an attack or a bug; its text is kept, its path is not.
MAX_DEPTH = 200
# Classes and ids of so many elements, from the line upwards, say what the line is.
NAMED_ELEMENTS = 5

_SKIPPED = frozenset(
    "head noscript template svg math object audio video canvas map select datalist "
    "textarea".split()
)
_VOID = frozenset(
    "area base basefont bgsound br col embed frame hr img input keygen link meta param "
    "source track wbr".split()
)
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog dir div dl "
    "dt fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header "
    "hgroup hr html legend li main menu nav ol optgroup option p pre section summary "
    "table tbody td tfoot th thead tr ul".split()
)
# Text, then what ends it: a comment or an element whose content is not markup; a tag:
# slash, name, attributes; a stray bracket. Possessive: nothing here is tried twice.
_TOKEN = re.compile(
    r"([^<]*+)(?:<!--[^-]*+(?:-(?!->)[^-]*+)*+-->"
    r"|<(?P<raw>script|style|iframe|xmp|noembed|noframes|plaintext)\b"
    r'(?:\s=?[^\s/>=]*="[^"]*")*+>[^<]*+(?:<(?!/(?P=raw)>)[^<]*+)*+</(?P=raw)>'
    r"|<(/?)([^\s/>]+)"
    r'((?:\s=?[^\s/>=]*="[^"]*")*+)>|<|\Z)'
)
_HIDDEN = re.compile(
    r'\shidden=|\sstyle="[^"]*(?:display\s*:\s*none|visibility\s*:\s*hidden)',
    re.IGNORECASE,
)
_NAMES = re.compile(r'\s(?:class|id)="([^"]*)"')
_NAME_WORD = re.compile(r"[a-z]+")


def visible_lines(body: str) -> tuple[str, tuple[Block, ...]]:
    """Read the serialised body of a parsed page.

    Parameters
    ----------
    body
        The markup of the body as the parser writes it.

    Returns
    -------
    text : str
        The visible lines, joined by newlines.
    blocks : tuple of Block
        One a line.
    """
    reader = _Reader()
    for text, _, end, tag, attributes in _TOKEN.findall(body):
        # Two texts of three are the white space between tags.
        if text and not reader.skipping and (reader.pieces or not text.isspace()):
            reader.add_text(text)
        if end:
            reader.leave(tag)
        elif tag:
            reader.enter(tag, attributes)
    return reader.finish()


@dataclass(slots=True)
class _Element:
    """An open element.

    Its path is worked out when a line needs it: most elements hold none.
    """

    tag: str
    place: int = 1
    attributes: str = ""
    path: str = ""
    children: dict[str, int] | None = None


class _Reader:
    """Keeps the open elements and collects lines."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.blocks: list[Block] = []
        self.length = 0
        # The line under construction, its characters in links, what holds it.
        self.pieces: list[str] = []
        self.linked = 0
        self.holder = _Element("html", path="html[1]")
        self.words: tuple[str, ...] = ()
        self.open = [self.holder]
        self.too_deep = 0
        self.skipping = 0
        self.links = self.preformatted = 0

    def enter(self, tag: str, attributes: str) -> None:
        """Open an element."""
        if tag in _VOID:
            if tag in {"br", "hr"} and not self.skipping:
                self.flush()
            return
        if self.skipping or tag in _SKIPPED or (attributes and _is_hidden(attributes)):
            self.skipping += 1
            return
        if self.pieces and tag in _BLOCKS:
            self.flush()
        if len(self.open) > MAX_DEPTH:
            self.too_deep += 1
            return
        parent = self.open[-1]
        if parent.children is None:
            parent.children = {}
        place = parent.children[tag] = parent.children.get(tag, 0) + 1
        self.open.append(_Element(tag, place, attributes))
        self.links += tag == "a"
        self.preformatted += tag == "pre"

    def leave(self, tag: str) -> None:
        """Close an element; inside a picture (svg) void ones have an end, too."""
        if tag in _VOID:
            return
        if self.skipping:
            self.skipping -= 1
            return
        if self.pieces and tag in _BLOCKS:
            self.flush()
        if self.too_deep:
            self.too_deep -= 1
            return
        # A script inside a picture holds markup, whose ends seem to be too many.
        closed = self.open.pop().tag if len(self.open) > 1 else ""
        self.links -= closed == "a"
        self.preformatted -= closed == "pre"

    def add_text(self, value: str) -> None:
        """Add a run of text; in preformatted text its line ends count."""
        if "&" in value:
            value = unescape(value)
        if self.preformatted and "\n" in value:
            first, *others = value.split("\n")
            self._add_piece(first)
            for other in others:
                self.flush()
                self._add_piece(other)
        else:
            self._add_piece(value)

    def flush(self) -> None:
        """End the line."""
        if not self.pieces:
            return
        text = "".join(self.pieces).rstrip()
        if text:
            start, end = self.length, self.length + len(text)
            density = min(1.0, self.linked / len(text))
            holder = self.holder
            block = Block(start, end, holder.tag, holder.path, density, self.words)
            self.blocks.append(block)
            self.texts.append(text)
            self.length = end + 1
        self.pieces = []
        self.linked = 0

    def finish(self) -> tuple[str, tuple[Block, ...]]:
        """Return the text and its blocks."""
        self.flush()
        return "\n".join(self.texts), tuple(self.blocks)

    def _add_piece(self, value: str) -> None:
        """Add text without line ends of its own; white space folds."""
        pieces = self.pieces
        words = value.split()
        if not words:
            if pieces and pieces[-1][-1] != " ":
                pieces.append(" ")
            return
        text = " ".join(words)
        if not pieces:
            self.holder = self._holder()
            self.words = self._words()
        elif value[0].isspace() and pieces[-1][-1] != " ":
            text = f" {text}"
        if value[-1].isspace():
            text += " "
        pieces.append(text)
        self.linked += len(text) if self.links else 0

    def _holder(self) -> _Element:
        """Return the innermost block element, its path worked out."""
        depth = len(self.open) - 1
        while depth and self.open[depth].tag not in _BLOCKS:
            depth -= 1
        above = depth
        while not self.open[above].path:
            above -= 1
        for parent, element in pairwise(self.open[above : depth + 1]):
            element.path = f"{parent.path}/{element.tag}[{element.place}]"
        return self.open[depth]

    def _words(self) -> tuple[str, ...]:
        """Words of the classes and ids of the elements around."""
        found: tuple[str, ...] = ()
        for element in self.open[max(1, len(self.open) - NAMED_ELEMENTS) :]:
            if element.attributes:
                found += _name_words(element.attributes)
        return found


def _is_hidden(attributes: str) -> bool:
    """Tell whether an element is not shown; two looks spare most of them the third."""
    return ("style=" in attributes or "hidden" in attributes) and bool(
        _HIDDEN.search(attributes)
    )


@lru_cache(maxsize=4096)
def _name_words(attributes: str) -> tuple[str, ...]:
    """Cut class and id into words, lower case; the lines of a list share theirs."""
    return tuple(_NAME_WORD.findall(" ".join(_NAMES.findall(attributes)).lower()))
