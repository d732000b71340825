from __future__ import annotations

import pytest

from mlpkg.articles.language import (
    MIN_LENGTH,
    detect_language,
    primary_code,
    with_language,
)
from mlpkg.data.corpus import load_corpus
from mlpkg.records import Article

ENGLISH = (
    "The town council decided on Monday evening to close the old bridge to traffic. "
    "According to the mayor the work will begin in spring and last for at least six "
    "months. The people of the quarter, who had gathered before the town hall, ask for "
    "another way. “We cannot wait so long,” said the chairman of their society. The "
    "county still has to agree before the end of the month. Shopkeepers fear that they "
    "will sell less before Christmas, and want the work to start after the new year. "
)
GERMAN = (
    "Der Stadtrat hat am Montagabend beschlossen, die alte Brücke für den Verkehr zu "
    "sperren. Nach Angaben der Bürgermeisterin beginnen die Arbeiten im Frühjahr und "
    "dauern mindestens sechs Monate. Die Bewohner des Viertels, die vor dem Rathaus "
    "standen, verlangen eine andere Lösung. „So lange können wir nicht warten“, "
    "sagte der Vorsitzende des Vereins. Das Land muss bis zum Ende des Monats noch "
    "zustimmen. Die Händler fürchten, dass sie vor Weihnachten weniger verkaufen. "
)
FRENCH = (
    "Le conseil municipal a décidé lundi soir de fermer le vieux pont aux autos. "
    "Selon la maire, les travaux commenceront au printemps et dureront au moins six "
    "mois. Les habitants du quartier, réunis devant l'hôtel de ville, demandent une "
    "autre solution. « Nous ne pouvons pas attendre aussi longtemps », a déclaré le "
    "président de l'association. Le préfet doit donner son accord avant la fin du "
    "mois. Les commerçants craignent une baisse de leur chiffre d'affaires. "
)


@pytest.mark.parametrize(
    ("text", "code"), [(ENGLISH, "en"), (GERMAN, "de"), (FRENCH, "fr")]
)
def test_a_page_of_ordinary_length_is_told(text, code):
    assert len(text) >= MIN_LENGTH
    assert detect_language(text) == code


def test_a_short_text_is_never_called_anything():
    assert detect_language(GERMAN[: MIN_LENGTH - 1]) == ""
    assert detect_language("Der Rat tagt. " + " " * MIN_LENGTH) == ""
    assert detect_language("") == ""


def test_a_text_that_resembles_several_languages_is_not_called_foreign():
    names = "Anna Berg, Jan Maas, Lea Holm, Ivo Kral, Nils Dahl, Marta Rossi. " * 9
    assert detect_language(names) == ""


def test_the_stated_language_is_believed_where_the_text_does_not_contradict():
    assert detect_language(ENGLISH, "en") == "en"
    assert detect_language(ENGLISH, "de") == "en"
    names = "Anna Berg, Jan Maas, Lea Holm, Ivo Kral, Nils Dahl, Marta Rossi. " * 9
    assert detect_language(names, "nl") == "nl"


def test_text_that_no_encoder_takes_is_told_too():
    assert detect_language(GERMAN + "\ud800") == "de"


@pytest.mark.parametrize(
    ("tag", "code"), [("en-GB", "en"), ("DE_de", "de"), ("", ""), (" fr ", "fr")]
)
def test_tags_are_cut_to_the_language(tag, code):
    assert primary_code(tag) == code


def test_a_language_that_is_not_stated_is_filled_in():
    article = with_language(Article("a", GERMAN))
    assert (article.language, dict(article.meta)) == ("de", {})
    assert with_language(Article("a", "Kurz.")).language == ""


def test_a_language_that_is_stated_wrongly_is_kept_aside():
    article = with_language(Article("a", GERMAN, language="en-US", meta={"x": "y"}))
    assert article.language == "de"
    assert article.meta == {"x": "y", "stated_language": "en-US"}


def test_a_language_that_is_stated_rightly_stays_as_it_is():
    article = Article("a", ENGLISH, language="en-GB")
    assert with_language(article) is article


@pytest.mark.shared
def test_no_development_page_is_called_foreign(shared):
    texts = [p.read_text(encoding="utf-8") for p in (shared / "dev/text").glob("*.txt")]
    assert len(texts) == 14
    assert {detect_language(text) for text in texts} == {"en"}


def test_no_page_of_the_corpus_is_called_foreign():
    texts = [page.page.article.text for page in load_corpus("train")]
    assert {detect_language(text) for text in texts} == {"en"}
