"""A stored run as a run of MLflow: parameters, metrics, tags and every file.

Beside MLflow's own client it adds what a run folder needs: names and sizes inside
MLflow's limits, and one MLflow run a run folder, however often it is exported.
"""

from __future__ import annotations

import json
import os
import re
import socket
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from http.client import HTTPException
from itertools import islice
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

from mlpkg.exceptions import DataError
from mlpkg.tracking.stored_run import StoredRun, leaves

__all__ = [
    "RUN_ID_TAG",
    "export_to_mlflow",
    "mlflow_metrics",
    "mlflow_params",
    "mlflow_tags",
]

RUN_ID_TAG = "mlpkg.run_id"
# MLflow's limits: characters of a name, of values, entries of one request.
KEY_LENGTH = 250
PARAM_LENGTH = 6000
TAG_LENGTH = 5000
BATCH = 100


def export_to_mlflow(
    run: StoredRun,
    *,
    tracking_uri: str | None = None,
    experiment: str = "mlpkg",
) -> str:
    """Send a run to an MLflow server or database.

    Parameters
    ----------
    run
        The run; all its files are sent, the words in its predictions too.
    tracking_uri
        Where to, as ``http://host:port`` or ``sqlite:///file``; None for the
        environment variable ``MLFLOW_TRACKING_URI``.
    experiment
        Name of the MLflow experiment, made where there is none.

    Returns
    -------
    str
        Id of the MLflow run. A run that was exported before keeps its MLflow run,
        found by the tag ``mlpkg.run_id``.

    Raises
    ------
    DataError
        mlflow is not installed, no address is known, nothing answers there, or
        MLflow refuses the run.
    """
    client_class, mlflow_error = _mlflow()
    uri = tracking_uri or os.environ.get("MLFLOW_TRACKING_URI")
    if not uri:
        raise DataError(
            "nothing was sent: no address; give --tracking-uri (tracking_uri in "
            "Python) or set MLFLOW_TRACKING_URI"
        )
    shown = _without_password(uri)
    _require_answer(uri, shown)
    try:
        return _export(client_class(tracking_uri=uri), run, experiment)
    except mlflow_error as error:
        said = str(error).replace(uri, shown)
        raise DataError(f"MLflow at {shown} refused run {run.id}: {said}") from None


def mlflow_params(run: StoredRun) -> dict[str, str]:
    """Return the leaves of the config as MLflow's parameters.

    Text stays as it is, all else is JSON; the end of what is too long is cut.
    """
    return {
        _key(path): (value if isinstance(value, str) else json.dumps(value))[
            :PARAM_LENGTH
        ]
        for path, value in leaves(run.config).items()
    }


def mlflow_metrics(run: StoredRun) -> dict[str, float]:
    """Return every stored score: ``part/metric``, ``part/metric/label``.

    The ends of its interval follow as ``…/low`` and ``…/high``; values that are
    missing are left out. A label with signs that MLflow refuses gets its number.
    """
    values: dict[str, float] = {}
    for part, evaluation in run.metrics.items():
        names = {label: _word(label, i) for i, label in enumerate(evaluation["labels"])}
        for row in evaluation["rows"]:
            name = [part, row["metric"], *filter(None, [names.get(row["label"])])]
            for column, end in (("value", []), ("low", ["low"]), ("high", ["high"])):
                if row[column] is not None:
                    values[_key(*name, *end)] = float(row[column])
    return values


def mlflow_tags(run: StoredRun) -> dict[str, str]:
    """Return where the run comes from: code, versions, data, command."""
    facts = run.run
    git = facts.get("git") or {}
    versions = facts.get("versions") or {}
    tags = {
        RUN_ID_TAG: run.id,
        "mlpkg.data_fingerprint": facts.get("data_fingerprint"),
        "mlpkg.config_fingerprint": facts.get("config_fingerprint"),
        "mlpkg.codebook_version": facts.get("codebook_version"),
        "mlpkg.licence": facts.get("licence"),
        "mlpkg.audit": run.audit_status,
        "mlpkg.command": " ".join(map(str, facts.get("command") or ())),
        "mlpkg.git.dirty": git.get("dirty"),
        # names that MLflow's own pages show
        "mlflow.source.git.commit": git.get("commit"),
        "mlflow.source.name": "mlpkg",
    } | {f"mlpkg.version.{name}": value for name, value in versions.items()}
    return {
        _key(name): str(value)[:TAG_LENGTH]
        for name, value in tags.items()
        if value not in (None, "")
    }


def _export(client: Any, run: StoredRun, experiment: str) -> str:
    """Send everything through a client."""
    from mlflow.entities import Metric, Param, RunTag

    params, metrics, tags = mlflow_params(run), mlflow_metrics(run), mlflow_tags(run)
    started, ended = _times(run)
    run_id = _mlflow_run(client, run, experiment, started)
    for batch in _batches(tags):
        client.log_batch(run_id, tags=[RunTag(*item) for item in batch])
    for batch in _batches(params):
        client.log_batch(run_id, params=[Param(*item) for item in batch])
    for batch in _batches(metrics):
        # the run's own time: a second export repeats the points and adds none
        client.log_batch(run_id, metrics=[Metric(*item, ended, 0) for item in batch])
    client.log_artifacts(run_id, str(run.path))
    client.set_terminated(run_id, "FINISHED", ended)
    return run_id


def _mlflow_run(client: Any, run: StoredRun, experiment: str, started: int) -> str:
    """Return the MLflow run of a run folder, made where there is none."""
    if not re.fullmatch(r"[\w.\-]+", run.id):
        raise DataError(
            f"{run.path / 'run.json'}: id {run.id!r} holds more than letters, digits, "
            ". - and _; restore the file"
        )
    known = client.get_experiment_by_name(experiment)
    where = known.experiment_id if known else client.create_experiment(experiment)
    query = f"tags.`{RUN_ID_TAG}` = '{run.id}'"
    found = client.search_runs([where], filter_string=query, max_results=1)
    if found:
        return str(found[0].info.run_id)
    tags = {RUN_ID_TAG: run.id}
    made = client.create_run(where, start_time=started, run_name=run.id, tags=tags)
    return str(made.info.run_id)


def _mlflow() -> tuple[Any, type[Exception]]:
    """Return MLflow's client class and its error."""
    try:
        from mlflow import MlflowClient
        from mlflow.exceptions import MlflowException
    except ImportError:
        raise DataError(
            "mlflow is not installed: pip install 'mlpkg[mlflow]', best in an "
            "environment of its own, since it pins an older pyarrow"
        ) from None
    return MlflowClient, MlflowException


def _require_answer(uri: str, shown: str) -> None:
    """Refuse a server that is not there at once; MLflow tries on for minutes."""
    if not uri.startswith(("http://", "https://")):
        return
    try:
        urlopen(uri, timeout=10).close()  # noqa: S310 (http and https alone)
    except (OSError, HTTPException) as error:
        reason = getattr(error, "reason", error)
        # A server that answers with an error is there; doubtful cases are MLflow's.
        if isinstance(reason, ConnectionError | TimeoutError | socket.gaierror):
            raise DataError(
                f"nothing was sent: no server answers at {shown} ({reason}); start "
                "`mlflow server`, or give its address"
            ) from None


def _without_password(uri: str) -> str:
    """Return an address that may be shown."""
    try:
        password = urlsplit(uri).password
    except ValueError:
        return "the given address"
    return uri.replace(f":{password}@", ":…@") if password else uri


def _times(run: StoredRun) -> tuple[int, int]:
    """Return start and end in milliseconds; where no start is stored, by the file."""
    seconds = float((run.run.get("timings_s") or {}).get("total") or 0)
    try:
        started = datetime.fromisoformat(run.run["started_utc"])
    except (KeyError, TypeError, ValueError):
        written = (run.path / "run.json").stat().st_mtime
        return int(1000 * (written - seconds)), int(1000 * written)
    if started.tzinfo is None:
        started = started.replace(tzinfo=UTC)
    return int(1000 * started.timestamp()), int(1000 * (started.timestamp() + seconds))


def _key(*words: str) -> str:
    """Join words to a name that MLflow takes, each within its share of the length."""
    share = KEY_LENGTH // len(words) - 1
    return "/".join(_clean(word)[:share] for word in words)


def _word(label: str, number: int) -> str:
    """Return a label as part of a name; two labels never become one."""
    clean = _clean(label)
    return clean if clean == label else f"{clean}_{number}"


def _clean(word: str) -> str:
    """Replace what MLflow's names may not hold."""
    return re.sub(r"[^\w.\- ]", "_", word).strip(". ") or "_"


def _batches(values: Mapping[str, Any]) -> Iterator[list[tuple[str, Any]]]:
    """Cut into what one request may hold."""
    items = iter(values.items())
    while batch := list(islice(items, BATCH)):
        yield batch
