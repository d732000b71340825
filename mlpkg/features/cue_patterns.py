"""Patterns that tell what a sentence does: frames of speech, moods, furniture.

Made for the default label scheme and for English. A pattern names words or marks
without which it cannot match, so that most lines of a page never reach it. Patterns
are written in lower case: but for those `BY_CASE`, they see the text in lower case.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from mlpkg.features.cue_words import (
    SAY_WORDS,
    SHOW_WORDS,
    SOURCE_WORDS,
    STUDY_WORDS,
    THINK_WORDS,
    words_of,
)

__all__ = ["BY_CASE", "ENDINGS", "FRAMES", "PATTERNS"]


def _any(words: Iterable[str]) -> str:
    """Return a pattern for any of the words, whole.

    Grouped by first letters, most of which do not fit: a third of the time of a list.
    """
    rests: dict[str, list[str]] = defaultdict(list)
    for word in sorted(words, reverse=True):
        rests[word[0]].append(word[1:])
    groups = (f"{first}(?:{'|'.join(rest)})" for first, rest in rests.items())
    return f"(?:{'|'.join(groups)})"


# Endings of words, in lower case, and letters that stand before them at least: looked
# for from the end, which is rarer than letters are.
ENDINGS = {
    "ends_in_ed": ("ed", r"ed\b(?<=[a-z]{2}ed)"),
    "ends_in_est": ("est", r"est\b(?<=[a-z]{3}est)"),
}

_SAY, _THINK = _any(SAY_WORDS), _any(THINK_WORDS)
_SOURCE, _STUDY, _SHOW = _any(SOURCE_WORDS), _any(STUDY_WORDS), _any(SHOW_WORDS)
_MONTHS = (
    "January February March April June July August September October November December "
    "Jan Feb Aug Sept Oct Nov Dec"
)
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
_NOUN_WORDS = words_of(
    "claim claims statement warning fear fears belief allegation allegations view "
    "suggestion report reports evidence promise hope hopes concern concerns"
)
_DIGITS = frozenset("0123456789")

# Name: pattern, then sets of words (lower case) or single marks: of each set one must
# be there for it to match.
PATTERNS: dict[str, tuple[str, frozenset[str], *tuple[frozenset[str], ...]]] = {
    # A short subject, then the verb: the main clause hands the rest to a source.
    "opens_with_says": (
        rf"^\W*(?:[\w’'.-]+,?\s+){{1,8}}?{_SAY}\b(?=\W+\w+\W+\w)",
        SAY_WORDS,
    ),
    # The verb closes the sentence, with at most a time or a place after it.
    "closes_with_says": (
        rf"[,”\"’'?!]\s+(?:[\w’'.-]+,?\s+){{0,9}}?{_SAY}\b[^\"“,;:]{{0,45}}$",
        SAY_WORDS,
        frozenset(",”\"’'?!"),
    ),
    "noun_that": (
        rf"\b{_any(_NOUN_WORDS)} that\b",
        _NOUN_WORDS,
        frozenset(["that"]),
    ),
    "says_that": (
        rf"\b{_SAY}\s+(?:\w+\s+){{0,3}}that\b",
        SAY_WORDS,
        frozenset(["that"]),
    ),
    "quote_then_says": (
        rf"[,.?!]?[\"”’']\s*(?:\w+\s+){{0,5}}?{_SAY}\b",
        SAY_WORDS,
        frozenset("\"”’'"),
    ),
    "says_then_quote": (
        rf"\b{_SAY}\b[^.\"“]{{0,40}}[:,]?\s*[\"“‘]",
        SAY_WORDS,
        frozenset('"“‘'),
    ),
    "comma_says": (
        rf",\s+(?:[\w.’'-]+\s+){{0,5}}?{_SAY}\b[^\"“]{{0,60}}$",
        SAY_WORDS,
        frozenset(","),
    ),
    "pronoun_says": (
        rf"\b(?:he|she|they|i|we|it)\s+(?:also\s+|has\s+|had\s+)?{_SAY}\b",
        SAY_WORDS,
        words_of("he she they i we it"),
    ),
    "source_says": (
        rf"\b{_SOURCE}\b(?:\s+\w+){{0,4}}\s+(?:{_SAY}|{_THINK})\b",
        SOURCE_WORDS,
        SAY_WORDS | THINK_WORDS,
    ),
    "according": (
        r"\b(?:according to|in the (?:words|view|opinion) of|as .{1,30} put it)\b",
        words_of("according words view opinion put"),
    ),
    "by_account": (
        r"\bby \w+(?:['’]s|s['’]) (?:own )?(?:account|count|reckoning|estimate)\b",
        words_of("account count reckoning estimate"),
        frozenset(["by"]),
    ),
    "is_said": (
        r"\b(?:is|are|was|were|been|be) (?:widely )?(?:said|believed|thought|expected|"
        r"estimated|reported|alleged|understood|feared|seen as|considered|known)\b",
        words_of(
            "said believed thought expected estimated reported alleged understood feared "
            "seen considered known"
        ),
        words_of("is are was were been be"),
    ),
    "study": (
        rf"\b{_STUDY}\b.{{0,40}}\b{_SHOW}\b",
        STUDY_WORDS,
        SHOW_WORDS,
    ),
    # A headline hands its words to a source: "X: no cuts this year", "'Cuts loom': X".
    "headline_colon": (
        r"^[A-Z][\w’'.-]*(?: [\w’'.-]+){0,4}: [“\"‘'A-Z]",
        frozenset(":"),
    ),
    "backshift": (
        r"\b(?:would|had been|could have|would have)\b",
        words_of("would had could"),
    ),
    "must": (
        r"\b(?:must|should|ought|needs? to|have to|has to|cannot afford|let us|let['’]s)\b",
        words_of("must should ought need needs have has afford let"),
        words_of("must should ought to afford us s"),
    ),
    "will": (r"\b(?:will|won['’]t|shall|going to)\b", words_of("will won shall going")),
    "may": (
        r"\b(?:may|(?i:might|could|perhaps|maybe|probably|likely|unlikely|possibly))\b",
        words_of("may might could perhaps maybe probably likely unlikely possibly"),
    ),
    "first_singular": (
        r"\b(?:I|I['’](?:m|ve|d|ll)|my|me|mine|myself)\b",
        words_of("i my me mine myself"),
    ),
    "superlative": (
        r"\bthe (?:most|least)\b",
        words_of("most least"),
        frozenset(["the"]),
    ),
    "seems": (
        r"\b(?:seems?|seemed|appears?|appeared|looks? like|feels? like)\b",
        words_of("seem seems seemed appear appears appeared look looks feel feels"),
    ),
    "frame": (
        r"\b(?:it is (?:worth|clear|time|hard|easy|true|important)|the (?:point|truth|"
        r"fact|problem|trouble|question|irony) is|no wonder|of course|in fact|after all)\b",
        words_of(
            "worth clear time hard easy true important point truth fact problem trouble "
            "question irony wonder course all"
        ),
        words_of("is no of in after"),
    ),
    "question": (r"\?", frozenset("?")),
    "exclamation": (r"!", frozenset("!")),
    "not_short": (r"n['’]t\b", frozenset("'’")),
    "number": (r"\b\d[\d,.]*\b", _DIGITS),
    "money": (r"[$£€₹¥]\s?\d|%", frozenset("$£€₹¥%")),
    "amount": (
        r"\b(?:million|billion|trillion|crore|lakh|per cent|percent)\b",
        words_of("million billion trillion crore lakh per percent"),
    ),
    "year": (r"\b(?:19|20)\d\d\b", frozenset("12"), frozenset("90")),
    "weekday": (rf"\b{_any(words_of(_DAYS))}\b", words_of(_DAYS.lower())),
    "month": (rf"\b{_any(words_of(_MONTHS))}\b", words_of(_MONTHS.lower())),
    "colon_end": (r":$", frozenset(":")),
    "parenthesis": (r"\([^)]{1,80}\)", frozenset("(")),
    # Furniture
    "byline": (
        r"^(?i:by|from|written by|words by|text|posted by|author)\b[:\s]+[A-Z]",
        words_of("by from text author"),
    ),
    "credit": (
        r"(?:\b(?:photo(?:graph)?s?|image|picture|pic|credit|courtesy|illustration|"
        r"graphic|video|file photo|handout)\b\s*[:/|)(]|\bgetty\b|\bshutterstock\b)",
        words_of(
            "photo photos photograph photographs image picture pic credit courtesy "
            "illustration graphic video handout getty shutterstock"
        ),
    ),
    "photographed": (
        r"\b(?:pictured|seen here|in this (?:photo|picture|image)|file photo)\b",
        words_of("pictured seen photo picture image"),
    ),
    "legal": (
        r"\b(?:copyright|all rights reserved|terms of (?:use|service)|privacy policy)\b",
        words_of("copyright rights terms privacy"),
    ),
    "sign_up": (
        r"\b(?:sign (?:up|in)|log in|e-?mail address|your email|unlimited|free trial)\b",
        words_of("sign log mail email unlimited free"),
    ),
    "follow": (
        r"\b(?:share (?:this|on|via)|follow (?:us|me)|copy link)\b",
        words_of("share follow copy"),
    ),
    "related": (
        r"\b(?:read (?:more|also|next)|more (?:from|on|stories)|related|also read|"
        r"see also|recommended|most (?:read|popular)|trending|you may (?:also )?like|"
        r"latest|top stories|editor['’]s picks|don['’]t miss|watch:|listen:)",
        words_of(
            "read more related also recommended most trending may latest top editor miss "
            "watch listen"
        ),
    ),
    "contact": (
        r"\b(?:contact (?:us|the)|e-?mail us|write to|call us|tip(?:s|line)?)\b",
        words_of("contact mail email write call tip tips tipline"),
    ),
    "minutes_read": (
        r"\b(?:last modified|min(?:ute)?s? read)\b",
        words_of("modified read"),
    ),
    "clock": (
        r"\b\d{1,2}(?:[:.]\d{2}\b|\s?[ap]\.?m\.?(?!\w))",
        _DIGITS,
        words_of(": . a p am pm"),
    ),
    "address": (
        r"@\w|https?://|\bwww\.|\.(?:com|org|net|example)\b",
        words_of("@ http https www com org net example"),
    ),
    "marks": (r"[|»›▾•·→←▶★©#/\\*_]", frozenset("|»›▾•·→←▶★©#/\\*_")),
    "bio": (
        r"(?:\bis (?:a|an|the) .{0,60}\b(?:reporter|writer|editor|correspondent|"
        r"columnist|professor|author|journalist|fellow|critic)\b)",
        words_of(
            "reporter writer editor correspondent columnist professor author journalist "
            "fellow critic"
        ),
        frozenset(["is"]),
    ),
}
# Where capitals tell a name from a word; all other patterns match whatever the case.
BY_CASE = words_of("may first_singular weekday month byline headline_colon")
# Any of these is a frame of reported speech: one strong cue beside its many forms.
FRAMES = words_of(
    "says_that quote_then_says says_then_quote comma_says pronoun_says source_says "
    "according by_account is_said study opens_with_says closes_with_says noun_that"
)
