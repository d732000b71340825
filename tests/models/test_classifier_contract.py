"""The estimator contract for text input, which `check_estimator` cannot check.

Each check is a row of `CHECKS`; the last test counts them, so that none is lost.
"""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable

import joblib
import numpy as np
import pytest
from sklearn.base import clone, is_classifier
from sklearn.exceptions import NotFittedError
from sklearn.utils import get_tags

from mlpkg.exceptions import ConfigError, SplitError
from mlpkg.labels import DEFAULT_SCHEME
from mlpkg.models import LinearHead, SentenceClassifier
from mlpkg.records import Article, Page, Segment

LEAST_CHECKS = 49

Check = Callable[..., None]
CHECKS: dict[str, Check] = {}
finished: set[str] = set()


def check(function: Check) -> Check:
    CHECKS[function.__name__] = function
    return function


@check
def stores_its_parameters_as_given(make, task):
    head = LinearHead()
    classifier = make(
        model=head, context_dropout=0.25, markup_dropout=0.5, folds=7, random_state=3
    )
    assert classifier.model is head
    assert classifier.get_params(deep=False) == {
        "model": head,
        "encoder": classifier.encoder,
        "context_dropout": 0.25,
        "markup_dropout": 0.5,
        "folds": 7,
        "random_state": 3,
    }


@check
def parameters_reach_into_the_head(make, task):
    classifier = make(model=LinearHead(C=0.5))
    assert classifier.get_params()["model__C"] == 0.5
    assert classifier.set_params(model__C=2.0, folds=4) is classifier
    assert (classifier.model.C, classifier.folds) == (2.0, 4)


@check
def an_unknown_parameter_is_refused(make, task):
    with pytest.raises(ValueError, match="Invalid parameter 'fold'"):
        make().set_params(fold=3)


@check
def a_clone_has_the_parameters_and_no_state(make, task):
    fitted = make(random_state=5).fit(task.texts, task.labels)
    copied = clone(fitted)
    assert copied.random_state == 5
    assert copied.model.C == fitted.model.C
    assert copied.model is not fitted.model
    assert copied.encoder.fingerprint == fitted.encoder.fingerprint
    assert not [name for name in vars(copied) if name.endswith("_")]


@check
def fit_returns_the_estimator(make, task):
    classifier = make()
    assert classifier.fit(task.texts, task.labels) is classifier


@check
def fit_leaves_parameters_alone(make, task):
    classifier = make()
    before = classifier.get_params()
    classifier.fit(task.texts, task.labels)
    assert classifier.get_params() == before
    assert not hasattr(classifier.model, "coef_")


@check
def fit_leaves_its_input_alone(make, task):
    given = (task.pages, task.page_labels, [[1.0] * len(p) for p in task.pages])
    before = copy.deepcopy(given)
    make(folds=3).fit(given[0], given[1], sample_weight=given[2])
    assert given == before


@check
def a_refit_equals_a_fresh_fit(make, task):
    renamed = [label.upper() for label in task.labels[::2]]
    refitted = make(folds=3).fit(task.pages, task.page_labels)
    refitted.fit(task.texts[::2], renamed)
    fresh = make(folds=3).fit(task.texts[::2], renamed)
    assert refitted.classes_.tolist() == fresh.classes_.tolist()
    assert refitted.temperature_ == fresh.temperature_
    np.testing.assert_array_equal(
        refitted.predict_proba(task.texts), fresh.predict_proba(task.texts)
    )


@check
def a_seed_fixes_the_fit(make, task):
    first, second, other = (
        make(folds=3, random_state=seed).fit(task.pages, task.page_labels)
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first.head_.coef_, second.head_.coef_)
    assert first.temperature_ == second.temperature_
    assert (first.head_.coef_ != other.head_.coef_).any()


@check
def every_use_before_fit_is_refused(make, task):
    classifier = make()
    uses = (
        lambda: classifier.predict(task.texts),
        lambda: classifier.predict_proba(task.texts),
        lambda: classifier.score(task.texts, task.labels),
        lambda: classifier.predict_pages([]),
        lambda: list(classifier.classify("It rained.")),
    )
    for use in uses:
        with pytest.raises(NotFittedError, match="not fitted yet"):
            use()


@check
def a_fitted_pickle_predicts_the_same(make, task):
    classifier = make(folds=3).fit(task.pages, task.page_labels)
    copied = pickle.loads(pickle.dumps(classifier))  # noqa: S301 (made here)
    for ours, theirs in zip(
        classifier.predict_proba(task.pages),
        copied.predict_proba(task.pages),
        strict=True,
    ):
        np.testing.assert_array_equal(ours, theirs)


@check
def a_pickle_of_a_named_encoder_holds_no_weights(make, task):
    classifier = make().fit(task.texts, task.labels)
    assert len(pickle.dumps(classifier.set_params(encoder="minilm"))) < 100_000


@check
def predicting_changes_nothing(make, task):
    classifier = make(folds=3).fit(task.pages, task.page_labels)
    before = joblib.hash(vars(classifier))
    classifier.predict(task.pages)
    classifier.predict_proba(task.texts)
    classifier.score(task.texts, task.labels)
    list(classifier.classify("It rained."))
    assert joblib.hash(vars(classifier)) == before


@check
def it_is_a_classifier_to_scikit_learn(make, task):
    assert is_classifier(make())
    assert get_tags(make()).target_tags.required


@check
def classes_are_distinct_and_sorted(make, task):
    classifier = make().fit(task.texts[::-1], task.labels[::-1])
    assert classifier.classes_.tolist() == sorted(set(task.labels))


@check
def probabilities_are_rows_that_sum_to_one(make, task):
    classifier = make(folds=3).fit(task.texts, task.labels)
    probabilities = classifier.predict_proba(task.texts)
    assert probabilities.shape == (len(task.texts), 4)
    assert (probabilities >= 0).all()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)


@check
def the_prediction_is_the_most_probable_class(make, task):
    classifier = make().fit(task.texts, task.labels)
    best = classifier.predict_proba(task.texts).argmax(axis=1)
    assert (classifier.classes_[best] == classifier.predict(task.texts)).all()


@check
def it_learns_what_can_be_learned(make, task):
    classifier = make().fit(task.texts[:32], task.labels[:32])
    assert classifier.score(task.texts[32:], task.labels[32:]) > 0.9


@check
def integer_labels_come_back_as_integers(make, task):
    numbers = [10 * (label == "claim") + 2 for label in task.labels]
    classifier = make(folds=3).fit(task.texts, numbers)
    assert classifier.classes_.tolist() == [2, 12]
    assert classifier.predict(task.texts).tolist() == numbers
    assert classifier.scheme_.names == ("2", "12")


@check
def other_names_make_a_scheme_of_their_own(make, task):
    known = make().fit(task.texts, task.labels)
    named = make().fit(task.texts, [f"x-{label}" for label in task.labels])
    assert known.scheme_ == DEFAULT_SCHEME
    assert named.scheme_.names == tuple(f"x-{name}" for name in known.classes_)


@check
def one_class_is_refused(make, task):
    message = r"y holds 1 distinct labels \(\['claim'\]\); at least 2"
    with pytest.raises(ValueError, match=message):
        make().fit(task.texts, ["claim"] * len(task.texts))


@check
def no_samples_are_refused(make, task):
    with pytest.raises(ValueError, match="X holds 0 samples"):
        make().fit([], [])
    with pytest.raises(ValueError, match="X holds 0 samples"):
        make().fit(task.texts, task.labels).predict([])


@check
def pages_without_any_segment_are_refused_for_fitting(make, task):
    with pytest.raises(ValueError, match="y holds 0 distinct labels"):
        make().fit([Page(Article("a", ""), ())], [[]])


@check
def one_string_or_page_alone_is_refused(make, task):
    classifier = make().fit(task.texts, task.labels)
    for alone in ("It rained.", b"It rained.", task.pages[0]):
        with pytest.raises(TypeError, match=f"X is one {type(alone).__name__}"):
            classifier.predict(alone)


@check
def a_wrong_kind_is_refused_with_its_place(make, task):
    classifier = make().fit(task.texts, task.labels)
    with pytest.raises(TypeError, match=r"X\[0\] is a int; expected a string"):
        classifier.predict([1, 2])
    with pytest.raises(TypeError, match=r"X\[1\] is a Page, but X\[0\] is a str"):
        classifier.predict(["It rained.", task.pages[0]])


@check
def lengths_must_agree(make, task):
    rows = len(task.texts)
    short = task.labels[:-1]
    with pytest.raises(ValueError, match=f"X has {rows} samples but y has {rows - 1}"):
        make().fit(task.texts, short)
    for name in ("groups", "sample_weight", "allowed"):
        with pytest.raises(ValueError, match=f"X has {rows} samples but {name} has 1"):
            make(folds=3).fit(task.texts, task.labels, **{name: [1]})


@check
def nested_lengths_must_agree(make, task):
    wrong = ([*task.page_labels[0], "claim"], "claim", 7)
    for labels in wrong:
        with pytest.raises(ValueError, match="page 'page-0' has 5 segments, its y"):
            make().fit(task.pages, [labels, *task.page_labels[1:]])


@check
def a_row_needs_one_label(make, task):
    for wrong in (None, ["claim", "opinion"]):
        labels = [*task.labels[:3], wrong, *task.labels[4:]]
        with pytest.raises(ValueError, match=r"row 3 of y is .* expected one label"):
            make().fit(task.texts, labels)


@check
def weights_must_be_finite_and_not_negative(make, task):
    for wrong in (-1.0, np.nan, np.inf):
        weights = np.ones(len(task.texts))
        weights[5] = wrong
        with pytest.raises(ValueError, match=rf"sample_weight\[5\] is {wrong}"):
            make().fit(task.texts, task.labels, sample_weight=weights)


@check
def some_weight_must_be_above_zero(make, task):
    with pytest.raises(ValueError, match="no row with a sample_weight above 0"):
        make().fit(task.texts, task.labels, sample_weight=np.zeros(len(task.texts)))


@check
def allowed_has_a_column_for_each_label(make, task):
    allowed = np.ones((len(task.texts), 3), dtype=bool)
    with pytest.raises(ValueError, match=r"allowed has shape \(48, 3\), expected .*4"):
        make().fit(task.texts, task.labels, allowed=allowed)


@check
def allowed_leaves_each_row_a_class(make, task):
    allowed = np.ones((len(task.texts), 4), dtype=bool)
    allowed[7] = False
    with pytest.raises(ValueError, match="row 7 of allowed is all False"):
        make().fit(task.texts, task.labels, allowed=allowed)


@check
def rows_without_weight_teach_nothing(make, task):
    noise = [f"ZZZ {number} !!!" * 9 for number in range(20)]
    weights = np.r_[np.ones(len(task.texts)), np.zeros(len(noise))]
    among = make().fit(
        task.texts + noise, task.labels + ["claim"] * 20, sample_weight=weights
    )
    alone = make().fit(task.texts, task.labels)
    np.testing.assert_allclose(
        among.predict_proba(task.texts), alone.predict_proba(task.texts), atol=1e-4
    )


@check
def labels_without_weight_do_not_matter_on_pages(make, task):
    weights = [np.arange(len(page)) % 2 for page in task.pages]
    turned = [
        [
            label if weight else "claim"
            for label, weight in zip(labels, row, strict=True)
        ]
        for labels, row in zip(task.page_labels, weights, strict=True)
    ]
    first, second = (
        make().fit(task.pages, labels, sample_weight=weights)
        for labels in (task.page_labels, turned)
    )
    np.testing.assert_array_equal(first.head_.coef_, second.head_.coef_)


@check
def a_weight_of_two_counts_as_two_rows(make, task):
    twice = make().fit(task.texts * 2, task.labels * 2)
    weighted = make().fit(task.texts, task.labels, sample_weight=[2] * len(task.texts))
    np.testing.assert_allclose(
        twice.predict_proba(task.texts), weighted.predict_proba(task.texts), atol=1e-3
    )


@check
def a_page_does_not_depend_on_the_others(make, task):
    classifier = make().fit(task.pages, task.page_labels)
    together = classifier.predict_proba(task.pages)
    turned = classifier.predict_proba(task.pages[::-1])[::-1]
    for page, here, there in zip(task.pages, together, turned, strict=True):
        alone = classifier.predict_proba([page])[0]
        np.testing.assert_array_equal(here, alone)
        np.testing.assert_array_equal(there, alone)


@check
def a_string_does_not_depend_on_the_others(make, task):
    classifier = make().fit(task.texts, task.labels)
    together = classifier.predict_proba(task.texts)
    alone = [classifier.predict_proba([text])[0] for text in task.texts]
    np.testing.assert_allclose(together, alone, atol=1e-5)


@check
def a_loose_segment_is_judged_as_its_text(make, task):
    classifier = make().fit(task.pages, task.page_labels)
    segments = [segment for page in task.pages for segment in page.segments]
    np.testing.assert_array_equal(
        classifier.predict_proba(segments),
        classifier.predict_proba([segment.text for segment in segments]),
    )


@check
def the_context_of_a_page_matters(make, task):
    classifier = make().fit(task.pages, task.page_labels)
    page = task.pages[0]
    on_page = classifier.predict_proba([page])[0]
    assert np.abs(on_page - classifier.predict_proba(page.texts)).max() > 1e-3


@check
def output_for_pages_is_nested_like_the_input(make, task):
    classifier = make().fit(task.pages, task.page_labels)
    empty = Page(Article("empty", ""), ())
    pages = [task.pages[0], empty, *task.pages[1:]]
    assert [len(row) for row in classifier.predict(pages)] == [len(p) for p in pages]
    shapes = [array.shape for array in classifier.predict_proba(pages)]
    assert shapes == [(len(page), 4) for page in pages]
    assert [a.shape for a in classifier.predict_pages(pages)] == shapes


@check
def the_score_is_the_accuracy_over_rows(make, task):
    classifier = make().fit(task.pages, task.page_labels)
    wrong = [["claim"] * len(page) for page in task.pages]
    flat = [label for labels in task.page_labels for label in labels]
    share = flat.count("claim") / len(flat)
    assert classifier.score(task.pages, task.page_labels) == 1
    assert classifier.score(task.pages, wrong) == pytest.approx(share)
    weights = [[label == "claim" for label in labels] for labels in task.page_labels]
    assert classifier.score(task.pages, wrong, sample_weight=weights) == 1


@check
def sequences_of_any_kind_are_welcome(make, task):
    expected = make().fit(task.texts, task.labels).predict_proba(task.texts)
    arrays = make().fit(np.array(task.texts), np.array(task.labels, dtype=object))
    np.testing.assert_array_equal(arrays.predict_proba(tuple(task.texts)), expected)
    np.testing.assert_array_equal(arrays.predict_proba(iter(task.texts)), expected)


@check
def pages_are_the_default_groups(make, task):
    default, named, other = (
        make(folds=3).fit(task.pages, task.page_labels, groups=groups)
        for groups in (
            None,
            [page.id for page in task.pages],
            [1, 1, 1, 2, 2, 2] + [3] * 3,
        )
    )
    np.testing.assert_array_equal(default.crossfit_logits_, named.crossfit_logits_)
    assert (default.crossfit_logits_ != other.crossfit_logits_).any()


@check
def loose_segments_are_grouped_by_their_page(make, task):
    segments = [segment for page in task.pages for segment in page.segments]
    labels = [label for labels in task.page_labels for label in labels]
    default, named = (
        make(folds=3).fit(segments, labels, groups=groups)
        for groups in (None, [segment.page_id for segment in segments])
    )
    np.testing.assert_array_equal(default.crossfit_logits_, named.crossfit_logits_)
    one_page = [Segment("one", s.index, s.start, s.end, s.text) for s in segments]
    with pytest.raises(SplitError, match="there are 1"):
        make(folds=3).fit(one_page, labels)


@check
def fewer_groups_than_folds_are_refused(make, task):
    message = "10 folds need at least 10 groups .* there are 9; lower the folds or set"
    with pytest.raises(SplitError, match=message):
        make(folds=10).fit(task.pages, task.page_labels)


@check
def no_folds_leave_probabilities_uncalibrated(make, task):
    plain = make(folds=0).fit(task.texts, task.labels)
    calibrated = make(folds=np.int64(3)).fit(task.texts, task.labels)
    assert (plain.temperature_, plain.crossfit_logits_) == (1.0, None)
    assert calibrated.temperature_ != 1.0
    assert calibrated.crossfit_logits_.shape == (len(task.texts), 4)
    np.testing.assert_array_equal(plain.head_.coef_, calibrated.head_.coef_)


@check
def parameters_that_cannot_work_are_refused(make, task):
    wrong = {
        "folds must be 0 or at least 2, got 1": {"folds": 1},
        "folds must be 0 or at least 2, got 2.5": {"folds": 2.5},
        "context_dropout must be between 0 and 1, got 1.5": {"context_dropout": 1.5},
        "context_dropout must be between 0 and 1, got nan": {"context_dropout": np.nan},
        "class_weight must be None or": {"model": LinearHead(class_weight="even")},
        "The 'C' parameter": {"model": LinearHead(C=0)},
    }
    for message, parameters in wrong.items():
        with pytest.raises(ValueError, match=message):
            make(**parameters).fit(task.texts, task.labels)


@check
def an_unknown_head_is_refused_with_the_nearest(make, task):
    with pytest.raises(
        ConfigError, match="'liner'; known: linear, page, tuned, static; did you"
    ):
        make(model="liner").fit(task.texts, task.labels)
    with pytest.raises(ConfigError, match=r"unknown head SentenceClassifier\(\)"):
        make(model=SentenceClassifier()).fit(task.texts, task.labels)


@check
def a_head_by_name_has_its_defaults(make, task):
    classifier = make(model="linear").fit(task.texts, task.labels)
    assert classifier.head_.get_params() == LinearHead().get_params()


@pytest.mark.parametrize("name", CHECKS)
def test_contract(name, make_classifier, task):
    CHECKS[name](make_classifier, task)
    finished.add(name)


def test_every_check_ran(request):
    assert len(CHECKS) >= LEAST_CHECKS
    collected = {
        item.callspec.params["name"]
        for item in request.session.items
        if getattr(item, "originalname", "") == "test_contract"
    }
    if collected != set(CHECKS):
        pytest.skip("only some of the checks were selected")
    assert finished == set(CHECKS)
