"""The page format: labelled pages as text files that a person can read and edit.

A header line, then a line a segment: ``LETTER[?][+]`` an optional ``[kind]``, a tab
and the text; a blank line ends a block. ``?`` marks a hard row, ``+`` a segment that
stands on the same rendered line as the one before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mlpkg.data.file_names import is_device
from mlpkg.exceptions import DataError
from mlpkg.labels import DEFAULT_SCHEME, LabelScheme

__all__ = [
    "ENGLISH",
    "GENRES",
    "HEADER_KEYS",
    "KINDS",
    "REGISTERS",
    "PageFile",
    "Row",
    "format_page",
    "parse_page",
    "read_page",
]

GENRES = (
    "wire local court politics conflict business markets science health technology "
    "review sport culture obituary interview live-blog fact-check explainer how-to "
    "newsletter press-release editorial column blog analysis letters"
).split()
REGISTERS = (
    "national-daily tabloid agency television trade-press regional magazine "
    "aggregator think-tank blog corporate"
).split()
ENGLISH = (
    "american british irish indian nigerian kenyan philippine middle-eastern "
    "australian translated canadian south-african singaporean pakistani international"
).split()
KINDS = (
    "headline deck list quote nav byline share ad promo related caption subhead "
    "pullquote tags bio comment table legal code other"
).split()
HEADER_KEYS = (
    "id",
    "outlet",
    "genre",
    "register",
    "english",
    "topic",
    "year",
    "hand",
    "licence",
)
_CLOSED = {"genre": GENRES, "register": REGISTERS, "english": ENGLISH}
_ROW = re.compile(
    r"(?P<letter>\w)(?P<hard>\?)?(?P<glued>\+)?(?: ?\[(?P<kind>[^\]]*)\])?$"
)
_ID = re.compile(r"[a-z0-9][a-z0-9-]*$")


@dataclass(frozen=True, slots=True)
class Row:
    """One segment of a page file.

    Parameters
    ----------
    label
        Label name.
    text
        The segment's text, without white space at its ends.
    kind
        What the row is on the page (one of `KINDS`), empty for running prose.
    hard
        Whether two labels were equally good.
    glued
        Whether it stands on the same rendered line as the row before it, where
        the renderer would otherwise begin a new one.
    """

    label: str
    text: str
    kind: str = ""
    hard: bool = False
    glued: bool = False


@dataclass(frozen=True, slots=True)
class PageFile:
    """The content of one page file.

    Parameters
    ----------
    header
        Values by `HEADER_KEYS`, all present.
    blocks
        Rows by block, in page order.
    """

    header: dict[str, str]
    blocks: tuple[tuple[Row, ...], ...]

    @property
    def id(self) -> str:
        """Permanent id of the page."""
        return self.header["id"]

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows in page order."""
        return tuple(row for block in self.blocks for row in block)


def read_page(path: Path, scheme: LabelScheme = DEFAULT_SCHEME) -> PageFile:
    """Read one page file.

    Raises
    ------
    DataError
        The file breaks the format; the message lists each fault with its line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: not UTF-8 at byte {error.start}") from None
    return parse_page(text, str(path), scheme)


def parse_page(
    text: str, name: str = "<page>", scheme: LabelScheme = DEFAULT_SCHEME
) -> PageFile:
    """Parse the text of a page file.

    Parameters
    ----------
    text
        Content of the file.
    name
        File name for messages.
    scheme
        Whose letters the rows carry.

    Raises
    ------
    DataError
        Lists every fault with file, line and what was expected.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    faults: list[str] = []
    header = dict(_header(lines[0], name, faults))
    blocks: list[tuple[Row, ...]] = []
    block: list[Row] = []
    for number, line in enumerate(lines[1:], start=2):
        if line.strip():
            try:
                block.append(_row(line, bool(block), scheme))
            except DataError as error:
                faults.append(f"{name}, line {number}: {error}")
        elif block:
            blocks.append(tuple(block))
            block = []
    if block:
        blocks.append(tuple(block))
    if not blocks and not faults:
        faults.append(f"{name}: holds no segment")
    if faults:
        raise DataError("\n".join(faults))
    return PageFile(header, tuple(blocks))


def format_page(page: PageFile, scheme: LabelScheme = DEFAULT_SCHEME) -> str:
    """Write a page in the page format; `parse_page` reads it back unchanged."""
    header = "; ".join(f"{key}={page.header[key]}" for key in HEADER_KEYS)
    lines = [f"# {header}"]
    for block in page.blocks:
        lines.append("")
        for row in block:
            marks = "?" * row.hard + "+" * row.glued
            kind = f" [{row.kind}]" if row.kind else ""
            letter = scheme.by_name(row.label).letter
            lines.append(f"{letter}{marks}{kind}\t{row.text}")
    return "\n".join(lines) + "\n"


def _header(line: str, name: str, faults: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the header's pairs; collect what is wrong with it."""
    if not line.startswith("# "):
        faults.append(f"{name}, line 1: expected '# id=…; outlet=…; …', got {line!r}")
        return
    seen: dict[str, str] = {}
    for part in line[2:].split(";"):
        key, sign, value = (piece.strip() for piece in part.partition("="))
        if not sign or key not in HEADER_KEYS or key in seen:
            faults.append(
                f"{name}, line 1: {part.strip()!r} is not one 'key=value' with a key "
                f"of {', '.join(HEADER_KEYS)}"
            )
            continue
        seen[key] = value
        allowed = _CLOSED.get(key)
        if allowed and value not in allowed:
            faults.append(
                f"{name}, line 1: {key}={value!r} is not one of {', '.join(allowed)}"
            )
    missing = [key for key in HEADER_KEYS if not seen.get(key)]
    if missing:
        faults.append(f"{name}, line 1: no value for {', '.join(missing)}")
    elif not _ID.match(seen["id"]) or is_device(seen["id"]):
        faults.append(
            f"{name}, line 1: id={seen['id']!r} may hold only a-z, 0-9 and hyphens "
            "and be no name of a device, such as con"
        )
    yield from seen.items()


def _row(line: str, inside_block: bool, scheme: LabelScheme) -> Row:
    """Parse one row; raise `DataError` without the place."""
    mark, tab, text = line.partition("\t")
    match = _ROW.match(mark)
    if not tab or match is None:
        raise DataError(f"expected 'LETTER<TAB>text', got {line[:60]!r}")
    kind = match["kind"] or ""
    if match["kind"] is not None and kind not in KINDS:
        raise DataError(f"kind {kind!r} is not one of {', '.join(KINDS)}")
    if text != text.strip() or not text:
        raise DataError("the text is empty or has white space at its ends")
    glued = match["glued"] is not None
    if glued and not inside_block:
        raise DataError("'+' needs a row before it in the same block")
    label = scheme.by_letter(match["letter"]).name
    return Row(label, text, kind, match["hard"] is not None, glued)
