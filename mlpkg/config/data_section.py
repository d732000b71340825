"""Settings of the data: where they are, their columns, and what their labels mean."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import InitErrorDetails

from mlpkg.config.section import Float, Section, Text

__all__ = ["CORPUS_PARTS", "CORPUS_PREFIX", "Columns", "DataConfig"]

CORPUS_PREFIX = "corpus:"
CORPUS_PARTS = ("train", "validation", "test", "other-hands")


def _label(name: str) -> str:
    """Refuse labels that a table would not give back as they were written."""
    if not name or name != name.strip():
        raise ValueError("must be text without white space at its ends")
    return name


def _label_set(names: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse too few labels and labels that occur twice."""
    if len(names) < 2 or len(set(names)) < len(names):
        raise ValueError("must be a list of at least two labels, all different")
    return names


def _are_open(names: object, labels: tuple[str, ...]) -> bool:
    """Tell whether a value is a list of at least two labels, all different."""
    if not isinstance(names, list | tuple) or len(names) < 2:
        return False
    return all(n in labels for n in names) and len(set(names)) == len(names)


def _data_source(source: str) -> str:
    """Refuse nothing as a path, and unknown parts of the bundled corpus."""
    part = source.removeprefix(CORPUS_PREFIX)
    if not source or (
        part != source and part.removesuffix("@html") not in CORPUS_PARTS
    ):
        parts = ", ".join(CORPUS_PREFIX + part for part in CORPUS_PARTS)
        raise ValueError(f"must be a path or one of {parts}, each also with @html")
    return source


def _refuse_keys(faults: dict[str, tuple[object, str]]) -> None:
    """Raise what is wrong at the keys of a mapping, so that each is told by its line.

    Parameters
    ----------
    faults
        By key the value and what it must be.
    """
    if faults:
        details = [
            InitErrorDetails(
                type="value_error",
                loc=(key,),
                input=value,
                ctx={"error": ValueError(expected)},
            )
            for key, (value, expected) in faults.items()
        ]
        raise ValidationError.from_exception_data("labels", details)


_Label = Annotated[str, AfterValidator(_label)]
_Source = Annotated[str, AfterValidator(_data_source)]


class Columns(Section):
    """Names of the columns of labelled rows; text and label must be there."""

    text: Annotated[Text, Field(description="Column of the segment's text.")] = "text"
    label: Annotated[Text, Field(description="Column of the label's name.")] = "label"
    article: Annotated[
        Text,
        Field(description="Column of the article's id; splits keep articles whole."),
    ] = "article"
    weight: Annotated[
        Text,
        Field(description="Column of how much a row counts; a number from 0, or 1."),
    ] = "weight"
    outlet: Annotated[Text, Field(description="Column of the article's outlet.")] = (
        "outlet"
    )
    published: Annotated[
        Text, Field(description="Column of the article's date, YYYY-MM-DD.")
    ] = "published"
    index: Annotated[
        Text,
        Field(description="Column that orders an article's rows; else the file does."),
    ] = "index"
    source: Annotated[
        Text, Field(description="Column that names the data a row comes from.")
    ] = "source"


class DataConfig(Section):
    """What is learned from, and which labels it has."""

    train: Annotated[
        _Source,
        Field(
            description="corpus:PART for the bundled corpus (train, validation, test, "
            "other-hands), or a path, relative to this file's folder: page files, a "
            "labels.jsonl with offsets, labelled rows (.jsonl, .csv, either with .gz, "
            ".parquet), a folder that datasets saved (FOLDER::SPLIT where it has "
            "splits), or a Label Studio export (.json)."
        ),
    ] = "corpus:train"
    validation: Annotated[
        _Source | None,
        Field(description="As train; null for cross-validation only."),
    ] = "corpus:validation"
    columns: Annotated[
        Columns, Field(description="Column names; used for labelled rows only.")
    ] = Columns()
    labels: Annotated[
        tuple[_Label, ...],
        AfterValidator(_label_set),
        Field(
            strict=False,  # YAML has lists, a frozen tree has tuples
            description="Label names, in the order of the probability columns.",
            json_schema_extra={"minItems": 2, "uniqueItems": True},
        ),
    ] = ("claim", "opinion", "attribution", "boilerplate")
    furniture: Annotated[
        str | None,
        Field(
            validate_default=True,
            description="The label that marks page furniture; null if there is none.",
        ),
    ] = "boilerplate"

    mapping: Annotated[
        dict[str, str],
        Field(
            description="From a label in the data to one of data.labels; those that "
            "are labels already need no entry."
        ),
    ] = {}
    allowed: Annotated[
        dict[str, Annotated[tuple[str, ...], Field(strict=False)]],
        Field(
            description="From a label in the data to the labels that it leaves open: "
            "such rows are learned from, but not scored."
        ),
    ] = {}
    unlabelled: Annotated[
        Literal["refuse", "skip"],
        Field(
            description="Rows with an empty or null label: refuse the data, or skip "
            "them: they stay on their page, but are neither learned nor scored."
        ),
    ] = "refuse"
    source_weights: Annotated[
        dict[str, Annotated[float, Field(ge=0, allow_inf_nan=False), Float]],
        Field(
            description="From a source (data.columns.source) to a factor of the "
            "weights of its rows; 1 where none is given."
        ),
    ] = {}

    @field_validator("furniture")
    @classmethod
    def _is_a_label(cls, furniture: str | None, info: ValidationInfo) -> str | None:
        """Refuse a furniture label that is none; silent where the labels are wrong."""
        labels = info.data.get("labels")
        if furniture is not None and labels is not None and furniture not in labels:
            raise ValueError(f"must be one of data.labels ({', '.join(labels)})")
        return furniture

    @field_validator("mapping")
    @classmethod
    def _leads_to_labels(
        cls, mapping: dict[str, str], info: ValidationInfo
    ) -> dict[str, str]:
        """Refuse targets that are no labels, each with its line."""
        labels = info.data.get("labels", tuple(mapping.values()))
        expected = f"must be one of data.labels ({', '.join(labels)})"
        _refuse_keys(
            {
                raw: (label, expected)
                for raw, label in mapping.items()
                if label not in labels
            }
        )
        return mapping

    @field_validator("allowed", mode="before")
    @classmethod
    def _leaves_labels_open(cls, allowed: object, info: ValidationInfo) -> object:
        """Refuse what leaves fewer than two labels open, each with its line."""
        labels = info.data.get("labels")
        if not isinstance(allowed, dict) or labels is None:
            return allowed
        mapping = info.data.get("mapping", {})
        expected = (
            "must be a list of at least two of data.labels "
            f"({', '.join(labels)}), all different; one alone stands in data.mapping"
        )
        faults = {
            raw: (names, expected)
            for raw, names in allowed.items()
            if not _are_open(names, labels)
        }
        faults |= {
            raw: (allowed[raw], "stands in data.mapping, too; keep one of the two")
            for raw in allowed.keys() & mapping.keys() - faults.keys()
        }
        _refuse_keys(faults)
        return allowed
