"""Words that tell what a sentence does: the lists that cues count and patterns use.

Made for the default label scheme and for English; all in lower case.
"""

from __future__ import annotations

__all__ = [
    "SAY_WORDS",
    "SHOW_WORDS",
    "SOURCE_WORDS",
    "STUDY_WORDS",
    "THINK_WORDS",
    "WORDS",
    "words_of",
]


def words_of(text: str) -> frozenset[str]:
    """Return the words of a list."""
    return frozenset(text.split())


SAY_WORDS = words_of(
    "say says said saying tell tells told add adds added adding write writes wrote "
    "note notes noted argue argues argued claim claims claimed warn warns warned "
    "insist insists insisted explain explains explained announce announces announced "
    "admit admits admitted deny denies denied estimate estimates estimated predict "
    "predicts predicted suggest suggests suggested stressed stresses stated states "
    "replied replies recalled recalls declared declares confirmed confirms "
    "acknowledged acknowledges believe believes believed contend contends contended "
    "conceded alleged alleges asserted asserts reported reports remarked observed "
    "concluded quipped joked testified vowed pledged promised urged urges demanded "
    "demands accused accuses criticised criticized described describes called calls"
)
THINK_WORDS = words_of(
    "hope hopes hoped fear fears feared expect expects expected want wants wanted "
    "think thinks thought feel feels felt worry worries worried doubt doubts doubted "
    "consider considers considered"
)
SOURCE_WORDS = words_of(
    "expert experts official officials analyst analysts critics scientists "
    "researchers residents witnesses source sources spokesman spokeswoman "
    "spokesperson police prosecutors ministry lawyer lawyers doctors economists "
    "authorities campaigners union minister authors"
)
STUDY_WORDS = words_of(
    "study survey poll report research data figures document letter filing statement "
    "analysis paper findings"
)
SHOW_WORDS = words_of(
    "found find finds show shows showed suggest suggests suggested state states "
    "stated say says said reveal reveals revealed indicate indicates indicated"
)

WORDS: dict[str, frozenset[str]] = {
    "says": SAY_WORDS,
    "said": words_of("said says told tells added adds"),
    "thinks": THINK_WORDS,
    "source": SOURCE_WORDS,
    "diffuse": words_of("reportedly allegedly purportedly supposedly apparently"),
    "judges": words_of(
        "good bad great terrible awful best worst better worse wrong right absurd "
        "brilliant beautiful ugly foolish stupid shameful disgrace disgraceful "
        "disappointing impressive important crucial vital essential remarkable "
        "ridiculous unfair fair dangerous welcome sad sadly unfortunately fortunately "
        "clearly obviously surely frankly honestly simply really truly hardly merely "
        "worth deserve deserves fail fails failed failure problem mistake lesson "
        "bland dull lovely charming tired clumsy elegant excellent poor weak strong "
        "perfect nonsense hypocrisy courage shame"
    ),
    "degree": words_of(
        "very too so quite rather far such utterly deeply only even just"
    ),
    "contrast": words_of("but yet however though although instead nor still"),
    "negation": words_of("not no never nobody nothing none cannot"),
    "first_plural": words_of("we us our ours"),
    "second": words_of("you your yours"),
    "present_be": words_of("is are am has have does do"),
    "past_be": words_of("was were had did went came took made got began left"),
    "share": words_of(
        "facebook twitter whatsapp instagram youtube linkedin telegram reddit rss print"
    ),
    "subscribe": words_of(
        "subscribe subscribed subscriber subscribers subscribing subscription "
        "subscriptions newsletter newsletters login register inbox membership donate "
        "donated donation donations"
    ),
    "comments": words_of(
        "comment comments reply upvote like likes moderate moderated moderation "
        "moderator moderators commenter"
    ),
    "advert": words_of(
        "advertise advertised advertiser advertisers advertisement advertisements "
        "advertising advertorial sponsored promoted"
    ),
    "cookie": words_of("cookie cookies consent preferences"),
    "updated": words_of("updated published posted ago"),
}
