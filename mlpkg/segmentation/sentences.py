"""Sentence spans inside one block: nupunkt, corrected for what news pages do.

nupunkt finds most ends in linear time; it takes some common last words for
abbreviations and does not know the titles of all the world's newspapers. Both are
mended here; a copyright line stays whole.
"""

from __future__ import annotations

import re

import nupunkt

__all__ = ["sentence_spans"]

# A copyright line holds several stops and is one line of furniture.
MAX_LEGAL = 120

_OPENERS = "\"“‘'"
_WORD_CHARACTER = re.compile(r"[^\W_]")
_CLOSERS = r"[\"'”’»)\]]*"
_LEGAL = re.compile(r"©|\(c\) ?\d{4}|copyright\b", re.IGNORECASE)

# Sentences end, by nupunkt and by the rules here, at a mark that no word follows
# directly. It is plain where white space and a word, or an opened quotation, follow.
_STOP = re.compile(r"[.!?…][\W_]")
_PLAIN_STOP = re.compile(
    r"(?P<mark>[.!?])(?P<closers>)(?P<gap>\s+)(?=(?P<next>[^\W_]|[\"“‘'](?=[^\W_])))"
)
# Where a sentence may end: a mark, closers, white space, then anything.
_CANDIDATE = re.compile(
    rf"(?P<mark>[.!?…])(?P<closers>{_CLOSERS})(?P<gap>\s+)(?=(?P<next>\S))"
)
# Up to the last word of a piece: greedy, so that only the word itself is read twice.
_BEFORE_LAST_WORD = re.compile(r".*[\s\"“”‘’'(\[/]", re.DOTALL)
LONGEST_WORD = 40
_DASH = re.compile(r"[-—–/]")
# "Who won?" Smith asked: the mark ends the quotation, not the sentence.
_SPEECH_FOLLOWS = re.compile(
    r"(?:[A-Z][\w.'’-]*\s+){1,3}(?:asked|said|says|told|added|replied|wrote|cried|"
    r"shouted|wondered|joked|recalled|continued|explained)\b"
)
# Words whose full stop does not end a sentence before a capital or a figure.
_TITLES = frozenset(
    "adm adv asst att atty brig bro capt cmdr cmsr col comdr commr coun cllr cpl cpt "
    "det dir dr engr esq fr gen gov hon insp jr lt ltc maj messrs mgr mlle mme "
    "mr mrs ms msgr mt mx ofc pastor pres prof pvt rep reps rev rt sen sens sgt sr st "
    "supt treas tun vs wg alh arch barr chf dato datuk hajj maulana mallam pt "
    "ep".split()
)
_BEFORE_FIGURE = frozenset(
    "abt approx art c ca cap ch chap cl cir ed eds fig figs ksh kes no nos op p para "
    "pp php pl re rs sec sect sh shs tel tk ush v vol ext regn reg circa".split()
)
_NEVER_LAST = _TITLES | {"tel", "e.g", "i.e", "viz", "cf", "eg", "ie", "al", "a.k.a"}
_MONTHS = frozenset(
    "jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs "
    "fri".split()
)
# Abbreviations that may end a sentence: nupunkt's own judgement stands.
_UNDECIDED = frozenset(
    "inc ltd co corp plc llc bros dept dist est etc ave blvd rd hwy univ assn gmbh ag "
    "pty pte bhd sdn jr sr ph.d m.d d.c a.m p.m u.s u.k u.n e.u b.a m.a l.a n.y calif "
    "conn minn tenn colo ariz penn mich okla oreg kans nebr wis ark ala fla "
    "ind neb nev del ore ont que alta sask".split()
)


# What may follow "5 p.m." in the same sentence: a day, a month, a time zone.
_CLOCK_FOLLOWS = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)|[A-Z]{2,4}\b|(?:Jan|Feb|Mar|Apr"
    r"|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Eastern|Central|Pacific|Mountain)"
)


def sentence_spans(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Cut one block into sentences.

    Parameters
    ----------
    text
        The article's text.
    start, end
        Characters of the block, without white space at its ends.

    Returns
    -------
    list of (int, int)
        Characters into `text`; ordered, disjoint, without white space at the ends,
        together covering all that is not white space in the block.
    """
    piece = text[start:end]
    if len(piece) <= MAX_LEGAL and _LEGAL.match(piece):
        return [(start, end)]
    cuts = _certain_cuts(piece) or _judged_cuts(piece)
    return _spans(piece, cuts, start) if len(cuts) > 1 else [(start, end)]


def _certain_cuts(piece: str) -> list[int] | None:
    """Return the ends of the sentences where nupunkt has no say, else None.

    That is so where each stop is plain and the rules here judge it: most lines have no
    stop before a word, and most paragraphs none that is in doubt.
    """
    cuts: list[int] = []
    for stop in _STOP.finditer(piece):
        if _WORD_CHARACTER.search(piece, stop.end()) is None:
            break  # marks at the end stay with their sentence
        match = _PLAIN_STOP.match(piece, stop.start())
        verdict = _ends_sentence(piece, match) if match else None
        if match is None or verdict is None:
            return None
        if verdict:
            cuts.append(match.start("gap"))
    return [*cuts, len(piece)]


def _judged_cuts(piece: str) -> list[int]:
    """Return the ends that nupunkt finds, mended by the rules here."""
    ends = {stop for _, stop in nupunkt.sent_spans(piece)}
    cuts = {_rstrip(piece, stop) for stop in ends}
    for match in _CANDIDATE.finditer(piece):
        place = match.start("gap")
        verdict = _ends_sentence(piece, match)
        if verdict is True:
            cuts.add(place)
        elif verdict is False:
            cuts.discard(place)
    cuts.discard(0)
    cuts.add(len(piece))
    return sorted(cuts)


def _ends_sentence(piece: str, match: re.Match[str]) -> bool | None:
    """Judge one candidate: True, False, or None for nupunkt's own judgement."""
    mark, following = match["mark"], match["next"]
    closed = bool(match["closers"])
    if following.islower():
        return False if mark in "!?" or closed else None
    if mark == "…":
        return None
    if mark in "!?":
        if closed and _SPEECH_FOLLOWS.match(piece, match.end()):
            return False
        return True if following.isalnum() or following in _OPENERS else None
    tail = piece[max(0, match.start() - LONGEST_WORD) : match.start()]
    before = _BEFORE_LAST_WORD.match(tail := tail.removesuffix("\n"))
    word = tail[before.end() :] if before else tail
    rest = piece[match.end() : match.end() + LONGEST_WORD]
    return _after_stop(word, rest, closed=closed)


def _after_stop(word: str, rest: str, *, closed: bool) -> bool | None:
    """Judge a full stop by the word before it and the text after it."""
    bare = word.lower()
    following = rest[0]
    if not closed:
        if bare in _NEVER_LAST:
            return False
        if following.isdigit() and (bare in _BEFORE_FIGURE or bare in _MONTHS):
            return False
        if bare in {"a.m", "p.m"}:
            opens = following.isupper() or following in _OPENERS
            return opens and not _CLOCK_FOLLOWS.match(rest)
        if bare in _UNDECIDED or bare in _MONTHS:
            return None
    if following.isupper() or following in _OPENERS:
        return True if closed or word in {"I", "No"} or _is_word(word) else None
    if following.isdigit():
        return True if _is_word(word) and len(bare) > 3 else None
    return None


def _is_word(word: str) -> bool:
    """Tell an ordinary word or a figure, which ends a sentence.

    A capitalised word counts from three letters on: shorter ones may be a title that
    no list here holds.
    """
    tail = _DASH.split(word)[-1]
    if len(tail) < 2 or (tail.isupper() and len(tail) == 2):
        return False
    if any(character.isdigit() for character in tail):
        return True
    return tail.isalpha() and (
        tail.islower() or tail.isupper() or (len(tail) > 2 and tail.istitle())
    )


def _rstrip(piece: str, stop: int) -> int:
    """Move an end back over white space."""
    while stop > 0 and piece[stop - 1].isspace():
        stop -= 1
    return stop


def _spans(piece: str, cuts: list[int], offset: int) -> list[tuple[int, int]]:
    """Turn sorted ends into spans without white space at their ends.

    A piece of marks alone ("...", a closing quotation mark) joins the one after it,
    or the one before where it is the last.
    """
    spans: list[tuple[int, int]] = []
    begin = scanned = 0
    for stop in cuts:
        has_word = _WORD_CHARACTER.search(piece, scanned, stop) is not None
        scanned = stop
        while begin < stop and piece[begin].isspace():
            begin += 1
        if begin == stop or (not has_word and stop < len(piece)):
            continue
        if has_word or not spans:
            spans.append((offset + begin, offset + stop))
        else:
            spans[-1] = (spans[-1][0], offset + stop)
        begin = stop
    return spans
