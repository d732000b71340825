from __future__ import annotations

import gzip

import pyarrow as pa
import pytest

from mlpkg.articles import streams
from mlpkg.articles.streams import open_stream, read_whole
from mlpkg.exceptions import DataError

DATA = b"".join(b"It rained on day %d of %d.\n" % (n, n * n) for n in range(5000))


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("a.txt", bytes),
        ("a.txt.gz", gzip.compress),
        ("a.txt.zst", lambda data: pa.compress(data, "zstd", True)),
        ("a", gzip.compress),
    ],
)
def test_the_plain_bytes_are_given_whatever_packed_them(tmp_path, name, pack):
    path = tmp_path / name
    path.write_bytes(pack(DATA))
    with open_stream(str(path)) as stream:
        assert stream.peek(4)[:4] == DATA[:4]
        assert read_whole(stream) == DATA


def test_text_that_packs_well_is_no_bomb(tmp_path, monkeypatch):
    monkeypatch.setattr(streams, "FREE_EXPANSION", 0)
    path = tmp_path / "a.txt.gz"
    path.write_bytes(gzip.compress(DATA))
    with open_stream(str(path)) as stream:
        assert len(read_whole(stream)) == len(DATA)


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(DataError, match="a folder, expected a file"):
        open_stream(str(tmp_path)).__enter__()


def test_a_page_over_the_bound_is_refused_with_the_remedy(tmp_path, monkeypatch):
    monkeypatch.setattr(streams, "MAX_BYTES", 2 << 20)
    path = tmp_path / "a.txt"
    path.write_bytes(bytes((2 << 20) + 1))
    with (
        open_stream(str(path)) as stream,
        pytest.raises(DataError, match="larger than 2 MiB, .* cut it into pages"),
    ):
        read_whole(stream)
