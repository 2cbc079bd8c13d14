"""The payment provider does what the books say, once, in order, whatever fails on the way."""

import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from comity.common.errors import Refused
from comity.integrations.payment import BadNotice, Book, Instruction, Notice, ProviderDown, ProviderRefuses, Standing
from comity.integrations.payment.stripe import Stripe
from comity.integrations.payment.stripe_amounts import to_stripe
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


def authorised(fake, amount=5_000, subject="ord_1", currency="EUR"):
    shop = seller()
    agreed = fake.authorise(to_stripe(amount, currency), currency.lower())
    owed = Owed(shop.marketplace_id, shop.pk, subject, currency, amount, authorisation=agreed)
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
    assert provider.standing(payable.authorisation) == Standing(3_000, 500, "EUR")
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
        work(NOW + timedelta(hours=2.5 * n))
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
    assert Book().carry_out(Instruction("pmt_1", "capture", "", 100, "EUR", final=True)) == "pmt_1"
    assert Book().standing("") is None
    with pytest.raises(BadNotice):
        Book().read_notice(b"{}", "", now=NOW)


def test_a_server_that_is_away_is_down_and_a_wrong_id_is_refused(fake, provider):
    with pytest.raises(ProviderRefuses, match="resource_missing"):
        provider.carry_out(Instruction("k", "capture", "pi_0", 1, "EUR", final=True))
    with pytest.raises(ProviderRefuses):
        provider.standing("pi_0")
    with pytest.raises(ProviderDown):
        type(provider)("sk_test_1", SECRET, url="http://127.0.0.1:9").standing("pi_1")


@pytest.mark.parametrize(
    ("currency", "ours", "theirs"), [("ISK", 5_000, 500_000), ("MGA", 500_000, 5_000), ("KWD", 5_120, 5_120)]
)
def test_stripe_is_asked_for_the_same_money_in_currencies_that_it_counts_otherwise(
    fake, provider, currency, ours, theirs
):
    payable = authorised(fake, ours, currency=currency)
    run(payable, (Kind.CAPTURE, ours, "shp_1"), (Kind.REFUND, ours, "adj_1"))
    assert work() == 2
    assert (fake.intents["pi_1"]["amount_received"], fake.given("pi_1")) == (theirs, theirs)
    assert (provider.standing("pi_1"), found(provider)) == (Standing(ours, ours, currency), [])
    event = dispute(payable, theirs, currency=currency.lower())
    assert told(provider, event) == Notice("chargeback", "pi_1", ours, "dp_1", currency=currency)


def test_an_amount_that_stripe_cannot_take_fails_for_good(fake):
    run(authorised(fake, currency="KWD"), (Kind.CAPTURE, 1_234, "shp_1"))
    assert (work(), states()) == (1, [("capture", "failed", 1)])
    assert Payment.objects.get().error == "Stripe takes KWD in steps of 10 minor units only"
    assert fake.requests == []


def test_an_answer_that_nobody_foresaw_is_one_attempt_and_the_others_go_on(fake, monkeypatch, caplog):
    real = Stripe.carry_out

    def odd(self, wanted):
        return real(self, wanted) if wanted.authorisation != "pi_1" else wanted.of_anna

    monkeypatch.setattr(Stripe, "carry_out", odd)
    for subject in ("ord_1", "ord_2"):
        run(authorised(fake, subject=subject), (Kind.CAPTURE, 5_000, f"shp_{subject}"))
    assert work(times=1) == 2
    assert states() == [("capture", "requested", 1), ("capture", "done", 1)]
    assert Payment.objects.first().error.startswith(
        "an answer that was not understood: AttributeError at test_payments.py"
    )
    assert "anna" not in caplog.text
    for n in range(RETRIES.attempts):
        work(NOW + timedelta(hours=2.5 * n))
    assert states()[0] == ("capture", "failed", RETRIES.attempts)


def test_a_refund_that_is_cancelled_at_once_without_a_reason_is_refused(fake, provider):
    payable = authorised(fake)
    run(payable, (Kind.CAPTURE, 5_000, "shp_1"))
    work()
    fake.refund_status = "canceled"
    run(payable, (Kind.REFUND, 100, "adj_1"))
    work()
    assert Payment.objects.last().error == "refund canceled: no reason given"


# What the provider tells by itself


def dispute(payable, amount=1_200, kind="charge.dispute.funds_withdrawn", currency="eur"):
    about = {"id": "dp_1", "amount": amount, "currency": currency, "payment_intent": payable.authorisation}
    return {"type": kind, "data": {"object": about}}


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
    (one,) = differences(NOW)
    assert (one.code, one.subject, one.ours, one.theirs) == ("dispute_unbooked", "ord_1", 1_000, 1_200)


def test_a_payment_in_another_currency_than_the_order_is_told_of(fake, provider):
    payable = authorised(fake)
    fake.intents["pi_1"]["currency"] = "usd"
    run(payable, (Kind.CAPTURE, 5_000, "shp_1"))
    work()
    assert found(provider) == ["currency_differs"]


def failed_there(fake, provider, refund):
    """What is told when the refund with this id did not arrive."""
    fake.refunds[refund]["status"] = "failed"
    return told(provider, {"type": "refund.failed", "data": {"object": fake.refunds[refund]}})


def test_a_refund_that_did_not_arrive_waits_for_a_person(fake, provider):
    payable = authorised(fake)
    run(payable, (Kind.CAPTURE, 5_000, "shp_1"), (Kind.REFUND, 100, "adj_1"))
    work()
    (refund,) = fake.refunds
    notice = failed_there(fake, provider, refund)
    assert (take_notice(notice, now=NOW), take_notice(notice, now=NOW)) == (True, False)
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
            "data": {"object": {"id": "dp_1", "amount": 5, "currency": "eur", "payment_intent": "pi_of_another_shop"}},
        },
    )
    assert take_notice(unknown, now=NOW) is False


# What a person has asked for again

LATER = NOW + timedelta(days=2)


@pytest.fixture
def refund(fake):
    """A refund of 100, booked and not asked for yet."""
    payable = authorised(fake)
    run(payable, (Kind.CAPTURE, 5_000, "shp_1"))
    work()
    run(payable, (Kind.REFUND, 100, "adj_1"))
    return Payment.objects.get(journal__kind="refund")


def give_up(fake, refund, *, done):
    """Every attempt comes to nothing: the first was done there, and its answer lost, or none was done."""
    fake.lost, fake.trouble = (1, []) if done else (0, [500])
    for n in range(RETRIES.attempts):
        work(NOW + timedelta(hours=2.5 * n))
        fake.trouble = [500] * (n + 1 < RETRIES.attempts)
    refund.refresh_from_db()
    assert (refund.state, refund.attempts) == ("failed", RETRIES.attempts)


def again(refund, now):
    refund.refresh_from_db()
    ask_again(refund, now=now)
    asked = work(now)
    refund.refresh_from_db()
    return refund.state, asked


def keys(fake):
    return sorted({key for method, path, _, key in fake.requests if (method, path) == ("POST", "/v1/refunds")})


def test_what_was_done_after_all_is_not_done_twice_when_asked_again(fake, provider, refund):
    give_up(fake, refund, done=True)
    fake.answers.clear()  # a day later the keys are forgotten
    assert again(refund, LATER) == ("done", 0)
    assert (fake.given("pi_1"), len(fake.refunds), found(provider)) == (100, 1, [])


@pytest.mark.parametrize(("now", "rounds"), [(NOW + timedelta(hours=21), 0), (LATER, 1)])
def test_what_was_never_done_is_asked_for_with_another_key_once_the_old_one_is_too_old(fake, refund, now, rounds):
    give_up(fake, refund, done=False)
    assert again(refund, now) == ("done", 1)
    wanted = [refund.public_id, f"{refund.public_id}-1"]
    assert (fake.given("pi_1"), keys(fake), refund.round) == (100, wanted[: rounds + 1], rounds)


def test_a_refund_that_did_not_arrive_is_made_anew(fake, provider, refund):
    work()
    (first,) = fake.refunds
    notice = failed_there(fake, provider, first)
    assert take_notice(notice, now=NOW)
    assert again(refund, NOW + timedelta(hours=1)) == ("done", 1)
    assert (fake.given("pi_1"), len(fake.refunds)) == (100, 2)
    assert (take_notice(notice, now=NOW), found(provider)) == (False, [])


def test_a_refund_that_fails_before_its_answer_is_known_is_not_taken_for_done(fake, provider, refund):
    fake.lost = 1
    work()
    assert take_notice(failed_there(fake, provider, next(iter(fake.refunds))), now=NOW)
    assert work(LATER) == 0
    assert again(refund, NOW + timedelta(hours=1)) == ("done", 1)
    assert (fake.given("pi_1"), len(fake.refunds)) == (100, 2)


def test_a_worker_that_was_away_for_a_day_does_not_use_the_old_key(fake, refund):
    fake.lost = 1
    work()
    fake.answers.clear()
    work(LATER)
    refund.refresh_from_db()
    assert (refund.state, len(fake.refunds)) == ("failed", 1)
    assert again(refund, LATER) == ("done", 0)
    assert len(fake.refunds) == 1


def test_while_the_provider_does_not_tell_or_differs_nothing_is_asked_for_again(fake, refund):
    give_up(fake, refund, done=False)
    fake.trouble = [500]
    with pytest.raises(Refused, match="does not tell"):
        again(refund, LATER)
    fake.refunds["re_by_hand"] = {"id": "re_by_hand", "amount": 60, "status": "succeeded", "payment_intent": "pi_1"}
    with pytest.raises(Refused, match="reconcile"):
        again(refund, LATER)
    refund.refresh_from_db()
    assert (refund.state, refund.round, fake.given("pi_1")) == ("failed", 0, 60)


def test_what_is_tried_again_is_asked_for_as_at_first_though_more_was_booked_since(fake, provider):
    payable = authorised(fake)
    run(payable, (Kind.CAPTURE, 3_000, "shp_1"))
    fake.lost = 1
    work()
    run(payable, (Kind.RELEASE, 2_000, "adj_1"))
    assert work(NOW + timedelta(hours=1)) == 2
    assert states() == [("capture", "done", 2), ("release", "done", 1)]
    intent = fake.intents[payable.authorisation]
    assert (intent["amount_received"], intent["amount_capturable"], found(provider)) == (3_000, 0, [])


def test_a_capture_done_after_all_is_not_done_twice(fake):
    payable = authorised(fake)
    run(payable, (Kind.CAPTURE, 2_000, "shp_1"))
    give_up(fake, capture := Payment.objects.get(), done=True)
    fake.answers.clear()
    assert again(capture, LATER) == ("done", 0)
    assert fake.intents[payable.authorisation]["amount_received"] == 2_000


def test_a_key_used_for_something_else_says_nothing_of_what_was_done(provider, fake):
    agreed = fake.authorise(500)
    wanted = Instruction("k", "capture", agreed, 100, "EUR", final=False)
    provider.carry_out(wanted)
    with pytest.raises(ProviderDown, match="IdempotencyError 400"):
        provider.carry_out(replace(wanted, final=True))
    assert fake.intents[agreed]["amount_received"] == 100


def test_letting_go_of_what_was_never_authorised_is_done_without_asking(fake, provider):
    shop = seller()
    (payable,) = open_payables([Owed(shop.marketplace_id, shop.pk, "ord_1", "EUR", 5_000)], now=NOW)
    run(payable, (Kind.RELEASE, 5_000, "ord_1"))
    assert (work(), states(), found(provider), fake.intents) == (1, [("release", "done", 1)], [], {})
