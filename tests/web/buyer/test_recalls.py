"""A recall as its buyers see it; a private one as nobody else does (S2)."""

import pytest
from django.test import Client

from comity.common import clock
from comity.messaging.models import Conversation, NoticeRecipient
from comity.messaging.services.notices import close
from tests import factories
from tests.messaging.owners import Owners, work
from tests.web.buyer.shop import words

pytestmark = pytest.mark.django_db
SECRET = "It may catch fire."


@pytest.fixture
def recall(shop):
    """Called with ``is_public``: a recall of what the buyer has, approved and sent."""
    offer = factories.listing(shop.seller)
    shop.recalled = factories.order(shop.buyer, shop.seller, offer, status="delivered")
    owners = Owners(shop.staff, factories.operator(shop.market, "moderator"), offer, [])

    def make(**fields):
        now = clock.now()
        notice = owners.released(now=now, hazard=SECRET, **fields)
        work(now)
        return notice

    return make


@pytest.mark.requirement("S2")
def test_the_buyer_reads_what_to_do_and_says_so(shop, recall):
    notice = recall()
    page = shop.get(f"recalls/{notice.public_id}/")
    assert all(text in words(page) for text in ("Unplug it.", SECRET, "You get your money back.", "I have read this"))

    answer = shop.post(f"recalls/{notice.public_id}/")

    assert "You have read this" in words(shop.client.get(answer.url))
    assert NoticeRecipient.objects.exclude(acknowledged_at=None).count() == 1


@pytest.mark.requirement("S2")
def test_order_and_conversation_show_it_until_it_is_closed(shop, recall):
    notice = recall()
    conversation = Conversation.objects.get(order=shop.recalled)
    places = [f"orders/{shop.recalled.public_id}/", f"messages/{conversation.public_id}/"]
    for place in places:
        assert "Recall of" in words(shop.get(place))
        assert f'action="{shop.path(f"recalls/{notice.public_id}/")}"' in shop.get(place).content.decode()
    assert "Recall of" not in words(shop.get(f"orders/{shop.order.public_id}/"))

    close(staff=shop.staff, notice_id=notice.public_id, now=clock.now())
    assert "Recall of" not in words(shop.get(places[0]))
    assert "This recall is closed" in words(shop.get(f"recalls/{notice.public_id}/"))


def public_pages(shop):
    """Everything that somebody who is not concerned can open."""
    listing = shop.recalled.lines.get().listing
    return ["", f"products/{listing.public_id}/", f"sellers/{shop.seller.public_id}/"]


def leaks(shop, notice):
    """Where somebody who is not concerned, or a page that everybody opens, shows something of the recall."""
    stranger = Client()
    stranger.force_login(factories.buyer(shop.market).user)
    found = []
    for client in (Client(), stranger, shop.client):
        for place in public_pages(shop):
            page = client.get(shop.path(place))
            shown = words(page)
            if page.status_code != 200 or "ecall" in shown or SECRET in shown:
                found.append(place)
        if client.get(shop.path(f"products/recalls/{notice.public_id}/")).status_code != 404:
            found.append("the recall itself")
    return found


@pytest.mark.requirement("S2")
def test_a_private_recall_shows_nowhere_in_public(shop, recall):
    assert leaks(shop, recall()) == []


def test_a_private_recall_is_not_found_by_who_is_not_concerned(shop, recall):
    place = shop.path(f"recalls/{recall().public_id}/")
    stranger = Client()
    stranger.force_login(factories.buyer(shop.market).user)

    assert [stranger.get(place).status_code, stranger.post(place).status_code] == [404, 404]


def test_a_page_that_shows_private_recalls_is_noticed(shop, recall, monkeypatch):
    notice = recall()
    monkeypatch.setattr("comity.web.buyer.views.catalogue.public_recall_of", lambda _: notice)

    assert leaks(shop, notice) == [public_pages(shop)[1]] * 3


@pytest.mark.requirement("S2")
def test_a_public_recall_stands_on_the_products_page_for_everybody(shop, recall):
    notice = recall(is_public=True)
    page = Client().get(shop.path(public_pages(shop)[1]))
    address = shop.path(f"products/recalls/{notice.public_id}/")

    assert f'href="{address}"' in page.content.decode()
    shown = words(Client().get(address))
    assert SECRET in shown
    assert "I have read this" not in shown


@pytest.mark.parametrize("recalls", [1, 3])
def test_an_order_takes_the_same_queries_however_many_recalls(shop, recall, recalls, django_assert_num_queries):
    for _ in range(recalls):
        recall()
    # session, user, seat, order, lines, shipments with their lines (1), conversations, recalls, unread; delays, record,
    # what may come back (3),
    # adjustments, request to cancel; offers, notices; returns, what of them may come back
    with django_assert_num_queries(21):
        assert words(shop.get(f"orders/{shop.recalled.public_id}/")).count("Recall of") == recalls
