"""Names of real news outlets and agencies, which invented pages must not carry.

Platforms that share buttons name (Facebook, X, WhatsApp, YouTube, Instagram, Telegram,
Google News) are not among them.
"""

from __future__ import annotations

import re

__all__ = ["credited_outlets", "is_real_outlet"]

# Names that mean nothing else, wherever they stand. Lower case, without "the".
_DISTINCT = """
abc news, abs-cbn, agence france-presse, al arabiya, al jazeera, alamy, all india radio,
anadolu agency, anandabazar patrika, antara news, arab news, arise news, arizona
republic, ars technica, ary news, asahi shimbun, asian news international, associated
press, atlanta journal-constitution, australian broadcasting corporation, axios,
baltimore sun, bangkok post, bbc, belfast telegraph, bernama, bloomberg, boston globe,
breitbart, british broadcasting corporation, business insider, business standard,
buzzfeed, c-span, canadian press, cbc news, cbs news, channel 4 news, channel newsasia,
channelnewsasia, channels television, chicago sun-times, chicago tribune, china daily,
cnbc, cnet, cnn, correo del sur, corriere della sera, daily beast, daily comet, daily
express, daily graphic, daily mail, daily maverick, daily mirror, daily monitor, daily
nation, daily sabah, daily telegraph, daily trust, dainik bhaskar, dainik jagran, dallas
morning news, deccan chronicle, deccan herald, denver post, der spiegel, detroit free
press, deutsche presse-agentur, deutsche welle, die welt, die zeit, doordarshan, east
african standard, economic times, el mundo, el pais, el país, engadget, espn, euronews,
evening standard, express tribune, financial express, financial times, firstpost, folha
do litoral, fox news, france 24, frankfurter allgemeine, gazeta pomorska, gazeta
wyborcza, geo news, geo tv, getty, getty images, gizmodo, global times, globe and mail,
gma news, gulf news, gulf times, haaretz, handelsblatt, helsingin sanomat, hindustan
times, houston chronicle, huffington post, huffpost, hürriyet, india today, indian
express, indo-asian news service, interfax, irish examiner, irish independent, irish
mirror, irish times, istock, itar-tass, itv news, jakarta post, japan times, jerusalem
post, jyllands-posten, kansas city star, khaleej times, kommersant, korea herald, korea
times, kyiv independent, kyiv post, kyodo news, l'équipe, la repubblica, la stampa, le
figaro, le monde, liverpool echo, los angeles times, mail & guardian, mail and guardian,
malaysiakini, manchester evening news, manila bulletin, manila times, marketwatch,
mashable, mediapart, meduza, miami herald, moneycontrol, moscow times, mother jones,
msnbc, national geographic, nbc news, ndtv, neue zürcher zeitung, new scientist, new
statesman, new straits times, new york daily news, new york post, new york times, new
yorker magazine, news24, newsweek, nhk world, nikkei asia, novaya gazeta, pa media, pa
wire, pbs newshour, people's daily, philadelphia inquirer, philippine daily inquirer,
philippine star, philstar, politico, politiken, premium times, press trust of india,
press tv, propublica, prothom alo, radio free europe, rappler, reuters, ria novosti,
russia today, sahara reporters, san francisco chronicle, scientific american, scmp,
seattle times, shutterstock, sky news, sky sports, south china morning post, sowetan,
sports illustrated, star tribune, sunday telegraph, sunday times, sydney morning herald,
süddeutsche zeitung, tampa bay times, techcrunch, thisday, times now, times of india,
times of israel, timeslive, toronto star, tribune news service, ukrainska pravda,
ukrinform, united press international, usa today, vanity fair, vilniaus žinios, voice of
america, wall street journal, washington post, western mail, xinhua, yahoo finance,
yahoo news, yle, yomiuri shimbun, yonhap, yorkshire post, zdnet, zee news
"""
# Names that are words, places or other bodies too: real as the outlet itself, or where
# a sentence or a credit names them as the source.
_AMBIGUOUS = """
aap, afp, age, ani, ansa, ap, atlantic, australian, business day, citizen, cna,
conversation, daily record, dawn, dpa, dw, economist, efe, epa, express, forbes,
fortune, globe, guardian, herald, hill, hindu, ians, imago, independent, inquirer,
intercept, itv, lancet, mail, medium, metro, mint, mirror, nation, national, national
review, nature, npr, observer, pa, people, pravda, press association, private eye, pti,
punch, reason, rolling stone, rt, rte, rté, sabc, salon, science, scotsman, slate,
spectator, sputnik, standard, star, straits times, sun, tass, telegraph, time, times,
times of london, today, upi, vanguard, variety, verge, vice, vox, week, wire, wired
"""


def _names(text: str) -> list[str]:
    """Split a list of names; the longest first, so that a pattern prefers them."""
    found = (" ".join(name.split()) for name in text.split(","))
    return sorted(found, key=len, reverse=True)


def _either(names: list[str]) -> str:
    """Make the pattern of any of the names."""
    return "|".join(map(re.escape, names))


_ALL = frozenset(_names(_DISTINCT) + _names(_AMBIGUOUS))
# "Getty-free" names Getty; the "Evening Standard-Bearer" is another paper.
_NAMED = re.compile(
    rf"(?<!\w)(?:{_either(_names(_DISTINCT))})(?!\w|-(?-i:[A-Z]))", re.IGNORECASE
)
# "Photo: AP", "Source: The Guardian", "told the Guardian": the name ends there.
_CREDITED = re.compile(
    r"\b(?:(?:photo|picture|image|source|credit)s?|courtesy of|told)\s*[:/]?\s+"
    rf"(?:the )?({_either(_names(_AMBIGUOUS))})(?=\s*(?:[.,;)|/]|$|photo))",
    re.IGNORECASE,
)
# "Photo: Jan Novak/AFP" and "MANILA (AP) -".
_AGENCY = re.compile(r"/\s?(AFP|AP|EPA|PA|UPI)\b|\((AP|AFP|UPI|DPA|PTI|IANS)\) ?[-–—]")


def is_real_outlet(name: str) -> bool:
    """Tell whether a whole name is that of a real outlet, in any case.

    Examples
    --------
    >>> is_real_outlet("The Times"), is_real_outlet("The Pell Valley Times")
    (True, False)
    """
    return name.casefold().strip().removeprefix("the ").removesuffix(".com") in _ALL


def credited_outlets(text: str) -> list[str]:
    """Find the real outlets that a text names, in lower case.

    Names that are ordinary words too count only where a sentence or a credit ends on
    them as the source.

    Examples
    --------
    >>> credited_outlets("In our time, she told Reuters. Photo: Getty Images")
    ['reuters', 'getty images']
    >>> credited_outlets("The sun was out. Photo: Jan Novak/AFP")
    ['afp']
    """
    text = text.replace("’", "'")
    found = [name.casefold() for name in _NAMED.findall(text)]
    # "She told the nation" names no outlet, "she told the Nation" does.
    found += [
        name.casefold() for name in _CREDITED.findall(text) if not name[0].islower()
    ]
    return found + [
        (first or second).casefold() for first, second in _AGENCY.findall(text)
    ]
