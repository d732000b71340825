"""The segmenter: from an article to a page of segments."""

from __future__ import annotations

import re

from mlpkg.records import Article, Block, Page, Segment
from mlpkg.segmentation.lines import line_blocks
from mlpkg.segmentation.sentences import sentence_spans

__all__ = ["Segmenter"]

# nupunkt is linear, but one block of megabytes makes it slow in absolute terms and
# no sentence is that long: such blocks are cut at white space.
MAX_BLOCK = 20_000
_WORD_CHARACTER = re.compile(r"[^\W_]")


class Segmenter:
    r"""Cuts articles into segments: sentences of prose and lines of furniture.

    Notes
    -----
    Linear in the length of the text for any string. Segments do not overlap, equal
    their slice of the text and cover everything that is not white space.

    Examples
    --------
    >>> from mlpkg.records import Article
    >>> page = Segmenter().segment(Article("a", "Home | Sport\nIt rained. We left."))
    >>> page.texts
    ['Home | Sport', 'It rained.', 'We left.']
    """

    def segment(self, article: Article) -> Page:
        """Cut one article.

        Parameters
        ----------
        article
            With or without blocks; without, its lines are the blocks. A block that
            is `whole` is one segment.

        Returns
        -------
        Page
            The article with its segments in order.
        """
        blocks = article.blocks or line_blocks(article.text)
        segments: list[Segment] = []
        for block in blocks:
            for start, end in _block_spans(article.text, block):
                segments.append(
                    Segment(
                        article.id,
                        len(segments),
                        start,
                        end,
                        article.text[start:end],
                        block,
                    )
                )
        return Page(article, tuple(segments))


def _block_spans(text: str, block: Block) -> list[tuple[int, int]]:
    """Sentence spans of one block, piece by piece where it is huge."""
    if block.whole:
        first, last = _strip(text, block.start, block.end)
        return [(first, last)] if first < last else []
    spans: list[tuple[int, int]] = []
    start = block.start
    while start < block.end:
        end = block.end
        if end - start > MAX_BLOCK:
            end = _last_space(text, start, start + MAX_BLOCK)
        first, last = _strip(text, start, end)
        if first < last:
            if _WORD_CHARACTER.search(text, first, last):
                spans.extend(sentence_spans(text, first, last))
            else:
                spans.append((first, last))
        start = end
    return spans


def _last_space(text: str, start: int, end: int) -> int:
    """Find the last white space before `end`, else `end` itself."""
    for place in range(end, start, -1):
        if text[place - 1].isspace():
            return place
    return end


def _strip(text: str, start: int, end: int) -> tuple[int, int]:
    """Shrink a span to what is not white space at its ends."""
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end
