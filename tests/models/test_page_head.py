from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from mlpkg.models import page_head, page_learning
from mlpkg.models.base import PageInput, Targets
from mlpkg.models.page_head import PageHead

CLASSES = 3
QUICK = {"width": 16, "vector_width": 8, "epochs": 25, "learning_rate": 0.02}


def page_input(rows: int, seed: int, has_context: bool = True) -> PageInput:
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(rows, 6)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return PageInput(
        vectors, rng.normal(size=(rows, 4)).astype(np.float32), has_context
    )


def own_labels(page: PageInput) -> np.ndarray:
    """Labels by the largest of the row's own first coordinates."""
    return page.vectors[:, :CLASSES].argmax(axis=1)


def labels_before(page: PageInput) -> np.ndarray:
    """Labels that only the row before can tell."""
    own = own_labels(page)
    return np.concatenate([own[:1], own[:-1]])


def targets(labels: np.ndarray, weight: float = 1.0) -> Targets:
    allowed = labels[:, None] == np.arange(CLASSES)
    return Targets(allowed, np.full(len(labels), weight))


@cache
def fitted(labels=own_labels, seed: int = 0, **parameters: object) -> PageHead:
    pages = [page_input(12, seed) for seed in range(40)]
    head = PageHead(
        **(
            {"batch_pages": 4, "dropout": 0.0, "vector_dropout": 0.0}
            | QUICK
            | parameters
        )
    )
    return head.fit(pages, [targets(labels(page)) for page in pages], random_state=seed)


@pytest.mark.parametrize("labels", [own_labels, labels_before])
def test_learns_from_the_row_and_from_its_neighbours(labels):
    pages = [page_input(12, seed) for seed in range(100, 110)]
    found = fitted(labels).logits(pages)
    right = [f.argmax(axis=1) == labels(p) for f, p in zip(found, pages, strict=True)]
    assert np.concatenate(right).mean() > 0.8


def test_rows_without_context_do_not_see_each_other():
    head = fitted(labels_before)
    loose = page_input(9, 50, has_context=False)
    apart = [
        PageInput(loose.vectors[i : i + 1], loose.features[i : i + 1], False)
        for i in range(9)
    ]
    np.testing.assert_allclose(
        head.logits([loose])[0], np.concatenate(head.logits(apart)), atol=1e-5
    )


def test_a_page_is_judged_alike_whatever_stands_beside_it():
    head = fitted()
    pages = [page_input(5, 50), page_input(1, 51), page_input(30, 52)]
    for page, found in zip(pages, head.logits(pages), strict=True):
        np.testing.assert_array_equal(found, head.logits([page])[0])


def test_huge_pages_are_read_in_windows_that_change_next_to_nothing(monkeypatch):
    head = fitted()
    page = page_input(300, 60)
    whole = head.logits([page])[0]
    monkeypatch.setattr(page_head, "WINDOW", 100)
    windowed = head.logits([page])[0]
    assert windowed.shape == whole.shape
    np.testing.assert_allclose(windowed, whole, atol=1e-3)


def test_an_empty_page_has_no_logits():
    assert fitted().logits([page_input(0, 0)])[0].shape == (0, CLASSES)


def test_the_same_seed_gives_the_same_weights():
    one, other = fitted().arrays(), fitted.__wrapped__().arrays()
    assert all((one[name] == other[name]).all() for name in one)
    another = fitted(seed=1).arrays()
    assert any((one[name] != another[name]).any() for name in one)


def test_training_leaves_the_random_state_of_torch_alone():
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    fitted(epochs=1)
    assert torch.equal(torch.rand(3), expected)


def test_arrays_bring_a_head_back():
    head = fitted()
    restored = clone(head).restore(head.arrays())
    pages = [page_input(5, 50), page_input(7, 52, False)]
    for ours, theirs in zip(head.logits(pages), restored.logits(pages), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_rows_that_may_be_one_of_several_teach_what_they_rule_out():
    pages = [page_input(12, seed) for seed in range(40)]
    partial = []
    for page in pages:
        labels = own_labels(page)
        allowed = np.ones((12, CLASSES), dtype=bool)
        allowed[np.arange(12), (labels + 1) % CLASSES] = False
        partial.append(Targets(allowed, np.ones(12)))
    head = PageHead(**QUICK, batch_pages=4).fit(pages, partial, random_state=0)
    test = page_input(200, 99)
    ruled_out = (
        head.logits([test])[0].argmax(axis=1) == (own_labels(test) + 1) % CLASSES
    )
    assert ruled_out.mean() < 0.1


def test_rows_without_weight_teach_nothing():
    pages = [page_input(12, seed) for seed in range(20)]
    weighted = [targets(own_labels(page)) for page in pages]
    noise = [targets(labels_before(page), weight=0.0) for page in pages]
    head = PageHead(**QUICK, batch_pages=4)
    head.fit([*pages, *pages], [*weighted, *noise], random_state=0)
    test = page_input(200, 99)
    assert (head.logits([test])[0].argmax(axis=1) == own_labels(test)).mean() > 0.8


def test_stops_early_and_keeps_the_best_epoch(monkeypatch):
    losses = iter([3.0, 1.0, 2.0, 2.0, 0.5])
    seen = []

    def scripted(reader, units):
        weights = reader.network.state_dict()
        seen.append({k: v.clone() for k, v in weights.items()})
        return next(losses)

    monkeypatch.setattr(page_learning, "_held_out_loss", scripted)
    head = fitted(holdout=0.2, patience=2)
    assert len(seen) == 4
    for name, value in head.network_.state_dict().items():
        assert torch.equal(value, seen[1][name])


def test_all_forms_of_a_page_are_held_out_together():
    pages = [page_input(6, seed) for seed in range(10)]
    forms = [*pages, *(replace(page, features=page.features * 0) for page in pages)]
    head = PageHead()
    head.mean_, head.scale_ = np.zeros(4), np.ones(4)
    units = list(head._units(forms, [targets(own_labels(page)) for page in forms]))
    kept, held_out = page_learning.hold_out(units, 0.3, random_state=0)
    assert len(held_out) == 6
    assert not {u.source for u in kept} & {u.source for u in held_out}


def test_is_refused_before_it_is_fitted():
    with pytest.raises(NotFittedError, match="not fitted yet"):
        PageHead().logits([page_input(3, 0)])
