"""Records of whole, cut and damaged files: which are found, and what is said."""

from __future__ import annotations

import gzip
import io
import re

import pytest

from mlpkg.articles.warc_bytes import warc_bytes
from mlpkg.articles.warc_records import (
    WarcRecord,
    header_fields,
    read_records,
    record_starts,
)
from mlpkg.articles.warc_window import Start

LIMIT = 10_000


def warc(*names, **options):
    """Records with the names as their content."""
    return [record(name, **options) for name in names]


def record(content="one", *, length=None, header=b"", end=b"\r\n\r\n"):
    """A record by hand, so that anything can be wrong with it."""
    size = len(content) if length is None else length
    lines = b"WARC/1.0\r\nWARC-Type: resource\r\nContent-Length: %d\r\n%b\r\n"
    return lines % (size, header) + content.encode() + end


def found(data, *, limit=LIMIT, seekable=True, start=0):
    """Contents in order; a fault is its message."""
    inner = io.BytesIO(data) if seekable else Pipe(data)
    raw = io.BufferedReader(inner)
    raw.read(start)
    return [
        item.block.decode() if isinstance(item, WarcRecord) else f"FAULT {item}"
        for _, item in read_records(warc_bytes(raw, start), limit)
    ]


class Pipe(io.RawIOBase):
    """Standard input, which cannot be gone back in."""

    def __init__(self, data):
        self._data = io.BytesIO(data)

    def readable(self):
        return True

    def readinto(self, buffer):
        return self._data.readinto(buffer)


def packed(parts):
    return b"".join(map(gzip.compress, parts))


def flipped(data, place):
    return data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]


ONE, TWO, THREE = warc("one", "two", "three")
GZ = [gzip.compress(part) for part in (ONE, TWO, THREE)]
CHECKSUM = GZ[1][:-8] + bytes(8)


@pytest.mark.parametrize(
    "data",
    [
        ONE + TWO + THREE,
        b"".join(GZ),
        gzip.compress(ONE + TWO + THREE),
        ONE[:-4] + TWO[:-2] + THREE,
        b"\r\n\r\n" + ONE + b"\r\n" + TWO + THREE.rstrip(),
        (ONE + TWO + THREE).replace(b"\r\n", b"\n"),
    ],
    ids=["plain", "packed", "packed whole", "ends missing", "ends too many", "unix"],
)
@pytest.mark.parametrize("seekable", [True, False])
def test_whole_records_are_found_however_they_are_packed(data, seekable):
    assert found(data, seekable=seekable) == ["one", "two", "three"]


BROKEN = {
    "cut": (ONE + TWO[:-6], ["one"], "cut short: its 3 bytes are not all there"),
    "packed and cut": (
        GZ[0] + GZ[1][:-12],
        ["one"],
        "cut short: its 3 bytes are not all there .the gzip bytes end before",
    ),
    "a member that is cut": (
        GZ[0] + GZ[1][:-12] + GZ[2],
        ["one", "three"],
        "Content-Length|gzip bytes",
    ),
    "a bit that has turned": (
        GZ[0] + flipped(GZ[1], len(GZ[1]) // 2) + GZ[2],
        ["one", "three"],
        "damaged gzip bytes|Content-Length|no WARC record",
    ),
    "a wrong checksum": (GZ[0] + CHECKSUM + GZ[2], ["one", "three"], "data check"),
    "the beginning of a member": (
        GZ[0] + flipped(GZ[1], 0) + GZ[2],
        ["one", "three"],
        "damaged gzip bytes",
    ),
    "the first member": (
        flipped(GZ[0], 3) + GZ[1] + GZ[2],
        ["two", "three"],
        "damaged gzip bytes",
    ),
    "other bytes between": (
        ONE + b"x\r\ny" * 9 + b"\r\n" + THREE,
        ["one", "three"],
        r"no WARC record begins with b'x\\r\\n",
    ),
    "a length too short": (
        ONE + record("two", length=1) + THREE,
        ["one", "three"],
        "its Content-Length, 1, is wrong",
    ),
    "a length too long": (
        ONE + record("two", length=99) + THREE + record("x" * 99),
        ["one", "three", "x" * 99],
        "its Content-Length, 99, is wrong",
    ),
    "a length beyond the file": (
        ONE + record("two", length=5000) + THREE,
        ["one", "three"],
        "cut short: its 5,000 bytes",
    ),
    "a length beyond what is held": (
        ONE + record("two", length=10**15) + THREE,
        ["one", "three"],
        "cut short: its 1,000,000,000,000,000 bytes",
    ),
    "packed with a length beyond what is held": (
        packed([ONE, record("two", length=10**15), THREE]),
        ["one", "three"],
        "cut short: its 1,000,000,000,000,000 bytes",
    ),
    "packed whole with a length beyond what is held": (
        gzip.compress(ONE + record("two", length=10**15) + THREE),
        ["one", "three"],
        "cut short: its 1,000,000,000,000,000 bytes",
    ),
    "a length below zero": (
        ONE + record("two", length=-1) + THREE,
        ["one", "three"],
        "Content-Length must be a number of bytes, got '-1'",
    ),
    "no length": (
        ONE + TWO.replace(b"Content-Length", b"Contents") + THREE,
        ["one", "three"],
        "Content-Length must be a number of bytes, got ''",
    ),
    "a header without end": (
        ONE + b"WARC/1.0\r\n" + b"a: b\r\n" * 20_000 + THREE,
        ["one", "three"],
        "the header of the record has no end",
    ),
    "a digest of other content": (
        ONE + record("two", header=b"WARC-Block-Digest: sha1:AAAA\r\n") + THREE,
        ["one", "three"],
        "not that of its WARC-Block-Digest",
    ),
    "a bomb": (
        packed([ONE, record("0" * (1 << 25)), THREE]),
        ["one", "three"],
        "expand more than 200-fold",
    ),
}


@pytest.mark.parametrize(("data", "contents", "told"), BROKEN.values(), ids=BROKEN)
def test_what_is_damaged_is_told_and_the_rest_is_found(data, contents, told):
    items = found(data)
    assert [item for item in items if not item.startswith("FAULT")] == contents
    faults = [item for item in items if item.startswith("FAULT")]
    assert 1 <= len(faults) <= 2  # a cut member can break the one behind it too
    assert all(re.search(told, fault) for fault in faults)


@pytest.mark.parametrize("name", ["a wrong checksum", "the first member", "a bomb"])
def test_standard_input_is_read_on_behind_damaged_members(name):
    data, contents, _ = BROKEN[name]
    items = found(data, seekable=False)
    assert [item for item in items if not item.startswith("FAULT")] == contents


def test_what_is_passed_over_on_standard_input_is_lost_and_told():
    data = ONE + record("two", length=10**15) + THREE
    assert len(found(data, seekable=False)) == 2


def test_content_beyond_the_limit_is_passed_over():
    data = ONE + record("long " * 100) + THREE
    assert found(data, limit=10) == ["one", "long long ", "three"]
    assert found(gzip.compress(data), limit=10) == ["one", "long long ", "three"]


def test_a_file_full_of_false_lengths_ends():
    lies = record("two", length=10**15) * 100
    items = found(lies + THREE)
    assert sum(item.startswith("FAULT") for item in items) >= 20


@pytest.mark.parametrize(
    "digest",
    [
        "sha1:JJHJT54JOKX2GTM4MBQJFKV2F2VQBW44",
        "sha1:fe05bcdcdc4928012781a5f1a2a77cbb5398e106",
        "SHA1:FE05BCDCDC4928012781A5F1A2A77CBB5398E106",
        "md5:f97c5d29941bfb1b2fdab0874906ab82",
        "blake3:unknown-kinds-are-not-looked-at",
        "junk",
    ],
)
def test_a_digest_that_fits_or_cannot_be_checked_is_let_through(digest):
    import base64
    import hashlib

    fitting = base64.b32encode(hashlib.sha1(b"one").digest()).decode()  # noqa: S324
    digest = digest.replace("JJHJT54JOKX2GTM4MBQJFKV2F2VQBW44", fitting)
    assert found(record(header=f"WARC-Block-Digest: {digest}\r\n".encode())) == ["one"]


def test_header_lines_may_be_folded_and_the_first_of_a_name_counts():
    lines = b"WARC/1.0\r\nA: one\r\n  two\r\nno colon\r\nB:\xc3\xa9\xff\r\na: 3\r\n"
    assert header_fields(lines) == {"a": "one two", "b": "é\ufffd"}


@pytest.mark.parametrize("pack", [b"".join, packed], ids=["plain", "packed"])
def test_reading_can_begin_at_every_start_that_is_told(pack, tmp_path):
    parts = [ONE, record("two", length=1), THREE, record("four")]
    path = tmp_path / "a.warc"
    path.write_bytes(pack(parts))
    starts = list(record_starts(str(path)))
    assert [number for number, _ in starts] == [1, 2, 3, 4]
    whole = found(path.read_bytes())
    for number, offset in starts:
        assert found(path.read_bytes(), start=offset) == whole[number - 1 :]


def test_a_file_packed_as_a_whole_has_one_start(tmp_path):
    path = tmp_path / "a.warc.gz"
    path.write_bytes(gzip.compress(ONE + TWO))
    assert list(record_starts(str(path))) == [(1, 0)]
    raw = io.BufferedReader(io.BytesIO(path.read_bytes()))
    starts = [start for start, _ in read_records(warc_bytes(raw), LIMIT)]
    assert starts == [Start(0, 0), Start(0, len(ONE))]
