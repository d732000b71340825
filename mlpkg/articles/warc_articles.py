"""Articles from WARC: the pages among its records, and a count of all the others."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from mlpkg.articles.forms import HEAD, form_of_content
from mlpkg.articles.html import read_html
from mlpkg.articles.http_message import content_type, parse_http, plain_content
from mlpkg.articles.record_articles import Placed
from mlpkg.articles.streams import larger_than
from mlpkg.articles.text import read_text
from mlpkg.articles.warc_bytes import WarcBytes
from mlpkg.articles.warc_records import WarcRecord, read_records
from mlpkg.articles.warc_window import MAX_HEADER
from mlpkg.exceptions import DataError
from mlpkg.records import Article

__all__ = ["articles_of_warc"]

logger = logging.getLogger(__name__)

_HTML = ("text/html", "application/xhtml+xml")
# The records that may be pages, and the types that are.
_KINDS = {"response": _HTML, "resource": _HTML, "conversion": ("text/plain",)}
OK = 200
# Reasons for passing records over that are told, and that are counted.
SHOWN = 12
MAX_REASONS = 100


def articles_of_warc(
    source: WarcBytes,
    name: str,
    encoding: str | None = None,
    *,
    limit: int,
    begins: int = 1,
    last: int | None = None,
    wanted: Callable[[int], bool] = bool,  # any number is true
) -> Iterator[Placed]:
    """Make articles of the pages of a WARC file.

    Parameters
    ----------
    source
        Its bytes from the first of the records on.
    name
        Of the file, for the ids of records without one, and for the log.
    encoding
        Codec of the pages; None takes what each states.
    limit
        The most bytes that a page may have.
    begins
        Number of the record with which `source` begins, counting from 1 in the file.
    last
        Number of the last record to read; None reads to the end.
    wanted
        Asked by number before an article is made.

    Yields
    ------
    number : int
        Of the record in the file.
    article : Article or DataError
        HTML that was sent with status 200, HTML that was stored without its transfer
        (``resource``) and plain text that was made of pages (``conversion``). `url`
        is the record's, the id is the record's own; ``meta`` holds its ``warc_date``
        and, where the crawler has cut the page, why (``warc_truncated``).

    Notes
    -----
    Records of other kinds are counted and told in one line of the log.
    """
    passed_over: Counter[str] = Counter()
    for number, (start, record) in enumerate(
        read_records(source, limit + MAX_HEADER), start=begins
    ):
        if last is not None and number > last:
            break
        if isinstance(record, DataError):
            yield number, DataError(f"{record} (at byte {start.offset:,} of the file)")
        elif record.kind not in _KINDS:
            _count(passed_over, f"{record.kind or 'untyped'} record")
        elif wanted(number):
            try:
                page = _page(record, limit)
                if isinstance(page, str):
                    _count(passed_over, page)
                    continue
                article = page.read(f"{name}#{number}", encoding)
            except DataError as error:
                yield number, error
            else:
                yield number, _described(article, record, number)
    if passed_over:
        logger.warning("%s: passed over %s", name, _listed(passed_over))


@dataclass(frozen=True, slots=True)
class _Page:
    """Bytes of a page, what they are, and the charset that was stated for them."""

    form: str
    data: bytes
    charset: str

    def read(self, name: str, encoding: str | None) -> Article:
        """Make the article."""
        if self.form == "text":
            return read_text(self.data, name, encoding)
        return read_html(self.data, name, encoding, charset=self.charset)


def _page(record: WarcRecord, limit: int) -> _Page | str:
    """Take the page of a record, or say what the record is instead."""
    kind, charset = content_type(record.fields.get("content-type", ""))
    form, content = "html", record.block
    message = None
    if record.kind == "response":
        if kind not in ("", "application/http"):
            return kind  # an answer of the name service and the like
        message = parse_http(record.block)
        if message.status != OK:
            return f"status {message.status}"
        kind, charset = content_type(message.fields.get("content-type", ""))
        if not kind and form_of_content(message.content[:HEAD]) == "html":
            kind = _HTML[0]
    elif record.kind == "conversion":
        form = "text"
    if kind not in _KINDS[record.kind]:
        return kind or "no type"
    is_cut = record.length > len(record.block)
    if message is not None and not is_cut:
        content = plain_content(message, limit)
    if is_cut or len(content) > limit:
        raise DataError(larger_than(limit))
    return _Page(form, content, charset)


def _described(article: Article, record: WarcRecord, number: int) -> Article:
    """Add what the record says of its page."""
    fields = record.fields
    meta = {**article.meta, "record": str(number)}
    for key in ("warc-date", "warc-truncated"):
        if key in fields:
            meta[key.replace("-", "_")] = fields[key]
    # Some writers put the address between the signs that the id stands between.
    url = fields.get("warc-target-uri", "").strip("<>")
    article_id = fields.get("warc-record-id", "").strip("<>")
    return replace(
        article, id=article_id or article.id, url=url or article.url, meta=meta
    )


def _count(passed_over: Counter[str], reason: str) -> None:
    """Count a record that is no page; a stranger's types may be without end."""
    known = reason in passed_over or len(passed_over) < MAX_REASONS
    passed_over[f"{reason:.60}" if known else "other"] += 1


def _listed(passed_over: Counter[str]) -> str:
    """List what was passed over, the most frequent first."""
    most = passed_over.most_common(SHOWN)
    more = passed_over.total() - sum(count for _, count in most)
    rest = [("other", more)] if more else []
    return ", ".join(f"{count:,} × {reason}" for reason, count in most + rest)
