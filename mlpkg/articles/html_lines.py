"""From the body of an HTML tree to its visible lines and the markup around each.

The parser's own serialisation is read token by token: it is well formed whatever the
page was, and reading it costs a third of visiting the nodes one by one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape

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
# A comment or an element whose content is not markup; a tag: slash, name, attributes;
# text.
_TOKEN = re.compile(
    r"<!--.*?-->|<(?P<raw>script|style|iframe|xmp|noembed|noframes|plaintext)\b"
    r'(?:\s=?[^\s/>=]*="[^"]*")*>.*?</(?P=raw)>'
    r"|<(/?)([^\s/>]+)"
    r'((?:\s=?[^\s/>=]*="[^"]*")*)>|([^<]+)',
    re.DOTALL,
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
    for _, end, tag, attributes, text in _TOKEN.findall(body):
        if text:
            if not reader.skipping:
                reader.add_text(text)
        elif end:
            reader.leave(tag)
        elif tag:
            reader.enter(tag, attributes)
    return reader.finish()


@dataclass(slots=True)
class _Line:
    """The line under construction: its pieces and the element that holds it."""

    pieces: list[str] = field(default_factory=list)
    linked: int = 0
    depth: int = 0
    path: str = ""
    words: tuple[str, ...] = ()


class _Reader:
    """Keeps the open elements and collects lines."""

    def __init__(self) -> None:
        self.line = _Line()
        self.texts: list[str] = []
        self.blocks: list[Block] = []
        self.length = 0
        # Open elements: the tag, its step in the path, its names, its children by tag.
        self.tags: list[str] = []
        self.steps: list[str] = []
        self.names: list[str] = []
        self.children: list[dict[str, int]] = [{}]
        self.too_deep = 0
        self.skipping = 0
        self.links = self.preformatted = 0

    def enter(self, tag: str, attributes: str) -> None:
        """Open an element."""
        if tag in _VOID:
            if tag in {"br", "hr"} and not self.skipping:
                self.flush()
            return
        if self.skipping or tag in _SKIPPED or _HIDDEN.search(attributes):
            self.skipping += 1
            return
        if tag in _BLOCKS:
            self.flush()
        if len(self.tags) >= MAX_DEPTH:
            self.too_deep += 1
            return
        siblings = self.children[-1]
        place = siblings[tag] = siblings.get(tag, 0) + 1
        self.tags.append(tag)
        self.steps.append(f"{tag}[{place}]")
        self.names.append(" ".join(_NAMES.findall(attributes)) if attributes else "")
        self.children.append({})
        self.links += tag == "a"
        self.preformatted += tag == "pre"

    def leave(self, tag: str) -> None:
        """Close an element."""
        if self.skipping:
            self.skipping -= 1
            return
        if tag in _BLOCKS:
            self.flush()
        if self.too_deep:
            self.too_deep -= 1
            return
        self.tags.pop()
        self.steps.pop()
        self.names.pop()
        self.children.pop()
        self.links -= tag == "a"
        self.preformatted -= tag == "pre"

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
        line = self.line
        if not line.pieces:
            return
        text = "".join(line.pieces).rstrip()
        if text:
            start, end = self.length, self.length + len(text)
            density = min(1.0, line.linked / len(text))
            tag = line.path.rpartition("/")[2].partition("[")[0]
            self.blocks.append(Block(start, end, tag, line.path, density, line.words))
            self.texts.append(text)
            self.length = end + 1
        self.line = _Line()

    def finish(self) -> tuple[str, tuple[Block, ...]]:
        """Return the text and its blocks."""
        self.flush()
        return "\n".join(self.texts), tuple(self.blocks)

    def _add_piece(self, value: str) -> None:
        """Add text without line ends of its own; white space folds."""
        line = self.line
        words = value.split()
        if not words:
            if line.pieces and line.pieces[-1][-1] != " ":
                line.pieces.append(" ")
            return
        text = " ".join(words)
        if not line.pieces:
            line.path = self._block_path()
            line.words = self._words()
        elif value[0].isspace() and line.pieces[-1][-1] != " ":
            text = f" {text}"
        if value[-1].isspace():
            text += " "
        line.pieces.append(text)
        line.linked += len(text) if self.links else 0

    def _block_path(self) -> str:
        """Path down to the innermost block element."""
        depth = len(self.tags)
        while depth and self.tags[depth - 1] not in _BLOCKS:
            depth -= 1
        return "/".join(["html[1]", *self.steps[:depth]])

    def _words(self) -> tuple[str, ...]:
        """Words of the classes and ids of the elements around."""
        return _name_words(" ".join(filter(None, self.names[-NAMED_ELEMENTS:])))


@lru_cache(maxsize=4096)
def _name_words(names: str) -> tuple[str, ...]:
    """Cut names into words, lower case; the lines of a list share theirs."""
    return tuple(_NAME_WORD.findall(names.lower()))
