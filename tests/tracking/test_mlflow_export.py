"""The names and sizes here; the export itself against a real server on loopback.

MLflow pins a pyarrow that this package need not have, so server and export run under
a Python of their own, named by MLPKG_MLFLOW_PYTHON.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

import mlpkg
from mlpkg.exceptions import DataError
from mlpkg.tracking.mlflow_export import (
    export_to_mlflow,
    mlflow_metrics,
    mlflow_params,
    mlflow_tags,
)
from mlpkg.tracking.stored_run import StoredRun

CHECKOUT = Path(mlpkg.__file__).parents[1]
RUN_ID = "2031-01-02T030405-small-0123abcd"
EXPORT = """
import sys
from pathlib import Path
from mlpkg.tracking.mlflow_export import export_to_mlflow
from mlpkg.tracking.stored_run import StoredRun
run = StoredRun(Path(sys.argv[1]))
done = export_to_mlflow(run, tracking_uri=sys.argv[2], experiment=sys.argv[3])
sys.stderr.write(done)
"""
READ_BACK = """
import json, sys
from mlflow import MlflowClient
client = MlflowClient(sys.argv[1])
experiment = client.get_experiment_by_name(sys.argv[2]).experiment_id
runs = client.search_runs([experiment])
info, data = runs[0].info, runs[0].data
files, folders = [], [""]
while folders:
    for item in client.list_artifacts(info.run_id, folders.pop()):
        (folders if item.is_dir else files).append(item.path)
key = "out-of-fold/macro_f1"
json.dump({
    "runs": [run.info.run_id for run in runs], "name": info.run_name,
    "status": info.status, "start": info.start_time, "end": info.end_time,
    "params": data.params, "metrics": data.metrics, "tags": data.tags,
    "points": len(client.get_metric_history(info.run_id, key)),
    "files": sorted(files),
}, sys.stderr)
"""


def test_params_are_the_leaves_of_the_config(make_run):
    params = mlflow_params(StoredRun(make_run()))
    assert params["model.C"] == "0.03"
    assert params["name"] == "small"
    assert params["data.columns.text"] == "text"
    assert params["encoder.revision"] == "null"
    assert json.loads(params["data.labels"])[0] == "claim"


def test_what_is_too_long_for_a_param_is_cut(make_run):
    run = StoredRun(make_run(settings={"data": {"train": "d/" * 4000}}))
    assert mlflow_params(run)["data.train"] == "d/" * 3000


def test_metrics_are_every_row_with_its_interval(make_run):
    run = StoredRun(make_run())
    metrics = mlflow_metrics(run)
    rows = run.metrics["out-of-fold"]["rows"]
    assert len(metrics) == 3 * len(rows)
    assert metrics["out-of-fold/macro_f1"] == 1
    assert metrics["out-of-fold/f1/claim/low"] == 1


def test_missing_values_are_left_out(make_run):
    run = StoredRun(make_run())
    run.metrics["out-of-fold"]["rows"][0]["value"] = None
    metric, label = (
        run.metrics["out-of-fold"]["rows"][0][k] for k in ("metric", "label")
    )
    assert f"out-of-fold/{metric}/{label}" not in mlflow_metrics(run)


def test_labels_with_signs_that_mlflow_refuses_stay_distinct(make_run):
    labels = ["yes!", "yes?", "..", "no"]
    run = StoredRun(
        make_run(
            gold=labels * 3,
            settings={"data": {"labels": labels, "furniture": None}},
        )
    )
    metrics = mlflow_metrics(run)
    assert len(metrics) == 3 * len(run.metrics["out-of-fold"]["rows"])
    assert "out-of-fold/f1/yes__0" in metrics
    assert "out-of-fold/f1/no" in metrics


def test_tags_tell_where_a_run_comes_from(make_run):
    tags = mlflow_tags(StoredRun(make_run(RUN_ID)))
    assert tags["mlpkg.run_id"] == RUN_ID
    assert tags["mlpkg.data_fingerprint"] == "d" * 64
    assert tags["mlflow.source.git.commit"] == "a" * 40
    assert tags["mlpkg.version.python"] == "3.11.0"
    assert tags["mlpkg.audit"] == "ok"
    assert "mlpkg.licence" not in tags


def test_without_mlflow_it_says_what_to_install(make_run, monkeypatch):
    monkeypatch.setitem(sys.modules, "mlflow", None)
    with pytest.raises(DataError, match=r"pip install 'mlpkg\[mlflow\]'"):
        export_to_mlflow(StoredRun(make_run()), tracking_uri="sqlite:///none.db")


class Client:
    """Stands for a client that a server refuses."""

    def __init__(self, tracking_uri):
        raise RuntimeError(f"{tracking_uri} says no")


@pytest.fixture
def pretended_mlflow(monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.setattr(
        "mlpkg.tracking.mlflow_export._mlflow", lambda: (Client, RuntimeError)
    )


@pytest.mark.usefixtures("pretended_mlflow")
def test_nothing_is_sent_without_an_address(make_run):
    with pytest.raises(DataError, match="nothing was sent: no address; give --track"):
        export_to_mlflow(StoredRun(make_run()))


@pytest.mark.usefixtures("pretended_mlflow")
def test_the_address_may_stand_in_the_environment(make_run, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:///runs.db")
    with pytest.raises(DataError, match="refused run .*: sqlite:///runs.db says no"):
        export_to_mlflow(StoredRun(make_run()))


@pytest.mark.usefixtures("pretended_mlflow")
def test_a_server_that_is_not_there_is_told_at_once(make_run):
    uri = f"http://127.0.0.1:{_free_port()}"
    with pytest.raises(
        DataError, match=f"nothing was sent: no server answers at {uri}"
    ):
        export_to_mlflow(StoredRun(make_run()), tracking_uri=uri)


@pytest.mark.usefixtures("pretended_mlflow")
def test_no_error_shows_the_password_of_an_address(make_run):
    uri = "postgresql://me:secret@127.0.0.1/runs"
    with pytest.raises(DataError, match="me:…@127.*refused.*me:…@127") as caught:
        export_to_mlflow(StoredRun(make_run()), tracking_uri=uri)
    assert "secret" not in str(caught.value)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Start ``mlflow server`` on a free port; its address and its Python."""
    python = os.environ.get("MLPKG_MLFLOW_PYTHON")
    if not python:
        pytest.skip(
            "set MLPKG_MLFLOW_PYTHON to a Python with mlflow: python -m venv ENV; "
            "ENV/bin/pip install 'mlflow>=3.5'; MLPKG_MLFLOW_PYTHON=ENV/bin/python"
        )
    port, folder = _free_port(), tmp_path_factory.mktemp("mlflow")
    line = [python, "-m", "mlflow", "server", "--host", "127.0.0.1"]
    line += ["--port", str(port), "--workers", "1"]
    line += ["--backend-store-uri", f"sqlite:///{folder / 'mlflow.db'}"]
    line += ["--artifacts-destination", str(folder / "artifacts")]
    with (folder / "server.txt").open("wb") as log:
        process = subprocess.Popen(
            line, stdout=log, stderr=log, env=_surroundings(), start_new_session=True
        )
    try:
        uri = f"http://127.0.0.1:{port}"
        _wait(uri, process, folder / "server.txt")
        yield uri, python
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)


def test_a_run_is_read_back_from_a_real_server(make_run, server):
    uri, python = server
    folder = make_run(RUN_ID)
    run_id = _python(python, EXPORT, folder, uri, "a")
    first = json.loads(_python(python, READ_BACK, uri, "a"))
    assert first["runs"] == [run_id]
    assert (first["name"], first["status"]) == (RUN_ID, "FINISHED")
    assert first["end"] - first["start"] == 2500
    run = StoredRun(folder)
    assert first["params"] == mlflow_params(run)
    assert first["metrics"] == mlflow_metrics(run)
    assert first["tags"].items() >= mlflow_tags(run).items()
    stored = [path for path in folder.rglob("*") if path.is_file()]
    assert first["files"] == sorted(p.relative_to(folder).as_posix() for p in stored)

    assert _python(python, EXPORT, folder, uri, "a") == run_id
    assert json.loads(_python(python, READ_BACK, uri, "a")) == first
    assert first["points"] == 1


def test_labels_of_any_kind_are_taken_by_a_real_server(make_run, server):
    uri, python = server
    labels = ["yes!", "yes?", "..", "a/b"]
    settings = {"data": {"labels": labels, "furniture": None, "train": "d" * 7000}}
    folder = make_run(gold=labels * 3, settings=settings)
    _python(python, EXPORT, folder, uri, "b")
    read = json.loads(_python(python, READ_BACK, uri, "b"))
    assert read["metrics"] == mlflow_metrics(StoredRun(folder))
    assert len(read["params"]["data.train"]) == 6000


def test_a_refusal_of_the_server_is_one_error(make_run, server):
    uri, python = server
    folder = make_run(RUN_ID)
    _python(python, EXPORT, folder, uri, "c")
    config = folder / "config.yaml"
    config.write_text(config.read_text().replace("C: 0.03", "C: 0.04"))
    with pytest.raises(subprocess.CalledProcessError) as caught:
        _python(python, EXPORT, folder, uri, "c")
    assert f"DataError: MLflow at {uri} refused run {RUN_ID}" in caught.value.stderr
    assert "model.C" in caught.value.stderr


def _python(python, code, *arguments):
    """Run code under MLflow's Python; what it wrote to standard error at the end."""
    done = subprocess.run(
        [python, "-W", "ignore", "-c", code, *map(str, arguments)],
        env=_surroundings(),
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    return done.stderr.splitlines()[-1]


def _surroundings():
    """Let MLflow's Python find this package, and keep MLflow off the network."""
    own = {"PYTHONPATH": str(CHECKOUT), "MLFLOW_DISABLE_TELEMETRY": "true"}
    return os.environ | own


def _wait(uri, process, log):
    """Wait until the server answers."""
    for _ in range(240):
        if process.poll() is not None:
            break
        try:
            urlopen(f"{uri}/health", timeout=5).close()  # noqa: S310
        except (URLError, OSError):
            time.sleep(0.5)
        else:
            return
    pytest.fail(f"mlflow server did not start: {log.read_text()[-2000:]}")


def _free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]
