from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from mlpkg.evaluation.metrics import article_confusions, rates, score
from mlpkg.exceptions import DataError

LABELS = ("claim", "opinion", "attribution", "boilerplate")
PAIRS = st.lists(
    st.tuples(st.sampled_from(LABELS), st.sampled_from(LABELS)), min_size=1
)


def split(pairs):
    return [true for true, _ in pairs], [predicted for _, predicted in pairs]


@given(PAIRS)
def test_equals_scikit_learn_where_all_classes_are_present(pairs):
    y_true, y_pred = split([*pairs, *zip(LABELS, LABELS, strict=True)])
    scores = score(y_true, y_pred, LABELS)
    assert scores.macro_f1 == pytest.approx(
        metrics.f1_score(y_true, y_pred, average="macro")
    )
    assert scores.accuracy == pytest.approx(metrics.accuracy_score(y_true, y_pred))
    assert scores.matthews == pytest.approx(metrics.matthews_corrcoef(y_true, y_pred))
    table = metrics.precision_recall_fscore_support(y_true, y_pred, labels=LABELS)
    ours = [(c.precision, c.recall, c.f1, c.support) for c in scores.classes]
    np.testing.assert_allclose(ours, np.transpose(table))
    assert scores.confusion == tuple(
        map(tuple, metrics.confusion_matrix(y_true, y_pred, labels=LABELS).tolist())
    )


@given(PAIRS)
def test_equals_scikit_learn_where_classes_are_absent(pairs):
    y_true, y_pred = split(pairs)
    scores = score(y_true, y_pred, LABELS)
    expected = metrics.f1_score(y_true, y_pred, average="macro", zero_division=0)
    assert scores.macro_f1 == pytest.approx(expected)
    assert set(scores.absent) == set(LABELS) - {*y_true, *y_pred}


@given(PAIRS, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(pairs, random):
    shuffled = random.sample(pairs, len(pairs))
    assert score(*split(shuffled), LABELS) == score(*split(pairs), LABELS)


def test_an_absent_class_has_no_scores():
    scores = score(["claim", "claim"], ["claim", "opinion"], LABELS)
    assert scores.absent == ("attribution", "boilerplate")
    assert scores.macro_f1 == pytest.approx((2 / 3 + 0) / 2)
    absent = scores.classes[2]
    assert (absent.precision, absent.recall, absent.f1) == (None, None, None)
    assert absent.support == 0


def test_a_class_never_predicted_has_precision_0():
    scores = score(["claim", "opinion"], ["claim", "claim"], ["claim", "opinion"])
    assert scores.classes[1].precision == 0.0
    assert scores.matthews == 0.0


def test_counts_a_matrix_for_each_article():
    matrices = article_confusions("xyx", "xxx", ["b", "a", "b"], "xy")
    assert matrices.tolist() == [[[0, 0], [1, 0]], [[2, 0], [0, 0]]]


def test_scores_a_stack_as_its_matrices_one_by_one():
    stack = np.random.default_rng(0).integers(0, 5, size=(7, 3, 3))
    together = rates(stack)
    for k, matrix in enumerate(stack):
        alone = rates(matrix)
        assert together.macro_f1[k] == alone.macro_f1
        assert together.matthews[k] == alone.matthews
        np.testing.assert_array_equal(together.precision[k], alone.precision)


def test_names_the_row_of_an_unknown_label():
    with pytest.raises(DataError, match=r"y_pred\[1\] is 'news', expected one of"):
        score(["claim", "claim"], ["claim", "news"], LABELS)


@pytest.mark.parametrize(("y_true", "y_pred"), [([], []), (["claim"], [])])
def test_refuses_rows_that_do_not_match(y_true, y_pred):
    with pytest.raises(DataError, match="at least one segment, got"):
        score(y_true, y_pred, LABELS)
