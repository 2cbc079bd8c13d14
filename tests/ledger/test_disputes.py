"""What a buyer's bank takes is booked to its end: who bears it, what comes back, and what a person has to say."""

from contextlib import suppress

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import example, given, settings
from hypothesis import strategies as st

from comity.common.errors import Refused
from comity.integrations.payment import Notice
from comity.ledger.models import Dispute, Entry, Journal, Payable
from comity.ledger.selectors.balances import balances
from comity.ledger.selectors.reconciling import differences
from comity.ledger.services.books import Move, book
from comity.ledger.services.disputes import translate
from comity.ledger.services.moving import move
from comity.ledger.services.notices import take_notice
from comity.ledger.services.payables import Owed, open_payables
from tests.factories import NOW, seller

pytestmark = pytest.mark.django_db
Kind = Journal.Kind
PAID = 5_000


@pytest.fixture
def paid():
    return pay()


def pay(refunded=0):
    shop = seller()
    made = open_payables([Owed(shop.marketplace_id, shop.pk, "ord_1", "EUR", PAID, authorisation="pi_1")], now=NOW)[0]
    book([Move(made, Kind.CAPTURE, PAID, "shp_1")], now=NOW)
    if refunded:
        refund(made, refunded)
    return made


def refund(payable, amount, cause="adj_1"):
    payable.refresh_from_db()
    book([Move(payable, Kind.REFUND, amount, cause)], now=NOW)


def tell(kind, amount=PAID, cause="dp_1", currency="EUR", *, bears=False):
    return take_notice(Notice(kind, "pi_1", amount, cause, "", currency), marketplace_bears=bears, now=NOW)


def journals(cause="dp_1"):
    return list(Journal.objects.filter(cause=cause).order_by("id").values_list("kind", "amount_minor"))


def accounts():
    rows = Entry.objects.values_list("account").annotate(total=Sum("amount_minor")).order_by("account")
    return {account: total for account, total in rows if total}


def earn(payable, amount):
    """The seller has so much of another order."""
    other = [Owed(payable.marketplace_id, payable.seller_id, "ord_2", "EUR", amount)]
    book([Move(open_payables(other, now=NOW)[0], Kind.CAPTURE, amount, "shp_2")], now=NOW)


def hold(*, free):
    """A claim holds all but the last euro of what is left, or sets free what it holds."""
    payable = Payable.objects.get(subject="ord_1")
    amount = payable.reserved_minor if free else payable.refundable_minor - 100
    if amount > 0:
        move("ord_1", Kind.UNRESERVE if free else Kind.RESERVE, amount, cause="clm_1", now=NOW)


def sentences():
    return [one.sentence for one in differences(NOW)]


def test_what_a_bank_takes_after_it_was_given_back_is_the_sellers_loss():
    payable = pay(2_000)
    earn(payable, 9_000)
    assert tell("chargeback")
    assert journals() == [("chargeback", 3_000), ("loss", 2_000)]
    assert accounts() == {"provider": 7_000, "seller": -7_000}  # 9,000 earned, and 2,000 gone twice
    payable.refresh_from_db()
    assert (payable.refunded_minor, payable.lost_minor, payable.refundable_minor) == (PAID, 2_000, 0)
    assert sentences() == []


def test_what_the_sellers_balance_cannot_bear_is_the_marketplaces():
    earn(pay(PAID), 500)
    assert tell("chargeback", 1_200)
    assert (journals(), accounts()) == ([("loss", 1_200)], {"provider": -700, "marketplace": 700})
    assert sentences() == []


def test_a_dispute_of_what_the_marketplace_fulfilled_is_its_own():
    payable = pay(2_000)
    assert tell("chargeback", bears=True)
    assert (journals(), accounts()) == (
        [("chargeback", 3_000), ("loss", 2_000)],
        {"provider": -2_000, "seller": -3_000, "marketplace": 5_000},
    )
    assert balances([payable.seller_id]) == {(payable.seller_id, "EUR"): 3_000}


@pytest.mark.parametrize("bears", [False, True])
def test_what_the_bank_gives_again_goes_to_who_bore_it(bears):
    pay(2_000)
    before = accounts()
    assert [tell("chargeback", bears=bears), tell("reversal", bears=bears), tell("reversal", bears=bears)] == [
        True,
        True,
        False,
    ]
    assert journals()[2:] == [("recovery", 2_000), ("reversal", 3_000)]
    assert (accounts(), sentences(), Payable.objects.get().lost_minor) == (before, [], 0)


def test_of_a_part_that_is_given_again_the_loss_is_made_up_for_first():
    earn(pay(2_000), 9_000)
    tell("chargeback")
    tell("reversal", 2_500)
    assert journals()[2:] == [("recovery", 2_000), ("reversal", 500)]
    assert (Payable.objects.get(subject="ord_1").refundable_minor, sentences()) == (500, [])


def test_while_a_claim_holds_a_part_the_rest_waits_and_reconcile_says_so(paid):
    move("ord_1", Kind.RESERVE, PAID, cause="clm_1", now=NOW)
    assert not tell("chargeback", 1_200)
    assert sentences()[0] == (
        "The buyer's bank has 12.00 EUR by the dispute dp_1; 0.00 EUR is booked. A claim holds a part of the order's "
        "money: decide it, and the rest is booked."
    )
    move("ord_1", Kind.UNRESERVE, PAID, cause="clm_1", now=NOW)
    assert (journals(), sentences()) == ([("chargeback", 1_200)], [])


@pytest.mark.parametrize("bears", [False, True])
def test_what_a_claim_sets_free_is_the_banks_first_and_nobody_gives_it_back_once_more(paid, bears):
    move("ord_1", Kind.RESERVE, 2_000, cause="clm_1", now=NOW)
    tell("chargeback", bears=bears)
    move("ord_1", Kind.UNRESERVE, 2_000, cause="clm_1", marketplace_bears=bears, now=NOW)
    assert (journals(), sentences()) == ([("chargeback", 3_000), ("loss", 2_000)], [])
    assert accounts() == ({"seller": -PAID, "marketplace": PAID} if bears else {})
    with pytest.raises(Refused, match="more than what is left"):
        refund(paid, 1)


def test_more_than_was_captured_is_not_believed(paid):
    tell("chargeback", PAID + 1)
    assert journals() == [("chargeback", PAID)]
    assert sentences()[0].endswith(
        "50.00 EUR is booked. All disputes of the order take more than was captured: ask the provider, and have it "
        "send its notice again."
    )


def test_what_is_given_again_unheard_of_is_listed_until_its_withdrawal_is_told(paid):
    tell("reversal", 1_200)
    assert "never told to have taken" in sentences()[0]
    tell("chargeback", 1_200)
    assert (sentences(), Payable.objects.get().refunded_minor) == ([], 0)


# Told in another currency


def test_a_dispute_in_another_currency_waits_for_a_person(paid):
    assert not tell("chargeback", 1_300, currency="USD")
    assert sentences()[0] == (
        "The buyer's bank has 13.00 USD by the dispute dp_1; 0.00 EUR is booked. See at the provider how much of the "
        "order's EUR that is now, and book it: comity ledger dispute ord_1 dp_1 AMOUNT."
    )
    assert translate(paid, "dp_1", 1_200, marketplace_bears=False, now=NOW) == 0
    assert (journals(), sentences()) == ([("chargeback", 1_200)], [])


def test_and_again_when_the_bank_gives_something_back(paid):
    tell("chargeback", 1_300, currency="USD")
    translate(paid, "dp_1", 1_200, marketplace_bears=False, now=NOW)
    assert not tell("reversal", 1_300, currency="USD")
    assert len(sentences()) == 1
    assert translate(paid, "dp_1", 0, marketplace_bears=False, now=NOW) == 1_200
    assert (journals()[1:], sentences(), accounts()) == ([("reversal", 1_200)], [], {"provider": PAID, "seller": -PAID})


def test_what_is_booked_becomes_less_once_and_never_more(paid):
    tell("chargeback", 1_300, currency="USD")
    for amount in (1_200, 800):
        translate(paid, "dp_1", amount, marketplace_bears=False, now=NOW)
    for amount in (900, 0):
        with pytest.raises(Refused, match=r"8.00 EUR of it is booked already\. What is booked becomes less once"):
            translate(paid, "dp_1", amount, marketplace_bears=False, now=NOW)
    assert (journals(), sentences()) == ([("chargeback", 1_200), ("reversal", 400)], [])


def test_what_a_person_says_is_held_to_the_same_bounds(paid):
    tell("chargeback", 500, "dp_2")
    tell("chargeback", 1_300, currency="USD")
    for cause, amount, code in (
        ("dp_2", 1, "own_currency"),
        ("dp_1", PAID - 499, "more_than_paid"),
        ("dp_3", 1, "unknown_dispute"),
    ):
        with pytest.raises(Refused, check=lambda refused, code=code: refused.code == code):
            translate(paid, cause, amount, marketplace_bears=False, now=NOW)
    assert (journals(), Dispute.objects.get(cause="dp_1").translated_minor) == ([], None)


def test_what_a_person_says_is_booked_to_its_end_where_too_little_is_left():
    payable = pay(PAID - 100)
    for kind, says, before in (("chargeback", 1_000, 0), ("reversal", 500, 1_000)):
        tell(kind, 1_300, currency="USD")
        assert translate(payable, "dp_1", says, marketplace_bears=False, now=NOW) == before
    assert (journals(), sentences()) == ([("chargeback", 100), ("loss", 900), ("recovery", 500)], [])


# Whatever happens in whatever order


STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["chargeback", "reversal"]), st.integers(1, PAID), st.sampled_from(["dp_1", "dp_2"])),
        st.tuples(st.just("refund"), st.integers(1, PAID), st.uuids().map(str)),
    ),
    max_size=7,
)


@settings(max_examples=40, deadline=None)
@given(steps=STEPS, bears=st.booleans())
def test_books_sum_to_zero_and_no_more_is_gone_than_twice_what_was_captured(steps, bears):
    with transaction.atomic():
        payable = pay()
        for kind, amount, cause in steps:
            if kind == "refund":
                with suppress(Refused):
                    refund(payable, amount, cause[:31])
            else:
                tell(kind, amount, cause, bears=bears)
        payable.refresh_from_db()
        assert sum(accounts().values()) == 0
        assert payable.refunded_minor <= PAID
        assert payable.lost_minor <= PAID
        assert {one.code for one in differences(NOW)} <= {"dispute_unbooked"}
        transaction.set_rollback(True)


@settings(max_examples=40, deadline=None)
@given(
    refunded=st.sampled_from([0, 2_000, PAID - 100, PAID]),
    taken=st.integers(1, PAID),
    share=st.integers(0, 100),
    steps=st.permutations(["chargeback", "reversal", "hold"]),
)
@example(refunded=PAID - 100, taken=1_000, share=50, steps=["reversal", "chargeback", "hold"])
@example(refunded=0, taken=1_000, share=50, steps=["hold", "chargeback", "reversal"])
def test_one_dispute_ends_the_same_in_any_order_and_nothing_is_left_to_say(refunded, taken, share, steps):
    with transaction.atomic():
        payable, told = pay(refunded), {"chargeback": taken, "reversal": taken * share // 100}
        for kind in steps:
            tell(kind, told[kind]) if kind in told else hold(free=False)
        hold(free=True)
        payable.refresh_from_db()
        net = taken - told["reversal"]
        assert sentences() == []
        assert -accounts().get("seller", 0) - accounts().get("marketplace", 0) == PAID - refunded - net
        lost = max(net - (PAID - refunded), 0)
        assert payable.lost_minor == lost if steps[-1] == "hold" else payable.lost_minor >= lost
        transaction.set_rollback(True)
