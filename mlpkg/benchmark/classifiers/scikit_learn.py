"""scikit-learn classifiers of texts: those of the ladder, and anybody's own."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from mlpkg.benchmark.classifiers.base import TextClassifier
from mlpkg.benchmark.stopwatch import Stopwatch
from mlpkg.calibration import softmax

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["ScikitLearn", "takes_texts", "tfidf_chars", "tfidf_svm", "tfidf_words"]


class ScikitLearn(TextClassifier):
    """Any classifier with ``fit`` and ``predict``.

    Parameters
    ----------
    estimator
        A pipeline that takes texts, or a classifier of vectors, before which TF-IDF
        of words is put.

    Notes
    -----
    Probabilities are those of ``predict_proba``, else the softmax of
    ``decision_function``, which is no calibrated probability, else 1 for the label
    of ``predict``.
    """

    imports: ClassVar[tuple[str, ...]] = (
        "sklearn.pipeline",
        "sklearn.feature_extraction.text",
        "sklearn.linear_model",
    )

    def __init__(self, estimator: Any) -> None:
        self.estimator = estimator

    def fit_texts(self, texts: list[str], labels: list[str], seed: int) -> None:
        """Fit; a ``random_state`` that is None becomes the seed."""
        if not takes_texts(self.estimator):
            from sklearn.pipeline import make_pipeline

            self.estimator = make_pipeline(_tfidf_of_words(), self.estimator)
        free = {
            name: seed
            for name, value in self.estimator.get_params().items()
            if name.split("__")[-1] == "random_state" and value is None
        }
        self.estimator.set_params(**free).fit(texts, labels)
        self.classes = tuple(str(name) for name in self.estimator.classes_)

    def texts_proba(self, texts: list[str], watch: Stopwatch) -> NDArray[np.float64]:
        """Transform, then judge."""
        estimator, rows = self.estimator, texts
        if hasattr(estimator, "steps"):
            with watch.stage("features"):
                rows = estimator[:-1].transform(texts)
            estimator = estimator[-1]
        with watch.stage("head"):
            return self._probabilities(estimator, rows)

    def _probabilities(self, estimator: Any, rows: Any) -> NDArray[np.float64]:
        """Ask for the best that the classifier offers."""
        if hasattr(estimator, "predict_proba"):
            return np.asarray(estimator.predict_proba(rows), dtype=np.float64)
        if hasattr(estimator, "decision_function"):
            scores = np.asarray(estimator.decision_function(rows), dtype=np.float64)
            if scores.ndim == 1:
                scores = np.column_stack([-scores, scores])
            return np.asarray(softmax(scores), dtype=np.float64)
        labels = np.asarray(estimator.predict(rows)).astype(str)
        return np.asarray(labels[:, None] == np.array(self.classes), dtype=np.float64)

    def size_bytes(self) -> int:
        """Return the size that its pickle would have; it is not written."""
        return len(pickle.dumps(self.estimator))


def takes_texts(estimator: Any) -> bool:
    """Tell whether an estimator wants texts: it says so, or it is a pipeline."""
    from sklearn.utils import get_tags

    return hasattr(estimator, "steps") or bool(get_tags(estimator).input_tags.string)


def tfidf_words(C: float = 10.0) -> ScikitLearn:
    """Make TF-IDF of words and word pairs with logistic regression."""
    from sklearn.linear_model import LogisticRegression

    return _on(_tfidf_of_words(), LogisticRegression(C=C, max_iter=1000))


def tfidf_chars(C: float = 10.0) -> ScikitLearn:
    """Make TF-IDF of character sequences with logistic regression."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    vectors = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(2, 4), min_df=2, sublinear_tf=True
    )
    return _on(vectors, LogisticRegression(C=C, max_iter=1000))


def tfidf_svm(C: float = 1.0) -> ScikitLearn:
    """Make TF-IDF of words and word pairs with a linear support vector machine."""
    from sklearn.svm import LinearSVC

    return _on(_tfidf_of_words(), LinearSVC(C=C))


def _tfidf_of_words() -> Any:
    """Return the vectoriser of words and word pairs."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    # Single letters and marks are words too: "I", "?", "|" tell much here.
    return TfidfVectorizer(
        token_pattern=r"\w+|[^\w\s]",  # noqa: S106 (a pattern)
        ngram_range=(1, 2),
        min_df=1,
        sublinear_tf=True,
    )


def _on(vectors: Any, classifier: Any) -> ScikitLearn:
    """Put a classifier behind a vectoriser."""
    from sklearn.pipeline import make_pipeline

    return ScikitLearn(make_pipeline(vectors, classifier))
