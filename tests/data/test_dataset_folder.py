from __future__ import annotations

from pathlib import Path

import pytest
from datasets import Dataset, DatasetDict

from mlpkg.data.dataset_folder import is_dataset_folder, read_dataset
from mlpkg.data.rows import Columns
from mlpkg.exceptions import DataError

ROWS = {"text": ["It rained.", "How sad."], "label": ["claim", "opinion"]}


def test_folders_of_datasets_are_known_by_their_files(tmp_path):
    Dataset.from_dict(ROWS).save_to_disk(tmp_path / "one")
    DatasetDict(train=Dataset.from_dict(ROWS)).save_to_disk(tmp_path / "more")
    assert is_dataset_folder(tmp_path / "one")
    assert is_dataset_folder(tmp_path / "more")
    assert not is_dataset_folder(tmp_path)


def test_rows_are_numbered_and_other_columns_left_out(tmp_path):
    Dataset.from_dict(ROWS | {"notes": ["x", "y"]}).save_to_disk(tmp_path / "d")
    assert list(read_dataset(tmp_path / "d", None, Columns())) == [
        (1, {"text": "It rained.", "label": "claim"}),
        (2, {"text": "How sad.", "label": "opinion"}),
    ]


def test_a_missing_column_is_told_with_the_nearest(tmp_path):
    Dataset.from_dict({"Text": ["A."], "label": ["claim"]}).save_to_disk(tmp_path / "d")
    with pytest.raises(DataError, match=r"d: no column 'text' among .* mean 'Text'\?"):
        list(read_dataset(tmp_path / "d", None, Columns()))


def test_a_split_of_a_dataset_without_splits_is_refused(tmp_path):
    Dataset.from_dict(ROWS).save_to_disk(tmp_path / "d")
    with pytest.raises(
        DataError, match="one dataset without splits; leave ::train out"
    ):
        list(read_dataset(tmp_path / "d", "train", Columns()))


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b"")])
@pytest.mark.parametrize("name", ["state.json", "dataset_info.json", "data-*.arrow"])
def test_a_damaged_folder_is_refused(tmp_path, name, damage):
    Dataset.from_dict(ROWS).save_to_disk(tmp_path / "d")
    (path,) = (tmp_path / "d").glob(name)
    damage(path)
    with pytest.raises(DataError, match="d: not a whole datasets folder"):
        list(read_dataset(tmp_path / "d", None, Columns()))
