"""Every amount comes back from Stripe's way of counting as it went, or is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.common.import_values import currencies
from comity.integrations.payment import ProviderRefuses
from comity.integrations.payment.stripe_amounts import from_stripe, step, to_stripe


@pytest.mark.parametrize(
    ("currency", "ours", "theirs"),
    [
        ("EUR", 1_299, 1_299),
        ("JPY", 500, 500),
        ("ISK", 5, 500),
        ("UGX", 5, 500),
        ("MGA", 500, 5),
        ("HUF", 1_045, 1_045),
    ],
)
def test_what_stripe_counts_in(currency, ours, theirs):
    assert (to_stripe(ours, currency), from_stripe(theirs, currency.lower())) == (theirs, ours)


@pytest.mark.parametrize(("currency", "smallest"), [("EUR", 1), ("ISK", 1), ("BHD", 10), ("TND", 10), ("MGA", 100)])
def test_the_smallest_step(currency, smallest):
    assert step(currency) == smallest


@given(currency=st.sampled_from(sorted(currencies())), amount=st.integers(1, 10**14))
def test_money_comes_back_as_it_went_or_is_refused(currency, amount):
    if amount % step(currency):
        with pytest.raises(ProviderRefuses, match="in steps of"):
            to_stripe(amount, currency)
    else:
        assert from_stripe(to_stripe(amount, currency), currency) == amount


def test_a_part_of_a_minor_unit_is_counted_as_a_whole_one():
    assert (from_stripe(50_001, "isk"), from_stripe(50_000, "isk")) == (501, 500)
