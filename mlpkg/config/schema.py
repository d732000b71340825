"""The tree of one experiment's settings: names, types, limits and defaults.

Data only: nothing here opens a file or makes an encoder or a model.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import InitErrorDetails

__all__ = [
    "CORPUS_PARTS",
    "CORPUS_PREFIX",
    "Columns",
    "Config",
    "DataConfig",
    "EncoderConfig",
    "EvaluationConfig",
    "LinearModelConfig",
    "TrainingConfig",
]

CORPUS_PREFIX = "corpus:"
CORPUS_PARTS = ("train", "validation", "test", "other-hands")
_NAME = r"^[A-Za-z0-9_-]{1,100}$"


def _float_of_text(value: object) -> object:
    """Read ``1e-3``, which YAML 1.1 takes for text for want of a dot."""
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return value
    return value


def _experiment_name(name: str) -> str:
    """Refuse what could not be part of a run folder's name."""
    if not re.fullmatch(_NAME, name):
        raise ValueError("must be 1 to 100 letters (a-z, A-Z), digits, - and _")
    return name


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
    if not source or (part != source and part not in CORPUS_PARTS):
        parts = ", ".join(CORPUS_PREFIX + part for part in CORPUS_PARTS)
        raise ValueError(f"must be a path or one of {parts}")
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


# A validator written last runs first; a limit written first is one of the float.
_Float = BeforeValidator(_float_of_text)
_Text = Annotated[str, Field(min_length=1)]
_Label = Annotated[str, AfterValidator(_label)]
_Source = Annotated[str, AfterValidator(_data_source)]


class _Section(BaseModel):
    """What all parts of the tree share: unknown keys refused, no coercion, frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Columns(_Section):
    """Names of the columns of labelled rows; text and label must be there."""

    text: Annotated[_Text, Field(description="Column of the segment's text.")] = "text"
    label: Annotated[_Text, Field(description="Column of the label's name.")] = "label"
    article: Annotated[
        _Text,
        Field(description="Column of the article's id; splits keep articles whole."),
    ] = "article"
    weight: Annotated[
        _Text,
        Field(description="Column of how much a row counts; a number from 0, or 1."),
    ] = "weight"
    outlet: Annotated[_Text, Field(description="Column of the article's outlet.")] = (
        "outlet"
    )
    published: Annotated[
        _Text, Field(description="Column of the article's date, YYYY-MM-DD.")
    ] = "published"
    index: Annotated[
        _Text,
        Field(description="Column that orders an article's rows; else the file does."),
    ] = "index"
    source: Annotated[
        _Text, Field(description="Column that names the data a row comes from.")
    ] = "source"


class DataConfig(_Section):
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
        dict[str, Annotated[float, Field(ge=0, allow_inf_nan=False), _Float]],
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


class EncoderConfig(_Section):
    """Which sentence encoder, and how it computes."""

    name: Annotated[
        _Text,
        Field(
            description="minilm (bundled), the folder of a sentence-transformers "
            "model, or a hub name."
        ),
    ] = "minilm"
    revision: Annotated[
        _Text | None, Field(description="Commit of a hub model; in quotes.")
    ] = None
    precision: Annotated[
        Literal["auto", "float32", "bfloat16"],
        Field(description="Number format; auto: bfloat16 where hardware has it."),
    ] = "float32"
    device: Annotated[
        _Text, Field(description="auto, cpu, cuda, mps, or what torch takes.")
    ] = "auto"
    max_length: Annotated[
        Annotated[int, Field(gt=0)] | None,
        Field(description="Most tokens of a text; null for the encoder's own limit."),
    ] = None
    batch_size: Annotated[int, Field(gt=0, description="Most texts in a batch.")] = 64
    cache: Annotated[
        bool, Field(description="Whether vectors are kept in the embedding cache.")
    ] = True
    download: Annotated[
        bool, Field(description="Whether a hub model may be fetched.")
    ] = False


class LinearModelConfig(_Section):
    """Logistic regression over sentence vectors, neighbours' vectors and features."""

    kind: Annotated[
        Literal["linear"], Field(description="Which model this section sets up.")
    ] = "linear"
    C: Annotated[
        float,
        Field(
            gt=0,
            allow_inf_nan=False,
            description="Inverse strength of the L2 penalty.",
        ),
        _Float,
    ] = 0.03
    vector_weight: Annotated[
        float,
        Field(
            ge=0,
            allow_inf_nan=False,
            description="Scale of the sentence vectors beside the features.",
        ),
        _Float,
    ] = 0.2
    neighbour_weight: Annotated[
        float,
        Field(
            ge=0,
            allow_inf_nan=False,
            description="Scale of the neighbours' vectors; 0 leaves them out.",
        ),
        _Float,
    ] = 0.2
    class_weight: Annotated[
        Literal["balanced"] | None,
        Field(description="balanced weighs rare labels up; null weighs rows alike."),
    ] = None


class TrainingConfig(_Section):
    """How a model is fitted and calibrated."""

    context_dropout: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            description="Share of segments that are also learned without context.",
        ),
        _Float,
    ] = 0.3
    folds: Annotated[
        int,
        Field(
            ge=2,
            description="Folds by article, for calibration and out-of-fold scores.",
        ),
    ] = 5
    folds_by: Annotated[
        _Text,
        Field(
            description="What a fold keeps together: article, outlet, time, or a key "
            "of the pages (hand, genre); articles always stay whole."
        ),
    ] = "article"
    max_iter: Annotated[
        int, Field(ge=1, description="Most iterations of the solver.")
    ] = 300


class EvaluationConfig(_Section):
    """How scores get their intervals."""

    bootstrap: Annotated[
        int, Field(ge=1, description="Bootstrap samples of articles.")
    ] = 1000
    level: Annotated[
        float, Field(gt=0, lt=1, description="Level of the intervals."), _Float
    ] = 0.95


class Config(_Section):
    """One experiment.

    Notes
    -----
    `mlpkg.config.load_config` makes one from a file and reports mistakes with their
    lines; made directly, mistakes are pydantic's ``ValidationError``.

    Examples
    --------
    >>> Config(name="small", training=TrainingConfig(folds=3)).training.folds
    3
    """

    name: Annotated[
        str,
        AfterValidator(_experiment_name),
        Field(
            description="Name of the experiment: letters, digits, - and _.",
            json_schema_extra={"pattern": _NAME},
        ),
    ] = "default"
    # scikit-learn and numpy take seeds of 32 bits.
    seed: Annotated[
        int,
        Field(ge=0, le=2**32 - 1, description="Seed of everything that is random."),
    ] = 0
    data: Annotated[DataConfig, Field(description="Pages and labels.")] = DataConfig()
    encoder: Annotated[
        EncoderConfig, Field(description="From texts to sentence vectors.")
    ] = EncoderConfig()
    # Further kinds make this a union with ``Field(discriminator="kind")``.
    model: Annotated[
        LinearModelConfig, Field(description="From vectors and features to labels.")
    ] = LinearModelConfig()
    training: Annotated[
        TrainingConfig, Field(description="Fitting and calibration.")
    ] = TrainingConfig()
    evaluation: Annotated[
        EvaluationConfig, Field(description="Scores and their intervals.")
    ] = EvaluationConfig()

    def resolved(self) -> dict[str, Any]:
        """Return every leaf as plain JSON types, in the order of the schema."""
        return self.model_dump(mode="json")
