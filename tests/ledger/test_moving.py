"""Money moves for claims and chargebacks, sellers are paid on their days, and holds keep it back."""

from datetime import timedelta

import pytest
from django.db.models import Sum

from comity.accounts.profiles import profile_in_force
from comity.common.errors import NotFound, Refused
from comity.common.models import OutboxEvent
from comity.ledger.models import Disbursement, Entry, Hold, Journal, Payable
from comity.ledger.selectors.balances import balances
from comity.ledger.services.books import MoreThanPaid, Move, book
from comity.ledger.services.disbursements import disburse_due, last_payout_day
from comity.ledger.services.holds import hold, lift
from comity.ledger.services.moving import move
from comity.ledger.services.payables import Owed, open_payables
from tests.factories import NOW, marketplace, seller, user

pytestmark = pytest.mark.django_db
Kind = Journal.Kind


@pytest.fixture
def shop():
    return seller()


def paid(shop, amount=5_000, subject="ord_1", currency="EUR"):
    one = open_payables([Owed(shop.marketplace_id, shop.pk, subject, currency, amount)], now=NOW)[0]
    book([Move(one, Kind.CAPTURE, amount, f"shp_{subject}")], now=NOW)
    return one


def run(kind, amount, cause="clm_1", subject="ord_1"):
    return move(subject, kind, amount, cause=cause, actor="usr_1", now=NOW)


def owed(shop):
    return balances([shop.pk]).get((shop.pk, "EUR"), 0)


def books():
    return Entry.objects.aggregate(all=Sum("amount_minor"))["all"] or 0


def test_a_claim_holds_money_back_and_lets_it_go(shop):
    paid(shop)
    run(Kind.RESERVE, 2_000)
    assert (owed(shop), balances([shop.pk], "reserve")) == (3_000, {(shop.pk, "EUR"): 2_000})
    run(Kind.UNRESERVE, 2_000)
    assert (owed(shop), Payable.objects.get().reserved_minor, books()) == (5_000, 0, 0)


def test_what_is_held_back_once_cannot_be_held_back_again(shop):
    paid(shop)
    run(Kind.RESERVE, 4_000)
    for kind in (Kind.RESERVE, Kind.CHARGEBACK, Kind.REIMBURSEMENT):
        with pytest.raises(Refused, match="more than"):
            run(kind, 1_001, cause="clm_2")
    assert owed(shop) == 1_000


def test_a_chargeback_is_the_sellers_and_can_be_reversed(shop):
    paid(shop)
    run(Kind.CHARGEBACK, 1_200, cause="dp_1")
    assert (owed(shop), Payable.objects.get().refunded_minor) == (3_800, 1_200)
    run(Kind.REVERSAL, 1_200, cause="dp_1")
    assert (owed(shop), Payable.objects.get().refunded_minor, books()) == (5_000, 0, 0)


def test_a_reversal_without_its_chargeback_gives_nothing_back(shop):
    book([Move(paid(shop), Kind.REFUND, 5_000, "adj_1")], now=NOW)
    with pytest.raises(MoreThanPaid) as refused:
        run(Kind.REVERSAL, 5_000, cause="dp_1")
    assert (refused.value.left, owed(shop), Payable.objects.get().refunded_minor) == (0, 0, 5_000)


def test_a_reversal_gives_back_its_own_chargeback_and_no_other(shop):
    paid(shop)
    paid(shop, subject="ord_2")
    run(Kind.CHARGEBACK, 1_200, cause="dp_1")
    run(Kind.CHARGEBACK, 800, cause="dp_2")
    for amount, cause, subject in ((1_201, "dp_1", "ord_1"), (1, "dp_3", "ord_1"), (1, "dp_1", "ord_2")):
        with pytest.raises(MoreThanPaid):
            run(Kind.REVERSAL, amount, cause=cause, subject=subject)
    run(Kind.REVERSAL, 1_000, cause="dp_1")
    assert (owed(shop), Payable.objects.get(subject="ord_1").refunded_minor, books()) == (9_000, 1_000, 0)


def test_the_marketplace_makes_amends_and_the_seller_keeps_its_money(shop):
    paid(shop)
    run(Kind.REIMBURSEMENT, 700)
    assert (owed(shop), Entry.objects.filter(account="marketplace").get().amount_minor) == (5_000, 700)


def test_the_same_cause_moves_once_and_never_another_amount(shop):
    paid(shop)
    assert run(Kind.RESERVE, 500) == run(Kind.RESERVE, 500)
    with pytest.raises(Refused) as refused:
        run(Kind.RESERVE, 501)
    assert (refused.value.code, Journal.objects.filter(kind="reserve").count()) == ("reference_taken", 1)


def test_an_unknown_order_and_a_kind_of_others_move_nothing(shop):
    with pytest.raises(NotFound):
        run(Kind.RESERVE, 1)
    with pytest.raises(ValueError, match="capture"):
        run(Kind.CAPTURE, 1)


# Payouts


def test_the_days_of_the_schedule_lie_as_far_apart_as_the_profile_says(shop):
    market = shop.marketplace
    first = last_payout_day(market, NOW, 14)
    assert first <= NOW.date() < first + timedelta(days=14)
    assert [last_payout_day(market, NOW + timedelta(days=n), 1).day for n in (0, 1)] == [2, 3]


def test_a_day_of_the_schedule_begins_when_it_does_in_the_marketplace():
    market = marketplace(time_zone="Pacific/Auckland")  # 13 hours ahead
    evening = NOW.replace(hour=11)
    assert [last_payout_day(market, evening + timedelta(hours=n), 1).day for n in (-1, 0)] == [2, 3]


@pytest.mark.requirement("S72")
def test_a_seller_is_paid_what_was_taken_for_what_it_sent_and_no_more(shop):
    paid(shop)
    open_payables([Owed(shop.marketplace_id, shop.pk, "ord_2", "EUR", 900)], now=NOW)  # has not left
    run(Kind.RESERVE, 1_000)
    assert disburse_due(NOW) == 1
    made = Disbursement.objects.get()
    days = profile_in_force(shop.marketplace, NOW).money.payout_days
    due_on = last_payout_day(shop.marketplace, NOW, days)
    assert (made.amount_minor, made.currency, made.due_on) == (4_000, "EUR", due_on)
    assert (owed(shop), balances([shop.pk], "reserve"), books()) == (0, {(shop.pk, "EUR"): 1_000}, 0)


def test_a_day_of_the_schedule_pays_once_and_the_next_one_the_rest(shop):
    paid(shop)
    days = profile_in_force(shop.marketplace, NOW).money.payout_days
    assert (disburse_due(NOW), disburse_due(NOW)) == (1, 0)
    paid(shop, 300, "ord_2")
    assert disburse_due(NOW) == 0
    assert disburse_due(NOW + timedelta(days=days)) == 1
    assert list(Disbursement.objects.order_by("id").values_list("amount_minor", flat=True)) == [5_000, 300]


def test_who_owes_is_paid_nothing(shop):
    paid(shop)
    disburse_due(NOW)
    run(Kind.CHARGEBACK, 5_000, cause="dp_1")
    assert (owed(shop), disburse_due(NOW + timedelta(days=14))) == (-5_000, 0)


def test_each_currency_is_paid_by_itself(shop):
    paid(shop)
    paid(shop, 700, "ord_2", "USD")
    assert disburse_due(NOW) == 2
    assert sorted(Disbursement.objects.values_list("currency", "amount_minor")) == [("EUR", 5_000), ("USD", 700)]


@pytest.mark.parametrize("count", [1, 3])
def test_any_number_of_sellers_costs_the_same(django_assert_num_queries, shop, count):
    for n in range(count):
        paid(seller(shop.marketplace), subject=f"ord_{n}")
    with django_assert_num_queries(9):
        assert disburse_due(NOW) == count


def test_the_entries_of_who_was_paid_are_not_summed_again_that_day(django_assert_num_queries, shop):
    paid(shop)
    disburse_due(NOW)
    paid(shop, 300, "ord_2")
    with django_assert_num_queries(2) as asked:  # marketplaces, and who is left
        assert disburse_due(NOW) == 0
    assert not any("ledger_entry" in one["sql"] for one in asked.captured_queries)


# Holds


def test_a_hold_keeps_money_back_until_it_is_lifted(shop):
    paid(shop)
    made = hold(seller=shop, reason="We look into three claims.", by=user(), now=NOW)
    assert disburse_due(NOW) == 0
    lift(seller=shop, hold_id=made.public_id, by=user(), now=NOW)
    assert disburse_due(NOW) == 1
    events = OutboxEvent.objects.filter(stream=shop.public_id).order_by("sequence").values_list("name", flat=True)
    assert list(events) == ["payouts.held", "payouts.hold_lifted"]


def test_a_hold_ends_by_itself(shop):
    paid(shop)
    hold(seller=shop, reason="Until tomorrow.", by=None, now=NOW, ends_at=NOW + timedelta(days=1))
    assert disburse_due(NOW + timedelta(hours=23)) == 0
    assert disburse_due(NOW + timedelta(days=1)) == 1


def test_a_hold_needs_a_reason_and_a_moment_to_come(shop):
    for fields in ({"reason": " "}, {"reason": "x", "ends_at": NOW}):
        with pytest.raises(Refused):
            hold(**{"seller": shop, "by": None, "now": NOW, **fields})
    assert not Hold.objects.exists()


def test_another_sellers_hold_cannot_be_lifted(shop):
    made = hold(seller=shop, reason="We look into it.", by=None, now=NOW)
    with pytest.raises(NotFound):
        lift(seller=seller(shop.marketplace), hold_id=made.public_id, by=None, now=NOW)
    assert Hold.objects.get().lifted_at is None
