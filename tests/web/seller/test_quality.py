"""Which listing misleads its buyers: pieces sold and returned, complaints, and what is behind them."""

import pytest

from comity.accounts.profiles import profile_in_force
from comity.messaging.models import Conversation
from comity.messaging.selectors.quality import quality_of
from comity.messaging.services.contact import Subject
from comity.orders.services.boxes import decide_box, report_box
from comity.orders.services.returning.answers import decline
from comity.orders.services.returning.requests import close
from tests import factories
from tests.factories import NOW
from tests.orders.returns import wanted
from tests.web.buyer.shop import words
from tests.web.world import deliver, signed_in, write

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("S28", "S31")]


@pytest.fixture
def shop():
    return factories.seller(factories.marketplace())


def sold(shop, offer, quantity=1, **fields):
    known = {"status": "delivered", "delivered_at": NOW, **fields}
    made = factories.order(factories.buyer(shop.marketplace), shop, offer, **known)
    made.lines.update(quantity=quantity)
    return made


def complained(order, topic="not_as_expected"):
    """A conversation of the buyer about the order, delivered to the seller."""
    message = write(order.buyer, Subject(order=order), topic)
    deliver()
    return Conversation.objects.get(pk=message.conversation_id)


def quality(shop):
    return list(quality_of(shop, profile_in_force(shop.marketplace, NOW).quality))


def counts(shop):
    return [(one.sold, one.returned, one.misled, one.complaints) for one in quality(shop)]


def test_pieces_are_counted_by_listing(shop):
    offer = factories.listing(shop)
    one = sold(shop, offer, 3)
    sold(shop, offer, 2)
    wanted(one, 2, reason="not_as_described")
    sold(shop, factories.listing(factories.seller(shop.marketplace)))
    assert counts(shop) == [(5, 2, 2, 0)]


def test_what_the_buyer_changed_their_mind_about_does_not_count_against_it(shop):
    offer = factories.listing(shop)
    wanted(sold(shop, offer), reason="no_longer_wanted")
    assert counts(shop) == [(1, 1, 0, 0)]


@pytest.mark.parametrize("status", ["cancelled", "unfulfillable"])
def test_what_was_given_up_was_not_sold(shop, status):
    sold(shop, factories.listing(shop), status=status)
    assert counts(shop) == [(0, 0, 0, 0)]


def test_what_was_declined_or_called_off_did_not_come_back(shop):
    offer = factories.listing(shop)
    called_off = wanted(sold(shop, offer), reason="defective")
    close(called_off, actor="usr_buyer", now=NOW)
    late = sold(shop, offer, delivered_at=NOW.replace(month=8))
    declined = wanted(late, reason="defective")
    decline(declined, side="seller", reason="It is too late.", actor="usr_seller", now=NOW)
    assert counts(shop) == [(2, 0, 0, 0)]


def test_complaints_are_conversations_on_that_topic(shop):
    offer = factories.listing(shop)
    complained(sold(shop, offer))
    complained(sold(shop, offer), "order_status")
    (one,) = quality(shop)
    assert (one.complaints, [found.topic for found in one.conversations]) == (1, ["not_as_expected"])


def test_what_misled_most_is_on_top(shop):
    good, bad, worse = (factories.listing(shop) for _ in range(3))
    sold(shop, good, 9)
    wanted(sold(shop, bad), reason="wrong_item")
    one = sold(shop, worse)
    wanted(one, reason="wrong_item")
    complained(one)
    assert [found.listing for found in quality(shop)] == [worse, bad, good]


def test_the_latest_five_of_each_are_behind_it(shop):
    offer = factories.listing(shop)
    returns = [wanted(sold(shop, offer), reason="defective") for _ in range(6)]
    (one,) = quality(shop)
    assert (one.misled, [line.returned for line in one.returns]) == (6, returns[:0:-1])


def test_an_order_of_two_lines_of_a_listing_is_one_complaint(shop):
    offer = factories.listing(shop)
    order = sold(shop, offer)
    order.lines.create(listing=offer, external_id="2", title="Lamp", sku=offer.sku, quantity=1, unit_minor=1)
    conversation = complained(order)
    (one,) = quality(shop)
    assert (one.sold, one.complaints, one.conversations) == (2, 1, [conversation])


def page_of(shop):
    client = signed_in(factories.staff(shop).user)
    return client, f"/{shop.marketplace.slug}/sell/{shop.public_id}/listings/quality/"


def test_the_page_leads_to_returns_and_conversations(shop):
    order = sold(shop, factories.listing(shop))
    returned, conversation = wanted(order, reason="not_as_described"), complained(order)
    client, place = page_of(shop)
    page = client.get(place).content.decode()
    assert f"/returns/{returned.public_id}/" in page
    assert f"/inbox/{conversation.public_id}/" in page
    assert place in client.get(place.replace("quality/", "")).content.decode()


@pytest.mark.requirement("S54", "S75", "S76")
def test_boxes_that_broke_the_rules_are_counted_beside_it_and_nobody_is_named(shop):
    judge, orders = factories.operator(shop.marketplace, "moderator"), []
    for kind, upheld, who in (
        ("advertising", True, "seller"), ("advertising", True, "seller"), ("extra_item", True, "seller"),
        ("advertising", False, "seller"), ("review_request", True, "marketplace"),
    ):  # fmt: skip
        orders.append(sold(shop, factories.listing(shop), fulfilment=who))
        made = report_box(orders[-1], kind=kind, text="A flyer.", actor="usr_buyer", now=NOW)
        decide_box(judge, made.public_id, upheld=upheld, reason=f"Why {len(orders)}.", now=NOW)
    client, place = page_of(shop)
    shown = words(client.get(place))
    assert "Something that was not ordered 1 Advertising 2 A request for a review 0" in shown
    assert [f"Why {number}." in shown for number in (1, 2, 3, 4, 5)] == [True, True, True, False, False]
    assert not any(part in shown for one in orders for part in (one.number, one.buyer.name, "A flyer."))


def test_a_shop_without_listings_is_told_so(shop):
    client, place = page_of(shop)
    assert "Nothing is listed" in client.get(place).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_as_many_queries_for_three_as_for_one(shop, count, django_assert_num_queries):
    for _ in range(count):
        order = sold(shop, factories.listing(shop))
        wanted(order, reason="defective")
        complained(order)
    client, place = page_of(shop)
    client.get(place)
    with django_assert_num_queries(9):
        client.get(place)
