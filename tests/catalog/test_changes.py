"""Changing an offer: by its seller, and its handling time by the marketplace with a reason."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.accounts.models import OperatorStaff, Staff
from comity.catalog.models import HandlingChange, Listing
from comity.catalog.services.listings import ListingValues, Stale, change_handling_time, change_listing
from comity.catalog.services.wording import WordsRefused
from comity.common.errors import NotFound, Refused
from comity.common.models import OutboxEvent
from comity.orders.models import Order
from tests import factories
from tests.factories import NOW

AS_IT_IS = {
    "description": "",
    "quantity": 9,
    "handling_days": 2,
    "offered": True,
    "offered_from_on": None,
    "offered_until_on": None,
}


@pytest.fixture
def owner(db):
    return factories.staff()


@pytest.fixture
def offer(owner):
    return factories.listing(owner.seller)


def change(staff, offer, version=1, **values):
    return change_listing(
        staff=staff,
        listing_id=offer.public_id,
        values=ListingValues(**{**AS_IT_IS, **values}),
        version=version,
        now=NOW,
    )


def change_time(staff, offer, days=5, reason="Late again.", version=1):
    return change_handling_time(
        staff=staff, listing_id=offer.public_id, days=days, reason=reason, version=version, now=NOW
    )


def stored(offer):
    found = Listing.objects.get(pk=offer.pk)
    return {name: getattr(found, name) for name in AS_IT_IS}, found.version


@pytest.mark.requirement("S28", "S31")
def test_a_seller_says_what_an_offer_is(owner, offer):
    values = AS_IT_IS | {"description": "Brass, 20 cm.", "quantity": 3, "handling_days": 1, "offered": False}

    change(owner, offer, **values)

    assert stored(offer) == (values, 2)
    event = OutboxEvent.objects.get()
    assert (event.name, event.stream, event.actor) == (
        "listing.changed",
        owner.seller.public_id,
        owner.user.public_id,
    )
    assert event.data["fields"] == "description,handling_days,offered,quantity"


def test_nothing_changed_is_no_change(owner, offer):
    change(owner, offer)

    assert stored(offer) == (AS_IT_IS, 1)
    assert not OutboxEvent.objects.exists()


def test_a_page_that_is_older_than_the_offer_changes_nothing(owner, offer):
    change(owner, offer, quantity=4)

    with pytest.raises(Stale) as refused:
        change(owner, offer, quantity=40)

    assert refused.value.current.quantity == 4
    assert stored(offer) == (AS_IT_IS | {"quantity": 4}, 2)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"quantity": -1}, "quantity"),
        ({"quantity": 2_000_000_001}, "quantity"),
        ({"handling_days": 366}, "handling_days"),
        ({"offered_from_on": date(2026, 11, 3), "offered_until_on": date(2026, 11, 2)}, "offered_until_on"),
        ({"description": "x" * 4001}, "description"),
        ({"description": "a\0b"}, "description"),
    ],
)
def test_impossible_values_are_refused_beside_their_field(owner, offer, values, field):
    with pytest.raises(Refused) as refused:
        change(owner, offer, **values)

    assert refused.value.field == field
    assert stored(offer) == (AS_IT_IS, 1)


@pytest.mark.requirement("S37")
def test_the_rules_read_a_description(owner, offer):
    with pytest.raises(WordsRefused):
        change(owner, offer, description="More on www.lamps.example.org")

    assert stored(offer) == (AS_IT_IS, 1)


def test_words_that_stand_there_already_do_not_hinder_another_change(owner, offer):
    Listing.objects.filter(pk=offer.pk).update(description="See www.lamps.example.org")

    change(owner, offer, description="See www.lamps.example.org", quantity=0)

    assert stored(offer)[0]["quantity"] == 0


def test_nobody_changes_the_offer_of_another_shop(owner, offer):
    with pytest.raises(NotFound):
        change(factories.staff(), offer, quantity=0)
    with pytest.raises(Refused, match="Only an owner"):
        change(factories.staff(owner.seller, role=Staff.Role.AGENT), offer, quantity=0)

    assert stored(offer) == (AS_IT_IS, 1)


DAYS = st.one_of(st.none(), st.dates(date(2026, 10, 1), date(2026, 12, 1)))


@given(DAYS, DAYS, st.dates(date(2026, 10, 1), date(2026, 12, 1)), st.integers(0, 2), st.booleans())
def test_an_offer_is_open_within_its_days_while_there_is_stock(begin, end, on, quantity, offered):
    offer = Listing(offered_from_on=begin, offered_until_on=end, quantity=quantity, offered=offered)
    within = on >= (begin or date.min) and on <= (end or date.max)

    assert offer.is_open(on) == (within and offered and quantity > 0)


@pytest.mark.requirement("S85")
def test_the_marketplace_changes_handling_time_with_a_reason_on_record(offer):
    admin = factories.operator(offer.marketplace)

    made = change_time(admin, offer)

    assert (made.before, made.after, made.reason, made.changed_by) == (2, 5, "Late again.", admin.user)
    assert stored(offer) == (AS_IT_IS | {"handling_days": 5}, 2)
    event = OutboxEvent.objects.get()
    assert (event.name, event.actor, event.data["change"]) == (
        "listing.handling_changed",
        admin.user.public_id,
        made.public_id,
    )


@pytest.mark.requirement("S85")
def test_existing_orders_keep_the_dates_they_were_promised(owner, offer):
    order = factories.order(shop=offer.seller, offer=offer)
    promised = Order.objects.values("ship_from", "ship_by", "deliver_from", "deliver_by", "status")
    before = promised.get(pk=order.pk)

    change_time(factories.operator(offer.marketplace), offer, days=30)
    change(owner, offer, version=2, handling_days=60)

    assert promised.get(pk=order.pk) == before
    assert before["ship_by"] == order.placed_at + timedelta(days=2)


@pytest.mark.parametrize(
    ("days", "reason", "version", "code"),
    [(5, " ", 1, "empty"), (366, "Why.", 1, "handling_days"), (2, "Why.", 1, "handling_days"), (5, "Why.", 7, "stale")],
)
def test_a_change_without_reason_or_sense_is_refused(offer, days, reason, version, code):
    with pytest.raises(Refused) as refused:
        change_time(factories.operator(offer.marketplace), offer, days, reason, version)

    assert refused.value.code == code
    assert (stored(offer), HandlingChange.objects.count()) == ((AS_IT_IS, 1), 0)


@pytest.mark.parametrize("role", ["moderator", "service_agent", "adjudicator", "investigator"])
def test_only_an_admin_of_the_same_marketplace_changes_it(offer, role):
    with pytest.raises(Refused, match="Your role"):
        change_time(factories.operator(offer.marketplace, OperatorStaff.Role(role)), offer)
    with pytest.raises(NotFound):
        change_time(factories.operator(), offer)

    assert stored(offer) == (AS_IT_IS, 1)
