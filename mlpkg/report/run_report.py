"""The report of a run: its stored tables in, one self-contained HTML document out.

The file needs no script and no network, so it can be kept, sent and printed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mlpkg.exceptions import DataError
from mlpkg.labels import LabelScheme
from mlpkg.report.page_html import _dark, _environment
from mlpkg.report.run_predictions import (
    confidence_section,
    error_list,
    mix_tables,
    predictions_by_part,
    slice_tables,
)
from mlpkg.report.run_scores import (
    PartScores,
    audit_table,
    f1_figure,
    part_scores,
    run_facts,
    setting_groups,
)

__all__ = ["run_report"]

_SECTIONS = (
    ("headline", "Headline figures"),
    ("config", "Configuration"),
    ("data", "Data"),
    ("audit", "Leakage audit"),
    ("scores", "Scores"),
    ("confusion", "Confusion"),
    ("confidence", "Confidence"),
    ("mix", "Real label mix"),
    ("slices", "Slices"),
    ("errors", "Worst errors"),
)


def run_report(run: Mapping[str, Any]) -> str:
    """Write the report of a run.

    Parameters
    ----------
    run
        The parts of a run folder by name: ``metrics``, and where they exist
        ``config``, ``run``, ``splits``, ``audit`` (each as its file holds it) and
        ``predictions`` (a dict a row). What is absent, empty or None is left out of
        the report with a sentence that says so.

    Returns
    -------
    str
        One HTML document.

    Raises
    ------
    DataError
        There are no metrics, or a part does not fit them.

    Notes
    -----
    Slices and errors are those of the part with most pages. Costs about two
    seconds for ten thousand rows, most of it for intervals.

    Examples
    --------
    >>> from mlpkg.evaluation import evaluate_labels
    >>> gold, found = ["claim", "opinion"] * 2, ["claim", "claim"] * 2
    >>> scores = evaluate_labels(gold, found, list("aabb"), ["claim", "opinion"])
    >>> page = run_report({"metrics": {"validation": scores.to_json()}})
    >>> "The run holds no leakage audit" in page
    True
    """
    if not run.get("metrics"):
        raise DataError(
            f"metrics of the run are {run.get('metrics')!r}, expected an evaluation "
            "for each part, as in metrics.json; train the run again"
        )
    parts = [part_scores(name, stored) for name, stored in run["metrics"].items()]
    config, facts = run.get("config") or {}, run.get("run") or {}
    scheme = _scheme(parts, config)
    settings = setting_groups(config)
    changed = [leaf.default is not None for _, group in settings for leaf in group]
    html: str = (
        _environment()
        .get_template("run_report.html")
        .render(
            title=facts.get("name") or config.get("name") or "Unnamed run",
            sections=_SECTIONS,
            legend=[(label, _dark(label)) for label in scheme.labels],
            numbers={name: scheme.index(name) for name in scheme.names},
            letters={label.name: label.letter for label in scheme.labels},
            parts=parts,
            f1=f1_figure(parts),
            settings=settings,
            n_settings=len(changed),
            n_changed=sum(changed),
            facts=run_facts(facts),
            split_words=_split_words(run.get("splits") or {}),
            audits={
                name: audit_table(name, stored)
                for name, stored in (run.get("audit") or {}).items()
            },
            **_from_predictions(run, parts),
        )
    )
    return html


def _scheme(parts: Sequence[PartScores], config: Mapping[str, Any]) -> LabelScheme:
    """Give the run's labels their colours and letters."""
    names = parts[0].labels
    for part in parts:
        if part.labels != names:
            raise DataError(
                f"metrics.json, part {part.name!r}: labels {part.labels!r}, expected "
                f"{names!r} as in part {parts[0].name!r}; evaluate the run again"
            )
    furniture = (config.get("data") or {}).get("furniture")
    return LabelScheme.from_names(names, furniture if furniture in names else None)


def _from_predictions(
    run: Mapping[str, Any], parts: Sequence[PartScores]
) -> dict[str, Any]:
    """Set out the sections that need predictions."""
    predictions = predictions_by_part(run.get("predictions") or ())
    known = [part for part in parts if part.name in predictions]
    # Slices are small: the part with most pages says most of them.
    main = max(known, key=lambda part: int(part.stored["n_articles"]), default=None)
    columns = predictions[main.name] if main else None
    return {
        "has_predictions": bool(known),
        "main": main,
        "has_text": columns is not None and any(columns.texts),
        "confidence": confidence_section(predictions) if known else None,
        "mixes": mix_tables(known, predictions),
        "slices": slice_tables(main, columns) if main and columns else [],
        "errors": error_list(columns) if columns else (),
    }


def _split_words(splits: Mapping[str, Any]) -> str:
    """Say in a sentence how the articles were split."""
    folds = len(set((splits.get("folds") or {}).values()))
    sides = [
        f"{len(splits[name])} for {name}"
        for name in ("train", "validation")
        if splits.get(name)
    ]
    if not sides:
        return "The run does not say how its pages were split."
    words = f"Pages split whole: {', '.join(sides)}"
    return f"{words}, in {folds} folds." if folds else f"{words}."
