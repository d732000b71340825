from __future__ import annotations

import numpy as np
import pytest

from mlpkg.calibration.label_mix import checked_mix, mix_factors, with_factors
from mlpkg.exceptions import CalibrationError, DataError

TRAINED = {"claim": 0.5, "opinion": 0.3, "boilerplate": 0.2}


def test_shares_come_in_the_order_of_the_labels():
    mix = {"b": 0.25, "a": 0.75}
    assert checked_mix(mix, ["a", "b"]).tolist() == [0.75, 0.25]


@pytest.mark.parametrize(
    ("mix", "message"),
    [
        ({"claim": 1.0}, "mix names claim, expected claim, opinion, boilerplate: name"),
        ({**TRAINED, "news": 0.0}, "mix names claim, opinion, boilerplate, news, exp"),
        ({**TRAINED, "claim": -0.5}, r"mix\['claim'\] is -0.5, expected a share"),
        ({**TRAINED, "claim": 0.4}, "sum to 0.9.*, expected 1; divide each by the sum"),
    ],
)
def test_a_mix_that_does_not_fit_is_refused(mix, message):
    with pytest.raises(DataError, match=message):
        mix_factors(mix, TRAINED)


def test_the_training_mix_changes_nothing():
    probabilities = np.array([[0.6, 0.3, 0.1], [0.0, 0.5, 0.5]])
    found = with_factors(probabilities, mix_factors(TRAINED, TRAINED))
    np.testing.assert_allclose(found, probabilities, atol=1e-12)


def test_equals_the_posterior_of_the_other_mix():
    # Two labels whose feature is normal with mean 0 and 2: posteriors are known.
    x = np.linspace(-2, 4, 50)
    likelihood = np.exp(-((x[:, None] - np.array([0.0, 2.0])) ** 2) / 2)

    def posterior(shares):
        joint = likelihood * shares
        return joint / joint.sum(axis=1, keepdims=True)

    factors = mix_factors({"a": 0.9, "b": 0.1}, {"a": 0.4, "b": 0.6})
    found = with_factors(posterior(np.array([0.4, 0.6])), factors)
    np.testing.assert_allclose(found, posterior(np.array([0.9, 0.1])))


def test_a_label_with_share_0_gets_no_probability():
    stated = {"claim": 0.6, "opinion": 0.0, "boilerplate": 0.4}
    found = with_factors(
        np.array([[0.2, 0.7, 0.1], [0.0, 1.0, 0.0]]), mix_factors(stated, TRAINED)
    )
    assert found[:, 1].tolist() == [0, 0]
    np.testing.assert_allclose(found.sum(axis=1), 1)


def test_a_label_that_was_never_trained_cannot_be_stated():
    trained = {"claim": 1.0, "opinion": 0.0}
    message = r"mix\['opinion'\] is 0.2, but no training row had that label"
    with pytest.raises(CalibrationError, match=message):
        mix_factors({"claim": 0.8, "opinion": 0.2}, trained)
    assert mix_factors({"claim": 1.0, "opinion": 0.0}, trained).tolist() == [1, 0]
