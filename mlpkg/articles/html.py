"""Articles from HTML: every visible line in page order, with the markup around it.

The tree comes from resiliparse; what is a line, what is hidden and what an element
says of its text is judged here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from mlpkg.articles.decoding import decode, normalise
from mlpkg.exceptions import DataError
from mlpkg.records import Article, Block

__all__ = ["article_from_html", "read_html"]

_SKIPPED = frozenset(
    "script style noscript template svg math head iframe object embed canvas audio "
    "video map select datalist textarea #comment".split()
)
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog dir div dl "
    "dt fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header "
    "hgroup hr html legend li main menu nav ol optgroup option p pre section summary "
    "table tbody td tfoot th thead tr ul".split()
)
# Deeper than this a page is an attack or a bug; its text is kept, its path is not.
MAX_DEPTH = 200
_SPACE = re.compile(r"[ \t\n\r\f\v\u00a0]+")
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_NAME_WORD = re.compile(r"[A-Za-z]+")


def read_html(data: bytes, name: str, encoding: str | None = None) -> Article:
    """Read the bytes of one HTML file.

    Parameters
    ----------
    data
        Content of the file.
    name
        Id of the article and name for messages.
    encoding
        A codec, None to detect it.

    Raises
    ------
    DataError
        The bytes are not text.
    """
    markup, codec = decode(data, name, encoding)
    return article_from_html(markup, name, meta={"encoding": codec})


def article_from_html(
    markup: str, article_id: str, meta: dict[str, str] | None = None
) -> Article:
    """Make an article of markup.

    Parameters
    ----------
    markup
        An HTML document or fragment.
    article_id
        Id of the article.
    meta
        Anything to keep in `Article.meta`.

    Returns
    -------
    Article
        Its text is the visible lines joined by newlines; each line is a block.
    """
    from resiliparse.parse.html import HTMLTree

    tree = HTMLTree.parse(normalise(markup))
    walker = _Walker()
    if tree.body is not None:
        walker.walk(tree.body)
    text, blocks = walker.finish()
    if not blocks:
        raise DataError("the page holds no visible text")
    head = _head_facts(tree)
    return Article(article_id, text, blocks, meta=meta or {}, **head)


@dataclass(slots=True)
class _Line:
    """The line under construction: its pieces and the element that holds it."""

    pieces: list[str] = field(default_factory=list)
    linked: int = 0
    path: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


class _Walker:
    """Collects lines in document order without recursion."""

    def __init__(self) -> None:
        self.line = _Line()
        self.texts: list[str] = []
        self.blocks: list[Block] = []
        self.length = 0
        self.path: list[str] = []
        self.words: list[tuple[str, ...]] = []
        self.depth = 0
        self.links = 0

    def walk(self, root: Any) -> None:
        """Visit the tree below `root` in document order."""
        node, entering = root, True
        while node is not None:
            if entering and self.enter(node):
                child = node.first_child
                if child is not None:
                    node = child
                    continue
                self.leave(node)
            elif not entering:
                self.leave(node)
            if node == root:
                break
            following = node.next
            entering = following is not None
            node = following if entering else node.parent

    def enter(self, node: Any) -> bool:
        """Open a node; False where nothing below it is wanted."""
        tag = node.tag
        if tag == "#text":
            self.add_text(node.value or "")
            return False
        if tag in _SKIPPED or not tag or _is_hidden(node):
            return False
        if tag == "br":
            self.flush()
            return False
        if tag in _BLOCKS:
            self.flush()
        self.links += tag == "a"
        self.depth += 1
        if self.depth <= MAX_DEPTH:
            self.path.append(tag)
            self.words.append(_name_words(node))
        return True

    def leave(self, node: Any) -> None:
        """Close a node that was entered."""
        tag = node.tag
        if tag in _BLOCKS:
            self.flush()
        self.links -= tag == "a"
        if self.depth <= MAX_DEPTH:
            self.path.pop()
            self.words.pop()
        self.depth -= 1

    def add_text(self, value: str) -> None:
        """Add a text node to the line."""
        text = _SPACE.sub(" ", value)
        if not self.line.pieces:
            text = text.lstrip()
            if not text:
                return
            self.line.path = self._block_path()
            self.line.words = tuple(w for words in self.words[-4:] for w in words)
        elif self.line.pieces[-1].endswith(" "):
            text = text.lstrip()
        if text:
            self.line.pieces.append(text)
            self.line.linked += len(text) if self.links else 0

    def flush(self) -> None:
        """End the line."""
        text = "".join(self.line.pieces).rstrip()
        if text:
            line = self.line
            self.blocks.append(
                Block(
                    self.length,
                    self.length + len(text),
                    tag=line.path[-1] if line.path else "",
                    path="/".join(line.path),
                    link_density=min(1.0, line.linked / len(text)),
                    words=line.words,
                )
            )
            self.texts.append(text)
            self.length += len(text) + 1
        self.line = _Line()

    def finish(self) -> tuple[str, tuple[Block, ...]]:
        """Return the text and its blocks."""
        self.flush()
        return "\n".join(self.texts), tuple(self.blocks)

    def _block_path(self) -> tuple[str, ...]:
        """Path down to the innermost block element."""
        depth = len(self.path)
        while depth and self.path[depth - 1] not in _BLOCKS:
            depth -= 1
        return tuple(self.path[:depth])


def _is_hidden(node: Any) -> bool:
    """Tell elements that a browser does not show."""
    if node.hasattr("hidden"):
        return True
    style = node.getattr("style")
    return bool(style) and _HIDDEN_STYLE.search(style) is not None


def _name_words(node: Any) -> tuple[str, ...]:
    """Words of the element's class and id, lower case."""
    names = f"{node.class_name or ''} {node.id or ''}"
    return tuple(word.lower() for word in _NAME_WORD.findall(names))


def _head_facts(tree: Any) -> dict[str, str]:
    """Title, date, outlet, URL and language as the head states them."""
    facts = {"title": (tree.title or "").strip()}
    if tree.head is not None:
        wanted = {
            "og:title": "title",
            "article:published_time": "published",
            "og:site_name": "outlet",
            "og:url": "url",
        }
        for element in tree.head.query_selector_all("meta[property]"):
            key = wanted.get(element.getattr("property") or "")
            content = element.getattr("content")
            if key and content:
                facts[key] = content.strip()
        link = tree.head.query_selector("link[rel=canonical]")
        if link is not None and link.getattr("href"):
            facts["url"] = link.getattr("href")
    root = tree.document.query_selector("html")
    facts["language"] = (root.getattr("lang") or "") if root is not None else ""
    return facts
