"""A shop's own word: policies and listings; and reports, blocks and votes at its desk."""

import pytest

from comity.accounts.models import Staff
from comity.catalog.models import Listing, SellerPolicy
from comity.catalog.services.listings import change_handling_time
from comity.messaging.models import Block, Message, Report
from comity.messaging.services.votes import vote
from comity.orders.models import Order
from tests import factories
from tests.web.buyer.shop import typed, words
from tests.web.desk.shop import reader_of, signed_in

TEXT = "We take back what you do not like."


def publish(client, shop, text=TEXT, number=0, **fields):
    return client.post(shop.at("policies/returns/"), {"text": text, "number": number, "key": "k", **fields})


@pytest.mark.requirement("S82")
def test_an_owner_publishes_a_policy(shop, client):
    assert "Nothing stated yet." in words(client.get(shop.at("policies/")))

    answer = publish(client, shop)

    assert answer.headers["Location"] == shop.at("policies/?done=published")
    assert SellerPolicy.objects.get().text == TEXT
    assert TEXT in words(client.get(shop.at("policies/")))


@pytest.mark.requirement("S37")
def test_a_policy_against_the_rules_comes_back_with_the_words_marked(shop, client):
    answer = publish(client, shop, "Write to returns@example.org, please.")

    assert (answer.status_code, SellerPolicy.objects.count()) == (422, 0)
    assert typed(answer) == "Write to returns@example.org, please."
    assert "contact.email" in words(answer)
    assert "Change the marked words, then try again." in words(answer)


def test_a_colleague_who_was_faster_is_shown_beside_what_was_typed(shop, client):
    publish(client, shop)

    answer = publish(client, shop, "Within 60 days.")

    assert (answer.status_code, SellerPolicy.objects.count()) == (409, 1)
    assert TEXT in words(answer)
    assert typed(answer) == "Within 60 days."
    assert 'name="number" value="1"' in answer.content.decode()


@pytest.mark.parametrize(("text", "sentence"), [(" ", "Write the policy"), ("x" * 10_001, "Shorten it by 1")])
def test_an_unusable_policy_is_refused_beside_its_field(shop, client, text, sentence):
    answer = publish(client, shop, text)

    assert (answer.status_code, SellerPolicy.objects.count()) == (422, 0)
    assert sentence in words(answer)


def test_others_of_the_shop_read_policies_and_do_not_change_them(shop):
    reader = signed_in(reader_of(shop).user)

    assert "An owner of the shop can change them." in words(reader.get(shop.at("policies/")))
    assert reader.get(shop.at("policies/returns/")).status_code == 404


@pytest.fixture
def offer(shop):
    return factories.listing(shop.seller, sku="LAMP-1")


def save(client, shop, offer, **fields):
    given = {"version": 1, "quantity": 3, "handling_days": 1, "offered": "on", **fields}
    return client.post(shop.at(f"listings/{offer.public_id}/"), given)


@pytest.mark.requirement("S28", "S31")
def test_an_owner_changes_a_listing(shop, client, offer):
    answer = save(client, shop, offer, description="Brass, 20 cm.", offered_until_on="2026-12-24")

    assert answer.headers["Location"] == shop.at(f"listings/{offer.public_id}/?done=saved")
    offer.refresh_from_db()
    assert (offer.quantity, offer.handling_days, offer.description) == (3, 1, "Brass, 20 cm.")
    assert str(offer.offered_until_on) == "2026-12-24"


@pytest.mark.requirement("S28")
def test_a_page_that_an_order_made_stale_shows_both_values_and_can_be_sent_again(shop, client, offer):
    Listing.objects.filter(pk=offer.pk).update(quantity=7, version=2)

    answer = save(client, shop, offer)

    assert (answer.status_code, Listing.objects.get(pk=offer.pk).quantity) == (409, 7)
    assert "Pieces in stock 7 3" in words(answer)
    for name, value in (("version", 2), ("quantity", 3)):
        assert f'name="{name}" value="{value}"' in answer.content.decode()
    assert save(client, shop, offer, version=2).status_code == 302


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"quantity": "many"}, "Give a number of pieces from 0 to 2,000,000,000."),
        ({"handling_days": "-1"}, "Give business days from 0 to 365."),
        ({"offered_from_on": "soon"}, "This is no day: write it like 2026-12-24."),
        ({"offered_from_on": "2026-12-24", "offered_until_on": "2026-12-23"}, "The last day lies before the first."),
        ({"description": "x" * 4001}, "Shorten it by 1."),
        ({"description": "a\0b"}, "Null characters are not allowed."),
        ({"description": "Ask at lamps@example.org"}, "contact.email"),
    ],
)
def test_a_wrong_value_is_told_beside_its_field_and_nothing_is_lost(shop, client, offer, fields, sentence):
    answer = save(client, shop, offer, **{"quantity": 5, "description": "Brass.", **fields})

    assert (answer.status_code, Listing.objects.get(pk=offer.pk).version) == (422, 1)
    assert sentence in words(answer)
    assert f'value="{fields.get("quantity", 5)}"' in answer.content.decode()


def test_the_list_takes_the_same_queries_however_long(shop, client, offer, django_assert_num_queries):
    client.get(shop.at("listings/"))
    for more in (0, 2):
        for _ in range(more):
            factories.listing(shop.seller)
        # session, user, seat; count, page
        with django_assert_num_queries(5):
            client.get(shop.at("listings/"))


def test_an_agent_reads_a_listing_and_does_not_change_it(shop, offer):
    agent = signed_in(factories.staff(shop.seller, role=Staff.Role.AGENT).user)

    assert "An owner of the shop can change it." in words(agent.get(shop.at(f"listings/{offer.public_id}/")))
    assert save(agent, shop, offer).status_code == 422
    assert Listing.objects.get(pk=offer.pk).version == 1


@pytest.mark.requirement("S85")
def test_a_shop_reads_why_its_handling_time_was_changed(shop, client, offer):
    change_handling_time(
        staff=shop.admin, listing_id=offer.public_id, days=5, reason="Late thrice.", version=1, now=factories.NOW
    )

    shown = words(client.get(shop.at(f"listings/{offer.public_id}/")))

    assert "Handling time from 2 to 5 business days" in shown
    assert "Late thrice." in shown


@pytest.mark.requirement("S87")
def test_a_shop_reports_what_a_buyer_wrote(shop, desk, client):
    question = Message.objects.get()
    place = shop.at(f"inbox/{desk.conversation.public_id}/report/{question.public_id}/")
    assert "Where is it?" in words(client.get(place))

    client.post(place, {"reason": "abuse"})

    assert Report.objects.get().side == "seller"
    assert "You reported this message: insult, threat or hate." in words(
        client.get(shop.at(f"inbox/{desk.conversation.public_id}/"))
    )


def test_a_shop_blocks_a_buyer_once_the_order_is_over(shop, desk, client):
    place = shop.at(f"inbox/{desk.conversation.public_id}/block/")
    assert client.post(place, {"block": "yes"}).status_code == 409

    Order.objects.update(status=Order.Status.DELIVERED)

    assert client.post(place, {"block": "yes"}).status_code == 302
    assert Block.objects.get().side == "seller"
    assert "You have blocked" in words(client.get(shop.at(f"inbox/{desk.conversation.public_id}/")))


def test_a_reader_is_offered_neither(shop, desk):
    reader = signed_in(reader_of(shop).user)
    shown = reader.get(shop.at(f"inbox/{desk.conversation.public_id}/")).content.decode()

    assert "/report/" not in shown
    assert "/block/" not in shown


def test_the_shop_sees_quietly_what_the_buyer_says_of_an_answer(shop, desk, client):
    answer = desk.answer().message
    desk.deliver()
    vote(seat=desk.buyer_seat(), message_id=answer.public_id, solved=False, now=desk.now)

    shown = words(client.get(shop.at(f"inbox/{desk.conversation.public_id}/")))

    assert "The buyer says that this did not solve it." in shown
    assert "Did this solve it?" not in shown
