"""What a stranger hands over runs no code and writes nowhere outside of its place."""

from __future__ import annotations

import ast
import hashlib
import json
import logging
import os
import pickle
import shutil
import socket
import struct
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from datasets import Dataset, Features, Image, Value
from safetensors.numpy import load_file, save_file

import mlpkg
from mlpkg.articles import open_articles
from mlpkg.cli.console import echo, fail, set_up_logging
from mlpkg.config import load_config
from mlpkg.data.file_names import plain_name
from mlpkg.embedding import SentenceTransformerEncoder
from mlpkg.exceptions import (
    ConfigError,
    DataError,
    EncoderNotFoundError,
    ModelIntegrityError,
)
from mlpkg.labels import DEFAULT_SCHEME
from mlpkg.models.extract import ExtractedArticle
from mlpkg.models.extract_output import write_extracted
from mlpkg.models.store import MODELS, load_model
from mlpkg.records import Article, Prediction, ReadFailure, Segment
from mlpkg.report.page_html import coloured_page
from mlpkg.tracking.stored_run import StoredRun

ROOT = Path(mlpkg.__file__).parent
ESCAPES = "\x1b[2Jgone\x9b31m\u202egnp.exe\x07"


class Payload:
    """Unpickled, it leaves a file behind."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self):
        return os.mkdir, (str(self.mark),)


@pytest.fixture
def mark(tmp_path):
    """What a payload would make; no test may leave it there."""
    path = tmp_path / "payload-ran"
    yield path
    assert not path.exists()


@pytest.fixture
def payload(mark):
    """A pickle that runs code."""
    data = pickle.dumps(Payload(mark))
    pickle.loads(data)  # noqa: S301 (it is a payload indeed)
    mark.rmdir()
    return data


@pytest.fixture
def model(tmp_path):
    """A copy of the bundled model folder."""
    return Path(shutil.copytree(MODELS["default"], tmp_path / "model"))


def replace_head(model: Path, data: bytes) -> None:
    """Put a file in the place of the weights, its hash put right too."""
    (model / "head.safetensors").write_bytes(data)
    edit(model, "files", "head.safetensors", hashlib.sha256(data).hexdigest())


def edit(model: Path, *path_and_value: object) -> None:
    """Change a value in the manifest."""
    *parents, name, value = path_and_value
    manifest = json.loads((model / "model.json").read_text(encoding="utf-8"))
    part = manifest
    for parent in parents:
        part = part[parent]
    part[name] = value
    (model / "model.json").write_text(json.dumps(manifest), encoding="utf-8")


def files_below(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def test_pickles_in_a_model_folder_stay_where_they_are(model, payload):
    for name in ("head.pkl", "model.joblib", "pytorch_model.bin", "delta.pt"):
        (model / name).write_bytes(payload)
    load_model(model)


@pytest.mark.parametrize(
    "weights",
    [
        b"",
        struct.pack("<Q", 1 << 62) + b"{}",
        struct.pack("<Q", 90)
        + b'{"coef":{"dtype":"F32","shape":[9999999999],'
        + b" " * 46,
    ],
    ids=["nothing", "endless header", "endless tensor"],
)
def test_weights_that_are_not_whole_are_refused(model, weights):
    replace_head(model, weights)
    with pytest.raises(ModelIntegrityError, match="not a whole safetensors file"):
        load_model(model)


def test_a_pickle_under_the_name_of_the_weights_is_refused(model, payload):
    replace_head(model, payload)
    with pytest.raises(ModelIntegrityError, match="not a whole safetensors file"):
        load_model(model)


def test_weights_that_are_no_numbers_are_refused(model):
    arrays = load_file(model / "head.safetensors")
    first = next(iter(arrays))
    save_file(arrays | {first: np.full_like(arrays[first], np.nan)}, model / "nan")
    replace_head(model, (model / "nan").read_bytes())
    with pytest.raises(ModelIntegrityError, match="holds NaN"):
        load_model(model)


def test_weights_of_other_shapes_are_refused(model):
    arrays = load_file(model / "head.safetensors")
    save_file({name: array.ravel()[:1] for name, array in arrays.items()}, model / "x")
    replace_head(model, (model / "x").read_bytes())
    with pytest.raises(ModelIntegrityError, match="not a model manifest"):
        load_model(model)


@pytest.mark.parametrize("value", [0, -1, "1", None, float("nan"), float("inf")])
def test_a_temperature_that_is_none_is_refused(model, value):
    edit(model, "calibration", "temperature", value)
    with pytest.raises(ModelIntegrityError, match="temperature must be above 0"):
        load_model(model)


def test_a_manifest_nested_without_end_is_refused(model):
    (model / "model.json").write_text("[" * 100_000, encoding="utf-8")
    with pytest.raises(ModelIntegrityError, match="not a model manifest"):
        load_model(model)


def test_a_model_that_names_an_encoder_of_the_hub_reaches_no_network(
    model, monkeypatch
):
    def refuse(*_):
        pytest.fail("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    edit(model, "encoder", "name", "a-stranger/his-encoder")
    with pytest.raises(EncoderNotFoundError, match="neither a folder nor in the local"):
        load_model(model)


@pytest.mark.e2e
def test_an_encoder_that_names_code_to_run_is_refused(model, payload, tmp_path):
    encoder = tmp_path / "encoder"
    (encoder / "0").mkdir(parents=True)
    (encoder / "model.safetensors").write_bytes(b"")
    (encoder / "evil.py").write_text("raise SystemExit('ran')", encoding="utf-8")
    (encoder / "0" / "dump").write_bytes(payload)
    for kind, path in (("joblib.load", "0/dump"), ("evil.Module", "")):
        modules = [{"idx": 0, "name": "0", "path": path, "type": kind}]
        (encoder / "modules.json").write_text(json.dumps(modules), encoding="utf-8")
        with pytest.raises(EncoderNotFoundError, match="cannot be loaded"):
            SentenceTransformerEncoder(str(encoder), device="cpu").encode(["Rain."])
        edit(model, "encoder", "name", str(encoder))
        with pytest.raises(ConfigError, match="no BERT with mean pooling"):
            load_model(model).predict(["It rained."])


def test_the_package_holds_nothing_that_unpickles_or_evaluates():
    """Of ways to run what was read, none is used; models are safetensors and JSON."""
    picklers = {"pickle", "dill", "cloudpickle", "marshal", "shelve", "joblib", "torch"}
    loads = {(owner, name) for owner in picklers for name in ("load", "loads", "open")}
    loads |= {("np", "load"), ("numpy", "load"), ("yaml", "load"), ("yaml", "Loader")}
    loads |= {("pickle", "Unpickler"), ("yaml", "UnsafeLoader"), ("os", "system")}
    calls = {"eval", "exec", "compile", "__import__"}
    found = []
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            used = set()
            if isinstance(node, ast.ImportFrom):
                used = {(node.module, alias.name) for alias in node.names} & loads
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                used = {node.func.id} & calls
            elif isinstance(node, ast.Attribute):
                used = {(getattr(node.value, "id", ""), node.attr)} & loads
            found += [f"{path.relative_to(ROOT)}: {name}" for name in used]
    assert not found


HOSTILE = [
    "../../outside",
    "/etc/outside",
    "..\\..\\outside",
    "C:\\outside",
    "c:outside",
    "file:///outside",
    "a/../../outside",
    "con",
    "NUL.txt",
    "com¹",
    "x\0y",
    "..",
    ". .",
    "trailing. . .",
    "x" * 5000,
    ESCAPES,
    "<script>alert(1)</script>",
    "-rf",
    "",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_names_of_files_stay_in_their_folder_on_every_system(text):
    name = plain_name(text)
    assert 0 < len(name) <= 101
    assert name.isprintable()
    assert not set('/\\:*?"<>|\0') & set(name)
    assert name.strip(". ") == name
    assert name.split(".")[0].lower() not in {"con", "nul", "aux", "com1", "com¹"}


def test_pages_of_a_crawl_are_written_below_their_folder_only(make_record, tmp_path):
    records = [
        make_record(f"<p>Page {n}.", n=n).replace(
            f"urn:uuid:{n}".encode(), identity.replace("\0", "").encode()
        )
        for n, identity in enumerate(HOSTILE)
    ]
    # Lengths stand in the header, before which the ids are: nothing else moves.
    crawl = tmp_path / "in" / "crawl.warc"
    crawl.parent.mkdir()
    crawl.write_bytes(b"".join(records))
    before = files_below(tmp_path)
    pages = [
        ExtractedArticle(item, item.text, {})
        for item in open_articles(crawl)
        if isinstance(item, Article)
    ]
    assert len(pages) == len(HOSTILE)
    write_extracted(tmp_path / "out", pages)
    made = files_below(tmp_path) - before
    assert len(made) == len(pages)
    assert all(path.parent == tmp_path / "out" for path in made)


def test_addresses_and_words_of_a_crawl_run_nothing_in_the_coloured_page(
    make_record, tmp_path
):
    record = make_record(
        "<p>&lt;script&gt;alert(1)&lt;/script&gt;", url="javascript:alert(1)"
    )
    record = record.replace(b"urn:uuid:1", b'"><img src=x onerror=alert(1)>')
    path = tmp_path / "a.warc"
    path.write_bytes(record)
    (article,) = open_articles(path)
    assert article.url == "javascript:alert(1)"
    segment = Segment(article.id, 0, 0, len(article.text), article.text)
    said = Prediction(segment, "claim", dict.fromkeys(DEFAULT_SCHEME.names, 0.25), 0.25)
    page = coloured_page([(article, [said])], DEFAULT_SCHEME, model=ESCAPES)
    assert "javascript:" not in page
    assert "<script>alert" not in page
    assert "<img" not in page


def test_what_a_terminal_would_obey_is_replaced(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    echo(ESCAPES)
    with pytest.raises(SystemExit):
        fail(f"no model {ESCAPES}")
    said = capsys.readouterr()
    for sign in "\x1b\x9b\u202e\x07":
        assert sign not in said.out + said.err
    assert "gone" in said.out
    assert "gone" in said.err


def test_a_pipe_gets_the_words_as_they_are(capsys):
    echo(ESCAPES)
    assert capsys.readouterr().out == ESCAPES + "\n"


def test_the_log_holds_nothing_that_a_terminal_would_obey(capsys):
    logger = logging.getLogger("mlpkg")
    handlers, level = logger.handlers[:], logger.level
    try:
        set_up_logging(quiet=False, verbose=False)
        logger.warning("%s: passed over", ESCAPES)
        said = capsys.readouterr().err
    finally:
        logger.handlers[:] = handlers
        logger.setLevel(level)
    assert "gone" in said
    assert not set("\x1b\x9b\u202e\x07") & set(said)


@pytest.mark.parametrize(
    "tag", ["!!python/object/apply:os.mkdir [{}]", "!!python/name:os.system ''"]
)
def test_a_config_runs_no_code(tag, mark, tmp_path):
    path = tmp_path / "evil.yaml"
    path.write_text(f"name: {tag.format(mark)}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="python"):
        load_config(str(path))


def test_the_config_of_a_run_runs_no_code(mark, tmp_path):
    text = f"name: !!python/object/apply:os.mkdir [{mark}]\n"
    (tmp_path / "run.json").write_text("{}", encoding="utf-8")
    (tmp_path / "config.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="config.yaml: not YAML"):
        _ = StoredRun(tmp_path).config


def test_a_data_set_reads_no_file_outside_of_its_folder(tmp_path):
    Dataset.from_dict({"text": ["It rained."]}).save_to_disk(tmp_path / "other")
    Dataset.from_dict({"text": ["We left."]}).save_to_disk(tmp_path / "evil")
    state_path = tmp_path / "evil" / "state.json"
    state = json.loads(state_path.read_text(encoding="utf-8"))
    (file,) = (tmp_path / "other").glob("*.arrow")
    state["_data_files"] = [{"filename": f"../other/{file.name}"}]
    state_path.write_text(json.dumps(state), encoding="utf-8")
    (failure,) = open_articles(tmp_path / "evil")
    assert isinstance(failure, ReadFailure)
    assert "files outside the folder" in failure.reason


def test_pictures_of_a_data_set_are_not_opened(tmp_path, monkeypatch):
    stored = {"bytes": Value("binary"), "path": Value("string")}
    features = Features({"text": Value("string"), "picture": stored})
    rows = {
        "text": ["It rained."],
        "picture": [{"path": "/etc/hostname", "bytes": None}],
    }
    Dataset.from_dict(rows, features=features).save_to_disk(tmp_path / "d")
    info_path = tmp_path / "d" / "dataset_info.json"
    info = json.loads(info_path.read_text(encoding="utf-8"))
    info["features"]["picture"] = {"_type": "Image"}
    info_path.write_text(json.dumps(info), encoding="utf-8")
    monkeypatch.setattr(Image, "decode_example", lambda *_: pytest.fail("opened"))
    (article,) = open_articles(tmp_path / "d")
    assert article.text == "It rained."


def extension(payload: bytes) -> pa.Table:
    """A table whose type says that it is made by unpickling."""
    field = pa.field(
        "text",
        pa.string(),
        metadata={
            b"ARROW:extension:name": b"arrow.py_extension_type",
            b"ARROW:extension:metadata": payload,
        },
    )
    return pa.table([pa.array(["It rained."])], schema=pa.schema([field]))


def test_types_of_a_table_are_not_unpickled(payload, tmp_path):
    pq.write_table(extension(payload), tmp_path / "evil.parquet")
    assert [item.text for item in open_articles(tmp_path / "evil.parquet")] == [
        "It rained."
    ]


def test_types_of_a_data_set_are_not_unpickled(payload, tmp_path):
    folder = tmp_path / "evil"
    Dataset.from_dict({"text": ["It rained."]}).save_to_disk(folder)
    (file,) = folder.glob("*.arrow")
    table = extension(payload)
    with pa.OSFile(str(file), "wb") as sink, pa.ipc.new_stream(sink, table.schema) as w:
        w.write_table(table)
    (folder / "evil.py").write_text("raise SystemExit('ran')", encoding="utf-8")
    items = list(open_articles(folder))
    assert len(items) == 1


def test_an_archive_inside_a_name_is_no_archive(tmp_path):
    path = tmp_path / "a.tar.gz::..::x.txt"
    path.write_text("It rained.", encoding="utf-8")
    (article,) = open_articles(path)
    assert article.text == "It rained."
