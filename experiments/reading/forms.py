"""The same page as text and as HTML: labels in common, and the scores of each form.

Of the bundled corpus only the validation part is looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mlpkg import Article, SentenceClassifier
from mlpkg.articles import article_from_html
from mlpkg.data.corpus import corpus_files, labelled_page, text_article
from mlpkg.data.gold_page import GoldPage
from mlpkg.data.page_format import PageFile
from mlpkg.data.render_html import TEMPLATES, render_html
from mlpkg.evaluation import evaluate_labels
from mlpkg.evaluation.agreement import agreement
from mlpkg.report.figures import interval_cell, markdown_table
from mlpkg.training.evaluate import judge


def measure_forms(classifier: SentenceClassifier) -> dict[str, Any]:
    """Score each form of the validation part; compare its labels with the text's."""
    names = classifier.scheme_.names
    text = judge(classifier, gold_pages(text_article), classifier.scheme_)
    judged = {"text": text} | {
        f"HTML, {template}": judge(
            classifier, gold_pages(in_template(template)), classifier.scheme_
        )
        for template in TEMPLATES
    }
    return {
        "forms": {
            form: {
                "scores": evaluate_labels(
                    found.y_true, found.y_pred, found.articles, names
                ).to_json(),
                "with_text": agreement(
                    text.y_pred, found.y_pred, found.articles, names
                ).to_json(),
            }
            for form, found in judged.items()
        }
    }


def gold_pages(read: Callable[[PageFile], Article]) -> list[GoldPage]:
    """Load the validation part in one form."""
    files = corpus_files("validation")
    return [GoldPage.of(labelled_page(file, read(file))) for file in files]


def in_template(template: str) -> Callable[[PageFile], Article]:
    """Return what reads a page file as HTML of one site design."""
    return lambda file: article_from_html(render_html(file, template), file.id)


def forms_table(figures: Mapping[str, Any]) -> str:
    """Write the table of `measure_forms`."""
    head = ["form", "macro-F1", "same label as in text", "kappa with text"]
    rows = [
        [
            form,
            interval_cell(result["scores"], "macro_f1"),
            interval_cell(result["with_text"], "agreement"),
            interval_cell(result["with_text"], "kappa"),
        ]
        for form, result in figures["forms"].items()
    ]
    return markdown_table(head, rows)
