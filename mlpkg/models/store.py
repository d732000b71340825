"""Model folders: plain JSON and safetensors, checked by hash, never unpickled."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from mlpkg.calibration import RiskCurve, checked_mix
from mlpkg.embedding import Encoder, SentenceTransformerEncoder
from mlpkg.embedding.precision import require_device
from mlpkg.exceptions import (
    EncoderNotFoundError,
    MlpkgError,
    ModelFormatError,
    ModelIntegrityError,
    ModelNotFoundError,
)
from mlpkg.features import FEATURE_NAMES
from mlpkg.labels import LabelScheme
from mlpkg.models.base import Head
from mlpkg.models.canaries import Canaries
from mlpkg.models.classifier import SentenceClassifier
from mlpkg.models.heads import HEADS, head_name
from mlpkg.version import __version__

__all__ = [
    "FORMAT",
    "MODELS",
    "load_model",
    "locate_model",
    "manifest_of",
    "read_manifest",
    "save_model",
]

logger = logging.getLogger(__name__)

FORMAT = 1
MANIFEST, HEAD, CANARIES, CARD = (
    "model.json",
    "head.safetensors",
    "canaries.json",
    "README.md",
)
_BUNDLED = Path(__file__).parent.parent / "bundled"
MODELS: dict[str, Path] = {
    "default": _BUNDLED / "model",
    "tuned": _BUNDLED / "model",
    "static": _BUNDLED / "static",
}


def save_model(
    classifier: SentenceClassifier,
    folder: Path,
    *,
    scheme: LabelScheme | None = None,
    facts: Mapping[str, Any] | None = None,
    card: str = "",
) -> None:
    """Write a fitted classifier to a folder.

    Parameters
    ----------
    classifier
        A fitted classifier with a head of `mlpkg.models.heads.HEADS`.
    folder
        Made where it does not exist; its model files are overwritten.
    scheme
        The labels' names, letters and colours; None takes the classifier's own.
    facts
        More keys for ``model.json``: fingerprints, metrics, licence.
    card
        Text of ``README.md``.
    """
    from safetensors.numpy import save_file

    check_is_fitted(classifier, "head_")
    folder.mkdir(parents=True, exist_ok=True)
    scheme = scheme or classifier.scheme_
    encoder = classifier.encoder_object()
    head = classifier.head_
    save_file(head.arrays(), folder / HEAD)
    if head.encoder_file:
        save_file(head.encoder_arrays(), folder / head.encoder_file)
    Canaries.of(head.tuned(encoder)).save(folder / CANARIES)
    manifest = {
        "format": FORMAT,
        "package_version": __version__,
        "scheme": {"labels": list(scheme.names), "furniture": scheme.furniture},
        "classes": classifier.classes_.tolist(),  # whole numbers stay whole numbers
        "classifier": {
            "context_dropout": classifier.context_dropout,
            "markup_dropout": classifier.markup_dropout,
            "folds": classifier.folds,
            "random_state": classifier.random_state,
        },
        "head": {
            "kind": head_name(head),
            "parameters": head.parameters(),
        },
        "features": list(FEATURE_NAMES),
        "encoder": _describe(encoder),
        "calibration": _calibration(classifier),
        **(facts or {}),
        "files": {name: _sha256(folder / name) for name in _files(head)},
    }
    (folder / CARD).write_text(card or "# A model of mlpkg\n", encoding="utf-8")
    text = json.dumps(manifest, indent=2, ensure_ascii=False)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def load_model(
    name_or_folder: str | Path | None = None,
    *,
    encoder: Encoder | None = None,
    device: str = "auto",
    precision: str = "auto",
    batch_size: int = 64,
    cache: bool = False,
    download: bool = False,
) -> SentenceClassifier:
    """Load a model folder.

    Parameters
    ----------
    name_or_folder
        A folder, or the name of a bundled model; None is the default model.
    encoder
        An encoder to use in place of the one that the model names.
    device, precision, batch_size, cache, download
        As `SentenceTransformerEncoder` takes them.

    Returns
    -------
    SentenceClassifier
        Fitted. The encoder's weights are loaded at first use, and checked against
        the model's canaries then.

    Raises
    ------
    ModelNotFoundError
        There is no such folder or name.
    ModelFormatError
        The folder was written by a newer version, or for other features.
    ModelIntegrityError
        A file was changed after it was saved.
    EncoderNotFoundError
        The encoder is not on this machine.

    Examples
    --------
    >>> load_model().classes_.tolist()
    ['attribution', 'boilerplate', 'claim', 'opinion']
    """
    folder = locate_model(name_or_folder)
    manifest = read_manifest(folder)
    with _well_formed(folder / MANIFEST):
        if encoder is None:
            encoder = _encoder(
                manifest["encoder"],
                folder,
                device=device,
                precision=precision,
                batch_size=batch_size,
                cache=cache,
                download=download,
            )
        head = HEADS[manifest["head"]["kind"]](**manifest["head"]["parameters"])
        if head.encoder_file:
            head.restore_encoder(_arrays(folder / head.encoder_file))
        classifier = SentenceClassifier(head, encoder=encoder, **manifest["classifier"])
        return classifier.restore(
            head.restore(_arrays(folder / HEAD)),
            np.asarray(manifest["classes"]),
            _temperature(manifest),
            Canaries.load(folder / CANARIES),
            LabelScheme.from_names(
                manifest["scheme"]["labels"], manifest["scheme"]["furniture"]
            ),
            str(name_or_folder or "default"),
            *_risk_and_mix(manifest),
        )


def manifest_of(name_or_folder: str | Path | None = None) -> dict[str, Any]:
    """Read the checked ``model.json`` of a folder or of a bundled name."""
    return read_manifest(locate_model(name_or_folder))


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read ``model.json`` and check format, features and files.

    Raises
    ------
    ModelFormatError, ModelIntegrityError
        As `load_model` raises them.
    """
    path = folder / MANIFEST
    with _well_formed(path):
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if manifest["format"] > FORMAT:
            raise ModelFormatError(
                f"{path}: format {manifest['format']}, this mlpkg {__version__} reads "
                f"up to {FORMAT}; pip install "
                f"'mlpkg>={manifest.get('package_version', '?')}'"
            )
        for name in _files(HEADS.get(manifest["head"].get("kind"))):
            if not (folder / name).is_file():
                raise ModelIntegrityError(f"{folder}: {name} is missing")
            if _sha256(folder / name) != manifest["files"].get(name):
                raise ModelIntegrityError(
                    f"{folder / name}: not the file that was saved (its sha256 differs "
                    "from model.json); copy the folder again or retrain"
                )
        if manifest["features"] != list(FEATURE_NAMES) or (
            manifest["head"].get("kind") not in list(HEADS)
        ):
            raise ModelFormatError(
                f"{path}: written by mlpkg {manifest['package_version']} for other "
                f"features or heads than mlpkg {__version__} computes; install that "
                "version or retrain"
            )
        if manifest["package_version"] != __version__:
            logger.info("%s: saved by mlpkg %s", folder, manifest["package_version"])
        return manifest


@contextmanager
def _well_formed(manifest: Path) -> Iterator[None]:
    """Say of a manifest that is not as `save_model` writes it which one it is."""
    malformed = (
        ValueError,  # no JSON, no UTF-8, weights of other shapes
        AttributeError,
        LookupError,
        TypeError,
        OverflowError,
        RuntimeError,  # nested too deep
    )
    try:
        yield
    except MlpkgError:
        raise
    except malformed as error:
        raise ModelIntegrityError(
            f"{manifest}: not a model manifest ({error!r}); copy the folder again or "
            "retrain"
        ) from error


def locate_model(name_or_folder: str | Path | None) -> Path:
    """Find a model folder by path or by name; None is the default model.

    Raises
    ------
    ModelNotFoundError
        There is no such folder or name; the message gives the nearest.
    """
    name = "default" if name_or_folder is None else str(name_or_folder)
    folder = MODELS.get(name, Path(name))
    for place in (folder, folder / "model"):  # a model folder, or the run around it
        if (place / MANIFEST).is_file():
            return place
    near = get_close_matches(name, MODELS, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise ModelNotFoundError(
        f"no model {name!r}: not a folder with a {MANIFEST}, nor one of "
        f"{', '.join(MODELS)}{hint}"
    )


def _arrays(path: Path) -> dict[str, Any]:
    """Read a file of arrays; what is no number would make every answer none."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        arrays: dict[str, Any] = load_file(path)
    except (SafetensorError, ValueError) as error:
        raise ModelIntegrityError(
            f"{path}: not a whole safetensors file ({error}); copy the folder again"
        ) from None
    wrong = [name for name, array in arrays.items() if np.isnan(array).any()]
    if wrong:
        raise ModelIntegrityError(f"{path}: {wrong!r:.80} holds NaN; train it again")
    return arrays


def _temperature(manifest: dict[str, Any]) -> float:
    """Take back the temperature, by which logits are divided."""
    temperature = manifest["calibration"]["temperature"]
    if not (isinstance(temperature, int | float) and 0 < temperature < float("inf")):
        raise TypeError(f"the temperature must be above 0, got {temperature!r:.40}")
    return float(temperature)


def _files(head: Head | type[Head] | None) -> list[str]:
    """Return the files of a model folder that hold what was learned."""
    learned = [head.encoder_file] if head is not None and head.encoder_file else []
    return [HEAD, CANARIES, *learned]


def _calibration(classifier: SentenceClassifier) -> dict[str, Any]:
    """Describe what makes probabilities of logits, and what may rest on them."""
    curve = classifier.risk_curve_
    return {
        "temperature": classifier.temperature_,
        "label_mix": classifier.label_mix_,
        "risk_curve": None if curve is None else curve.to_json(),
    }


def _risk_and_mix(
    manifest: dict[str, Any],
) -> tuple[RiskCurve | None, dict[str, float] | None]:
    """Take back the risk curve and the label mix; early folders lack both."""
    stored = manifest["calibration"]
    curve, mix = stored.get("risk_curve"), stored.get("label_mix")
    if mix is not None:
        names = [str(name) for name in manifest["classes"]]
        try:
            shares = checked_mix(mix, names)
        except ValueError as error:
            raise TypeError(str(error)) from None
        mix = dict(zip(names, shares.tolist(), strict=True))
    return (None if curve is None else RiskCurve.from_json(curve)), mix


def _describe(encoder: Encoder) -> dict[str, Any]:
    """Describe an encoder so that it can be found again."""
    facts: dict[str, Any] = {
        "name": None,
        "fingerprint": encoder.fingerprint,
        "dimension": encoder.dimension,
    }
    if isinstance(encoder, SentenceTransformerEncoder):
        facts |= {
            "name": encoder.name,
            "revision": encoder.revision,
            "max_length": encoder.max_length,
            "weights_sha256": encoder.weights_sha256,
        }
    return facts


def _encoder(facts: dict[str, Any], folder: Path, **options: Any) -> Encoder:
    """Find the encoder that a manifest describes."""
    if facts["name"] is None:
        raise EncoderNotFoundError(
            f"{folder}: the model was trained with an encoder of the caller's own; "
            "pass it as load_model(…, encoder=…)"
        )
    require_device(options["device"])
    encoder = SentenceTransformerEncoder(
        facts["name"],
        revision=facts["revision"],
        max_length=facts["max_length"],
        **options,
    )
    if encoder.weights_sha256 != facts["weights_sha256"]:
        logger.warning(
            "the weights of encoder %s are not those that the model was trained "
            "with; its canaries decide",
            encoder.name,
        )
    return encoder


def _sha256(path: Path) -> str:
    """Hash of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
