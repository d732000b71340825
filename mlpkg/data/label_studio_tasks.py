"""Tasks for Label Studio: whole texts with spans, or texts with one choice.

What is written here `mlpkg.data.label_studio` reads back; offsets count characters.
"""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

from mlpkg.data.whole_file import whole_file
from mlpkg.labels import LabelScheme
from mlpkg.records import Article

__all__ = [
    "TaskSpan",
    "choice_task",
    "labelling_interface",
    "span_task",
    "write_tasks",
]

# As predictions a person sees labels and decides; as annotations they are decided.
Kind = Literal["annotations", "predictions"]


class TaskSpan(NamedTuple):
    """A labelled piece of a text; `score` is the model's confidence, if one said it."""

    start: int
    end: int
    label: str
    score: float | None = None


def span_task(
    number: int,
    article: Article,
    spans: Sequence[TaskSpan],
    kind: Kind,
    data: Mapping[str, Any],
) -> dict[str, Any]:
    """Make the task of a whole text.

    Parameters
    ----------
    number
        Id of the task.
    article
        The text, with its id, outlet and date.
    spans
        What is labelled.
    kind
        Whether the labels are decided.
    data
        More values of the task's ``data``; empty ones are left out.
    """
    results = []
    for place, span in enumerate(spans):
        value = {
            "start": span.start,
            "end": span.end,
            "text": article.text[span.start : span.end],
            "labels": [span.label],
        }
        result = {"id": f"{number}-{place}", **_result("labels", value)}
        results.append(result | ({} if span.score is None else {"score": span.score}))
    facts = {
        "text": article.text,
        "article": article.id,
        "outlet": article.outlet,
        "published": article.published,
        **data,
    }
    return _task(number, facts, results, kind)


def choice_task(
    number: int, label: str, kind: Kind, data: Mapping[str, Any]
) -> dict[str, Any]:
    """Make the task of a text that has one label; `data` holds the text."""
    return _task(number, data, [_result("choices", {"choices": [label]})], kind)


def labelling_interface(scheme: LabelScheme) -> str:
    """Return the labelling interface (XML) that fits tasks of whole texts."""
    labels = "".join(
        f'    <Label value="{html.escape(label.name)}" background="{label.colour}"/>\n'
        for label in scheme.labels
    )
    return (
        f'<View>\n  <Labels name="label" toName="text">\n{labels}  </Labels>\n'
        '  <Text name="text" value="$text"/>\n</View>\n'
    )


def write_tasks(path: Path, tasks: Sequence[Mapping[str, Any]]) -> None:
    """Write a task file."""
    with whole_file(path) as temporary:
        text = json.dumps(tasks, ensure_ascii=False, indent=1)
        temporary.write_text(text + "\n", encoding="utf-8", newline="\n")


def _result(kind: str, value: dict[str, Any]) -> dict[str, Any]:
    """Make one item of a result."""
    return {"from_name": "label", "to_name": "text", "type": kind, "value": value}


def _task(
    number: int,
    data: Mapping[str, Any],
    results: list[dict[str, Any]],
    kind: Kind,
) -> dict[str, Any]:
    """Make a task."""
    filled = {key: value for key, value in data.items() if value not in ("", None)}
    return {"id": number, "data": filled, kind: [{"result": results}]}
