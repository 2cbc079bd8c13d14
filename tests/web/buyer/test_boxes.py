"""The buyer's page on what should not be in the box: told with words or photos, and what was decided of it."""

import pytest

from comity.common import clock
from comity.files.models import Blob
from comity.files.services import blobs
from comity.files.services.uploads import Upload
from comity.orders.models import BoxPhoto, BoxReport
from comity.orders.services.boxes import decide_box, report_box
from tests import factories
from tests.web.buyer.shop import words
from tests.web.buyer.test_returns import photo
from tests.web.pages import untied

pytestmark = pytest.mark.requirement("S54", "S75", "S76")
FLYER = {"kind": "advertising", "text": "A flyer of another shop.", "key": "k1"}


@pytest.fixture
def order(shop, settings, tmp_path):
    settings.FILES_FOLDER = tmp_path / "files"
    return factories.order(shop.buyer, shop.seller, shop.listing, status="shipped")


def seen(order, kind="extra_item", pictures=1):
    """A report with pictures, each with its small one."""
    blob = blobs.store(b"a pen", content_type="image/png", now=factories.NOW)
    Blob.objects.filter(pk=blob.pk).update(preview=blobs.store(b"small", content_type="image/jpeg", now=factories.NOW))
    photos = [Upload(blob, f"pen-{number}.png") for number in range(1, pictures + 1)]
    return report_box(order, kind=kind, text="A pen.", photos=photos, actor="", now=clock.now())


def place(order):
    return f"orders/{order.public_id}/box/"


def test_a_flyer_is_told_with_a_photo_and_shown(shop, order):
    answer = shop.post(place(order), **FLYER, files=photo())
    assert answer.status_code == 302
    assert BoxPhoto.objects.get().name == "lamp.png"
    shown = words(shop.get(place(order)))
    assert "looks at it; the decision appears here." in shown
    assert "A flyer of another shop." in shown


def test_what_is_reported_already_in_another_tab_is_said_and_what_was_written_stays(shop, order):
    for kind in BoxReport.Kind.values:
        report_box(order, kind=kind, text="A pen.", actor="", now=clock.now())
    answer = shop.post(place(order), **FLYER)
    shown = words(answer)
    assert (answer.status_code, untied(answer.content.decode())) == (422, [])
    assert "You have reported this already for this order. The decision appears here." in shown
    assert "What you wrote A flyer of another shop." in shown


def test_the_order_leads_there(shop, order):
    assert place(order) in shop.get(f"orders/{order.public_id}/").content.decode()


def test_the_same_form_sent_twice_tells_once(shop, order):
    for _ in range(2):
        assert shop.post(place(order), **FLYER).status_code == 302
    assert BoxReport.objects.count() == 1


def test_what_was_decided_is_shown_with_its_reason(shop, order):
    made = report_box(order, kind="extra_item", text="A pen.", actor="", now=clock.now())
    moderator = factories.operator(order.marketplace)
    decide_box(moderator, made.public_id, upheld=True, reason="Pens are not allowed.", now=clock.now())
    shown = words(shop.get(place(order)))
    assert "It broke the rules. Pens are not allowed." in shown
    assert moderator.user.name not in shown


def test_a_kind_that_was_told_is_not_offered_again(shop, order):
    report_box(order, kind="advertising", text="A flyer.", actor="", now=clock.now())
    page = shop.get(place(order)).content.decode()
    assert 'value="advertising"' not in page
    assert 'value="extra_item"' in page
    assert shop.post(place(order), **FLYER).status_code == 422


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"kind": ""}, "Choose what was in the box."),
        ({"kind": "bomb"}, "Choose what was in the box."),
        ({"text": " "}, "Say what was in the box, or add a photo."),
    ],
)
def test_what_is_missing_is_said_beside_its_field_and_nothing_typed_is_lost(shop, order, typed, sentence):
    answer = shop.post(place(order), **{**FLYER, **typed})
    page = answer.content.decode()
    assert (answer.status_code, untied(page), sentence in page) == (422, [], True)
    assert ('value="advertising" required checked' in page) == ("kind" not in typed)
    assert ("A flyer of another shop." in page) == ("text" not in typed)
    assert not BoxReport.objects.exists()


def test_a_photo_stays_when_the_form_comes_back(shop, order):
    page = shop.post(place(order), **{**FLYER, "kind": ""}, files=photo()).content.decode()
    assert 'name="kept"' in page


def test_before_anything_is_shipped_there_is_no_form(shop):
    assert "Nothing has been shipped yet" in words(shop.get(place(shop.order)))
    assert shop.post(place(shop.order), **FLYER).status_code == 422
    assert not BoxReport.objects.exists()


def test_the_photos_are_shown_where_the_decision_is_read(shop, order):
    made = seen(order, pictures=2)
    decide_box(factories.operator(order.marketplace), made.public_id, upheld=True, reason="No pens.", now=clock.now())
    page = shop.get(place(order)).content.decode()
    address = shop.path(f"{place(order)}{made.public_id}/photos/")
    assert all(f'href="{address}{n}/"><bdi>pen-{n}.png</bdi>' in page for n in (1, 2))
    assert f'<img src="{address}1/?small"' in page


def test_the_buyer_has_a_photo_and_its_small_picture(shop, order):
    address = f"{place(order)}{seen(order).public_id}/photos/"
    saved, small = shop.get(f"{address}1/"), shop.get(f"{address}1/?small")
    assert (saved.getvalue(), saved["Content-Disposition"]) == (b"a pen", 'attachment; filename="pen-1.png"')
    assert (small.getvalue(), small["Content-Type"]) == (b"small", "image/jpeg")
    assert [shop.get(f"{address}{number}/").status_code for number in (0, 2)] == [404, 404]


def test_a_photo_is_found_under_its_own_order_alone(shop, order):
    other = factories.order(shop.buyer, shop.seller, shop.listing, status="shipped")
    theirs = factories.order(factories.buyer(shop.market), shop.seller, shop.listing, status="shipped")
    mine, stranger = seen(order), seen(theirs)
    wrong = [(other, mine.public_id), (theirs, stranger.public_id), (order, stranger.public_id), (order, "box_\0")]
    assert [shop.get(f"{place(under)}{box}/photos/1/").status_code for under, box in wrong] == [404] * 4


@pytest.mark.parametrize("reports", [1, 3])
def test_the_page_takes_the_same_queries_however_many_reports_and_photos(
    shop, order, reports, django_assert_num_queries
):
    for kind in BoxReport.Kind.values[:reports]:
        seen(order, kind=kind, pictures=reports)
    shop.get(place(order))
    with django_assert_num_queries(7):
        shop.get(place(order))
