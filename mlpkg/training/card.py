"""The model card: the README of a model folder, made from what the run knows."""

from __future__ import annotations

from typing import Any

from mlpkg.config import Config
from mlpkg.evaluation import Evaluation
from mlpkg.version import __version__

__all__ = ["model_card"]


def model_card(
    config: Config, facts: dict[str, Any], evaluations: dict[str, Evaluation]
) -> str:
    """Write the card of a model.

    Parameters
    ----------
    config
        The experiment.
    facts
        What ``model.json`` says of the training.
    evaluations
        Scores by name.

    Returns
    -------
    str
        Markdown.
    """
    lines = [
        f"# Model {config.name}",
        "",
        f"Says of each segment of a news page whether it is "
        f"{', '.join(config.data.labels)}. Made by mlpkg {__version__}.",
        "",
        f"- Encoder: {config.encoder.name}; head: {config.model.kind}.",
        f"- Data: {_source(config.data.train)}, {facts['n_pages']} pages, "
        f"{facts['n_segments']} segments (fingerprint "
        f"{facts['data_fingerprint'][:12]}).",
        f"- Config fingerprint {facts['config_fingerprint'][:12]}; the resolved config "
        "is in model.json.",
        "",
        "The figures below come with percentile intervals from a bootstrap over "
        "articles. Out-of-fold: every training page judged by a model that did not see "
        "it. They hold for data like these; on other pages expect less, and measure "
        "with `mlpkg evaluate`.",
    ]
    for name, result in evaluations.items():
        lines += ["", f"## {name.capitalize()}", "", "```", result.to_text().rstrip()]
        lines += ["```"]
    return "\n".join(lines) + "\n"


def _source(source: str) -> str:
    """Name a data source without the folders of this machine."""
    return source if source.startswith("corpus:") else source.rsplit("/", 1)[-1]
