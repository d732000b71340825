"""Where files of records are cut, so that a large one is many units of work.

A cut costs what finding it again costs: a line of plain JSON lines and a row group are
gone to at once, in a packed file all that stands before has to be unpacked again. JSON
arrays, CSV and rows that are sentences of an article are not cut at all.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil
from pathlib import Path

from mlpkg.articles import RecordFields
from mlpkg.articles.arrow_records import load_dataset_folder
from mlpkg.articles.decoding import wide_codec
from mlpkg.articles.files import DATASET, InputFile
from mlpkg.articles.forms import HEAD, form_of_content
from mlpkg.articles.json_records import read_json_lines
from mlpkg.articles.record_fields import resolve_fields
from mlpkg.articles.streams import MAX_BYTES, open_raw, open_stream
from mlpkg.articles.text_lines import MAX_LINE, read_lines
from mlpkg.articles.warc_bytes import begins_as_warc
from mlpkg.articles.warc_records import record_starts

__all__ = ["Cutting", "cut"]

# A piece and about how many pages it holds.
Piece = tuple[InputFile, int]
# Bytes of a page in a file whose records are not counted.
PAGE_BYTES = 10_000
# Pieces of a packed file: each unpacks what is before it, eight times the file in all.
PACKED_PIECES = 16
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Cutting:
    """How files are read and how many pages a piece should hold."""

    pages: int
    encoding: str | None = None
    format: str | None = None
    fields: RecordFields = RecordFields()
    page_bytes: int = MAX_BYTES

    def are_sentences(self, names: tuple[str, ...]) -> bool:
        """Tell records that are sentences: an article of them must stay whole."""
        return bool(resolve_fields(self.fields, names)["article"])


def cut(file: InputFile, cutting: Cutting) -> Iterator[Piece]:
    """Yield the pieces of a file in order, with about how many pages each holds.

    What cannot be read is one piece: its reader says what is wrong.
    """
    form = cutting.format or file.form
    if form in ("text", "html"):
        yield file, 1
        return
    done = 0
    try:
        form = form or _shown_form(file)
        for piece, pages in _CUTTERS.get(form, _whole)(file, cutting):
            yield piece, pages
            done = piece.last or 0
    except (ValueError, OSError, EOFError):  # Arrow's own are among them
        if not done:
            yield file, 1


def _shown_form(file: InputFile) -> str:
    """Tell the form by the content."""
    with open_raw(file.path) as raw:
        if begins_as_warc(raw):
            return "warc"
    with open_stream(file.path) as stream:
        return form_of_content(stream.peek(HEAD))


def _whole(file: InputFile, cutting: Cutting) -> Iterator[Piece]:
    """Leave a file as it is."""
    del cutting
    yield file, Path(file.path).stat().st_size // PAGE_BYTES + 1


def _json_lines(file: InputFile, cutting: Cutting) -> Iterator[Piece]:
    """Cut between lines."""
    with open_stream(file.path) as stream:
        stays_whole = wide_codec(stream.peek(4), cutting.encoding) is not None
        if not stays_whole:
            lines = read_lines(stream, file.shown, cutting.encoding)
            records = (record for _, record in read_json_lines(lines))
            first = next((r for r in records if isinstance(r, dict)), {})
            stays_whole = bool(first) and cutting.are_sentences(tuple(first))
    if stays_whole:
        yield from _whole(file, cutting)
    elif _is_packed(file.path):
        yield from _packed_lines(file, cutting.pages)
    else:
        yield from _plain_lines(file, cutting.pages)


def _is_packed(path: str) -> bool:
    """Tell a file whose bytes are not its lines."""
    with open_stream(path) as plain, Path(path).open("rb") as raw:
        return plain.peek(8)[:8] != raw.read(8)


def _plain_lines(file: InputFile, pages: int) -> Iterator[Piece]:
    """Cut a plain file every so many lines, as far as lines are what they seem."""
    first, start, left = 1, 0, pages
    with open_stream(file.path) as stream:
        for lines, end in _line_ends(stream, pages):
            left = lines - first + 1
            if left == pages:
                yield replace(file, first=first, last=lines, offset=start), pages
                first, start = lines + 1, end
    if start < Path(file.path).stat().st_size:
        yield replace(file, first=first, offset=start), max(left, 1)


def _line_ends(stream: io.BufferedReader, every: int) -> Iterator[tuple[int, int]]:
    """Yield number and end of every so manieth line, and of the last.

    It stops before a lone carriage return, which the readers take for a line end.
    """
    lines = place = 0
    while chunk := stream.read(CHUNK) + stream.readline(MAX_LINE):
        if chunk.count(b"\r") != chunk.count(b"\r\n"):
            return
        count, at = chunk.count(b"\n"), -1
        while (needed := every - lines % every) <= count:
            for _ in range(needed):
                at = chunk.index(b"\n", at + 1)
            lines, count = lines + needed, count - needed
            yield lines, place + at + 1
        lines += count
        place += len(chunk)
    if lines % every:
        yield lines, place


def _packed_lines(file: InputFile, pages: int) -> Iterator[Piece]:
    """Cut a packed file into few pieces."""
    with open_stream(file.path) as stream:
        ends = [lines for lines, _ in _line_ends(stream, pages)]
    total = ends[-1] if ends else 1
    inner = [end for end in ends if end < total and end % pages == 0]
    step = ceil((len(inner) + 1) / PACKED_PIECES)
    ends = [0, *inner[step - 1 :: step]]
    for before, last in pairwise(ends):
        yield replace(file, first=before + 1, last=last), last - before
    yield replace(file, first=ends[-1] + 1), total - ends[-1]


def _parquet(file: InputFile, cutting: Cutting) -> Iterator[Piece]:
    """Cut between row groups, and inside large ones."""
    import pyarrow.parquet as pq

    if _is_packed(file.path):
        yield from _whole(file, cutting)
        return
    with pq.ParquetFile(file.path) as table:
        names = tuple(table.schema_arrow.names)
        groups = [
            table.metadata.row_group(group).num_rows
            for group in range(table.metadata.num_row_groups)
        ]
    if cutting.are_sentences(names):
        yield from _whole(file, cutting)
    else:
        yield from _rows(file, _ends(groups, cutting.pages))


def _ends(groups: list[int], pages: int) -> list[int]:
    """Choose the last rows of pieces: whole groups together, large ones in parts."""
    ends, row, start = [], 0, 0
    for rows in groups:
        if row > start and row + rows - start > pages:
            ends.append(row)
            start = row
        parts = ceil(rows / pages)
        inner = [row + rows * part // parts for part in range(1, parts)]
        ends += inner
        start = inner[-1] if inner else start
        row += rows
    return [*ends, row] if row > start else ends


def _dataset(file: InputFile, cutting: Cutting) -> Iterator[Piece]:
    """Cut a folder of datasets, whose rows are all near."""
    table = load_dataset_folder(Path(file.path))
    if cutting.are_sentences(tuple(table.column_names)):
        yield file, len(table) + 1
        return
    rows = len(table)
    ends = [*range(cutting.pages, rows, cutting.pages), rows]
    yield from _rows(file, ends if rows else [])


def _warc(file: InputFile, cutting: Cutting) -> Iterator[Piece]:
    """Cut between records that a reader can begin with."""
    first, offset = 1, 0
    for number, place in record_starts(file.path, cutting.page_bytes):
        if number - first >= cutting.pages:
            yield (
                replace(file, first=first, last=number - 1, offset=offset),
                number - first,
            )
            first, offset = number, place
    yield replace(file, first=first, offset=offset), cutting.pages


def _rows(file: InputFile, ends: list[int]) -> Iterator[Piece]:
    """Make pieces of the last rows of each; a table without rows is one piece."""
    if len(ends) < 2:
        yield file, ends[0] if ends else 1
        return
    for before, last in pairwise([0, *ends]):
        yield replace(file, first=before + 1, last=last), last - before


_CUTTERS: dict[str, Callable[[InputFile, Cutting], Iterator[Piece]]] = {
    "jsonl": _json_lines,
    "parquet": _parquet,
    DATASET: _dataset,
    "warc": _warc,
}
