"""Label Studio exports: spans over whole texts, or a choice for each text.

Written against the format as its documentation describes it ("JSON", not
"JSON-MIN"): a list of tasks with ``data``, ``annotations`` and ``predictions``.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from mlpkg.articles import normalise
from mlpkg.data.label_map import LabelMap
from mlpkg.data.rows import Columns, LabelledRow, checked_row, raise_faults
from mlpkg.data.spans import SpannedArticle
from mlpkg.exceptions import DataError
from mlpkg.labels import LabelScheme
from mlpkg.records import Article

__all__ = ["LabelStudioExport", "SpannedTask", "read_label_studio"]

logger = logging.getLogger(__name__)

# From an offset as the export has it to one of Python's string.
Offset = Callable[[int], int]


class SpannedTask(NamedTuple):
    """A task whose text bears spans; weight and source as its data say."""

    spanned: SpannedArticle
    weight: float
    source: str


@dataclass(frozen=True, slots=True)
class LabelStudioExport:
    """What an export holds: texts with spans, and rows with one choice each."""

    tasks: tuple[SpannedTask, ...]
    rows: tuple[LabelledRow, ...]


def read_label_studio(
    path: Path,
    columns: Columns,
    scheme: LabelScheme,
    label_map: LabelMap | None = None,
) -> LabelStudioExport:
    """Read an export.

    Parameters
    ----------
    path
        A JSON file with a list of tasks. The first annotation that is not cancelled
        counts; predictions never do.
    columns
        Names of the fields of ``data``; a text under another name is found where it
        is the only text there.
    scheme, label_map
        The labels, and what other labels in the file mean.

    Raises
    ------
    DataError
        The file is no such list, or tasks are wrong: all are listed by their id.

    Notes
    -----
    Offsets count characters, or, in exports of old versions, UTF-16 units. Which of
    them a task has is told by the text that its spans repeat.
    """
    labels = label_map or LabelMap()
    tasks: list[SpannedTask] = []
    rows: list[LabelledRow] = []
    faults: list[str] = []
    first: dict[str, str] = {}
    for number, task in enumerate(_tasks(path), start=1):
        name = _task_name(task, number)
        try:
            found = _read_task(task, number, path, name, columns, scheme, labels)
            if isinstance(found, LabelledRow):
                rows.append(found)
            elif found is not None:
                article = found.spanned.article.id
                if first.setdefault(article, name) != name:
                    raise DataError(
                        f"its article {article!r} is that of task {first[article]} "
                        "too; give each text its own id"
                    )
                tasks.append(found)
        except DataError as error:
            faults.append(f"{path}, task {name}: {error}")
    raise_faults(faults)
    if not tasks and not rows:
        raise DataError(f"{path}: holds no task with an annotation")
    return LabelStudioExport(tuple(tasks), tuple(rows))


def _tasks(path: Path) -> list[Any]:
    """Read the list of tasks."""
    try:
        tasks = json.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise DataError(
            f"{path}: not UTF-8 ({error.reason}); save the file as UTF-8"
        ) from None
    except json.JSONDecodeError as error:
        raise DataError(
            f"{path}, line {error.lineno}: not JSON ({error.msg})"
        ) from None
    if not isinstance(tasks, list):
        raise DataError(
            f"{path}: expected the list of tasks of a Label Studio export, got "
            f"{type(tasks).__name__}; rows are read from .jsonl"
        )
    return tasks


def _task_name(task: Any, number: int) -> str:
    """Return the id of a task, or its place where it has none."""
    task_id = task.get("id") if isinstance(task, dict) else None
    return f"number {number}" if task_id is None else str(task_id)


def _read_task(
    task: Any,
    number: int,
    path: Path,
    name: str,
    columns: Columns,
    scheme: LabelScheme,
    label_map: LabelMap,
) -> SpannedTask | LabelledRow | None:
    """Read one task; None where it is unlabelled and such tasks are skipped."""
    data = task.get("data") if isinstance(task, dict) else None
    if not isinstance(data, dict):
        raise DataError(
            "has no 'data'; a .json file must be a Label Studio export as JSON, not "
            "JSON-MIN; rows are read from .jsonl"
        )
    text = _text(data, columns)
    spans, choices = _values(_annotation(task, name))
    if spans and choices:
        raise DataError(
            "has labelled spans and a choice for the whole text; keep one of the two"
        )
    # What the row's columns say holds for the whole text, too.
    label = choices[0] if choices else scheme.names[0] if spans else None
    if label is None and label_map.unlabelled == "skip":
        logger.info("%s, task %s: no annotation; left out", path, name)
        return None
    record = {**data, columns.text: text, columns.label: label}
    row = checked_row(number, record, columns, scheme, label_map)
    if not spans:
        return row
    article = Article(
        row.article or f"{path.stem}-{name}",
        normalise(text),
        outlet=row.outlet,
        published=row.published,
    )
    spanned = _spanned(article, text, spans, scheme, label_map)
    return SpannedTask(spanned, row.weight, row.source)


def _text(data: Mapping[str, Any], columns: Columns) -> str:
    """Return the text of a task: the named field, or the only text there is."""
    if isinstance(data.get(columns.text), str):
        return str(data[columns.text])
    texts = [key for key, value in data.items() if isinstance(value, str)]
    if len(texts) != 1:
        raise DataError(
            f"its data have no text {columns.text!r}, and of {', '.join(data) or 'no'} "
            f"fields {len(texts)} are texts; name one under data.columns.text"
        )
    return str(data[texts[0]])


def _annotation(task: Mapping[str, Any], name: str) -> Sequence[Any]:
    """Return the result of the first annotation that is not cancelled."""
    annotations = task.get("annotations") or []
    if not isinstance(annotations, list):
        raise DataError(f"'annotations' must be a list, got {annotations!r:.60}")
    kept = [
        annotation
        for annotation in annotations
        if isinstance(annotation, dict) and not annotation.get("was_cancelled")
    ]
    if len(kept) > 1:
        logger.info("task %s: the first of %d annotations is taken", name, len(kept))
    result = kept[0].get("result") if kept else []
    if not isinstance(result, list):
        raise DataError(f"'result' must be a list, got {result!r:.60}")
    return result


def _values(
    result: Sequence[Any],
) -> tuple[list[tuple[Mapping[str, Any], Any]], list[Any]]:
    """Return the spans with their labels, and the choices; other items are passed."""
    spans: list[tuple[Mapping[str, Any], Any]] = []
    choices: list[Any] = []
    for item in result:
        value = item.get("value") if isinstance(item, dict) else None
        if not isinstance(value, dict):
            continue
        for key in ("labels", "hypertextlabels"):
            if key in value:
                spans.append((value, _single(value[key], key)))
        if "choices" in value:
            choices.append(_single(value["choices"], "choices"))
    if len(choices) > 1:
        raise DataError(f"has {len(choices)} choices ({choices!r:.60}); keep one")
    return spans, choices


def _single(names: Any, key: str) -> Any:
    """Return the one name of a list."""
    if not isinstance(names, list) or len(names) != 1:
        raise DataError(f"{key!r} must be a list of one label, got {names!r:.60}")
    return names[0]


def _spanned(
    article: Article,
    raw: str,
    spans: Sequence[tuple[Mapping[str, Any], Any]],
    scheme: LabelScheme,
    label_map: LabelMap,
) -> SpannedArticle:
    """Lay the spans of a task over its text."""
    values = [value for value, _ in spans]
    offset = _offset(raw, values)
    found = sorted(
        (
            (_places(raw, value, offset), label_map.decide(label, scheme))
            for value, label in spans
        ),
        key=lambda pair: pair[0],
    )
    places = [place for place, _ in found]
    for before, after in pairwise(places):
        if after[0] < before[1]:
            raise DataError(
                f"span {after[0]}-{after[1]} overlaps {before[0]}-{before[1]}; a "
                "character has one label"
            )
    return SpannedArticle(
        article,
        # The article's text has one character for a line end.
        tuple((len(normalise(raw[:a])), len(normalise(raw[:b]))) for a, b in places),
        tuple(decision for _, decision in found),
        (False,) * len(found),
    )


def _offset(raw: str, values: Sequence[Mapping[str, Any]]) -> Offset:
    """Find out what the offsets of a task count."""
    quoted = [value for value in values if isinstance(value.get("text"), str)]
    if all(_agrees(raw, value, _characters) for value in quoted):
        return _characters
    units = _utf16(raw)
    if all(_agrees(raw, value, units) for value in quoted):
        return units
    wrong = next(v for v in quoted if not _agrees(raw, v, _characters))
    start, end = _places(raw, wrong, _characters)
    raise DataError(
        f"the text at {start}-{end} is {raw[start:end]!r:.80}, the span says "
        f"{wrong['text']!r:.80}; was the text changed after it was labelled?"
    )


def _agrees(raw: str, value: Mapping[str, Any], offset: Offset) -> bool:
    """Tell whether a span's own text stands at its offsets, line ends aside."""
    start, end = _places(raw, value, offset)
    return list(_words(raw[start:end])) == list(_words(value["text"]))


def _words(text: str) -> Iterator[str]:
    r"""Split at white space, and at line ends that the export spells as ``\n``."""
    yield from text.replace("\\n", "\n").split()


def _places(raw: str, value: Mapping[str, Any], offset: Offset) -> tuple[int, int]:
    """Return start and end of a span in Python's characters."""
    start, end = value.get("start"), value.get("end")
    if type(start) is not int or type(end) is not int:
        raise DataError(
            f"'start' and 'end' must be whole numbers, got {start!r} and {end!r}; "
            "spans of HTML cannot be read, label plain text"
        )
    places = offset(start), offset(end)
    if not 0 <= places[0] < places[1] <= len(raw):
        raise DataError(
            f"span {start}-{end} leaves the text of {len(raw)} characters or is empty"
        )
    return places


def _characters(offset: int) -> int:
    """Take an offset as it is."""
    return offset


def _utf16(raw: str) -> Offset:
    """Return what turns an offset in UTF-16 units into one in characters."""
    coded = raw.encode("utf-16-le", "surrogatepass")

    def characters(offset: int) -> int:
        if offset < 0:
            return offset
        return len(coded[: 2 * offset].decode("utf-16-le", "replace"))

    return characters
