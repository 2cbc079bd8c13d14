"""The operator's queue of what buyers found in boxes: opened with its photos, and decided once."""

import pytest

from comity.files.models import Blob
from comity.files.services import blobs
from comity.files.services.uploads import Upload
from comity.orders.models import BoxReport, Order
from comity.orders.services.boxes import decide_box, report_box
from tests import factories
from tests.web.buyer.shop import typed, words
from tests.web.desk.shop import signed_in, with_role

pytestmark = pytest.mark.requirement("S54", "S75", "S76")
BROKEN = {"upheld": "yes", "reason": "A flyer is advertising."}


@pytest.fixture
def operator(shop):
    return signed_in(shop.admin.user)


@pytest.fixture
def found(shop, settings, tmp_path):
    settings.FILES_FOLDER = tmp_path / "files"
    return told(shop)


def told(shop, text="A flyer of another shop."):
    order = factories.order(factories.buyer(shop.seller.marketplace), shop.seller, status="shipped")
    blob = blobs.store(b"a flyer", content_type="image/png", now=factories.NOW)
    Blob.objects.filter(pk=blob.pk).update(preview=blobs.store(b"small", content_type="image/jpeg", now=factories.NOW))
    photos = [Upload(blob, "flyer.png")]
    return report_box(order, kind="advertising", text=text, photos=photos, actor="", now=factories.NOW)


def test_the_queue_leads_to_each_and_the_reports_to_the_queue(shop, operator, found):
    shown = words(operator.get(shop.operate("boxes/")))
    assert all(part in shown for part in ("Advertising", shop.seller.name, found.order.number))
    assert shop.operate("boxes/") in operator.get(shop.operate("reports/")).content.decode()


def test_one_is_opened_with_words_and_photos(shop, operator, found):
    place = shop.operate(f"boxes/{found.public_id}/")
    assert "A flyer of another shop." in words(operator.get(place))
    saved = operator.get(f"{place}photos/1/")
    assert (saved.getvalue(), saved["Content-Disposition"]) == (b"a flyer", 'attachment; filename="flyer.png"')
    small = operator.get(f"{place}photos/1/?small")
    assert (small.getvalue(), small["Content-Type"]) == (b"small", "image/jpeg")
    assert [operator.get(f"{place}photos/{number}/").status_code for number in (0, 2)] == [404, 404]


def test_of_a_box_that_the_marketplace_packed_no_seller_is_told(shop, operator, found):
    place = shop.operate(f"boxes/{found.public_id}/")
    assert "Buyer and seller are told so" in words(operator.get(place))
    Order.objects.filter(pk=found.order_id).update(fulfilment="marketplace")
    shown = words(operator.get(place))
    assert ("Buyer and seller are told so" in shown, shown.count("The buyer is told so, with your reason.")) == (
        False,
        2,
    )


def test_a_decision_is_stored_and_leaves_the_queue(shop, operator, found):
    answer = operator.post(shop.operate(f"boxes/{found.public_id}/"), BROKEN)
    found.refresh_from_db()
    assert (found.upheld, found.decision) == (True, "A flyer is advertising.")
    assert answer["Location"] == shop.operate("boxes/?done=decided")
    assert "No report is open" in words(operator.get(shop.operate("boxes/")))
    assert "Broke the rules" in words(operator.get(shop.operate("boxes/?view=decided")))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [({"upheld": ""}, "Choose whether the box"), ({"reason": ""}, "Say why"), ({"upheld": "maybe"}, "Choose whether")],
)
def test_a_decision_that_lacks_something_comes_back(shop, operator, found, fields, sentence):
    sent = {**BROKEN, **fields}
    answer = operator.post(shop.operate(f"boxes/{found.public_id}/"), sent)
    assert (answer.status_code, BoxReport.objects.get().decided_at) == (422, None)
    assert sentence in words(answer)
    assert typed(answer) == sent["reason"]


def test_who_decides_second_reads_the_first_decision(shop, operator, found):
    judge = with_role(shop, "moderator")
    decide_box(judge, found.public_id, upheld=False, reason="An invoice.", now=factories.NOW)
    answer = operator.post(shop.operate(f"boxes/{found.public_id}/"), BROKEN)
    assert answer.status_code == 409
    assert all(part in words(answer) for part in ("Somebody decided first", "An invoice.", "A flyer is advertising."))


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_takes_the_same_queries_however_long(shop, operator, found, count, django_assert_num_queries):
    for number in range(count - 1):
        told(shop, f"Flyer {number}")
    operator.get(shop.operate("boxes/"))
    with django_assert_num_queries(6):
        operator.get(shop.operate("boxes/"))
