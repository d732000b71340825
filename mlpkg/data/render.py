"""The text form of a page file: what a plain dump of the page would hold.

The HTML form stands beside it in `mlpkg.data.render_html`; both put the same rows
on the same lines, so a page trains and tests the reading of text and of HTML.
"""

from __future__ import annotations

from mlpkg.data.page_format import PageFile, Row

__all__ = ["block_lines", "render_text"]


def block_lines(block: tuple[Row, ...], furniture: str) -> list[list[Row]]:
    """Group the rows of one block by rendered line.

    Parameters
    ----------
    block
        Rows of a block.
    furniture
        Label whose rows stand on lines of their own unless glued.

    Returns
    -------
    list of list of Row
        Prose rows that follow each other share a line; so does a glued row with
        the row before it.
    """
    lines: list[list[Row]] = []
    for row in block:
        before = lines[-1][-1] if lines else None
        prose = before is not None and furniture not in (before.label, row.label)
        if before is not None and (row.glued or prose):
            lines[-1].append(row)
        else:
            lines.append([row])
    return lines


def render_text(page: PageFile, furniture: str = "boilerplate") -> str:
    """Render a page as plain text.

    Parameters
    ----------
    page
        The page.
    furniture
        Name of the furniture label.

    Returns
    -------
    str
        Blocks joined by a newline; inside a block, rows of a line joined by a space
        and lines by a newline. Ends with a newline.
    """
    lines = [
        " ".join(row.text for row in line)
        for block in page.blocks
        for line in block_lines(block, furniture)
    ]
    return "\n".join(lines) + "\n"
