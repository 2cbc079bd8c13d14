"""Renewals through Stripe: held first, ordered once, let go where nothing is ordered, told of once where declined."""

from collections import Counter
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from comity.catalog.models import Listing
from comity.common.models import OutboxEvent, RecordEntry
from comity.common.record import verify
from comity.common.transactions import write
from comity.integrations.payment import Book, Mandate
from comity.ledger.models import Payable, Payment
from comity.ledger.services.payments import KEY_LIFE, LEASE, ask_due
from comity.messaging.models import Message, OrderNotice
from comity.messaging.selectors.conversations import record_heads
from comity.messaging.services.subscription_notices import announce_due, tell_declined
from comity.notify.models import Notification
from comity.orders.models import RENEWAL_PAYMENT_TRANSITIONS, Order, Renewal, RenewalPayment, Subscription
from comity.orders.services import renewal_payments, subscriptions
from comity.orders.services.confirming import Confirmation, confirm
from comity.orders.services.happenings import ImpossibleStep
from comity.orders.services.results import only
from comity.orders.services.subscriptions import cancel, change_payment, lock_subscription, renew, renew_due, renew_paid
from tests.factories import NOW, staff, subscription
from tests.messaging.order_events import rest

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
THEN = NOW + 7 * DAY  # the day of the renewal
State = RenewalPayment.State


class Killed(BaseException):
    """The process is gone."""


@pytest.fixture
def one(fake):
    """Announced, to be renewed on ``THEN``, with a card that pays."""
    fake.saved["cus_1"] = {"pm_1": "", "pm_2": "", "pm_poor": "card_declined", "pm_sca": "authentication_required"}
    fake.saved["cus_1"]["pm_asks"] = "requires_action"
    made = subscription(customer="cus_1", method="pm_1")
    announce_due(NOW)
    return made


def again(one):
    return Subscription.objects.get(pk=one.pk)


def pays_with(one, method):
    with write():
        change_payment(lock_subscription(one.pk), "cus_1", method, told=True, now=NOW)


def work(now=THEN):
    """The worker, until nothing is due."""
    assert not all(renew_paid(now) for _ in range(10))


def states():
    return list(RenewalPayment.objects.order_by("pk").values_list("state", "attempts"))


def intents(fake):
    return [(one["status"], one["amount"]) for one in fake.intents.values()]


def events(name):
    return OutboxEvent.objects.filter(name=name).count()


def renewals():
    return Order.objects.filter(renewal__announced_on__isnull=False)


@pytest.mark.requirement("S8", "S71")
def test_a_renewal_is_held_ordered_and_taken_as_it_leaves(fake, one):
    work(THEN - DAY)
    assert fake.requests == []
    work()
    work()
    made = renewals().get()
    assert (made.payable.authorisation, made.payable.open_minor) == ("pi_1", 1250)
    assert (again(one).renews_on, states()) == (date(2026, 12, 9), [("used", 1)])
    assert intents(fake) == [("requires_capture", 1250)]
    (sent,) = (params for method, path, params, _ in fake.requests if (method, path) == ("POST", "/v1/payment_intents"))
    used = RenewalPayment.objects.get()
    assert sent == {
        "amount": "1250",
        "currency": "eur",
        "customer": "cus_1",
        "payment_method": "pm_1",
        "automatic_payment_methods[enabled]": "true",
        "automatic_payment_methods[allow_redirects]": "never",
        "off_session": "true",
        "confirm": "true",
        "capture_method": "manual",
        "metadata[comity_renewal]": used.public_id,
    }
    assert (used.customer, used.method) == ("", "")

    parcel = Confirmation(made.public_id, (), "DHL", "", "JD014600006281230704", THEN, "p1")
    with write():
        only(confirm(made.seller, [parcel], source="test", actor="", now=THEN + timedelta(hours=1)))
    assert ask_due(THEN + DAY) == 1
    assert (fake.intents["pi_1"]["amount_received"], Payment.objects.get().state) == (1250, "done")
    assert list(verify(record_heads(), whole=True)) == []


@pytest.mark.parametrize(
    ("method", "error"),
    [
        ("pm_poor", "CardError 402 card_declined"),
        ("pm_sca", "CardError 402 authentication_required"),
        ("pm_asks", "intent requires_action"),
        ("pm_gone", "InvalidRequestError 400 resource_missing"),
    ],
)
def test_what_is_declined_is_not_ordered_told_once_and_not_tried_again(fake, one, method, error):
    Subscription.objects.update(method=method)
    for day in range(5):
        work(THEN + day * DAY)
        announce_due(THEN + day * DAY)
    rest()
    assert (renewals().count(), Payable.objects.filter(subject__startswith="ord").count()) == (0, 1)
    assert (again(one).state, again(one).declined_at, again(one).renews_on) == ("active", THEN, date(2026, 11, 9))
    assert states() == [("over", 1)]
    event = OutboxEvent.objects.get(name="subscription.declined")
    assert event.data == {"subscription": one.public_id, "renews_on": "2026-11-09", "error": error}
    assert [status for status, _ in intents(fake)] == ([] if method == "pm_gone" else ["canceled"])
    for _ in range(2):
        tell_declined(event, now=THEN)
    (text,) = (said.text for said in Message.objects.all() if "declined" in said.text)
    assert text == (
        f"The payment for the renewal of your subscription to {one.listing.product.title} with {one.seller.name} "
        "(€12.50) was declined.\nNothing is ordered and nothing is charged. It goes on once there is another payment "
        "for it: choose or confirm one where you subscribed.\n"
        "If you do not want it any more, cancel it: Your Orders, Subscriptions."
    )
    assert OrderNotice.objects.filter(kind="renewal_declined").count() == 1


def test_the_shops_people_are_told_once_where_to_look(one):
    person = staff(one.seller).user
    Subscription.objects.update(method="pm_poor")
    work()
    rest()
    (mail,) = Notification.objects.filter(
        user=person, event=OutboxEvent.objects.get(name="subscription.declined").public_id
    )
    assert mail.path == f"/{one.marketplace.slug}/sell/{one.seller.public_id}/subscriptions/"


def test_with_another_payment_it_is_renewed_on_that_day(fake, one):
    Subscription.objects.update(method="pm_poor")
    work()
    pays_with(one, "pm_2")
    work(THEN + DAY)
    assert renewals().get().payable.authorisation == "pi_2"
    assert states() == [("over", 1), ("used", 1)]
    assert intents(fake) == [("canceled", 1250), ("requires_capture", 1250)]
    assert again(one).declined_at is None


def test_with_another_payment_later_it_is_announced_anew(fake, one):
    Subscription.objects.update(method="pm_poor")
    work()
    pays_with(one, "pm_2")
    work(THEN + 3 * DAY)
    assert (renewals().count(), again(one).announced_on, events("subscription.delayed")) == (0, None, 1)
    announce_due(THEN + 3 * DAY)
    work(THEN + 10 * DAY)
    assert renewals().get().renewal.period_on == date(2026, 11, 19)


def killed_once(monkeypatch):
    places = iter([True])

    def crash(name):
        assert name == "renewal_held_before_order"
        if next(places, False):
            raise Killed

    monkeypatch.setattr(subscriptions, "crash_point", crash)


def test_killed_between_the_charge_and_the_order_there_is_one_of_each(fake, one, monkeypatch):
    killed_once(monkeypatch)
    with pytest.raises(Killed):
        renew_paid(THEN)
    assert (renewals().count(), len(fake.intents)) == (0, 1)
    assert renew_paid(THEN + timedelta(minutes=1)) == 0  # still leased
    work(THEN + LEASE + timedelta(seconds=1))
    assert renewals().get().payable.authorisation == "pi_1"
    assert (states(), intents(fake)) == ([("used", 2)], [("requires_capture", 1250)])


def test_killed_and_asked_again_with_the_same_key_and_with_another_it_would_show(fake, one, monkeypatch, provider):
    """Where Stripe's list does not show it yet, the key alone has to do; with a key of each attempt there are two."""
    monkeypatch.setattr(type(provider), "held", lambda *_: "")
    killed_once(monkeypatch)
    with pytest.raises(Killed):
        renew_paid(THEN)
    work(THEN + LEASE + timedelta(seconds=1))
    assert len(fake.intents) == 1
    assert len({key for *_, key in fake.requests if key}) == 1

    numbers = iter(range(10))
    monkeypatch.setattr(RenewalPayment, "key", property(lambda self: f"k{next(numbers)}"))
    Subscription.objects.update(announced_on=date(2026, 12, 1))
    killed_once(monkeypatch)
    day = THEN + 30 * DAY
    with pytest.raises(Killed):
        renew_paid(day)
    work(day + LEASE + timedelta(seconds=1))
    assert len(fake.intents) == 3


def test_killed_for_longer_than_a_key_lives_what_is_held_is_found(fake, one, monkeypatch):
    killed_once(monkeypatch)
    with pytest.raises(Killed):
        renew_paid(THEN)
    fake.answers.clear()  # Stripe has forgotten the key
    work(THEN + KEY_LIFE + timedelta(hours=1))
    assert (renewals().get().payable.authorisation, len(fake.intents)) == ("pi_1", 1)


def test_a_lost_answer_is_asked_for_again_and_found(fake, one):
    fake.lost = 1
    work()
    assert (renewals().count(), states()) == (0, [("requested", 1)])
    work(THEN + timedelta(minutes=1))
    assert (renewals().count(), len(fake.intents)) == (1, 1)


def test_a_lost_no_is_a_no_once_it_is_asked_again(fake, one):
    Subscription.objects.update(method="pm_poor")
    fake.lost = 1
    work()
    assert again(one).declined_at is None
    work(THEN + timedelta(minutes=1))
    assert (again(one).declined_at, len(fake.intents)) == (THEN + timedelta(minutes=1), 1)


def test_a_server_in_trouble_is_asked_later_and_others_go_on(fake, one):
    other = subscription(one.buyer, one.seller, customer="cus_1", method="pm_2")
    announce_due(NOW)
    fake.trouble = [500]
    work()
    assert list(renewals().values_list("renewal__subscription", flat=True)) == [other.pk]
    work(THEN + timedelta(seconds=5))
    assert renewals().count() == 1
    work(THEN + timedelta(minutes=1))
    assert (renewals().count(), len(fake.intents)) == (2, 2)


def test_a_key_that_is_spent_is_given_up_for_another(fake, one):
    fake.broken = 1
    for minutes in (0, 1, 10, 30):
        work(THEN + timedelta(minutes=minutes))
    assert (renewals().count(), len(fake.intents), again(one).declined_at) == (1, 1, None)
    assert RenewalPayment.objects.get().round == 1


def test_an_answer_that_nobody_foresaw_is_one_attempt(fake, one, monkeypatch, provider):
    monkeypatch.setattr(type(provider), "authorise", lambda self, wanted: wanted.of_anna)
    work()
    assert states() == [("requested", 1)]
    assert RenewalPayment.objects.get().error.startswith("an answer that was not understood: AttributeError")


def meanwhile(monkeypatch, deed):
    """``deed`` happens while the provider is asked."""
    real = renewal_payments.ask

    def asked(*given, now):
        answer = real(*given, now=now)
        deed()
        return answer

    monkeypatch.setattr(renewal_payments, "ask", asked)


@pytest.mark.parametrize(
    ("change", "state"), [("cancel", "cancelled"), ({"offered": False}, "ended"), ({"quantity": 0}, "ended")]
)
def test_what_is_held_for_what_is_over_meanwhile_is_let_go(fake, one, monkeypatch, change, state):
    def deed():
        if change == "cancel":
            cancel(subscription=one, buyer=one.buyer, now=THEN)
        else:
            Listing.objects.update(**change)

    meanwhile(monkeypatch, deed)
    work()
    assert (renewals().count(), again(one).state) == (0, state)
    assert (states(), intents(fake)) == ([("over", 1)], [("canceled", 1250)])


def test_what_one_has_in_hand_no_other_asks_for(fake, one, monkeypatch):
    others = []

    def deed():
        if not others:
            others.append(renew(one.pk, now=THEN))

    meanwhile(monkeypatch, deed)
    work()
    assert (others, renewals().count(), states()) == ([None], 1, [("used", 1)])


def test_where_another_takes_the_last_piece_meanwhile_it_is_let_go(fake, one, monkeypatch):
    place = subscriptions._place

    def too_late(*given):
        Listing.objects.update(quantity=0)
        return place(*given)

    monkeypatch.setattr(subscriptions, "_place", too_late)
    work()
    assert (renewals().count(), again(one).end_reason) == (0, "out_of_stock")
    assert (states(), intents(fake)) == ([("over", 1)], [("canceled", 1250)])


def test_what_is_not_known_of_a_missed_period_is_let_go_and_the_next_is_asked_for_anew(fake, one):
    fake.lost = 1
    work()
    work(THEN + 3 * DAY)
    announce_due(THEN + 3 * DAY)
    work(THEN + 10 * DAY)
    assert (states(), renewals().count()) == ([("over", 1), ("used", 1)], 1)
    assert intents(fake) == [("canceled", 1250), ("requires_capture", 1250)]


def test_what_cannot_be_let_go_yet_is_tried_again(fake, one, monkeypatch):
    def deed():
        cancel(subscription=one, buyer=one.buyer, now=THEN)
        fake.trouble = [500]

    meanwhile(monkeypatch, deed)
    work()
    assert (states(), intents(fake)) == ([("void", 1)], [("requires_capture", 1250)])
    work(THEN + timedelta(hours=3))
    assert (states(), intents(fake)) == ([("over", 1)], [("canceled", 1250)])


def test_a_cancel_that_the_provider_answers_with_an_error_of_its_own_is_asked_anew(fake, one, monkeypatch):
    def deed():
        cancel(subscription=one, buyer=one.buyer, now=THEN)
        fake.broken = 1

    meanwhile(monkeypatch, deed)
    work()
    assert (states(), intents(fake), fake.broken) == ([("void", 1)], [("requires_capture", 1250)], 0)
    work(THEN + timedelta(hours=3))
    assert (states(), intents(fake)) == ([("over", 1)], [("canceled", 1250)])
    used = [key for _, path, _, key in fake.requests if path.endswith("/cancel")]
    assert len(set(used)) == 2


def test_what_was_let_go_without_an_answer_is_over(fake, one, monkeypatch):
    def deed():
        cancel(subscription=one, buyer=one.buyer, now=THEN)

    done = fake._cancel

    def unanswered(*given):
        fake.lost = 1
        return done(*given)

    monkeypatch.setattr(fake, "_cancel", unanswered)
    meanwhile(monkeypatch, deed)
    work()
    assert (states(), intents(fake)) == ([("void", 1)], [("canceled", 1250)])
    work(THEN + timedelta(hours=3))
    assert (states(), intents(fake)) == ([("over", 1)], [("canceled", 1250)])


def test_a_payment_that_changes_while_the_old_one_is_declined_is_tried_next(fake, one, monkeypatch):
    Subscription.objects.update(method="pm_poor")
    meanwhile(monkeypatch, lambda: pays_with(one, "pm_2"))
    work()
    assert (renewals().count(), events("subscription.declined")) == (1, 0)


def test_an_order_that_breaks_off_is_made_by_the_next_with_what_is_held(fake, one, monkeypatch):
    place, calls = subscriptions.place, []

    def breaks(*given, **more):
        calls.append(place(*given, **more))
        if len(calls) == 1:
            raise RuntimeError("the machine is gone")
        return calls[-1]

    monkeypatch.setattr(subscriptions, "place", breaks)
    work()
    assert (renewals().count(), Renewal.objects.count()) == (0, 1)
    work(THEN + LEASE + timedelta(seconds=1))
    assert (renewals().get().payable.authorisation, len(fake.intents)) == ("pi_1", 1)


def test_what_is_free_of_charge_needs_no_payment(fake):
    subscription(price_minor=0)
    announce_due(NOW)
    work()
    assert (renewals().count(), fake.requests) == (1, [])


def test_what_names_no_payment_is_not_announced_or_made_and_the_log_says_so_once(fake, caplog):
    one = subscription()
    subscriptions._say_that_some_are_not_made.cache_clear()
    for day in (0, 7):
        announce_due(NOW + day * DAY)
        work(NOW + day * DAY)
    Subscription.objects.update(announced_on=date(2026, 11, 2))
    assert renew(one.pk, now=THEN) is None
    assert (events("subscription.announced"), Order.objects.count(), fake.requests) == (0, 1, [])
    said = "Subscriptions are active and not renewed: how they are paid is not known. Import their payments."
    assert caplog.messages == [said]


def test_the_embedded_books_ask_nobody(one, fake, settings):
    Subscription.objects.update(method="pm_poor", declined_at=NOW)
    renew_due(THEN)
    assert renewals().count() == 0  # under Stripe this is not who makes it
    settings.PAYMENTS = "book"
    assert renew_paid(THEN) == 0
    renew_due(THEN)
    assert (renewals().get().payable.authorisation, fake.requests) == ("", [])
    wanted = Mandate("rnp_1", "rnp_1", "cus_1", "pm_1", 100, "EUR", NOW)
    assert (Book().authorise(wanted), Book().held(wanted), Book().let_go(wanted)) == ("", "", None)


def test_one_payment_of_a_subscription_is_in_hand_and_the_states_are_a_table(one):
    about = {"subscription": one, "period_on": date(2026, 11, 9), "requested_at": NOW, "run_after": NOW}
    RenewalPayment.objects.create(**about, public_id="rnp_1")
    with pytest.raises(IntegrityError), transaction.atomic():
        RenewalPayment.objects.create(**about, public_id="rnp_2")
    assert set(RENEWAL_PAYMENT_TRANSITIONS) == set(State)
    RenewalPayment.objects.update(state="over")
    with pytest.raises(ImpossibleStep):
        renewal_payments.use(RenewalPayment.objects.get())
    with pytest.raises(IntegrityError), transaction.atomic():
        Subscription.objects.update(declined_at=NOW, state="cancelled", cancelled_at=NOW)


def test_requests_of_one_renewal_are_few(fake, one):
    work()
    assert Counter(method for method, *_ in fake.requests) == {"POST": 1}
    assert RecordEntry.objects.filter(chain=one.public_id).count() == 2
