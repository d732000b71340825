"""Where articles come from: strings of paths, folders, globs and standard input."""

from __future__ import annotations

import glob
import logging
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from mlpkg.articles.html import read_html
from mlpkg.articles.text import read_text
from mlpkg.exceptions import DataError, ReadError
from mlpkg.records import Article, ReadFailure

__all__ = ["READERS", "open_articles"]

logger = logging.getLogger(__name__)

Reader = Callable[[bytes, str, str | None], Article]

READERS: dict[str, Reader] = {
    ".txt": read_text,
    ".text": read_text,
    ".md": read_text,
    ".html": read_html,
    ".htm": read_html,
    ".xhtml": read_html,
}
STDIN = "-"
# A news page is far smaller; a larger file is some other thing under a wrong name.
MAX_BYTES = 64 * 1024 * 1024
# How an HTML document begins, after a byte order mark, a declaration and comments.
_MARKUP = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:\s|<\?xml[^>]*>|<!--.*?-->)*<(?:!doctype html|html)\b",
    re.IGNORECASE | re.DOTALL,
)
PROBE = 4096


def open_articles(
    source: str | Path | Iterable[str | Path], *, encoding: str | None = None
) -> Iterator[Article | ReadFailure]:
    """Read articles lazily.

    Parameters
    ----------
    source
        A file, a folder (read recursively, in sorted order), a glob pattern, ``-``
        for standard input, or several of them. The suffix picks the reader: text
        for ``.txt .text .md`` and for files without a known suffix that were named
        one by one, HTML for ``.html .htm .xhtml``.
    encoding
        Codec of the files, None to detect it for each.

    Yields
    ------
    Article or ReadFailure
        ``Article.meta["source"]`` is the path. A failure says which file
        could not be read and why; the rest goes on.

    Raises
    ------
    ReadError
        A source does not exist, or a folder or pattern holds nothing to read.
    """
    sources = [source] if isinstance(source, str | Path) else list(source)
    files = [file for item in sources for file in _files(str(item))]
    return _articles(files, encoding)


def _articles(
    files: list[tuple[str, str]], encoding: str | None
) -> Iterator[Article | ReadFailure]:
    """Read the files one by one and keep their ids apart."""
    seen: dict[str, int] = {}
    for path, article_id in files:
        try:
            article = _read(path, article_id, encoding)
        except (DataError, OSError) as error:
            yield ReadFailure(path, "", str(error))
            continue
        meta = {**article.meta, "source": path}
        yield _distinct(replace(article, meta=meta), seen)


def _read(path: str, article_id: str, encoding: str | None) -> Article:
    """Read one file or standard input."""
    if path == STDIN:
        data = sys.stdin.buffer.read(MAX_BYTES + 1)
    else:
        with Path(path).open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise DataError(f"larger than {MAX_BYTES >> 20} MiB; not a news page")
    reader = READERS.get(Path(path).suffix.lower())
    if reader is None:
        reader = read_html if _MARKUP.match(data[:PROBE]) else read_text
    return reader(data, article_id, encoding)


def _distinct(article: Article, seen: dict[str, int]) -> Article:
    """Suffix an id that came before, and say so."""
    count = seen.get(article.id, 0) + 1
    seen[article.id] = count
    if count == 1:
        return article
    while (new_id := f"{article.id}#{count}") in seen:
        count += 1
    seen[article.id] = count
    seen[new_id] = 1
    logger.warning("id %r came before; this one is %r", article.id, new_id)
    return replace(article, id=new_id)


def _files(item: str) -> list[tuple[str, str]]:
    """List (path, article id) of one source."""
    if item == STDIN:
        return [(STDIN, "stdin")]
    path = Path(item)
    if path.is_dir():
        found = sorted(
            p for p in path.rglob("*") if p.suffix.lower() in READERS and p.is_file()
        )
        if not found:
            raise ReadError(
                f"{item}: no file with a known suffix ({' '.join(READERS)}) in it"
            )
        return [(str(p), p.relative_to(path).as_posix()) for p in found]
    if path.exists():
        return [(item, path.name)]
    if glob.has_magic(item):
        # Path.glob takes no absolute pattern.
        matches = glob.glob(item, recursive=True)  # noqa: PTH207
        names = sorted(name for name in matches if Path(name).is_file())
        if names:
            return [(name, Path(name).as_posix()) for name in names]
        raise ReadError(f"{item}: the pattern matches no file")
    raise ReadError(f"{item}: no such file or folder")
