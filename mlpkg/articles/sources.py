"""Articles from anything that can be named: the reader by form, one article at a time.

Which files a source names is `mlpkg.articles.files`'; what a record means,
`mlpkg.articles.record_articles`'.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from mlpkg.articles.arrow_records import read_dataset_folder, read_parquet
from mlpkg.articles.csv_records import read_csv
from mlpkg.articles.decoding import normalise
from mlpkg.articles.files import DATASET, InputFile, list_files
from mlpkg.articles.forms import HEAD, check_form, form_of_content
from mlpkg.articles.html import read_html
from mlpkg.articles.json_records import Record, read_json_lines, read_json_values
from mlpkg.articles.language import with_language
from mlpkg.articles.record_articles import articles_of_records
from mlpkg.articles.record_fields import RecordFields, resolve_fields
from mlpkg.articles.streams import MAX_BYTES, STDIN, open_raw, read_whole, unpacked
from mlpkg.articles.text import read_text
from mlpkg.articles.text_lines import read_lines
from mlpkg.articles.warc_articles import articles_of_warc
from mlpkg.articles.warc_bytes import begins_as_warc, warc_bytes
from mlpkg.exceptions import DataError
from mlpkg.records import Article, ReadFailure

__all__ = ["Watch", "open_articles", "read_files"]

logger = logging.getLogger(__name__)

# Ids that came before: more than this are counted, not told.
SHOWN_REPEATED = 20

# Is told of each file that is a page (place 0) and of each record before an article is
# made of it, and says whether one shall be.
Watch = Callable[[InputFile, int], bool]


@dataclass(frozen=True, slots=True)
class _Reading:
    """How files are read: what the caller states, empty or None where nothing."""

    encoding: str | None
    form: str
    fields: RecordFields
    watch: Watch | None = None
    page_bytes: int = MAX_BYTES

    def wanted(self, file: InputFile, place: int) -> bool:
        """Ask the caller for a page."""
        return self.watch is None or self.watch(file, place)

    def select(self, names: Iterable[str]) -> list[str]:
        """Choose the columns of a table that are needed."""
        wanted = set(resolve_fields(self.fields, tuple(names)).values())
        return [name for name in names if name in wanted]


def open_articles(
    source: str | Path | Iterable[str | Path],
    *,
    encoding: str | None = None,
    format: str | None = None,
    fields: RecordFields | None = None,
    page_bytes: int | None = None,
) -> Iterator[Article | ReadFailure]:
    """Read articles lazily.

    Parameters
    ----------
    source
        A file, a folder (read recursively, in sorted order), a glob pattern, ``-``
        for standard input, or several of them. The suffix picks the reader: text
        ``.txt .text .md``, HTML ``.html .htm .xhtml``, records ``.jsonl .ndjson
        .json .csv .tsv .parquet``, crawls ``.warc .wet``, each also with ``.gz`` or
        ``.zst`` behind it.
        Without a known suffix the content tells. A folder that `datasets` saved is
        one source; ``FOLDER::SPLIT`` is a part of it.
    encoding
        Codec of the files, None to detect it for each.
    format
        One of text, html, jsonl, json, csv, tsv, parquet and warc, where the suffix
        should not decide.
    fields
        Names of the fields of records; None looks for the usual ones.
    page_bytes
        The most bytes of a page (64 MiB unless given); a larger one is a failure.

    Yields
    ------
    Article or ReadFailure
        ``Article.meta["source"]`` is the path and, for a record, ``meta["record"]``
        its line or row; the id is the record's own, else ``<file>#<record>``. A
        failure says which file or record could not be read and why; the rest goes on.
        ``Article.language`` is what the source states unless the text contradicts.

    Raises
    ------
    ReadError
        A source does not exist, or a folder or pattern holds nothing to read.
    DataError
        There is no such format.

    Notes
    -----
    A file of records is read piece by piece: what is held is a record, of Parquet 64
    rows. Rows that are sentences make one article as long as they follow each other.
    Of a WARC file the pages are HTML responses with status 200, stored HTML and the
    text of conversion records; how many others were passed over is logged once a file.
    """
    reading = _reading(encoding, format, fields, page_bytes)
    return _articles(list_files(source), reading)


def read_files(
    files: Iterable[InputFile | ReadFailure],
    *,
    encoding: str | None = None,
    format: str | None = None,
    fields: RecordFields | None = None,
    page_bytes: int | None = None,
    watch: Watch | None = None,
) -> Iterator[Article | ReadFailure]:
    """Read files or runs of their records, as `open_articles` reads what it finds.

    Parameters
    ----------
    files
        The files; a failure among them is passed on.
    encoding, format, fields, page_bytes
        As `open_articles` takes them.
    watch
        Called with file and place before each page is made; False leaves it out. A
        file that is a page has the place 0.
    """
    reading = _reading(encoding, format, fields, page_bytes)
    return _articles(files, replace(reading, watch=watch))


def _reading(
    encoding: str | None,
    format: str | None,
    fields: RecordFields | None,
    page_bytes: int | None,
) -> _Reading:
    """Check what the caller states."""
    if page_bytes is None:
        page_bytes = MAX_BYTES
    elif page_bytes < 1:
        raise DataError(f"page_bytes must be above 0, got {page_bytes!r}")
    return _Reading(
        encoding, check_form(format), fields or RecordFields(), page_bytes=page_bytes
    )


def _articles(
    files: Iterable[InputFile | ReadFailure], reading: _Reading
) -> Iterator[Article | ReadFailure]:
    """Read the files one by one and keep the ids apart."""
    ids = _Ids()
    for file in files:
        if isinstance(file, ReadFailure):
            yield file
            continue
        for item in _read(file, reading):
            if isinstance(item, ReadFailure):
                yield item
                continue
            meta = {**item.meta, "source": file.shown}
            article_id = ids.distinct(item.id)
            yield with_language(replace(item, id=article_id, meta=meta))
    ids.report()


def _read(file: InputFile, reading: _Reading) -> Iterator[Article | ReadFailure]:
    """Read one file or standard input."""
    try:
        if file.form == DATASET:
            path = Path(file.path)
            rows = read_dataset_folder(path, reading.select, file.first, file.last)
            yield from _records(rows, "row", file, reading)
            return
        with open_raw(file.path, file.offset) as raw:
            form = reading.form or file.form
            if form == "warc" or (not form and begins_as_warc(raw)):
                yield from _warc(raw, file, reading)
                return
            stream = unpacked(raw, file.path)
            form = form or form_of_content(stream.peek(HEAD))
            if form in _PAGES:
                if reading.wanted(file, 0):
                    data = read_whole(stream, reading.page_bytes)
                    yield _PAGES[form](data, normalise(file.name), reading.encoding)
            else:
                unit, reader = _RECORDS[form]
                records = reader(stream, file, reading)
                yield from _records(records, unit, file, reading)
    except DataError as error:
        yield ReadFailure(file.shown, "", str(error))
    except OSError as error:
        yield ReadFailure(file.shown, "", error.strerror or str(error))


def _warc(
    raw: io.BufferedReader, file: InputFile, reading: _Reading
) -> Iterator[Article | ReadFailure]:
    """Read the pages of a WARC file."""
    is_empty = (file.first, file.last) == (1, None)
    for number, article in articles_of_warc(
        warc_bytes(raw, file.offset),
        normalise(file.name),
        reading.encoding,
        limit=reading.page_bytes,
        begins=file.first if file.offset else 1,
        last=file.last,
        wanted=lambda number: number >= file.first and reading.wanted(file, number),
    ):
        is_empty = False
        if number < file.first:
            continue
        if isinstance(article, DataError):
            yield ReadFailure(file.shown, f"record {number}", str(article))
        else:
            yield article
    if is_empty and reading.watch is None:
        yield ReadFailure(file.shown, "", "holds no page")


def _records(
    records: Iterator[Record], unit: str, file: InputFile, reading: _Reading
) -> Iterator[Article | ReadFailure]:
    """Make articles of the records of a file and say where others stand."""
    place = 0
    try:
        wanted = _wanted(records, file, reading)
        for place, article in articles_of_records(
            wanted,
            normalise(file.name),
            reading.fields,
            reading.encoding,
            reading.page_bytes,
        ):
            if isinstance(article, DataError):
                yield ReadFailure(file.shown, f"{unit} {place}", str(article))
            else:
                yield article
    except DataError as error:
        after = f"after {unit} {place}" if place else ""
        yield ReadFailure(file.shown, after, str(error))


def _wanted(
    records: Iterator[Record], file: InputFile, reading: _Reading
) -> Iterator[Record]:
    """Pass on the records of the file's run that the caller lets through."""
    is_empty = (file.first, file.last) == (1, None)
    for place, record in records:
        if file.last is not None and place > file.last:
            return
        is_empty = False
        if place >= file.first and reading.wanted(file, place):
            yield place, record
    if is_empty:
        raise DataError("holds no record")


def _json_lines(
    stream: io.BufferedReader, file: InputFile, reading: _Reading
) -> Iterator[Record]:
    """Read JSON lines; those before the run are not parsed."""
    lines = read_lines(stream, file.shown, reading.encoding)
    before = file.first - 1 if file.offset else 0
    return read_json_lines(
        (number + before, line)
        for number, line in lines
        if number + before >= file.first
    )


def _json(
    stream: io.BufferedReader, file: InputFile, reading: _Reading
) -> Iterator[Record]:
    """Read a JSON array or objects."""
    del file
    return read_json_values(stream, reading.encoding)


def _table(
    stream: io.BufferedReader,
    file: InputFile,
    reading: _Reading,
    delimiter: str | None = None,
) -> Iterator[Record]:
    """Read CSV or TSV."""
    lines = read_lines(stream, file.shown, reading.encoding)
    return read_csv(lines, delimiter, reading.select)


def _parquet(
    stream: io.BufferedReader, file: InputFile, reading: _Reading
) -> Iterator[Record]:
    """Read Parquet, which has to be in a file or in memory."""
    plain = file.path != STDIN and file.path.lower().endswith(".parquet")
    source = file.path if plain else io.BytesIO(read_whole(stream))
    return read_parquet(source, reading.select, file.first, file.last)


_PAGES = {"text": read_text, "html": read_html}
_RecordReader = Callable[[io.BufferedReader, InputFile, _Reading], Iterator[Record]]
# What a place is called, and the reader.
_RECORDS: dict[str, tuple[str, _RecordReader]] = {
    "jsonl": ("line", _json_lines),
    "json": ("record", _json),
    "csv": ("line", _table),
    "tsv": ("line", partial(_table, delimiter="\t")),
    "parquet": ("row", _parquet),
}


class _Ids:
    """Keeps the ids of articles apart."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._repeated = 0

    def distinct(self, article_id: str) -> str:
        """Suffix an id that came before, and say so."""
        count = self._counts.get(article_id, 0) + 1
        self._counts[article_id] = count
        if count == 1:
            return article_id
        while (new_id := f"{article_id}#{count}") in self._counts:
            count += 1
        self._counts[article_id] = count
        self._counts[new_id] = 1
        self._repeated += 1
        if self._repeated <= SHOWN_REPEATED:
            logger.warning("id %r came before; this one is %r", article_id, new_id)
        return new_id

    def report(self) -> None:
        """Say how many repeated ids were not told."""
        if self._repeated > SHOWN_REPEATED:
            more = self._repeated - SHOWN_REPEATED
            logger.warning("%d more ids came before and were numbered", more)
