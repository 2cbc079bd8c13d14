"""What a shop adds to its packing slips: the rules for messages hold in the box, too."""

from datetime import date, datetime
from unittest.mock import patch

import pytest

from comity.common.models import OutboxEvent
from comity.orders.models import InsertText
from tests.factories import NOW
from tests.orders.shipping import purchase
from tests.web.desk.shop import reader_of, signed_in
from tests.web.pages import errors_of
from tests.web.seller.test_slips import pages, pdf

THANKS = "Thank you for your order.\nKeep the box for a return."
REVIEW = "Please leave us a review."
ADVERT = "Visit www.clayworks.com for our new collection."
RULES_2018, RULES_NOW = "amazon-2018-10", "open-marketplace"
LATER = datetime.combine(date(2026, 11, 23), NOW.timetz())  # other rules of the open marketplace are in force then


@pytest.fixture(autouse=True)
def now(monkeypatch):
    monkeypatch.setattr("comity.common.clock.now", lambda: NOW)


def write(client, shop, text=THANKS, number=0, **more):
    return client.post(shop.at("orders/insert-text/"), {"text": text, "number": number, "key": "k", **more})


def stored():
    return list(InsertText.objects.order_by("number").values_list("number", "text"))


def under(shop, rulebook):
    type(shop.market).objects.update(rulebook=rulebook)


@pytest.mark.requirement("S54", "S76")
@pytest.mark.parametrize("rulebook", [RULES_2018, RULES_NOW])
def test_innocent_words_stand_on_page_and_pdf(shop, client, rulebook):
    under(shop, rulebook)
    answer = write(client, shop)
    assert (answer.status_code, answer["Location"]) == (302, shop.at("orders/insert-text/?done=saved"))
    assert stored() == [(1, THANKS)]
    order = purchase(shop.seller)
    assert " ".join(THANKS.split()) in " ".join(pages(pdf(client, shop, order))[0].split())
    shown = client.get(shop.at(f"orders/{order.public_id}/packing-slip/")).content.decode()
    assert THANKS.replace("\n", "<br>") in shown
    event = OutboxEvent.objects.get(name="insert.written")
    assert (event.actor, event.data) == (
        shop.owner.user.public_id,
        {"seller": shop.seller.public_id, "number": 1},
    )


@pytest.mark.requirement("S54", "S76")
@pytest.mark.parametrize(
    ("rulebook", "text", "rule"),
    [
        (RULES_2018, REVIEW, "review.biased"),
        (RULES_2018, "Save 10% on your next order.", "marketing.promotion"),
        (RULES_NOW, "Leave a 5-star review for a free gift!", "review.incentive"),
        (RULES_NOW, ADVERT, "link.external"),
    ],
)
def test_what_no_message_may_say_is_refused_with_the_findings_at_the_words(shop, client, rulebook, text, rule):
    under(shop, rulebook)
    answer = write(client, shop, text)
    shown = answer.content.decode()
    assert (answer.status_code, stored()) == (422, [])
    assert ("Change the marked words" in errors_of(shown, "text"), text in shown, rule in shown) == (True, True, True)
    assert not OutboxEvent.objects.filter(name="insert.written").exists()


@pytest.mark.requirement("S54")
def test_words_that_newer_rules_forbid_are_left_off_and_the_shop_reads_why(shop, client):
    assert write(client, shop, REVIEW).status_code == 302
    order = purchase(shop.seller)
    assert REVIEW in pages(pdf(client, shop, order))[0]
    with patch("comity.common.clock.now", lambda: LATER):
        assert REVIEW not in pages(pdf(client, shop, order))[0]
        for path in (f"orders/{order.public_id}/packing-slip/", "orders/confirm/"):
            shown = client.get(shop.at(path)).content.decode()
            assert ("are left off the packing slip" in shown, REVIEW in shown) == (True, False)
        form = client.get(shop.at("orders/insert-text/")).content.decode()
        assert "The rules have changed" in errors_of(form, "text")
        assert write(client, shop, REVIEW, 1).status_code == 422
        assert write(client, shop, THANKS, 1).status_code == 302
        assert "Keep the box" in pages(pdf(client, shop, order))[0]


def test_while_it_is_written_the_rules_are_asked_and_nothing_is_stored(shop, client):
    under(shop, RULES_2018)
    answer = client.post(shop.at("orders/insert-text/check/"), {"text": REVIEW}).json()
    found = [(one["rule"], one["outcome"]) for one in answer["findings"]]
    assert (answer["outcome"], found, answer["limit"], stored()) == ("block", [("review.biased", "block")], 500, [])
    fine = client.post(shop.at("orders/insert-text/check/"), {"text": THANKS}).json()
    assert (fine["outcome"], fine["findings"]) == ("deliver", [])


def test_the_same_again_is_one_version_and_removed_words_are_on_no_slip(shop, client):
    for _ in range(2):
        assert write(client, shop).status_code == 302
    assert write(client, shop, number=1, do="remove").status_code == 302
    assert stored() == [(1, THANKS), (2, "")]
    assert "Thank you" not in pages(pdf(client, shop, purchase(shop.seller)))[0]


def test_of_two_at_once_the_second_is_told(shop, client):
    write(client, shop)
    answer = write(client, shop, "Mind the glaze.", 0)
    shown = answer.content.decode()
    assert (answer.status_code, stored()) == (422, [(1, THANKS)])
    assert ("A colleague changed it" in shown, "Mind the glaze." in shown) == (True, True)


@pytest.mark.parametrize("text", ["x" * 501, "a\0b"])
def test_words_that_cannot_be_printed_are_refused(shop, client, text):
    answer = write(client, shop, text)
    assert (answer.status_code, bool(errors_of(answer.content.decode(), "text")), stored()) == (422, True, [])


def test_only_owners_write_it(shop, client):
    reader = signed_in(reader_of(shop).user)
    assert write(reader, shop).status_code == 404
    assert (reader.get(shop.at("orders/insert-text/")).status_code, stored()) == (404, [])
