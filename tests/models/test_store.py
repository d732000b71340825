from __future__ import annotations

import json
import logging
import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.exceptions import NotFittedError

from mlpkg.exceptions import (
    CalibrationError,
    CanaryError,
    ConfigError,
    EncoderNotFoundError,
    MlpkgError,
    ModelFormatError,
    ModelIntegrityError,
    ModelNotFoundError,
)
from mlpkg.labels import LabelScheme
from mlpkg.models import LinearHead
from mlpkg.models.heads import HEADS
from mlpkg.models.store import FORMAT, MODELS, load_model, manifest_of, save_model
from mlpkg.records import Page

LABELS = ("attribution", "boilerplate", "claim", "opinion")
FILES = ("model.json", "head.safetensors", "canaries.json", "README.md")


@pytest.fixture
def folder(make_classifier, task, tmp_path) -> Path:
    """A saved model on the tiny encoder."""
    classifier = make_classifier(folds=3).fit(task.pages, task.page_labels)
    save_model(classifier, tmp_path / "model")
    return tmp_path / "model"


def edit(folder: Path, **changes: object) -> None:
    path = folder / "model.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(manifest | changes), encoding="utf-8")


def read(folder: Path, key: str) -> dict:
    return json.loads((folder / "model.json").read_text(encoding="utf-8"))[key]


def test_whole_numbers_as_labels_stay_whole_numbers(
    make_classifier, task, tiny_encoder, tmp_path
):
    names = sorted(set(task.labels))
    labels = [names.index(label) for label in task.labels]
    classifier = make_classifier().fit(task.texts, labels)
    save_model(classifier, tmp_path / "model")
    loaded = load_model(tmp_path / "model", encoder=tiny_encoder)
    found = loaded.predict(task.texts)
    assert found.dtype == classifier.predict(task.texts).dtype
    assert found.tolist() == classifier.predict(task.texts).tolist()
    assert loaded.score(task.texts, labels) == classifier.score(task.texts, labels)
    assert loaded.scheme_.names == ("0", "1", "2", "3")


@pytest.mark.parametrize("classes", [4, 2])
def test_a_loaded_model_gives_the_same_probabilities(
    make_classifier, task, tiny_encoder, tmp_path, classes
):
    labels = [
        [label if classes == 4 else str(label == "claim") for label in page]
        for page in task.page_labels
    ]
    classifier = make_classifier(folds=3).fit(task.pages, labels)
    save_model(classifier, tmp_path / "deep" / "model")
    loaded = load_model(tmp_path / "deep" / "model", encoder=tiny_encoder)
    assert loaded.classes_.tolist() == classifier.classes_.tolist()
    assert loaded.temperature_ == classifier.temperature_
    assert loaded.scheme_ == classifier.scheme_
    assert loaded.name_ == str(tmp_path / "deep" / "model")
    np.testing.assert_array_equal(
        loaded.predict_proba(task.texts), classifier.predict_proba(task.texts)
    )
    for ours, theirs in zip(
        loaded.predict_proba(task.pages),
        classifier.predict_proba(task.pages),
        strict=True,
    ):
        np.testing.assert_array_equal(ours, theirs)


def test_a_loaded_model_can_be_trained_again(folder, tiny_encoder, task):
    loaded = load_model(folder, encoder=tiny_encoder)
    before = loaded.predict_proba(task.texts)
    again = loaded.fit(task.pages, task.page_labels)
    np.testing.assert_allclose(again.predict_proba(task.texts), before, atol=1e-6)


def test_the_scheme_is_kept(make_classifier, task, tiny_encoder, tmp_path):
    scheme = LabelScheme.from_names(
        ["opinion", "claim", "attribution", "boilerplate", "other"], "other"
    )
    classifier = make_classifier().fit(task.texts, task.labels)
    save_model(classifier, tmp_path, scheme=scheme, facts={"name": "kept"}, card="# K")
    assert load_model(tmp_path, encoder=tiny_encoder).scheme_ == scheme
    assert read(tmp_path, "name") == "kept"
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == "# K"


def test_an_unfitted_classifier_is_not_saved(make_classifier, tmp_path):
    with pytest.raises(NotFittedError, match="not fitted yet"):
        save_model(make_classifier(), tmp_path / "model")
    assert not (tmp_path / "model").exists()


def test_a_head_of_the_users_own_is_not_saved(make_classifier, task, tmp_path):
    class OwnHead(LinearHead):
        pass

    classifier = make_classifier(model=OwnHead()).fit(task.texts, task.labels)
    with pytest.raises(ConfigError, match="OwnHead is not in the table of heads"):
        save_model(classifier, tmp_path)


def test_the_folder_holds_plain_files_only(folder):
    assert sorted(path.name for path in folder.iterdir()) == sorted(FILES)
    for name in ("model.json", "canaries.json"):
        json.loads((folder / name).read_text(encoding="utf-8"))
    head = (folder / "head.safetensors").read_bytes()
    size = int.from_bytes(head[:8], "little")
    assert json.loads(head[8 : 8 + size])["coef"]["dtype"] == "F32"
    for path in folder.iterdir():
        # A pickle opens with PROTO, an archive of pickles with PK.
        assert path.read_bytes()[:1] != b"\x80"
        assert path.read_bytes()[:2] != b"PK"


def test_loading_never_unpickles(folder, tiny_encoder, task, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("something was unpickled")

    for name in ("load", "loads", "Unpickler"):
        monkeypatch.setattr(pickle, name, refuse)
    loaded = load_model(folder, encoder=tiny_encoder)
    assert len(loaded.predict(task.texts)) == len(task.texts)


@pytest.mark.parametrize("name", ["head.safetensors", "canaries.json"])
def test_a_changed_byte_is_found(folder, tiny_encoder, name):
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(ModelIntegrityError, match=f"{name}: not the file that was"):
        load_model(folder, encoder=tiny_encoder)


@pytest.mark.parametrize("name", ["head.safetensors", "canaries.json"])
def test_a_missing_file_is_named(folder, tiny_encoder, name):
    (folder / name).unlink()
    with pytest.raises(ModelIntegrityError, match=f"{name} is missing"):
        load_model(folder, encoder=tiny_encoder)


def test_the_card_is_not_hashed(folder, tiny_encoder):
    (folder / "README.md").write_text("# Another", encoding="utf-8")
    assert load_model(folder, encoder=tiny_encoder).name_ == str(folder)


def test_a_newer_format_says_what_to_install(folder, tiny_encoder):
    edit(folder, format=FORMAT + 1, package_version="9.1", head="of another kind")
    message = rf"format {FORMAT + 1}, .* up to {FORMAT}; pip install 'mlpkg>=9.1'"
    with pytest.raises(ModelFormatError, match=message):
        load_model(folder, encoder=tiny_encoder)


def test_other_features_are_refused(folder, tiny_encoder):
    edit(folder, features=["words"], package_version="0.0.7")
    with pytest.raises(ModelFormatError, match=r"by mlpkg 0\.0\.7 for other features"):
        load_model(folder, encoder=tiny_encoder)


def test_an_unknown_head_is_refused(folder, tiny_encoder):
    edit(folder, head={"kind": "forest", "parameters": {}})
    with pytest.raises(ModelFormatError, match="other features or heads"):
        load_model(folder, encoder=tiny_encoder)


def test_another_package_version_is_only_a_notice(folder, tiny_encoder, caplog):
    edit(folder, package_version="0.0.7")
    with caplog.at_level(logging.INFO, logger="mlpkg"):
        load_model(folder, encoder=tiny_encoder)
    assert "saved by mlpkg 0.0.7" in caplog.text


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"7", b'{"format": 1}', b"\xff"])
def test_what_is_not_a_manifest_is_refused(folder, tiny_encoder, text):
    (folder / "model.json").write_bytes(text)
    with pytest.raises(ModelIntegrityError, match=r"model\.json: not a model manif"):
        load_model(folder, encoder=tiny_encoder)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_mangled_manifest_is_an_error_of_ours_or_loads(folder, tiny_encoder, data):
    path = folder / "model.json"
    original = path.read_text(encoding="utf-8")
    manifest = json.loads(original)
    inner = [manifest, *(value for value in manifest.values() if type(value) is dict)]
    target = data.draw(st.sampled_from(inner))
    key = data.draw(st.sampled_from(sorted(target)))
    change = data.draw(st.sampled_from(["drop", None, 1, "x", [], {}]))
    if change == "drop":
        del target[key]
    else:
        target[key] = change
    try:
        path.write_text(json.dumps(manifest), encoding="utf-8")
        loaded = load_model(folder, encoder=tiny_encoder)
    except MlpkgError as error:
        assert str(folder) in str(error) or "label" in str(error)  # noqa: PT017
    else:
        assert loaded.head_.coef_.shape[0] == 4
    finally:
        path.write_text(original, encoding="utf-8")


def test_file_names_of_a_manifest_lead_nowhere(folder, tiny_encoder, tmp_path):
    outside = tmp_path / "outside.txt"
    outside.write_text("untouched", encoding="utf-8")
    shutil.copytree(folder, tmp_path / "before")
    edit(
        folder,
        files=read(folder, "files")
        | {"../outside.txt": "0" * 64, str(outside): "0" * 64},
    )
    load_model(folder, encoder=tiny_encoder)
    assert outside.read_text(encoding="utf-8") == "untouched"
    for name in FILES[1:]:
        before = (tmp_path / "before" / name).read_bytes()
        assert (folder / name).read_bytes() == before


def test_an_encoder_that_is_not_here_is_named(folder):
    facts = {"name": "nobody/no-such-encoder", "revision": None, "max_length": None}
    edit(folder, encoder=facts | {"weights_sha256": "0" * 64})
    with pytest.raises(EncoderNotFoundError, match="'nobody/no-such-encoder'"):
        load_model(folder)


def test_an_encoder_of_the_users_own_must_be_given(folder):
    with pytest.raises(EncoderNotFoundError, match=r"pass it as load_model\(…, enc"):
        load_model(folder)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("defalt", "no model 'defalt': .* did you mean 'default'"),
        ("zzz", "'zzz': not a folder with a model.json, nor one of default, tuned"),
    ],
)
def test_an_unknown_model_is_refused(name, message):
    with pytest.raises(ModelNotFoundError, match=message):
        load_model(name)


def test_a_folder_without_a_manifest_is_no_model(tmp_path):
    with pytest.raises(ModelNotFoundError, match=r"not a folder with a model\.json"):
        load_model(tmp_path)


def test_another_encoder_is_found_by_its_canaries(folder, tiny_encoder, task):
    other = type(tiny_encoder)(seed=1)
    loaded = load_model(folder, encoder=other)
    with pytest.raises(CanaryError, match="no longer gives the vectors"):
        loaded.predict(task.texts)


@pytest.mark.parametrize("name", MODELS)
def test_the_bundled_models_stand_where_the_table_says(name):
    folder = MODELS[name]
    learned = HEADS[manifest_of(name)["head"]["kind"]].encoder_file
    found = sorted(path.name for path in folder.iterdir())
    assert found == sorted([*FILES, learned])


def test_pages_without_segments_are_fine_after_loading(folder, tiny_encoder, task):
    loaded = load_model(folder, encoder=tiny_encoder)
    empty = Page(task.pages[0].article, ())
    assert [len(p) for p in loaded.predict_pages([empty, task.pages[0]])] == [0, 5]


def test_a_run_folder_stands_for_the_model_in_it(folder, tiny_encoder):
    by_run = load_model(folder.parent, encoder=tiny_encoder)
    by_model = load_model(folder, encoder=tiny_encoder)
    texts = ["It rained on Monday."]
    assert np.array_equal(by_run.predict_proba(texts), by_model.predict_proba(texts))


def test_the_risk_curve_and_the_training_mix_come_back(
    make_classifier, task, tiny_encoder, tmp_path
):
    classifier = make_classifier(folds=3).fit(task.texts, task.labels)
    save_model(classifier, tmp_path)
    loaded = load_model(tmp_path, encoder=tiny_encoder)
    assert loaded.label_mix_ == pytest.approx(classifier.label_mix_)
    assert loaded.risk_curve_.thresholds == classifier.risk_curve_.thresholds
    assert loaded.threshold(0.5) == classifier.threshold(0.5)


def test_a_folder_of_before_still_loads_and_says_what_it_lacks(
    folder, tiny_encoder, task
):
    edit(folder, calibration={"temperature": 1.5})
    loaded = load_model(folder, encoder=tiny_encoder)
    assert loaded.temperature_ == 1.5
    assert len(loaded.predict(task.texts)) == len(task.texts)
    with pytest.raises(CalibrationError, match="has no risk curve, .* train it again"):
        loaded.threshold(0.05)
    with pytest.raises(CalibrationError, match="does not store the label mix .* train"):
        loaded.mix_factors({"claim": 1.0})


@pytest.mark.parametrize(
    "change",
    [
        {"risk_curve": {"thresholds": [0.5]}},
        {"risk_curve": [0.5]},
        {"label_mix": {"claim": 1.0}},
        {"label_mix": [0.25, 0.25, 0.25, 0.25]},
        {"label_mix": dict.fromkeys(LABELS, "x")},
    ],
)
def test_a_calibration_that_is_none_is_refused(folder, tiny_encoder, change):
    edit(folder, calibration={"temperature": 1.0} | change)
    with pytest.raises(ModelIntegrityError, match=r"model\.json: not a model manifest"):
        load_model(folder, encoder=tiny_encoder)
