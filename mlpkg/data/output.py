"""Output rows: one row a segment, the same in JSON lines, CSV and Parquet.

A file stands under its name only when it is whole. Parquet holds the schema version
and the label names in its metadata; JSON lines and CSV are plain rows without them.
"""

from __future__ import annotations

import gzip
import logging
import os
import sys
import zlib
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from difflib import get_close_matches
from pathlib import Path
from typing import Any, BinaryIO, cast

from mlpkg.data.output_formats import (
    FORMATS,
    SCHEMA_VERSION,
    Format,
    Row,
    RowWriter,
    column_types,
)
from mlpkg.data.whole_file import require_writable, whole_file
from mlpkg.exceptions import DataError, ReadError
from mlpkg.labels import LabelScheme
from mlpkg.records import Article, Prediction

__all__ = [
    "FORMATS",
    "SCHEMA_VERSION",
    "Row",
    "RowWriter",
    "article_rows",
    "columns",
    "open_writer",
    "prediction_row",
    "read_rows",
]

logger = logging.getLogger(__name__)


def columns(scheme: LabelScheme) -> list[str]:
    """Return the names of the columns, in order, for a label scheme."""
    return list(column_types(scheme.names))


def prediction_row(
    prediction: Prediction,
    article: Article,
    *,
    source: str,
    record: str = "",
    model: str,
    scheme: LabelScheme,
    with_text: bool = True,
) -> Row:
    """Make the output row of one prediction.

    Parameters
    ----------
    prediction
        What a model says of one segment of `article`.
    article
        The article, for id and URL.
    source
        The input file, relative to the input root.
    record
        Row or record id inside `source`, may be empty.
    model
        Name of the model.
    scheme
        The labels of the model.
    with_text
        Whether the words go into the row; `text` is empty otherwise.

    Returns
    -------
    dict
        Plain values under `columns(scheme)`.

    Raises
    ------
    DataError
        The prediction has no probability for a label of the scheme.
    """
    segment, given = prediction.segment, prediction.probabilities
    missing = [name for name in scheme.names if name not in given]
    if missing:
        raise DataError(
            f"{source}: segment {segment.index} of {article.id!r} has no probability "
            f"for {missing}, only for {list(given)}; write with the model's own scheme"
        )
    return {
        "source": source,
        "record": record,
        "article_id": article.id,
        "url": article.url,
        "index": segment.index,
        "start": segment.start,
        "end": segment.end,
        "text": segment.text if with_text else "",
        "label": prediction.label,
        "confidence": float(prediction.confidence),
        **{f"p_{name}": float(given[name]) for name in scheme.names},
        "abstained": bool(prediction.abstained),
        "model": model,
    }


def article_rows(
    article: Article,
    predictions: Iterable[Prediction],
    *,
    model: str,
    scheme: LabelScheme,
    with_text: bool = True,
) -> Iterator[Row]:
    """Make the output rows of an article as the readers give it: they say its source.

    Parameters
    ----------
    article
        The article; ``meta`` holds ``source`` and, of a record, ``record``.
    predictions
        Of its segments.
    model, scheme, with_text
        As `prediction_row` takes them.
    """
    for prediction in predictions:
        yield prediction_row(
            prediction,
            article,
            source=article.meta.get("source", article.id),
            record=article.meta.get("record", ""),
            model=model,
            scheme=scheme,
            with_text=with_text,
        )


def open_writer(
    path: Path | None, scheme: LabelScheme, *, format: str | None = None
) -> AbstractContextManager[RowWriter]:
    """Open a writer of output rows.

    Parameters
    ----------
    path
        The file to write; None for standard output.
    scheme
        The labels, which decide the columns.
    format
        One of `FORMATS`, where the suffix of `path` should not decide; JSON lines
        by default on standard output.

    Returns
    -------
    context manager of RowWriter
        The file appears when the block ends well; when it does not, nothing is left
        and an older file stays. On standard output the block ends early, in silence
        but for the log, when the reader has closed the pipe.

    Raises
    ------
    DataError
        The format is not known or needs a file, the folder does not exist, or
        `path` is there but is no regular file. Raised at once, before the block is
        entered.
    """
    if path is None:
        form = _format(format or ".jsonl", "standard output")
        if form.needs_file:
            raise DataError(f"standard output cannot take {format!r}; name a file")
        return _to_stdout(scheme, form)
    form = _format(format or _suffix(path), str(path))
    require_writable(path)
    return _to_file(path, scheme, form)


def read_rows(path: Path) -> list[Row]:
    """Read output rows back.

    Parameters
    ----------
    path
        A file written by `open_writer`, with the suffix of its format.

    Returns
    -------
    list of dict
        The rows with the types that `prediction_row` gives.

    Raises
    ------
    ReadError
        The file cannot be opened or its bytes are damaged.
    DataError
        The suffix is not known, or the content is not output rows.
    """
    form = _format(_suffix(path), str(path))
    try:
        with path.open("rb") as file:
            stream = gzip.GzipFile(fileobj=file) if form.compressed else file
            return form.read(cast(BinaryIO, stream), str(path))
    except (OSError, EOFError, zlib.error) as error:
        raise ReadError(f"{path}: cannot be read: {error}") from error


def _suffix(path: Path) -> str:
    """Return the part of the name that says the format."""
    return "".join(
        path.suffixes[-2:] if path.suffix.lower() == ".gz" else path.suffixes[-1:]
    )


def _format(suffix: str, place: str) -> Format:
    """Look a format up by its suffix, with or without the dot."""
    wanted = f".{suffix.lower().removeprefix('.')}"
    if wanted in FORMATS:
        return FORMATS[wanted]
    nearest = get_close_matches(wanted, FORMATS, n=1)
    hint = f"; the nearest is {nearest[0]}" if nearest else ""
    raise DataError(
        f"{place}: unknown format {suffix!r}; known: {', '.join(FORMATS)}{hint}"
    )


def _deflated(stream: Any, form: Format) -> AbstractContextManager[Any]:
    """Compress what is written where the format asks for it, with no time stamp."""
    if form.compressed:
        return gzip.GzipFile("", "wb", fileobj=stream, mtime=0)
    return nullcontext(stream)


@contextmanager
def _to_file(path: Path, scheme: LabelScheme, form: Format) -> Iterator[RowWriter]:
    """Write a file of rows."""
    with (
        whole_file(path) as draft,
        draft.open("xb") as file,
        _deflated(file, form) as stream,
    ):
        yield from _rows(cast(BinaryIO, stream), scheme, form)


@contextmanager
def _to_stdout(scheme: LabelScheme, form: Format) -> Iterator[RowWriter]:
    """Write to standard output; a reader that has left ends the block."""
    sys.stdout.flush()
    pipe = _Pipe(sys.stdout.buffer)
    try:
        with _deflated(pipe, form) as stream:
            yield from _rows(cast(BinaryIO, stream), scheme, form)
        pipe.flush()
    except BrokenPipeError:
        if not pipe.broken:
            raise
        logger.info("standard output was closed by its reader; no more is written")
        # Python flushes standard output once more when it ends: to nowhere, then.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _rows(stream: BinaryIO, scheme: LabelScheme, form: Format) -> Iterator[RowWriter]:
    """Yield a writer on `stream` and bring it to its end."""
    writer = form.writer(stream, scheme)
    try:
        yield writer
        writer.finish()
    finally:
        writer.close()


class _Pipe:
    """Standard output that remembers whether its reader has left.

    Another pipe that breaks inside the caller's block must not pass for this one.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.broken = False

    def write(self, data: Any) -> int:
        try:
            return self.stream.write(data)
        except BrokenPipeError:
            self.broken = True
            raise

    def flush(self) -> None:
        try:
            self.stream.flush()
        except BrokenPipeError:
            self.broken = True
            raise
