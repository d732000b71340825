"""Lexical cues: words and frames that tell what a sentence does.

Made for the default label scheme and for English. A cue is a set of words, an
ending or a pattern; what counts is how often it is met. A pattern names words or marks
without which it cannot match, so that most lines of a page never reach it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

__all__ = ["CUE_NAMES", "ENDINGS", "PATTERNS", "WORDS", "cue_counts"]


def _words(text: str) -> frozenset[str]:
    """Return the words of a list."""
    return frozenset(text.split())


def _any(words: Iterable[str]) -> str:
    """Return a pattern for any of the words."""
    return f"(?:{'|'.join(sorted(words, reverse=True))})"


_SAY_WORDS = _words(
    "say says said saying tell tells told add adds added adding write writes wrote note "
    "notes noted argue argues argued claim claims claimed warn warns warned insist "
    "insists insisted explain explains explained announce announces announced admit "
    "admits admitted deny denies denied estimate estimates estimated predict predicts "
    "predicted suggest suggests suggested stressed stresses stated states replied "
    "replies recalled recalls declared declares confirmed confirms acknowledged "
    "acknowledges believe believes believed contend contends contended conceded alleged "
    "alleges asserted asserts reported reports remarked observed concluded quipped joked "
    "testified vowed pledged promised urged urges demanded demands accused accuses "
    "criticised criticized described describes called calls"
)
_THINK_WORDS = _words(
    "hope hopes hoped fear fears feared expect expects expected want wants wanted think "
    "thinks thought feel feels felt worry worries worried doubt doubts doubted consider "
    "considers considered"
)
_SOURCE_WORDS = _words(
    "expert experts official officials analyst analysts critics scientists researchers "
    "residents witnesses source sources spokesman spokeswoman spokesperson police "
    "prosecutors ministry lawyer lawyers doctors economists authorities campaigners "
    "union minister authors"
)
_STUDY_WORDS = _words(
    "study survey poll report research data figures document letter filing statement "
    "analysis paper findings"
)
_SHOW_WORDS = _words(
    "found find finds show shows showed suggest suggests suggested state states stated "
    "say says said reveal reveals revealed indicate indicates indicated"
)

WORDS: dict[str, frozenset[str]] = {
    "says": _SAY_WORDS,
    "said": _words("said says told tells added adds"),
    "thinks": _THINK_WORDS,
    "source": _SOURCE_WORDS,
    "diffuse": _words("reportedly allegedly purportedly supposedly apparently"),
    "judges": _words(
        "good bad great terrible awful best worst better worse wrong right absurd "
        "brilliant beautiful ugly foolish stupid shameful disgrace disgraceful "
        "disappointing impressive important crucial vital essential remarkable "
        "ridiculous unfair fair dangerous welcome sad sadly unfortunately fortunately "
        "clearly obviously surely frankly honestly simply really truly hardly merely "
        "worth deserve deserves fail fails failed failure problem mistake lesson bland "
        "dull lovely charming tired clumsy elegant excellent poor weak strong perfect "
        "nonsense hypocrisy courage shame"
    ),
    "degree": _words("very too so quite rather far such utterly deeply only even just"),
    "contrast": _words("but yet however though although instead nor still"),
    "negation": _words("not no never nobody nothing none cannot"),
    "first_plural": _words("we us our ours"),
    "second": _words("you your yours"),
    "present_be": _words("is are am has have does do"),
    "past_be": _words("was were had did went came took made got began left"),
    "share": _words(
        "facebook twitter whatsapp instagram youtube linkedin telegram reddit rss print"
    ),
    "subscribe": _words(
        "subscribe subscribed subscriber subscribers subscribing subscription "
        "subscriptions newsletter newsletters login register inbox membership donate "
        "donated donation donations"
    ),
    "comments": _words(
        "comment comments reply upvote like likes moderate moderated moderation "
        "moderator moderators commenter"
    ),
    "advert": _words(
        "advertise advertised advertiser advertisers advertisement advertisements "
        "advertising advertorial sponsored promoted"
    ),
    "cookie": _words("cookie cookies consent preferences"),
    "updated": _words("updated published posted ago"),
}

# Endings of words of some length, in lower case.
ENDINGS = {"ends_in_ed": r"[a-z]{2}ed\b", "ends_in_est": r"[a-z]{3}est\b"}

_SAY, _THINK = _any(_SAY_WORDS), _any(_THINK_WORDS)
_SOURCE, _STUDY, _SHOW = _any(_SOURCE_WORDS), _any(_STUDY_WORDS), _any(_SHOW_WORDS)
_MONTHS = (
    "January February March April June July August September October November December "
    "Jan Feb Aug Sept Oct Nov Dec"
)
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
_NOUN_WORDS = _words(
    "claim claims statement warning fear fears belief allegation allegations view "
    "suggestion report reports evidence promise hope hopes concern concerns"
)
_DIGITS = frozenset("0123456789")

# Name: pattern, and words (lower case) or single marks one of which must be there for
# it to match.
PATTERNS: dict[str, tuple[str, frozenset[str]]] = {
    # A short subject, then the verb: the main clause hands the rest to a source.
    "opens_with_says": (
        rf"^\W*(?:[\w’'.-]+,?\s+){{1,8}}?{_SAY}\b(?=\W+\w+\W+\w)",
        _SAY_WORDS,
    ),
    # The verb closes the sentence, with at most a time or a place after it.
    "closes_with_says": (
        rf"[,”\"’'?!]\s+(?:[\w’'.-]+,?\s+){{0,9}}?{_SAY}\b[^\"“,;:]{{0,45}}$",
        _SAY_WORDS,
    ),
    "noun_that": (rf"\b{_any(_NOUN_WORDS)} that\b", _NOUN_WORDS),
    "says_that": (rf"\b{_SAY}\s+(?:\w+\s+){{0,3}}that\b", _SAY_WORDS),
    "quote_then_says": (
        rf"[,.?!]?[\"”’']\s*(?:\w+\s+){{0,5}}?{_SAY}\b",
        _SAY_WORDS,
    ),
    "says_then_quote": (rf"\b{_SAY}\b[^.\"“]{{0,40}}[:,]?\s*[\"“‘]", _SAY_WORDS),
    "comma_says": (
        rf",\s+(?:[\w.’'-]+\s+){{0,5}}?{_SAY}\b[^\"“]{{0,60}}$",
        _SAY_WORDS,
    ),
    "pronoun_says": (
        rf"\b(?:he|she|they|i|we|it)\s+(?:also\s+|has\s+|had\s+)?{_SAY}\b",
        _SAY_WORDS,
    ),
    "source_says": (
        rf"\b{_SOURCE}\b(?:\s+\w+){{0,4}}\s+(?:{_SAY}|{_THINK})\b",
        _SOURCE_WORDS,
    ),
    "according": (
        r"\b(?:according to|in the (?:words|view|opinion) of|as .{1,30} put it)\b",
        _words("according words view opinion put"),
    ),
    "by_account": (
        r"\bby \w+(?:['’]s|s['’]) (?:own )?(?:account|count|reckoning|estimate)\b",
        _words("account count reckoning estimate"),
    ),
    "is_said": (
        r"\b(?:is|are|was|were|been|be) (?:widely )?(?:said|believed|thought|expected|"
        r"estimated|reported|alleged|understood|feared|seen as|considered|known)\b",
        _words(
            "said believed thought expected estimated reported alleged understood feared "
            "seen considered known"
        ),
    ),
    "study": (rf"\b{_STUDY}\b.{{0,40}}\b{_SHOW}\b", _STUDY_WORDS),
    # A headline hands its words to a source: "X: no cuts this year", "'Cuts loom': X".
    "headline_colon": (
        r"^[A-Z][\w’'.-]*(?: [\w’'.-]+){0,4}: [“\"‘'A-Z]",
        frozenset(":"),
    ),
    "backshift": (
        r"\b(?:would|had been|could have|would have)\b",
        _words("would had could"),
    ),
    "must": (
        r"\b(?:must|should|ought|needs? to|have to|has to|cannot afford|let us|let['’]s)\b",
        _words("must should ought need needs have has afford let"),
    ),
    "will": (r"\b(?:will|won['’]t|shall|going to)\b", _words("will won shall going")),
    "may": (
        r"\b(?:may|(?i:might|could|perhaps|maybe|probably|likely|unlikely|possibly))\b",
        _words("may might could perhaps maybe probably likely unlikely possibly"),
    ),
    "first_singular": (
        r"\b(?:I|I['’](?:m|ve|d|ll)|my|me|mine|myself)\b",
        _words("i my me mine myself"),
    ),
    "superlative": (r"\bthe (?:most|least)\b", _words("most least")),
    "seems": (
        r"\b(?:seems?|seemed|appears?|appeared|looks? like|feels? like)\b",
        _words("seem seems seemed appear appears appeared look looks feel feels"),
    ),
    "frame": (
        r"\b(?:it is (?:worth|clear|time|hard|easy|true|important)|the (?:point|truth|"
        r"fact|problem|trouble|question|irony) is|no wonder|of course|in fact|after all)\b",
        _words(
            "worth clear time hard easy true important point truth fact problem trouble "
            "question irony wonder course all"
        ),
    ),
    "question": (r"\?", frozenset("?")),
    "exclamation": (r"!", frozenset("!")),
    "not_short": (r"n['’]t\b", frozenset("'’")),
    "number": (r"\b\d[\d,.]*\b", _DIGITS),
    "money": (r"[$£€₹¥]\s?\d|%", frozenset("$£€₹¥%")),
    "amount": (
        r"\b(?:million|billion|trillion|crore|lakh|per cent|percent)\b",
        _words("million billion trillion crore lakh per percent"),
    ),
    "year": (r"\b(?:19|20)\d\d\b", _DIGITS),
    "weekday": (rf"\b{_any(_words(_DAYS))}\b", _words(_DAYS.lower())),
    "month": (rf"\b{_any(_words(_MONTHS))}\b", _words(_MONTHS.lower())),
    "colon_end": (r":$", frozenset(":")),
    "parenthesis": (r"\([^)]{1,80}\)", frozenset("(")),
    # Furniture
    "byline": (
        r"^(?i:by|from|written by|words by|text|posted by|author)\b[:\s]+[A-Z]",
        _words("by from text author"),
    ),
    "credit": (
        r"(?i:\b(?:photo(?:graph)?s?|image|picture|pic|credit|courtesy|illustration|"
        r"graphic|video|file photo|handout)\b\s*[:/|)(]|\bgetty\b|\bshutterstock\b)",
        _words(
            "photo photos photograph photographs image picture pic credit courtesy "
            "illustration graphic video handout getty shutterstock"
        ),
    ),
    "photographed": (
        r"\b(?:pictured|seen here|in this (?:photo|picture|image)|file photo)\b",
        _words("pictured seen photo picture image"),
    ),
    "legal": (
        r"\b(?:copyright|all rights reserved|terms of (?:use|service)|privacy policy)\b",
        _words("copyright rights terms privacy"),
    ),
    "sign_up": (
        r"\b(?:sign (?:up|in)|log in|e-?mail address|your email|unlimited|free trial)\b",
        _words("sign log mail email unlimited free"),
    ),
    "follow": (
        r"\b(?:share (?:this|on|via)|follow (?:us|me)|copy link)\b",
        _words("share follow copy"),
    ),
    "related": (
        r"\b(?:read (?:more|also|next)|more (?:from|on|stories)|related|also read|"
        r"see also|recommended|most (?:read|popular)|trending|you may (?:also )?like|"
        r"latest|top stories|editor['’]s picks|don['’]t miss|watch:|listen:)",
        _words(
            "read more related also recommended most trending may latest top editor miss "
            "watch listen"
        ),
    ),
    "contact": (
        r"\b(?:contact (?:us|the)|e-?mail us|write to|call us|tip(?:s|line)?)\b",
        _words("contact mail email write call tip tips tipline"),
    ),
    "minutes_read": (
        r"\b(?:last modified|min(?:ute)?s? read)\b",
        _words("modified read"),
    ),
    "clock": (
        r"\b\d{1,2}[:.]\d{2}\b|\b\d{1,2}\s?(?:a\.?m\.?|p\.?m\.?)(?!\w)",
        _DIGITS,
    ),
    "address": (
        r"@\w|https?://|\bwww\.|\.(?:com|org|net|example)\b",
        _words("@ http https www com org net example"),
    ),
    "marks": (r"[|»›▾•·→←▶★©#/\\*_]", frozenset("|»›▾•·→←▶★©#/\\*_")),
    "bio": (
        r"(?i:\bis (?:a|an|the) .{0,60}\b(?:reporter|writer|editor|correspondent|"
        r"columnist|professor|author|journalist|fellow|critic)\b)",
        _words(
            "reporter writer editor correspondent columnist professor author journalist "
            "fellow critic"
        ),
    ),
}
# Where capitals tell a name from a word; all other patterns match whatever the case.
_BY_CASE = _words("may first_singular weekday month byline headline_colon")
# Any of these is a frame of reported speech: one strong cue beside its many forms.
_FRAMES = _words(
    "says_that quote_then_says says_then_quote comma_says pronoun_says source_says "
    "according by_account is_said study opens_with_says closes_with_says noun_that"
)

CUE_NAMES: tuple[str, ...] = (*WORDS, *ENDINGS, *PATTERNS, "reported")
_COLUMN = {name: column for column, name in enumerate(CUE_NAMES)}
_COMPILED = {
    _COLUMN[name]: re.compile(pattern, 0 if name in _BY_CASE else re.IGNORECASE)
    for name, (pattern, _) in PATTERNS.items()
}
_FRAME_COLUMNS = tuple(_COLUMN[name] for name in (*_FRAMES, "diffuse"))
_TOKEN = re.compile(r"[a-z]+")
# Longer texts are cut: a cue past this tells nothing, and hostile text stays cheap.
MAX_CHARACTERS = 2000
# Furniture comes back on every page of a site.
KEPT_TEXTS = 20_000


def _triggers() -> dict[str, tuple[list[int], list[int]]]:
    """For each word or mark the columns that it counts for and those it sets off."""
    found: dict[str, tuple[list[int], list[int]]] = {}
    for name, words in WORDS.items():
        for word in words:
            found.setdefault(word, ([], []))[0].append(_COLUMN[name])
    for name, (_, needed) in PATTERNS.items():
        for item in needed:
            found.setdefault(item, ([], []))[1].append(_COLUMN[name])
    return found


_TRIGGERS = _triggers()
_TRIGGER_MARKS = frozenset(item for item in _TRIGGERS if not item.isalpha())
_ENDED = [(_COLUMN[name], re.compile(ending)) for name, ending in ENDINGS.items()]


@lru_cache(maxsize=KEPT_TEXTS)
def cue_counts(text: str) -> tuple[int, ...]:
    """Count the cues of one text.

    Parameters
    ----------
    text
        Text of one segment.

    Returns
    -------
    tuple of int
        In the order of `CUE_NAMES`; the last one is 1 where any frame of reported
        speech matched, else 0.
    """
    piece = text[:MAX_CHARACTERS]
    counts = [0] * len(CUE_NAMES)
    lower = piece.lower()
    met = [_TRIGGERS[w] for w in _TOKEN.findall(lower) if w in _TRIGGERS]
    met += [_TRIGGERS[mark] for mark in _TRIGGER_MARKS.intersection(piece)]
    for counted, _ in met:
        for column in counted:
            counts[column] += 1
    for column in {column for _, set_off in met for column in set_off}:
        counts[column] = len(_COMPILED[column].findall(piece))
    for column, ending in _ENDED:
        counts[column] = len(ending.findall(lower))
    counts[-1] = int(any(counts[column] for column in _FRAME_COLUMNS))
    return tuple(counts)
