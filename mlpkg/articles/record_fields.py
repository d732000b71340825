"""Names of the fields of a record: as stated, else guessed by what they usually are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from functools import lru_cache
from types import MappingProxyType

from mlpkg.exceptions import DataError

__all__ = ["CARRIERS", "RecordFields", "resolve_fields"]


@dataclass(frozen=True, slots=True)
class RecordFields:
    """Which field of a record holds what; None looks for the usual names.

    A record is one article: `sentences`, else `html`, else `text`, the first that is
    not empty. Rows that share an `article` and have an `index` are the sentences of
    one article instead; each is a segment as it stands. When one of `text`, `html`
    and `sentences` is named, the other two are not looked for.

    Parameters
    ----------
    text
        The text of the page (of the sentence, where a row is one).
    html
        The markup of the page.
    sentences
        A list of texts; each is a segment as it stands.
    id
        The id of the article; without, it is the file's name and the record's number.
    article, index
        Of a row that is a sentence: the id of its article and the whole number that
        orders the rows. A named `article` needs no index: file order counts then.
    url, title, published, outlet, language
        What the source states of the article.
    """

    text: str | None = None
    html: str | None = None
    sentences: str | None = None
    id: str | None = None
    article: str | None = None
    index: str | None = None
    url: str | None = None
    title: str | None = None
    published: str | None = None
    outlet: str | None = None
    language: str | None = None


# Usual names, lower case, the likeliest first.
_USUAL = {
    "text": "text body content article_text maintext full_text sentence article",
    "html": "html raw_html rawhtml markup",
    "sentences": "sentences",
    "id": "id article_id doc_id docid uid uuid guid _id",
    "article": "article_id doc_id docid doc page_id article",
    "index": "index i idx sentence_index sentence_id position",
    "url": "url link uri source_url",
    "title": "title headline",
    "published": "published date published_at date_published date_publish pubdate",
    "outlet": "outlet publisher publication site_name source_domain",
    "language": "language lang",
}
_CARRYING = ("text", "html", "sentences")
# Names under which a record is taken to hold an article.
CARRIERS = frozenset(name for key in _CARRYING for name in _USUAL[key].split())


@lru_cache(maxsize=256)
def resolve_fields(fields: RecordFields, found: tuple[str, ...]) -> Mapping[str, str]:
    """Say for the fields that a record has which holds what.

    Parameters
    ----------
    fields
        What the caller states.
    found
        The names that the record has.

    Returns
    -------
    mapping of str to str
        The record's name for each field of `RecordFields`, empty for what it has
        not; `article` is filled only where a row is a sentence.

    Raises
    ------
    DataError
        A stated field is not there, or none holds a text.
    """
    stated = {key: name for key, name in asdict(fields).items() if name is not None}
    _require(stated, found)
    lower = {name.casefold(): name for name in reversed(found)}
    guessed = {
        key: next((lower[name] for name in usual.split() if name in lower), "")
        for key, usual in _USUAL.items()
    }
    if any(key in stated for key in _CARRYING):
        guessed |= dict.fromkeys(_CARRYING, "")
    keys = guessed | stated
    if not any(keys[key] for key in _CARRYING):
        raise DataError(
            f"no field with a text among {_listed(found)}; name one with "
            "--text-field, --html-field or --sentence-field (RecordFields in Python)"
        )
    if not _is_sentence(keys, stated):
        keys |= {"article": "", "index": ""}
    return MappingProxyType(keys)


def _is_sentence(keys: dict[str, str], stated: dict[str, str]) -> bool:
    """Tell whether a row is a sentence of an article that has more of them."""
    if not keys["text"] or keys["article"] in ("", keys["text"]):
        return False
    whole = keys["html"] or keys["sentences"]
    return "article" in stated or bool(keys["index"] and not whole)


def _require(stated: dict[str, str], found: tuple[str, ...]) -> None:
    """Refuse a field that the caller named and the record has not."""
    for key, name in stated.items():
        if name and name not in found:
            near = get_close_matches(name, found, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise DataError(
                f"no field {name!r} among {_listed(found)}{hint} "
                f"(it was named for {key!r})"
            )


def _listed(found: tuple[str, ...]) -> str:
    """List names, not more than a line of them."""
    shown = ", ".join(repr(name) for name in found[:20]) or "none at all"
    return f"{shown:.300}{' …' if len(found) > 20 or len(shown) > 300 else ''}"
