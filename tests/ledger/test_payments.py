"""The payment provider does what the books say, once, in order, whatever fails on the way."""

import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from comity.integrations.payment import BadNotice, Book, Instruction, ProviderDown, ProviderRefuses, Standing
from comity.ledger.models import Journal, Payable, Payment
from comity.ledger.selectors.reconciling import differences, differences_with
from comity.ledger.services import payments
from comity.ledger.services.books import Move, book
from comity.ledger.services.notices import take_notice
from comity.ledger.services.payables import Owed, open_payables
from comity.ledger.services.payments import RETRIES, ask_again, ask_due
from tests.factories import NOW, seller
from tests.integrations.stripe_server import signed
from tests.ledger.conftest import SECRET

pytestmark = pytest.mark.django_db
Kind = Journal.Kind


class Killed(BaseException):
    """The process is gone."""


def authorised(fake, amount=5_000, subject="ord_1"):
    shop = seller()
    agreed = fake.authorise(amount)
    owed = Owed(shop.marketplace_id, shop.pk, subject, "EUR", amount, authorisation=agreed)
    return open_payables([owed], now=NOW)[0]


def run(payable, *moves, now=NOW):
    book([Move(payable, kind, amount, cause) for kind, amount, cause in moves], now=now)


def work(now=NOW, times=10):
    """The worker, until nothing is due."""
    return sum(ask_due(now, chance=random.Random(1)) for _ in range(times))


def states():
    return list(Payment.objects.order_by("id").values_list("journal__kind", "state", "attempts"))


def found(provider=None):
    told = [*differences(NOW), *(differences_with(provider, since=NOW - timedelta(days=7)) if provider else [])]
    return [one.code for one in told]


@pytest.mark.requirement("S71")
def test_what_left_is_taken_what_never_leaves_is_let_go_and_what_came_back_is_given_back(fake, provider):
    payable = authorised(fake)
    run(payable, (Kind.CAPTURE, 3_000, "shp_1"), (Kind.RELEASE, 2_000, "adj_1"), (Kind.REFUND, 500, "adj_2"))
    assert work() == 3

    intent = fake.intents[payable.authorisation]
    assert (intent["amount_received"], intent["status"], fake.given(intent["id"])) == (3_000, "succeeded", 500)
    assert states() == [("capture", "done", 1), ("release", "done", 1), ("refund", "done", 1)]
    assert provider.standing(payable.authorisation) == Standing(3_000, 500)
    assert found(provider) == []


def test_split_shipments_are_taken_one_by_one_and_the_last_lets_go(fake):
    payable = authorised(fake)
    run(payable, (Kind.CAPTURE, 2_000, "shp_1"))
    work()
    assert fake.intents[payable.authorisation]["status"] == "requires_capture"
    run(payable, (Kind.CAPTURE, 1_000, "shp_2"))
    run(payable, (Kind.RELEASE, 2_000, "adj_1"))
    work()
    intent = fake.intents[payable.authorisation]
    assert (intent["amount_received"], intent["amount_capturable"], intent["status"]) == (3_000, 0, "succeeded")


def test_an_order_that_never_leaves_is_cancelled_there(fake):
    payable = authorised(fake)
    run(payable, (Kind.RELEASE, 5_000, "ord_1"))
    work()
    assert fake.intents[payable.authorisation]["status"] == "canceled"


def test_a_server_in_trouble_is_asked_again_later_with_the_same_key(fake):
    payable = authorised(fake)
    run(payable, (Kind.CAPTURE, 5_000, "shp_1"))
    fake.trouble = [500, 503]
    assert work() == 1
    payment = Payment.objects.get()
    assert (payment.state, payment.run_after > NOW, "APIError 500" in payment.error) == ("requested", True, True)
    assert (work(NOW + timedelta(minutes=2)), work(NOW + timedelta(hours=1))) == (1, 1)
    assert states() == [("capture", "done", 3)]
    assert len({key for *_, key in fake.requests}) == 1


def test_after_the_last_attempt_it_waits_for_a_person(fake):
    run(authorised(fake), (Kind.CAPTURE, 5_000, "shp_1"))
    fake.trouble = [500] * RETRIES.attempts
    for n in range(RETRIES.attempts + 3):
        work(NOW + timedelta(hours=3 * n))
    assert (states(), found()) == ([("capture", "failed", RETRIES.attempts)], ["payment_failed"])
    ask_again(Payment.objects.get(), now=NOW)
    work()
    assert states() == [("capture", "done", 1)]


def test_what_is_refused_is_not_asked_again_and_nothing_later_of_that_order(fake):
    payable, other = authorised(fake), authorised(fake, subject="ord_2")
    fake.intents[payable.authorisation]["status"] = "canceled"
    run(payable, (Kind.CAPTURE, 5_000, "shp_1"), (Kind.REFUND, 100, "adj_1"))
    run(other, (Kind.CAPTURE, 5_000, "shp_2"))
    work()
    assert states() == [("capture", "failed", 1), ("refund", "requested", 0), ("capture", "done", 1)]


def test_without_the_providers_id_of_the_payment_a_person_is_asked(fake):
    payable = authorised(fake)
    payable.authorisation = ""
    payable.save(update_fields=["authorisation"])
    run(payable, (Kind.CAPTURE, 5_000, "shp_1"))
    work()
    assert (Payment.objects.get().state, fake.requests) == ("failed", [])


def killed_after_the_first(monkeypatch):
    places = iter([True])

    def crash(name):
        assert name == "payment_asked_before_mark"
        if next(places, False):
            raise Killed

    monkeypatch.setattr(payments, "crash_point", crash)


def live_through_a_kill():
    with pytest.raises(Killed):
        ask_due(NOW)
    assert ask_due(NOW) == 0  # still leased
    return work(NOW + payments.LEASE + timedelta(seconds=1))


def test_killed_between_call_and_booking_the_money_moves_once(fake, provider, monkeypatch):
    payable = authorised(fake)
    run(payable, (Kind.CAPTURE, 2_000, "shp_1"))
    killed_after_the_first(monkeypatch)
    assert live_through_a_kill() == 1
    assert (states(), fake.intents[payable.authorisation]["amount_received"]) == ([("capture", "done", 2)], 2_000)
    assert Counter(path for _, path, _, _ in fake.requests)[f"/v1/payment_intents/{payable.authorisation}/capture"] == 2
    assert found(provider) == []


def test_a_key_of_each_attempt_would_be_noticed(fake, provider, monkeypatch):
    """The check above is no idle one: with a fresh key the second attempt takes the money again."""
    payable = authorised(fake)
    run(payable, (Kind.CAPTURE, 2_000, "shp_1"))
    real, numbers = type(provider).carry_out, iter(range(10))
    monkeypatch.setattr(
        type(provider), "carry_out", lambda self, wanted: real(self, replace(wanted, key=f"k{next(numbers)}"))
    )
    killed_after_the_first(monkeypatch)
    live_through_a_kill()
    assert fake.intents[payable.authorisation]["amount_received"] == 4_000
    assert found(provider) == ["provider_differs"]


def test_the_embedded_book_asks_nobody(settings):
    shop = seller()
    payable = open_payables([Owed(shop.marketplace_id, shop.pk, "ord_1", "EUR", 100)], now=NOW)[0]
    run(payable, (Kind.CAPTURE, 100, "shp_1"))
    assert (work(), states()) == (0, [("capture", "done", 0)])
    assert Book().carry_out(Instruction("pmt_1", "capture", "", 100, final=True)) == "pmt_1"
    assert Book().standing("") is None
    with pytest.raises(BadNotice):
        Book().read_notice(b"{}", "", now=NOW)


def test_a_server_that_is_away_is_down_and_a_wrong_id_is_refused(fake, provider):
    with pytest.raises(ProviderRefuses, match="resource_missing"):
        provider.carry_out(Instruction("k", "capture", "pi_0", 1, final=True))
    with pytest.raises(ProviderRefuses):
        provider.standing("pi_0")
    with pytest.raises(ProviderDown):
        type(provider)("sk_test_1", SECRET, url="http://127.0.0.1:9").standing("pi_1")


# What the provider tells by itself


def dispute(payable, amount=1_200, kind="charge.dispute.funds_withdrawn"):
    return {"type": kind, "data": {"object": {"id": "dp_1", "amount": amount, "payment_intent": payable.authorisation}}}


def told(provider, event, *, secret=SECRET, at=NOW, now=NOW):
    return provider.read_notice(*signed(event, secret, at), now=now)


def test_a_chargeback_is_booked_once_and_reversed_once(fake, provider):
    payable = authorised(fake)
    run(payable, (Kind.CAPTURE, 5_000, "shp_1"))
    notice = told(provider, dispute(payable))
    assert (take_notice(notice, now=NOW), take_notice(notice, now=NOW)) == (True, False)
    assert Payable.objects.get().refunded_minor == 1_200
    back = told(provider, dispute(payable, kind="charge.dispute.funds_reinstated"))
    assert (take_notice(back, now=NOW), take_notice(back, now=NOW)) == (True, False)
    assert (Payable.objects.get().refunded_minor, found()) == (0, [])


def test_of_a_chargeback_no_more_is_booked_than_is_left(fake, provider):
    payable = authorised(fake)
    run(payable, (Kind.CAPTURE, 1_000, "shp_1"))
    assert take_notice(told(provider, dispute(payable)), now=NOW)
    assert Payable.objects.get().refunded_minor == 1_000


def withdrawn_and_reinstated(provider, payable):
    kinds = ("charge.dispute.funds_withdrawn", "charge.dispute.funds_reinstated")
    return [take_notice(told(provider, dispute(payable, kind=kind)), now=NOW) for kind in kinds]


def test_a_dispute_about_money_given_back_already_moves_nothing_either_way(fake, provider):
    payable = authorised(fake)
    run(payable, (Kind.CAPTURE, 5_000, "shp_1"), (Kind.REFUND, 5_000, "adj_1"))
    assert withdrawn_and_reinstated(provider, payable) == [False, False]
    assert (Payable.objects.get().refundable_minor, Journal.objects.count()) == (0, 2)


def test_of_a_chargeback_booked_in_part_that_part_is_given_again(fake, provider):
    payable = authorised(fake)
    run(payable, (Kind.CAPTURE, 1_500, "shp_1"), (Kind.REFUND, 1_000, "adj_1"))
    assert withdrawn_and_reinstated(provider, payable) == [True, True]
    amounts = Journal.objects.filter(cause="dp_1").order_by("id").values_list("kind", "amount_minor")
    assert list(amounts) == [("chargeback", 500), ("reversal", 500)]
    assert (Payable.objects.get().refunded_minor, Payable.objects.get().refundable_minor) == (1_000, 500)


def test_a_refund_that_did_not_arrive_waits_for_a_person(fake, provider):
    payable = authorised(fake)
    run(payable, (Kind.CAPTURE, 5_000, "shp_1"), (Kind.REFUND, 100, "adj_1"))
    work()
    (refund,) = fake.refunds
    event = {
        "type": "refund.failed",
        "data": {"object": {"id": refund, "amount": 100, "payment_intent": payable.authorisation}},
    }
    assert take_notice(told(provider, event), now=NOW)
    assert Payment.objects.get(reference=refund).state == "failed"


def test_a_strangers_notice_is_none(fake, provider):
    event = dispute(authorised(fake))
    body, signature = signed(event, SECRET, NOW)
    for bad in (
        lambda: told(provider, event, secret="whsec_other"),
        lambda: told(provider, event, now=NOW + timedelta(minutes=6)),
        lambda: told(provider, event, at=NOW + timedelta(minutes=6)),
        lambda: provider.read_notice(body + b" ", signature, now=NOW),
        lambda: provider.read_notice(body, "", now=NOW),
        lambda: provider.read_notice(b"\xff", signature, now=NOW),
        lambda: told(provider, {"type": "charge.dispute.funds_withdrawn", "data": {"object": {}}}),
        lambda: told(provider, []),
    ):
        with pytest.raises(BadNotice):
            bad()


def test_what_changes_nothing_here_is_passed_over(fake, provider):
    assert told(provider, {"type": "payment_intent.created", "data": {"object": {}}}) is None
    unknown = told(
        provider,
        {
            "type": "charge.dispute.funds_withdrawn",
            "data": {"object": {"id": "dp_1", "amount": 5, "payment_intent": "pi_of_another_shop"}},
        },
    )
    assert take_notice(unknown, now=NOW) is False
