"""Perplexity, against the inverse geometric mean of the probabilities."""

from decimal import Decimal, localcontext
from math import prod

import numpy as np
import pytest

from breakeven.workloads.metrics.language import perplexity
from breakeven.workloads.metrics.resampling import value_of


def test_perplexity_is_the_inverse_geometric_mean_of_the_probabilities() -> None:
    rng = np.random.default_rng(2)
    for _ in range(1_000):
        texts = [rng.uniform(1e-6, 1.0, size=n) for n in rng.integers(0, 20, size=4)] + [
            rng.uniform(1e-6, 1.0, size=1)
        ]
        nats = np.array([-np.log(text).sum() for text in texts])
        n_tokens = np.array([float(len(text)) for text in texts])
        with localcontext(prec=60):
            together = prod(Decimal(float(p)) for text in texts for p in text)
            expected = float(together ** (-1 / Decimal(int(n_tokens.sum()))))
        assert value_of(perplexity(nats, n_tokens), len(texts)) == pytest.approx(expected)


def test_guessing_among_so_many_words_has_that_perplexity() -> None:
    assert value_of(perplexity(np.log([8.0 * 8.0]), np.array([2.0])), 1) == pytest.approx(8.0)


@pytest.mark.parametrize(("nats", "n_tokens"), [(0.0, 0.0), (7e3, 1.0), (float("nan"), 1.0)])
def test_no_token_or_no_number_gives_no_perplexity(nats: float, n_tokens: float) -> None:
    assert value_of(perplexity(np.array([nats]), np.array([n_tokens])), 1) is None
