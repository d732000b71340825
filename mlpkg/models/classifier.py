"""The estimator: strings, segments or pages in, calibrated labels out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from numbers import Integral
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from mlpkg.calibration import RiskCurve, mix_factors, softmax
from mlpkg.embedding import Encoder, SentenceTransformerEncoder
from mlpkg.exceptions import CalibrationError
from mlpkg.labels import DEFAULT_SCHEME, LabelScheme
from mlpkg.models.base import Head, Targets
from mlpkg.models.canaries import Canaries
from mlpkg.models.checkpoints import Checkpoints
from mlpkg.models.crossfit import (
    crossfit_forms,
    crossfit_temperature,
    group_folds,
)
from mlpkg.models.crossfit_risk import crossfit_risk_curve
from mlpkg.models.heads import make_head
from mlpkg.models.inputs import Samples, nest, with_vectors
from mlpkg.models.targets import class_shares, row_labels, split_targets
from mlpkg.models.trainer import Trainer
from mlpkg.records import Article, Page, Prediction, ReadFailure

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlpkg.models.classify import OtherLanguages

__all__ = ["SentenceClassifier"]


class SentenceClassifier(ClassifierMixin, BaseEstimator):
    """Classifies the segments of news pages, or bare sentences.

    Parameters
    ----------
    model
        Name of a head (``"linear"``) or a `Head` with its own parameters.
    encoder
        Name or folder of a sentence-transformers model, or an object with
        ``fingerprint``, ``dimension`` and ``encode``.
    context_dropout
        Share of the segments of pages, 0 to 1, that are learned a second time as
        bare strings, so that strings without a page are a fair question.
    markup_dropout
        Share of the pages with markup, 0 to 1, that are learned a second time as if
        they were plain text, so that one model reads both.
    folds
        Folds of the cross-fitting that calibration needs, split by group; 0 leaves
        probabilities uncalibrated.
    random_state
        Seed of everything random in training.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The distinct labels, sorted.
    head_ : Head
        The trained head.
    temperature_ : float
        Divisor of the logits (1.0 when uncalibrated).
    risk_curve_ : RiskCurve or None
        From a stated risk to the confidence that holds it; None when uncalibrated.
    label_mix_ : dict of float by label, or None
        Weighted share of each label among the training rows, which probabilities take
        for granted; None in model folders that do not store it.
    scheme_ : LabelScheme
        Names, letters and colours of the labels.
    name_ : str
        Name or folder that the model was loaded from.
    crossfit_logits_ : ndarray of shape (n_rows, n_classes) or None
        Out-of-fold logits of the training rows; None when uncalibrated. Not stored
        in model folders.
    crossfit_folds_ : ndarray of shape (n_rows,) or None
        The fold of each training row; None when uncalibrated.

    Notes
    -----
    ``X`` is a list of strings, of `Segment`s (both judged without context) or of
    `Page`s; with pages, ``y``, ``allowed`` and ``sample_weight`` are nested, a list
    a page, and so is what `predict` returns. scikit-learn's cross-validation takes
    pages with a splitter object (``cv=GroupKFold(5)``) and the default scoring.

    Examples
    --------
    >>> from mlpkg.models import SentenceClassifier
    >>> SentenceClassifier(folds=3).get_params()["folds"]
    3
    """

    def __init__(
        self,
        model: str | Head = "linear",
        *,
        encoder: str | Encoder = "minilm",
        context_dropout: float = 0.3,
        markup_dropout: float = 1.0,
        folds: int = 5,
        random_state: int = 0,
    ) -> None:
        self.model = model
        self.encoder = encoder
        self.context_dropout = context_dropout
        self.markup_dropout = markup_dropout
        self.folds = folds
        self.random_state = random_state

    def fit(
        self,
        X: Sequence[Any],
        y: Sequence[Any],
        *,
        groups: Sequence[Any] | None = None,
        sample_weight: Sequence[Any] | None = None,
        allowed: Sequence[Any] | None = None,
        checkpoints: Checkpoints | None = None,
    ) -> Self:
        """Learn from labelled rows.

        Parameters
        ----------
        X
            Strings, segments or pages.
        y
            A label a row; for pages a list a page.
        groups
            A group a row (strings, segments) or a page (pages): rows of one group
            never stand on both sides of a calibration fold. Defaults to the page
            ids; each bare string is its own group.
        sample_weight
            A weight at or above 0 a row, nested for pages.
        allowed
            Boolean, shape (n_rows, n_classes), nested for pages: the classes that a
            row may have, columns in the sorted order of the labels in `y`. The label
            of a row must be among them; where they are several, it says no more.
        checkpoints
            Where finished folds are kept and found again by a training with the same
            data and parameters; None keeps nothing.

        Returns
        -------
        self

        Raises
        ------
        TypeError, ValueError
            The input's kind, lengths or values are wrong; the message says where.
        """
        self._check_parameters()
        samples = Samples.of(X)
        labels = row_labels(samples, y)
        self.classes_ = np.unique(labels)
        if len(self.classes_) < 2:
            raise ValueError(
                f"y holds {len(self.classes_)} distinct labels "
                f"({self.classes_.tolist()}); at least 2 are needed"
            )
        targets = split_targets(samples, labels, self.classes_, sample_weight, allowed)
        train = self.trainer()
        inputs = samples.describe()
        if self.head().reads_vectors:
            inputs = with_vectors(inputs, train.encoder)
        self.crossfit_logits_: NDArray[np.float32] | None = None
        self.crossfit_folds_: NDArray[np.int64] | None = None
        self.temperature_ = 1.0
        self.risk_curve_: RiskCurve | None = None
        if self.folds:
            self.crossfit_folds_ = group_folds(
                np.concatenate([target.allowed for target in targets]),
                _groups(samples, groups),
                self.folds,
                self.random_state,
            )
            self.crossfit_logits_, *plain = crossfit_forms(
                train, train.forms(inputs), targets, self.crossfit_folds_, checkpoints
            )
            self.temperature_ = crossfit_temperature(self.crossfit_logits_, targets)
            # Without its markup a page is harder: what holds there holds for both.
            self.risk_curve_ = crossfit_risk_curve(
                plain[0] if plain else self.crossfit_logits_,
                self.temperature_,
                targets,
                samples.groups if samples.pages else _groups(samples, groups),
            )
        self.head_ = train(
            inputs, targets, checkpoints.within("all") if checkpoints else None
        )
        self.label_mix_: dict[str, float] | None = _mix_of(
            self.classes_, targets, self.head_
        )
        self.canaries_: Canaries | None = None
        self.scheme_ = _scheme_of(self.classes_)
        self.name_ = "unsaved"
        return self

    def predict(self, X: Sequence[Any]) -> NDArray[Any]:
        """Return the most probable label of each row (nested for pages)."""
        samples, probabilities = self._probabilities(X)
        return nest(samples, self.classes_[probabilities.argmax(axis=1)])

    def predict_proba(self, X: Sequence[Any]) -> NDArray[Any]:
        """Return calibrated probabilities.

        Returns
        -------
        ndarray of shape (n_rows, n_classes)
            Columns as in `classes_`; for pages an object array with one such array
            a page.
        """
        samples, probabilities = self._probabilities(X)
        return nest(samples, probabilities)

    def score(
        self, X: Sequence[Any], y: Sequence[Any], sample_weight: Any = None
    ) -> float:
        """Return the accuracy over rows, pages flattened."""
        from sklearn.metrics import accuracy_score

        samples, probabilities = self._probabilities(X)
        predicted = self.classes_[probabilities.argmax(axis=1)]
        if sample_weight is not None:
            sample_weight = samples.flatten(sample_weight, "sample_weight")
        return float(
            accuracy_score(
                samples.flatten(y, "y"), predicted, sample_weight=sample_weight
            )
        )

    def classify(
        self,
        source: str | Article | Iterable[str | Article | ReadFailure],
        *,
        min_confidence: float = 0.0,
        max_risk: float | None = None,
        label_mix: Mapping[str, float] | None = None,
        other_languages: OtherLanguages = "warn",
    ) -> Iterator[Prediction]:
        """Classify pages lazily.

        Parameters
        ----------
        source
            The text of one page, an article, or several of them. Read failures, as
            `open_articles` yields them, are logged and passed over.
        min_confidence
            Predictions under this probability are marked as abstained.
        max_risk
            Predictions under `threshold` of this risk are marked as abstained; with
            `min_confidence` the higher of the two counts.
        label_mix
            Share of each label on these pages, where it is known to differ from the
            training data: probabilities are corrected for it, and labels may change.
            Not with `max_risk`, whose promise rests on the training data's mix.
        other_languages
            What happens to a page in another language than the model knows, beyond a
            warning: "warn" nothing, "abstain" every prediction is marked as
            abstained, "skip" none is made.

        Returns
        -------
        iterator of Prediction
            One a segment, in page order.

        Raises
        ------
        CalibrationError
            As `threshold` and `mix_factors` raise it; at once.
        """
        from mlpkg.models.classify import classify_articles

        found = classify_articles(
            self,
            source,
            min_confidence,
            other_languages,
            max_risk=max_risk,
            label_mix=label_mix,
        )
        return (prediction for _, predictions in found for prediction in predictions)

    def threshold(self, max_risk: float) -> float:
        """Return the confidence from which on labels are kept at a stated risk.

        Parameters
        ----------
        max_risk
            Largest share of wrong labels among the kept, between 0 and 1.

        Returns
        -------
        float
            0 to 1. At 95% confidence the error among labels of at least this
            probability is at most `max_risk`, on pages like those of the training.

        Raises
        ------
        CalibrationError
            The model has no calibration folds, or none of its thresholds holds the
            risk; the message names the lowest that one does.
        """
        check_is_fitted(self, "head_")
        if self.risk_curve_ is None:
            raise CalibrationError(
                f"the model {self.name_!r} has no risk curve, which a max_risk needs: "
                "it was trained without calibration folds, or by an mlpkg that did not "
                "store them; train it again with folds of at least 2, or set a "
                "min_confidence"
            )
        return self.risk_curve_.threshold(max_risk)

    def mix_factors(self, label_mix: Mapping[str, float]) -> NDArray[np.float64]:
        """Return what a stated label mix multiplies each class's probability with.

        Parameters
        ----------
        label_mix
            Share of each label, 0 to 1; they sum to 1.

        Returns
        -------
        ndarray of shape (n_classes,)
            Columns as in `classes_`; see `mlpkg.calibration.with_factors`.

        Raises
        ------
        DataError
            The mix does not name every label once, or does not sum to 1.
        CalibrationError
            The training mix is not known, or lacks a label that is stated.
        """
        check_is_fitted(self, "head_")
        if self.label_mix_ is None:
            raise CalibrationError(
                f"the model {self.name_!r} does not store the label mix of its "
                "training data, which a label_mix is set against; train it again"
            )
        return mix_factors(label_mix, self.label_mix_)

    def predict_pages(self, pages: Sequence[Page]) -> list[NDArray[np.float64]]:
        """Return one probability array a page; pages without segments are fine."""
        check_is_fitted(self, "head_")
        filled = [page for page in pages if len(page)]
        found = iter(self.predict_proba(filled) if filled else ())
        empty = np.empty((0, len(self.classes_)))
        return [next(found) if len(page) else empty for page in pages]

    def encoder_object(self) -> Encoder:
        """Return the encoder as an object, made from its name where it is one."""
        if isinstance(self.encoder, str):
            return SentenceTransformerEncoder(self.encoder)
        return self.encoder

    def restore(
        self,
        head: Head,
        classes: NDArray[Any],
        temperature: float,
        canaries: Canaries,
        scheme: LabelScheme,
        name: str,
        risk_curve: RiskCurve | None = None,
        label_mix: dict[str, float] | None = None,
    ) -> Self:
        """Take over what a model folder holds; the classifier then is fitted."""
        self.head_ = head
        self.classes_ = classes
        self.temperature_ = temperature
        self.risk_curve_ = risk_curve
        self.label_mix_ = label_mix
        self.crossfit_logits_ = None
        self.crossfit_folds_ = None
        self.canaries_ = canaries
        self.scheme_ = scheme
        self.name_ = name
        return self

    def _probabilities(self, X: Sequence[Any]) -> tuple[Samples, NDArray[np.float64]]:
        """Check the input and return a probability row for each of its rows."""
        check_is_fitted(self, "head_")
        samples = Samples.of(X)
        encoder = self.head_.tuned(self.encoder_object())
        if self.canaries_ is not None:
            self.canaries_.check(encoder)
        logits = self.head_.logits(with_vectors(samples.describe(), encoder))
        return samples, softmax(np.concatenate(logits), self.temperature_)

    def head(self) -> Head:
        """Return a fresh, unfitted head."""
        return make_head(self.model)

    def trainer(self) -> Trainer:
        """Return what trains one head; each call gets a fresh, unfitted one."""
        return Trainer(
            self.model,
            self.encoder_object(),
            self.context_dropout,
            self.markup_dropout,
            self.random_state,
        )

    def _check_parameters(self) -> None:
        """Refuse parameters that cannot work, naming each."""
        for name in ("context_dropout", "markup_dropout"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(
                    f"{name} must be between 0 and 1, got {getattr(self, name)!r}"
                )
        if self.folds != 0 and (not isinstance(self.folds, Integral) or self.folds < 2):
            raise ValueError(f"folds must be 0 or at least 2, got {self.folds!r}")


def _scheme_of(classes: NDArray[Any]) -> LabelScheme:
    """Return the default scheme where the labels are its own, else a bare one."""
    names = [str(name) for name in classes]
    if sorted(names) == sorted(DEFAULT_SCHEME.names):
        return DEFAULT_SCHEME
    return LabelScheme.from_names(names)


def _mix_of(
    classes: NDArray[Any], targets: Sequence[Targets], head: Head
) -> dict[str, float]:
    """Return the label mix that the probabilities of a head take for granted."""
    shares = class_shares(targets)
    # Balanced weights make a head learn as if all labels were equally frequent.
    if getattr(head, "class_weight", None) == "balanced":
        shares = np.full(len(classes), 1 / len(classes))
    return dict(zip(map(str, classes), shares.tolist(), strict=True))


def _groups(samples: Samples, groups: Sequence[Any] | None) -> NDArray[Any]:
    """Return one group a row."""
    if groups is None:
        return samples.groups
    expected = len(samples.pages) or len(samples.texts)
    if len(groups) != expected:
        raise ValueError(f"X has {expected} samples but groups has {len(groups)}")
    if samples.pages:
        return np.repeat(np.asarray(groups), samples.sizes)
    return np.asarray(groups)
