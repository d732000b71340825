from __future__ import annotations

import pytest

from mlpkg.articles.text import read_text
from mlpkg.exceptions import DataError


def test_the_decoded_file_is_the_text():
    article = read_text(b"  It rained.\r\n\r\nWe left. \n", "quay.txt")
    assert article.id == "quay.txt"
    assert article.text == "  It rained.\n\nWe left. \n"
    assert article.blocks == ()
    assert article.meta == {"encoding": "utf-8"}


@pytest.mark.parametrize(
    "data", [b"", b" \n\t ", b"\xef\xbb\xbf\r\n", "\u00a0".encode()]
)
def test_a_file_of_white_space_is_refused(data):
    with pytest.raises(DataError, match="the file holds no text"):
        read_text(data, "a")
