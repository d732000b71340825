from __future__ import annotations

import numpy as np
import torch

from mlpkg.embedding import SentenceTransformerEncoder
from mlpkg.embedding.bert_forward import mean_vectors

TEXTS = ["It rained.", "Yes.", "The quay was shut for most of the week.", "No."]


def test_texts_of_all_lengths_get_the_vectors_that_they_get_alone(library_folder):
    folder = str(library_folder("bert", "mean_tokens"))
    bert = SentenceTransformerEncoder(folder, device="cpu").tunable()
    ids, _ = bert.token_ids(TEXTS)
    with torch.inference_mode():
        together = mean_vectors(bert.weights, ids, bert.shape)
        alone = [mean_vectors(bert.weights, [text], bert.shape)[0] for text in ids]
    np.testing.assert_allclose(together, torch.stack(alone), atol=1e-5)


def test_training_computes_what_inference_computes(library_folder):
    folder = str(library_folder("bert", "mean_tokens"))
    bert = SentenceTransformerEncoder(folder, device="cpu").tunable()
    ids, _ = bert.token_ids(TEXTS)
    weights = dict(bert.weights)
    name = "encoder.layer.0.attention.self.qkv.weight"
    weights[name] = weights[name].clone().requires_grad_()
    learned = mean_vectors(weights, ids, bert.shape)
    with torch.inference_mode():
        judged = mean_vectors(bert.weights, ids, bert.shape)
    np.testing.assert_allclose(learned.detach(), judged, atol=1e-5)
    learned.sum().backward()
    assert weights[name].grad.abs().max() > 0
