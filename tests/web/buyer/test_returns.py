"""The buyer's way to a return without any script: items, reasons, what it costs, sent; and the page that follows it."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image

from comity.common import clock
from comity.common.transactions import write
from comity.orders.models import Order, Return
from comity.orders.services.adjusting import Change, adjust, full_adjustment
from comity.orders.services.happenings import lock_order
from comity.orders.services.replacing import replace
from comity.orders.services.results import only
from comity.orders.services.returning.answers import authorise
from tests import factories
from tests.orders.returns import HOME, SELLER, accepted, again, arrived, picture
from tests.web.desk.shop import signed_in
from tests.web.pages import errors_of, untied

WHY = {"n-1": "1", "reason-1": "no_longer_wanted"}


@pytest.fixture
def order(shop, settings, tmp_path):
    """Two lamps, delivered three days ago."""
    settings.FILES_FOLDER = tmp_path / "files"
    known = {"status": "delivered", "delivered_at": clock.now() - timedelta(days=3), "total_minor": 4900}
    made = factories.order(shop.buyer, shop.seller, shop.listing, **known)
    made.lines.update(quantity=2)
    return made


def ask(shop, order, **fields):
    return shop.post(f"orders/{order.public_id}/return/", **fields)


def asked(shop, order, **more):
    answer = ask(shop, order, **{**WHY, "step": "send", "key": "k1", **more})
    assert answer.status_code == 302
    return Return.objects.get(order=order)


def words(answer):
    return re.sub(r"(<[^>]+>|\s)+", " ", answer.content.decode())


def photo():
    drawn = BytesIO()
    Image.new("RGB", (8, 8), "red").save(drawn, "PNG")
    drawn.seek(0)
    drawn.name = "lamp.png"
    return drawn


def test_the_first_step_shows_what_may_come_back_and_until_when(shop, order):
    shown = words(shop.get(f"orders/{order.public_id}/return/"))
    assert "Pieces to send back, of 2" in shown
    assert "Unopened until" in shown
    Order.objects.update(delivered_at=clock.now() - timedelta(days=40))
    shown = words(shop.get(f"orders/{order.public_id}/return/"))
    assert ("Unopened until" in shown, "The time to send it back unopened ended on" in shown) == (False, True)


def test_nothing_that_has_not_left_is_offered(shop):
    assert "Nothing can be sent back now" in words(shop.get(f"orders/{shop.order.public_id}/return/"))


@pytest.mark.parametrize("pieces", ["", "0", "3", "-1", "x", "1e9", "0.5", "99999999999999999999", "\u0663"])
def test_a_number_of_pieces_that_cannot_be_comes_back(shop, order, pieces):
    answer = shop.get(f"orders/{order.public_id}/return/", **{"n-1": pieces, "step": "why"})
    page = answer.content.decode()
    assert (answer.status_code, untied(page)) == (422, [])
    assert errors_of(page, "n-1") or "Enter how many pieces" in page


def test_the_second_step_asks_why(shop, order):
    answer = shop.get(f"orders/{order.public_id}/return/", **{"n-1": "2", "step": "why"})
    assert answer.status_code == 200
    assert all(name in answer.content.decode() for name in ('name="reason-1"', 'name="opened-1"', 'name="files"'))


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"reason-1": ""}, "reason-1"),
        ({"reason-1": "because"}, "reason-1"),
        ({"reason-1": "other", "comment-1": " "}, "comment-1"),
        ({"comment-1": "Mail me at ann@example.com"}, "comment-1"),
    ],
)
def test_what_is_missing_is_said_beside_its_field_and_nothing_typed_is_lost(shop, order, typed, field):
    answer = ask(shop, order, **{**WHY, "comment-1": "Too dark", "opened-1": "on", "step": "look", **typed})
    page = answer.content.decode()
    assert (answer.status_code, untied(page), bool(errors_of(page, field))) == (422, [], True)
    assert typed.get("comment-1", "Too dark") in page
    assert 'name="opened-1" checked' in page
    assert not Return.objects.exists()


@pytest.mark.requirement("S78", "C12")
def test_the_last_step_says_what_it_costs_before_anything_is_sent(shop, order):
    shown = words(ask(shop, order, **WHY, step="look"))
    assert "All of it. It must be taken back." in shown
    assert "You pay for sending it back" in shown
    assert "€24.50" in shown
    assert not Return.objects.exists()


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"opened-1": "on"}, "up to 50 % may be deducted"),
        ({"reason-1": "defective"}, "The seller pays: you get a label to print."),
    ],
)
def test_what_it_costs_follows_from_reason_and_condition(shop, order, typed, says):
    assert says in words(ask(shop, order, **{**WHY, **typed}, step="look"))


def test_where_no_carrier_told_of_the_delivery_the_window_has_not_begun(shop, order):
    order.status, order.delivered_at = "shipped", None
    order.save()
    assert "No carrier has told of its delivery yet" in words(shop.get(f"orders/{order.public_id}/return/"))
    assert "your time has not begun to run" in words(ask(shop, order, **WHY, step="look"))


def test_a_return_is_asked_for_once_however_often_the_form_is_sent(shop, order):
    made = asked(shop, order)
    assert ask(shop, order, **WHY, step="send", key="k1")["Location"].endswith(f"/returns/{made.public_id}/")
    assert Return.objects.count() == 1


def test_nobody_waits_while_the_rules_read_why_it_comes_back_and_they_read_once(shop, order, reading):
    for _ in range(2):
        made = asked(shop, order, **{"comment-1": "It is too small."})
    assert (made.lines.get().comment, reading) == ("It is too small.", [0])


def test_the_same_form_with_other_content_is_not_taken_for_it(shop, order):
    asked(shop, order)
    assert ask(shop, order, **{**WHY, "n-1": "2"}, step="send", key="k1").status_code == 422
    assert Return.objects.count() == 1


def test_pieces_that_went_meanwhile_are_told(shop, order):
    asked(shop, order, **{"n-1": "2"})
    page = ask(shop, order, **WHY, step="send", key="k2")
    assert ("Nothing can be sent back now" in words(page), "1 of 0" in words(page)) == (True, False)
    assert f"/returns/{Return.objects.get().public_id}/" in page.content.decode()


def test_a_photo_goes_with_it_and_can_be_fetched(shop, order):
    page = ask(shop, order, **WHY, step="look", files=photo()).content.decode()
    (token,) = re.findall(r'name="kept" value="([^"]+)"', page)
    kept = asked(shop, order, kept=token).photos.get()
    answer = shop.get(f"returns/{kept.returned.public_id}/files/{kept.public_id}/")
    assert b"".join(answer.streaming_content)
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert shop.get(f"returns/{kept.returned.public_id}/files/rph_unknown/").status_code == 404


def test_a_file_that_is_no_picture_is_refused_in_words(shop, order):
    wrong = BytesIO(b"MZ\x90\x00")
    wrong.name = "lamp.exe"
    answer = ask(shop, order, **WHY, step="look", files=wrong)
    assert (answer.status_code, "lamp.exe" in answer.content.decode()) == (422, True)


def test_photos_are_pictures(shop, order):
    document = BytesIO(b"%PDF-1.4\n")
    document.name = "bill.pdf"
    answer = ask(shop, order, **WHY, step="look", files=document)
    page = answer.content.decode()
    assert (answer.status_code, "Allowed: JPEG, PNG, GIF or WebP." in page) == (422, True)
    assert 'accept="image/jpeg,image/png,image/gif,image/webp"' in page


def test_going_back_keeps_what_was_typed(shop, order):
    page = ask(shop, order, **{**WHY, "comment-1": "Too dark"}, step="change").content.decode()
    assert "Too dark" in page
    assert '<option value="no_longer_wanted" selected>' in page


def test_the_page_of_a_return_leads_from_the_answer_to_the_parcel(shop, order):
    made = asked(shop, order, **{"opened-1": "on"})
    place = f"returns/{made.public_id}/"
    assert "Waits for an answer" in words(shop.get(place))
    assert ", opened" in words(shop.get(place))
    authorise(made, side="seller", address=HOME, actor=SELLER, now=clock.now())
    assert HOME in words(shop.get(place))
    assert errors_of(shop.post(place, action="sent", carrier=" ", key="k2").content.decode(), "carrier")
    shop.post(place, action="sent", carrier="Parcel Post", tracking_number="JVGL1", key="k3")
    assert "On its way back" in words(shop.get(place))
    assert again(made).tracking_number == "JVGL1"


def test_a_buyer_who_keeps_it_closes_the_return(shop, order):
    made = asked(shop, order)
    shop.post(f"returns/{made.public_id}/", action="close", key="k2")
    assert "Closed by the buyer" in words(shop.get(f"returns/{made.public_id}/"))
    answer = shop.post(f"returns/{made.public_id}/", action="close", key="k3")
    assert (answer.status_code, "was closed by the buyer" in words(answer)) == (422, True)


def test_a_button_that_is_none_does_nothing(shop, order):
    made = asked(shop, order)
    assert shop.post(f"returns/{made.public_id}/", action="explode", key="k2").status_code == 422
    assert again(made).state == "requested"


def test_the_order_leads_to_its_returns_and_to_a_new_one(shop, order):
    place = f"orders/{order.public_id}/"
    assert "Return items" in words(shop.get(place))
    asked(shop, order)
    assert "Waits for an answer" in words(shop.get(place))
    assert "Return items" not in words(shop.get(f"orders/{shop.order.public_id}/"))


def test_an_order_of_one_piece_leads_at_once_to_why_it_comes_back(shop, order):
    place = f"orders/{order.public_id}/"
    assert "step=why" not in shop.get(place).content.decode()
    order.lines.update(quantity=1)
    assert f'/{place}return/?n-1=1&amp;step=why"' in shop.get(place).content.decode()
    assert "Why does it come back?" in words(shop.get(f"{place}return/", **{"n-1": "1", "step": "why"}))


def test_what_is_on_its_way_back_or_paid_back_leads_to_no_other_return(shop, order):
    place = f"orders/{order.public_id}/"
    asked(shop, order, **{"n-1": "2"})
    assert "Return items" not in words(shop.get(place))
    Return.objects.update(state="closed")
    assert "Return items" in words(shop.get(place))
    change = Change(order.number, "GeneralAdjustment", full_adjustment(order), "a-1")
    only(adjust(order.seller, [change], source="page", actor="", now=clock.now()))
    assert "Return items" not in words(shop.get(place))
    shown = shop.get(f"{place}return/")
    assert "All that was paid for this order has been given back, so nothing of it is sent back." in words(shown)
    assert 'name="n-1"' not in shown.content.decode()
    assert "has been given back" in words(ask(shop, order, **WHY, step="send", key="k2"))
    assert Return.objects.count() == 1


def test_a_replacement_comes_back_with_the_order_that_it_replaces(shop, order):
    with write():
        again_sent = replace(lock_order(order), {"1": 1}, offer="off_1", actor="", now=clock.now())
    Order.objects.filter(pk=again_sent.pk).update(status="shipped")
    for place in (f"orders/{again_sent.public_id}/", f"orders/{again_sent.public_id}/return/"):
        shown = words(shop.get(place))
        assert "the days count from the delivery of that one" in shown
        assert "Pieces to send back" not in shown
    first = words(shop.get(f"orders/{order.public_id}/return/"))
    assert "What was sent again comes back with this order, too; its days count from the delivery of this one." in first


@pytest.mark.parametrize("name", ["photo", "label"])
def test_through_ones_own_return_no_file_of_another_is_fetched(shop, order, name):
    mine = asked(shop, order)
    other = accepted(arrived(shop=shop.seller), photos=[picture()])
    file = {"photo": other.photos.get().public_id, "label": "label"}[name]
    for returned in (mine, other):
        assert shop.get(f"returns/{returned.public_id}/files/{file}/").status_code == 404
    desk = signed_in(factories.staff(shop.seller).user)
    at = f"/{shop.market.slug}/sell/{shop.seller.public_id}/returns"
    assert desk.get(f"{at}/{mine.public_id}/files/{file}/").status_code == 404
    assert b"".join(desk.get(f"{at}/{other.public_id}/files/{file}/").streaming_content)
