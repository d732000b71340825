"""Articles from records: one a record, or one from the rows that are its sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mlpkg.articles.cells import is_nothing, whole_number, word
from mlpkg.articles.decoding import decode, normalise
from mlpkg.articles.forms import HEAD, form_of_content
from mlpkg.articles.html import article_from_html, read_html
from mlpkg.articles.json_records import Record
from mlpkg.articles.record_fields import RecordFields, resolve_fields
from mlpkg.articles.streams import MAX_BYTES, larger_than
from mlpkg.exceptions import DataError
from mlpkg.records import Article, Block

__all__ = ["Placed", "article_of_sentences", "articles_of_records"]

# Place in the file and article, or what is wrong there.
Placed = tuple[int, Article | DataError]
# What carries the text, the first that holds any: the richer one.
_CARRYING = ("sentences", "html", "text")
_STATED = ("url", "title", "published", "outlet", "language")


def articles_of_records(
    records: Iterable[Record],
    name: str,
    fields: RecordFields,
    encoding: str | None = None,
    page_bytes: int = MAX_BYTES,
) -> Iterator[Placed]:
    """Make articles of records.

    Parameters
    ----------
    records
        Rows with their places.
    name
        With its place, the id of a record that has none.
    fields
        Names of the fields.
    encoding
        Codec of fields that hold bytes.
    page_bytes
        The most characters or bytes that the fields with its text may have.

    Yields
    ------
    place : int
        Of the record, or of the first row of an article.
    article : Article or DataError
        ``meta["record"]`` is the place.
    """
    group = _Group(name, page_bytes)
    try:
        for place, record in records:
            yield from _placed(place, record, group, fields, encoding)
    except DataError:  # of the file, from here on; what came before is kept
        yield from group.finish()
        raise
    yield from group.finish()


def article_of_sentences(
    article_id: str, sentences: Sequence[str], **stated: Any
) -> Article:
    """Make an article whose segments are the given texts as they stand.

    Parameters
    ----------
    article_id
        Its id.
    sentences
        The texts, a line each; those of white space alone make no segment.
    **stated
        Fields of `Article`.
    """
    blocks = []
    start = 0
    clean = [normalise(sentence) for sentence in sentences]
    for text in clean:
        blocks.append(Block(start, start + len(text), whole=True))
        start += len(text) + 1
    return Article(article_id, "\n".join(clean), tuple(blocks), **stated)


@dataclass(frozen=True, slots=True)
class _Row:
    """A row that is a sentence of an article."""

    place: int
    article: str
    index: int
    text: str
    stated: Mapping[str, str]


class _Group:
    """Rows of one article that follow each other."""

    def __init__(self, name: str, page_bytes: int) -> None:
        self.name = name
        self.page_bytes = page_bytes
        self._rows: list[_Row] = []
        self._size = 0
        self._named = False

    @property
    def article(self) -> str:
        """Id of the article, empty where there is none."""
        return self._rows[0].article if self._rows else ""

    def add(self, row: _Row, named: bool) -> None:
        """Take a row; `named` when the caller said that rows are sentences."""
        self._size += len(row.text)
        if self._size > self.page_bytes:
            raise DataError(
                f"the rows of article {row.article!r} are together "
                f"{larger_than(self.page_bytes)}"
            )
        self._rows.append(row)
        self._named = named

    def finish(self) -> Iterator[Placed]:
        """Yield the article and begin anew."""
        rows, self._rows, self._size = self._rows, [], 0
        if not rows:
            return
        place, article_id = rows[0].place, rows[0].article
        stated: dict[str, Any] = {
            key: next((row.stated[key] for row in rows if row.stated[key]), "")
            for key in _STATED
        }
        if len(rows) == 1 and not self._named:
            # A page a row looks the same by its columns: the segmenter decides.
            article = Article(article_id, rows[0].text, **stated)
        else:
            rows.sort(key=lambda row: row.index)
            texts = [row.text for row in rows]
            article = article_of_sentences(article_id, texts, **stated)
        yield place, replace(article, meta={"record": str(place)})


def _placed(
    place: int,
    record: dict[str, Any] | DataError,
    group: _Group,
    fields: RecordFields,
    encoding: str | None,
) -> Iterator[Placed]:
    """Yield the article of a record, or the one that the record's row ends."""
    try:
        if isinstance(record, DataError):
            raise record
        keys = resolve_fields(fields, tuple(record))
        _check_size(record, keys, group.page_bytes)
        if keys["article"]:
            row = _row(place, record, keys, encoding)
            if row.article != group.article:
                yield from group.finish()
            group.add(row, fields.article is not None)
            return
        article = _article(record, keys, f"{group.name}#{place}", encoding)
    except DataError as error:
        yield place, error
    else:
        yield place, replace(article, meta={**article.meta, "record": str(place)})


def _check_size(record: Mapping[str, Any], keys: Mapping[str, str], limit: int) -> None:
    """Refuse a record whose text or markup is too large for a page."""
    for key in filter(None, map(keys.__getitem__, _CARRYING)):
        value = record[key]
        texts = value if isinstance(value, list) else [value]
        if sum(len(text) for text in texts if isinstance(text, str | bytes)) > limit:
            raise DataError(f"{key!r} is {larger_than(limit)}")


def _row(
    place: int, record: Mapping[str, Any], keys: Mapping[str, str], encoding: str | None
) -> _Row:
    """Read a row that is a sentence."""
    article = _id(record, keys["article"])
    if not article:
        raise DataError(f"{keys['article']!r} must name the article of the row")
    text = _text(record[keys["text"]], keys["text"], encoding)
    if not text.strip():
        raise DataError(f"{keys['text']!r} holds no text")
    try:
        index = whole_number(record[keys["index"]]) if keys["index"] else None
    except DataError as error:
        raise DataError(f"{keys['index']!r} {error}") from None
    return _Row(place, article, index or 0, text, _stated(record, keys))


def _article(
    record: Mapping[str, Any],
    keys: Mapping[str, str],
    default_id: str,
    encoding: str | None,
) -> Article:
    """Make the article of one record."""
    article_id = _id(record, keys["id"]) or default_id
    stated: dict[str, Any] = {
        key: value for key, value in _stated(record, keys).items() if value
    }
    carrying = [(kind, keys[kind]) for kind in _CARRYING if keys[kind]]
    for kind, key in carrying:
        value = record[key]
        if kind == "sentences" and not is_nothing(value):
            return article_of_sentences(article_id, _sentences(value, key), **stated)
        if kind == "html" and isinstance(value, bytes) and value.strip():
            return replace(read_html(value, article_id, encoding), **stated)
        text = _text(value, key, encoding)
        if not text.strip():
            continue
        if kind == "html" or _is_document(text):
            return replace(article_from_html(text, article_id), **stated)
        return Article(article_id, text, **stated)
    held = ", ".join(repr(key) for _, key in carrying)
    raise DataError(f"no text in {held}")


def _is_document(text: str) -> bool:
    """Tell a whole HTML document, which fields named for text hold at times."""
    return form_of_content(text[:HEAD].encode("utf-8")) == "html"


def _sentences(value: Any, key: str) -> list[str]:
    """Check a list of ready-made sentences."""
    if not isinstance(value, list):
        raise DataError(f"{key!r} must be a list of texts, got {value!r:.60}")
    for number, sentence in enumerate(value, start=1):
        if not isinstance(sentence, str):
            raise DataError(
                f"{key!r} must be a list of texts, got {sentence!r:.60} as number "
                f"{number}"
            )
    if not any(sentence.strip() for sentence in value):
        raise DataError(f"{key!r} holds no text")
    return value


def _text(value: Any, key: str, encoding: str | None) -> str:
    """Read the text of a field."""
    if isinstance(value, bytes):
        return decode(value, key, encoding)[0]
    if not isinstance(value, str):
        if is_nothing(value):
            return ""
        raise DataError(f"{key!r} must be a text, got {value!r:.60}")
    return normalise(value)


def _stated(record: Mapping[str, Any], keys: Mapping[str, str]) -> dict[str, str]:
    """Read what the record states of its article."""
    stated = dict.fromkeys(_STATED, "")
    for key in _STATED:
        value = record[keys[key]] if keys[key] else None
        if not isinstance(value, list | dict):  # not what we took the field for
            stated[key] = word(value)
    return stated


def _id(record: Mapping[str, Any], key: str) -> str:
    """Read an id, empty where the record has none."""
    try:
        return word(record[key]) if key else ""
    except DataError as error:
        raise DataError(f"{key!r} {error}") from None
