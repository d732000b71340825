"""Lexical cues: words and frames that tell what a sentence does.

Made for the default label scheme and for English. Each cue is a pattern with a
name; its value is how often it matches, damped by a logarithm.
"""

from __future__ import annotations

import re
from math import log1p

__all__ = ["CUES", "CUE_NAMES", "cue_values"]

_SAY = (
    r"(?:says?|said|saying|tells?|told|adds?|added|adding|writes?|wrote|notes?|noted|"
    r"argues?|argued|claims?|claimed|warns?|warned|insists?|insisted|explains?|"
    r"explained|announces?|announced|admits?|admitted|denies|denied|estimates?|"
    r"estimated|predicts?|predicted|suggests?|suggested|stressed|stresses|stated|"
    r"states|replied|replies|recalled|recalls|declared|declares|confirmed|confirms|"
    r"acknowledged|acknowledges|believes?|believed|contends?|contended|conceded|"
    r"alleged|alleges|asserted|asserts|reported|reports|remarked|observed|concluded|"
    r"quipped|joked|testified|vowed|pledged|promised|urged|urges|demanded|demands|"
    r"accused|accuses|criticised|criticized|described|describes|called|calls)"
)
_THINK = (
    r"(?:hopes?|hoped|fears?|feared|expects?|expected|wants?|wanted|thinks?|thought|"
    r"feels?|felt|worr(?:y|ies|ied)|doubts?|doubted|considers?|considered)"
)
_SOURCE = (
    r"(?:experts?|officials?|analysts?|critics|scientists|researchers|residents|"
    r"witnesses|sources?|spokes(?:man|woman|person)|police|prosecutors|ministry|"
    r"lawyers?|doctors|economists|authorities|campaigners|union|minister|authors)"
)
_JUDGE = (
    r"(?:good|bad|great|terrible|awful|best|worst|better|worse|wrong|right|absurd|"
    r"brilliant|beautiful|ugly|foolish|stupid|shameful|disgrace\w*|disappointing|"
    r"impressive|important|crucial|vital|essential|remarkable|ridiculous|unfair|fair|"
    r"dangerous|welcome|sad|sadly|unfortunately|fortunately|clearly|obviously|surely|"
    r"frankly|honestly|simply|really|truly|hardly|merely|worth|deserves?|fails?|"
    r"failed|failure|problem|mistake|lesson|bland|dull|lovely|charming|tired|clumsy|"
    r"elegant|excellent|poor|weak|strong|perfect|nonsense|hypocrisy|courage|shame)"
)

CUES: dict[str, str] = {
    "says": rf"\b{_SAY}\b",
    "said": r"\b(?:said|says|told|tells|added|adds)\b",
    "thinks": rf"\b{_THINK}\b",
    # A short subject, then the verb: the main clause hands the rest to a source.
    "opens_with_says": rf"^\W*(?:[\w’'.-]+,?\s+){{1,8}}?{_SAY}\b(?=\W+\w+\W+\w)",
    # The verb closes the sentence, with at most a time or a place after it.
    "closes_with_says": rf"[,”\"’'?!]\s+(?:[\w’'.-]+,?\s+){{0,9}}?{_SAY}\b[^\"“,;:]{{0,45}}$",
    "noun_that": (
        r"\b(?:claim|claims|statement|warning|fear|fears|belief|allegation|allegations|"
        r"view|suggestion|report|reports|evidence|promise|hope|hopes|concern|concerns) that\b"
    ),
    "says_that": rf"\b{_SAY}\s+(?:\w+\s+){{0,3}}that\b",
    "quote_then_says": rf"[,.?!]?[\"”’']\s*(?:\w+\s+){{0,5}}?{_SAY}\b",
    "says_then_quote": rf"\b{_SAY}\b[^.\"“]{{0,40}}[:,]?\s*[\"“‘]",
    "comma_says": rf",\s+(?:[\w.’'-]+\s+){{0,5}}?{_SAY}\b[^\"“]{{0,60}}$",
    "pronoun_says": rf"\b(?:he|she|they|i|we|it)\s+(?:also\s+|has\s+|had\s+)?{_SAY}\b",
    "source_says": rf"\b{_SOURCE}\b(?:\s+\w+){{0,4}}\s+(?:{_SAY}|{_THINK})\b",
    "source": rf"\b{_SOURCE}\b",
    "according": r"\b(?:according to|in the (?:words|view|opinion) of|as .{1,30} put it)\b",
    "by_account": r"\bby \w+(?:['’]s|s['’]) (?:own )?(?:account|count|reckoning|estimate)",
    "diffuse": r"\b(?:reportedly|allegedly|purportedly|supposedly|apparently)\b",
    "is_said": (
        r"\b(?:is|are|was|were|been|be) (?:widely )?(?:said|believed|thought|expected|"
        r"estimated|reported|alleged|understood|feared|seen as|considered|known)\b"
    ),
    "study": (
        r"\b(?:study|survey|poll|report|research|data|figures|document|letter|filing|"
        r"statement|analysis|paper|findings)\b.{0,40}\b(?:found|finds|shows?|showed|"
        r"suggests?|suggested|states?|stated|says?|said|reveals?|revealed|indicates?)\b"
    ),
    "backshift": r"\b(?:would|had been|could have|would have)\b",
    "must": r"\b(?:must|should|ought|needs? to|have to|has to|cannot afford|let us|let's)\b",
    "will": r"\b(?:will|won['’]t|shall|going to)\b",
    "may": r"\b(?:may|(?i:might|could|perhaps|maybe|probably|likely|unlikely|possibly))\b",
    "first_singular": r"\b(?:I|I['’](?:m|ve|d|ll)|my|me|mine|myself)\b",
    "first_plural": r"\b(?:[Ww]e|us|[Oo]urs?|[Ww]e['’](?:re|ve|ll|d))\b",
    "second": r"\b(?:you|your|yours|you['’](?:re|ve|ll|d))\b",
    "judges": rf"\b{_JUDGE}\b",
    "superlative": r"\b(?:the most|the least|\w{3,}est)\b",
    "degree": r"\b(?:very|too|so|quite|rather|far|such|utterly|deeply|only|even|just)\b",
    "contrast": r"\b(?:but|yet|however|though|although|instead|nor|still)\b",
    "seems": r"\b(?:seems?|seemed|appears?|appeared|looks? like|feels? like)\b",
    "frame": (
        r"\b(?:it is (?:worth|clear|time|hard|easy|true|important)|the (?:point|truth|"
        r"fact|problem|trouble|question|irony) is|no wonder|of course|in fact|after all)\b"
    ),
    "question": r"\?",
    "exclamation": r"!",
    "negation": r"\b(?:not|no|never|nobody|nothing|none|n['’]t)\b|n['’]t\b",
    "past": r"\b\w{2,}ed\b|\b(?:was|were|had|did|went|came|took|made|got|began|left)\b",
    "present_be": r"\b(?:is|are|am|has|have|does|do)\b",
    "number": r"\b\d[\d,.]*\b",
    "money": r"[$£€₹¥]\s?\d|\b(?:million|billion|trillion|crore|lakh|per cent|percent)\b|%",
    "year": r"\b(?:19|20)\d\d\b",
    "weekday": r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b",
    "month": (
        r"\b(?:January|February|March|April|June|July|August|September|October|"
        r"November|December|Jan|Feb|Aug|Sept|Oct|Nov|Dec)\b"
    ),
    "capitals_inside": r"(?<=[a-z,] )[A-Z]\w+",
    "colon_end": r":$",
    "parenthesis": r"\([^)]{1,80}\)",
    # Furniture
    "byline": r"^(?i:by|from|written by|words by|text|posted by|author)\b[:\s]+[A-Z]",
    "credit": (
        r"(?i:\b(?:photo(?:graph)?s?|image|picture|pic|credit|courtesy|illustration|"
        r"graphic|video|file photo|handout)\b\s*[:/|)(]|\(?©|\bgetty\b|\bshutterstock\b)"
    ),
    "photographed": r"\b(?:pictured|seen here|in this (?:photo|picture|image)|file photo)\b",
    "legal": r"(?i:copyright|all rights reserved|©|terms of (?:use|service)|privacy policy)",
    "cookie": r"(?i:\bcookies?\b|\bconsent\b|\bpreferences\b)",
    "subscribe": (
        r"(?i:\b(?:subscri\w+|newsletters?|sign (?:up|in)|log ?in|register|inbox|"
        r"e-?mail address|your email|unlimited|free trial|membership|donat\w+)\b)"
    ),
    "share": (
        r"(?i:\b(?:share (?:this|on|via)|follow (?:us|me)|facebook|twitter|whatsapp|"
        r"instagram|youtube|linkedin|telegram|reddit|rss|print|copy link)\b)"
    ),
    "related": (
        r"(?i:\b(?:read (?:more|also|next)|more (?:from|on|stories)|related|also read|"
        r"see also|recommended|most (?:read|popular)|trending|you may (?:also )?like|"
        r"latest|top stories|editor['’]s picks|don['’]t miss|watch:|listen:)\b)"
    ),
    "comments": r"(?i:\b(?:comments?|reply|upvote|likes?|moderat\w+|commenter)\b)",
    "advert": r"(?i:\b(?:advertis\w+|sponsored|promoted|paid (?:content|post))\b)",
    "contact": r"(?i:\b(?:contact (?:us|the)|e-?mail us|write to|call us|tip(?:s|line)?)\b)",
    "updated": r"(?i:\b(?:updated|published|posted|last modified|min(?:ute)?s? read|ago)\b)",
    "clock": r"\b\d{1,2}[:.]\d{2}\b|\b\d{1,2}\s?(?:a\.?m\.?|p\.?m\.?)(?!\w)",
    "address": r"@\w|https?://|www\.|\.(?:com|org|net|example)\b",
    "marks": r"[|»›▾•·→←▶★©#/\\*_]",
    "bio": (
        r"(?i:\bis (?:a|an|the) .{0,60}\b(?:reporter|writer|editor|correspondent|"
        r"columnist|professor|author|journalist|fellow|critic)\b)"
    ),
}
# Where capitals tell a name from a word; all other patterns match whatever the case.
_BY_CASE = frozenset("may first_plural weekday month capitals_inside byline".split())
_COMPILED = tuple(
    re.compile(pattern, 0 if name in _BY_CASE else re.IGNORECASE)
    for name, pattern in CUES.items()
)
# Any of these is a frame of reported speech: one strong cue beside its many forms.
_FRAMES = frozenset(
    "says_that quote_then_says says_then_quote comma_says pronoun_says source_says "
    "according by_account diffuse is_said study opens_with_says closes_with_says "
    "noun_that".split()
)
_FRAME_COLUMNS = tuple(i for i, name in enumerate(CUES) if name in _FRAMES)
CUE_NAMES: tuple[str, ...] = (*CUES, "reported")
# Longer texts are cut: a cue past this tells nothing, and hostile text stays cheap.
MAX_CHARACTERS = 2000


def cue_values(text: str) -> list[float]:
    """Return one value a cue: the logarithm of one plus its number of matches.

    Parameters
    ----------
    text
        Text of one segment.

    Returns
    -------
    list of float
        In the order of `CUE_NAMES`, each at least 0; the last one is 1 where any
        frame of reported speech matched, else 0.
    """
    piece = text[:MAX_CHARACTERS]
    values = [log1p(len(pattern.findall(piece))) for pattern in _COMPILED]
    values.append(float(any(values[column] for column in _FRAME_COLUMNS)))
    return values
