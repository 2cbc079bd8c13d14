"""What a seller owes under the rulebook of 2018: written from a template, complete, in time or missed on record."""

from datetime import timedelta
from itertools import count

import pytest

from comity.accounts.profiles import profile_in_force
from comity.common.models import OutboxEvent, RecordEntry
from comity.common.record import verify
from comity.messaging.models import Duty, Message
from comity.messaging.selectors.conversations import record_heads
from comity.messaging.selectors.declaring import template_for
from comity.messaging.selectors.outreach import menu_of, purpose_named
from comity.messaging.selectors.variables import places
from comity.messaging.services.checks import check_outreach
from comity.messaging.services.duties import miss_due
from comity.messaging.services.gaps import Gaps
from comity.messaging.services.order_notices import tell
from comity.messaging.services.outreach import Outreach, reach_out
from comity.messaging.services.text import MessageRefused
from tests import factories
from tests.factories import NOW
from tests.messaging.order_events import LANGUAGES, adjusted, order, rest, returned, shipped

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)
DUE = NOW + timedelta(hours=24)
keys = count(1)


def owed(event, now=NOW):
    tell(event, now=now)
    return Duty.objects.get(event=event.public_id)


def purpose_of(one, key="confirm_shipment"):
    return purpose_named(profile_in_force(one.marketplace, NOW), key)


def write(one, text=None, key="confirm_shipment", now=LATER):
    """The shop's owner sends the form of a purpose, what the template says unless told otherwise."""
    one.refresh_from_db()
    boss = one.seller.staff.first() or factories.staff(one.seller)
    text = template_for(purpose_of(one, key), one) if text is None else text
    outreach = Outreach(key, f"k{next(keys)}", text)
    sent = reach_out(staff=boss, order=one, outreach=outreach, now=now)
    if sent.kind == "confirm":
        outreach = Outreach(key, outreach.key, text, sent.verdict.input)
        sent = reach_out(staff=boss, order=one, outreach=outreach, now=now)
    return sent


@pytest.mark.requirement("S40", "S41", "C1")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_template_is_complete_in_every_language_and_ends_the_duty(language):
    one = order("amazon-2018-10", language=language)
    duty = owed(shipped(one))
    sent = write(one)
    rest(LATER)

    assert sent.kind == "accepted", sent.verdict
    duty.refresh_from_db()
    assert (duty.due_at, duty.ended_at, duty.message, duty.missed_at) == (DUE, LATER, sent.message, None)
    assert one.ship_to.splitlines()[1] in sent.message.text


SHIPPED = {
    "en": "Your order has been shipped today.",
    "de": "Ihre Bestellung wurde heute versandt.",
    "es": "Su pedido ha sido enviado hoy.",
    "fr": "Votre commande a été expédiée.",
    "it": "Il suo ordine è stato spedito oggi.",
    "pt": "O seu pedido foi enviado hoje.",
}


@pytest.mark.requirement("S40", "C1")
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_seller_who_owes_it_confirms_the_shipment_in_words_of_its_own(language):
    one = order("amazon-2018-10", language=language)
    duty = owed(shipped(one))
    sent = write(one, f"{SHIPPED[language]}\n{template_for(purpose_of(one), one)}")
    rest(LATER)

    assert (sent.kind, sent.verdict.findings) == ("accepted", ())
    duty.refresh_from_db()
    assert duty.message == sent.message


@pytest.mark.requirement("S42", "S44")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", ["NoInventory", "CouldNotShip"])
def test_order_unavailable_is_owed_and_its_template_is_complete(language, reason):
    one = order("amazon-2018-10", language=language)
    duty = owed(adjusted(one, reason))
    sent = write(one, key="order_unavailable")
    rest(LATER)

    duty.refresh_from_db()
    assert (sent.kind, duty.kind, duty.ended_at) == ("accepted", "order_unavailable", LATER)


@pytest.mark.requirement("S47", "S48", "C9")
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_return_confirmation_may_be_sent_and_is_not_owed(language):
    one = order("amazon-2018-10", status="delivered", language=language)
    tell(returned(one), now=NOW)

    assert write(one, key="confirm_return").kind == "accepted"
    assert not Duty.objects.exists()


@pytest.mark.requirement("S17")
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_question_about_a_design_has_a_template(language):
    one = order(language=language)
    text = template_for(purpose_of(one, "custom_details"), one)

    assert one.number in text
    assert list(places(text)) == []
    assert write(one, text, key="custom_details").kind == "accepted"


@pytest.mark.requirement("S41")
@pytest.mark.parametrize("left_out", ["Tracking number", "Carrier", "Expected by", "To:", "Items"])
def test_an_incomplete_confirmation_is_refused_and_nothing_is_stored(left_out):
    one = order("amazon-2018-10")
    duty = owed(shipped(one))
    text = template_for(purpose_of(one), one).replace(one.number, "your order")
    lines = [line for line in text.splitlines() if not line.startswith(left_out)]

    with pytest.raises(MessageRefused, match="This kind of message also says") as refused:
        write(one, "\n".join(lines))
    assert (refused.value.code, refused.value.field) == ("incomplete", "text")
    assert not Message.objects.exists()
    duty.refresh_from_db()
    assert duty.ended_at is None


def test_what_the_order_does_not_know_stays_a_gap_that_stops_it():
    one = order("amazon-2018-10")
    owed(shipped(one, tracking_number=""))

    with pytest.raises(Gaps) as refused:
        write(one)
    assert [found.detail for found in refused.value.findings] == ["tracking.number"]
    assert not Message.objects.exists()


def test_another_tracking_number_than_that_of_the_shipment_is_incomplete():
    one = order("amazon-2018-10")
    owed(shipped(one))
    text = template_for(purpose_of(one), one).replace("JD014600006281230704", "JD014600006281230705")

    with pytest.raises(MessageRefused, match="tracking number"):
        write(one, text)


def test_what_is_typed_is_checked_as_what_it_is():
    one = order("amazon-2018-10")
    owed(shipped(one))
    boss = factories.staff(one.seller)
    verdict = check_outreach(staff=boss, order=one, purpose=purpose_of(one), text="On its way.", now=NOW)

    assert "template.missing_content" in [found.rule for found in verdict.findings]


@pytest.mark.requirement("S79", "S10")
@pytest.mark.parametrize("key", ["confirm_shipment", "order_unavailable", "confirm_return"])
def test_where_the_marketplace_tells_it_the_seller_cannot(key):
    one = order()
    tell(shipped(one), now=NOW)
    tell(adjusted(one), now=NOW)

    assert key not in {found.purpose.key for found in menu_of(one, now=NOW)}
    with pytest.raises(MessageRefused) as refused:
        write(one, "Shipment.", key=key)
    assert refused.value.code == "closed"
    assert not Message.objects.filter(side="seller").exists()


def test_nothing_is_confirmed_that_has_not_happened():
    one = order("amazon-2018-10", status="shipped")

    assert "confirm_shipment" not in {found.purpose.key for found in menu_of(one, now=NOW)}
    with pytest.raises(MessageRefused, match="nothing of it has happened"):
        write(one, "Shipment.")


def test_of_two_parcels_each_is_owed_and_the_first_message_is_about_the_first():
    one = order("amazon-2018-10")
    first = owed(shipped(one))
    second = owed(shipped(one, tracking_number="JD014600006281230799", now=LATER), now=LATER)

    assert "JD014600006281230704" in template_for(purpose_of(one), one)
    write(one)
    rest(LATER)
    first.refresh_from_db(), second.refresh_from_db()
    assert (bool(first.ended_at), second.ended_at) == (True, None)
    assert "JD014600006281230799" in template_for(purpose_of(one), one)


@pytest.mark.requirement("S40", "C1")
def test_what_is_not_sent_in_time_is_missed_once_and_on_record():
    one = order("amazon-2018-10")
    duty = owed(shipped(one))
    before = miss_due(DUE - timedelta(seconds=1))
    missed = [miss_due(DUE), miss_due(DUE + timedelta(hours=1))]

    duty.refresh_from_db()
    assert (before, missed, duty.missed_at, duty.ended_at) == (0, [1, 0], DUE, None)
    event = OutboxEvent.objects.get(name="duty.missed")
    assert event.data == {"duty": duty.public_id, "kind": "shipment_confirmation", "order": one.public_id}
    assert RecordEntry.objects.filter(chain=one.public_id, facts__contains="duty.missed").count() == 1
    assert list(verify(record_heads(), whole=True)) == []


def test_a_missed_one_is_still_ended_by_its_message():
    one = order("amazon-2018-10")
    duty = owed(shipped(one))
    miss_due(DUE)
    write(one, now=DUE)
    rest(DUE)

    duty.refresh_from_db()
    assert (duty.missed_at, duty.ended_at) == (DUE, DUE)


def test_what_a_person_reads_first_is_waited_for():
    one = order("amazon-2018-10")
    owed(shipped(one))
    sent = write(one, template_for(purpose_of(one), one) + "\nCall me at 0151 23456789.")

    assert (sent.kind, miss_due(DUE)) == ("held", 0)


@pytest.mark.parametrize("duties", [1, 3])
def test_missing_many_costs_as_much_as_one(django_assert_num_queries, duties):
    market = factories.marketplace(rulebook="amazon-2018-10")
    for _ in range(duties):
        person = factories.buyer(market)
        owed(shipped(factories.order(person, factories.seller(market))))
    with django_assert_num_queries(10):
        miss_due(DUE)
    assert Duty.objects.filter(missed_at=DUE).count() == duties


def test_an_answer_of_the_seller_ends_nothing():
    one = order("amazon-2018-10")
    duty = owed(shipped(one))
    write(one, "Which door?", key="delivery_details")
    rest(LATER)

    duty.refresh_from_db()
    assert duty.ended_at is None


def test_of_what_the_marketplace_sends_a_shop_has_no_address_to_write():
    one = order("amazon-2018-10", status="shipped", fulfilment="marketplace")
    shipped(one)
    assert "12 Mill Lane" not in template_for(purpose_of(one), one)
    assert "confirm_shipment" not in {opening.purpose.key for opening in menu_of(one, now=NOW) if not opening.closed}
