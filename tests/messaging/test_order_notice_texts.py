"""What buyers read of their orders: every fact that is known, in their language, by the right calendar."""

from datetime import date

import pytest

from comity.messaging.models import Message
from comity.messaging.selectors import order_words
from comity.messaging.selectors.order_words import Telling, words_in
from comity.messaging.services.order_notices import tell
from comity.orders.models import Adjustment, CancelRequest, Order
from comity.orders.services.delaying import tell_delay
from comity.screening.services import screen
from tests import factories
from tests.factories import NOW
from tests.messaging.order_events import LANGUAGES, adjusted, delayed, happened, order, returned, shipped

pytestmark = pytest.mark.django_db


def text_of(event):
    tell(event, now=NOW)
    return Message.objects.get().text


@pytest.mark.requirement("S41")
def test_a_shipment_confirmation_has_address_items_carrier_number_link_and_day():
    one = order()
    assert text_of(shipped(one)) == (
        f"Shipment for your order {one.number}.\n"
        f"Items: 1 x {one.lines.get().title}\n"
        "Carrier: DHL\n"
        "Tracking number: JD014600006281230704\n"
        f"Follow the parcel: {order_notices_link()}\n"
        "Expected by: 5 November 2026\n"
        "To: Ann Lind, 12 Mill Lane, Leeds LS1 4AP"
    )


def order_notices_link():
    from comity.integrations.carriers import tracking_href

    return tracking_href("DHL", "JD014600006281230704")


def test_what_left_without_a_parcel_is_told_without_one_and_of_a_part_nothing():
    one = order(status="shipped")
    assert text_of(happened(one, "order.shipped", {"part": False})).splitlines() == [
        f"Shipment for your order {one.number}.",
        f"Items: 1 x {one.lines.get().title}",
        "To: Ann Lind, 12 Mill Lane, Leeds LS1 4AP",
    ]
    tell(happened(one, "order.shipped", {"part": True}), now=NOW)
    assert Message.objects.count() == 1


@pytest.mark.requirement("S41")
@pytest.mark.parametrize(("pieces", "end"), [(18, "glass" + "." * 77), (40, ", and 22 more, see your order")])
def test_of_many_items_the_end_of_the_list_is_left_out_and_not_the_end_of_the_text(pieces, end):
    one = order()
    one.lines.update(title="Oil lamp of hand-blown glass".ljust(105, "."))
    line = one.lines.get()
    for number in range(2, pieces + 1):
        line.pk, line.external_id = None, str(number)
        line.save(force_insert=True)
    items, *rest = text_of(shipped(one)).splitlines()[1:]
    assert (items.count("1 x"), items.endswith(end)) == (18, True)
    assert rest[1:3] == ["Tracking number: JD014600006281230704", f"Follow the parcel: {order_notices_link()}"]
    assert rest[-1] == "To: Ann Lind, 12 Mill Lane, Leeds LS1 4AP"


def test_what_is_not_known_is_left_out():
    one = order(deliver_by=None)
    Order.objects.update(ship_to="")
    text = text_of(shipped(one, tracking_number="", expected_by=None))

    assert text == f"Shipment for your order {one.number}.\nItems: 1 x {one.lines.get().title}\nCarrier: DHL"


@pytest.mark.requirement("S44", "C13")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", ["NoInventory", "CouldNotShip"])
def test_order_unavailable_says_amount_and_reason_and_never_asks_to_cancel(language, reason):
    one = order(language=language)
    text = text_of(adjusted(one, reason, refunded=2450, released=0))
    said = verdict(one, text, purpose="order_problem", language=language, kind="order_unavailable", parts={})

    assert "24" in text
    assert [found for found in said if found in ("template.missing_content", "order.cancel_request")] == []


def verdict(one, text, purpose, language, **facts):
    market = factories.marketplace(rulebook="amazon-current")
    found = screen(
        text=text, role="seller", purpose=purpose, language=language, marketplace=market,
        known_ids=frozenset({one.number}), now=NOW, marketplace_sends=frozenset(), **facts,
    ).findings  # fmt: skip
    return [one.rule for one in found]


def test_order_unavailable_is_impossible_without_its_adjustment():
    event = happened(order(), "adjustment.made", {"adjustment": "adj_none", "reason": "NoInventory"})
    with pytest.raises(Adjustment.DoesNotExist):
        tell(event, now=NOW)

    assert not Message.objects.exists()


@pytest.mark.requirement("S48", "C9")
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_return_confirmation_has_items_amount_and_day(language):
    one = order(language=language)
    text = text_of(returned(one))
    said = verdict(one, text, purpose="return", language=language, kind="return_confirmation", parts={})

    assert one.lines.get().title in text
    assert "template.missing_content" not in said


@pytest.mark.requirement("S45")
def test_a_delay_notice_has_the_new_days_and_the_reason():
    one = order()
    assert text_of(delayed(one, reason="The glaze\nmust dry.")).splitlines()[1:] == [
        "New day by which it leaves: 7 November 2026",
        "New day by which it should arrive: 11 November 2026",
        "Reason: The glaze must dry.",
        "You choose in Your Orders whether you keep it.",
    ]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Los_Angeles"])
def test_a_buyer_is_told_the_day_that_the_seller_chose(zone):
    market = factories.marketplace(time_zone="UTC")
    shop = factories.seller(market, time_zone=zone)
    one = factories.order(factories.buyer(market), shop)
    told = {"ship_on": date(2026, 11, 6), "deliver_on": date(2026, 11, 10), "reason": "The glaze must dry."}
    notice = tell_delay(staff=factories.staff(shop), order=one, now=NOW, **told)
    lines = order_words.told(Telling("delay_notice", one, delay=notice), limit=4_000)[1].splitlines()
    assert [line.split(": ")[1] for line in lines[1:3]] == ["6 November 2026", "10 November 2026"]


def test_what_has_happened_is_told_by_the_day_of_the_marketplace():
    market = factories.marketplace(time_zone="America/Los_Angeles")
    one = factories.order(factories.buyer(market), factories.seller(market, time_zone="Asia/Tokyo"))
    text = text_of(adjusted(one, now=NOW.replace(hour=1)))
    assert "Adjusted on: 1 November 2026" in text


def test_money_that_was_not_taken_is_told_as_such():
    assert "you will not be charged €24.50" in text_of(adjusted(order(), "PriceError"))


@pytest.mark.parametrize(("pieces", "said"), [(1, "1 x "), (None, "")])
def test_money_back_is_told_with_the_item_and_the_reason(pieces, said):
    one = order()
    event = adjusted(one, "CustomerReturn", refunded=550, released=0)
    made = Adjustment.objects.get()
    made.parts.create(line=one.lines.get(), component="Principal", quantity=pieces, amount_minor=500)
    made.parts.create(line=one.lines.get(), component="Tax", amount_minor=50)
    lines = text_of(event).splitlines()
    assert lines[1:3] == [f"For: {said}{one.lines.get().title}", "Reason: Something came back"]


def test_a_request_to_cancel_that_was_declined_is_told_with_the_sellers_words():
    one = order()
    asked = CancelRequest.objects.create(
        order=one, public_id="ask_1", state="declined", asked_at=NOW, answered_at=NOW, answer="It is engraved\nalready."
    )
    assert text_of(happened(one, "order.cancel_declined", {"request": asked.public_id})).splitlines() == [
        f"Your order {one.number} is not cancelled: {one.seller.name} has declined what you asked for.",
        "Answer: It is engraved already.",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_there_in_every_language_with_the_same_facts(language):
    from comity.messaging.selectors.order_words import _texts
    from comity.messaging.selectors.variables import places

    def facts(texts):
        return {name: sorted(place.name for place in places(text)) for name, text in texts.items()}

    assert facts(_texts()[language]) == facts(_texts()["en"])


@pytest.mark.parametrize(
    ("language", "written"), [("de", "de"), ("de-AT", "de"), ("pt-BR", "pt"), ("PT", "pt"), ("sv", "en"), ("", "en")]
)
def test_a_buyer_reads_it_in_their_language_or_in_english(language, written):
    tell(happened(order(language=language), "order.placed"), now=NOW)

    message = Message.objects.get()
    assert message.language == written
    assert message.text.startswith(words_in("order_confirmation", written)[1].split("{{", 1)[0])


def test_a_variable_in_a_title_stays_what_it_is():
    one = order()
    one.lines.update(title="Lamp {{order.number}}")
    assert "1 x Lamp {{order.number}}" in text_of(happened(one, "order.placed"))
