"""What should not be in the box: reported once a kind, of what has left; decided once, on record with the order."""

import pytest
from django.db import IntegrityError, transaction

from comity.common.errors import NotFound, Refused
from comity.common.models import OutboxEvent
from comity.files.services import blobs
from comity.files.services.uploads import Upload
from comity.orders.models import BoxPhoto, BoxReport
from comity.orders.selectors.boxes import boxes_of, photos_of
from comity.orders.services.boxes import AlreadyDecided, decide_box, report_box
from tests.factories import NOW, operator, order, shipment, staff

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("S54", "S75", "S76")]


def photo(content=b"a flyer"):
    return Upload(blobs.store(content, content_type="image/png", now=NOW), "flyer.png")


def sent(**fields):
    return order(**{"status": "shipped", **fields})


def reported(one=None, *, kind="advertising", text="A flyer of another shop.", photos=()):
    return report_box(one or sent(), kind=kind, text=text, photos=photos, actor="usr_buyer", now=NOW)


def decide(box, *, by=None, upheld=True, reason="It is advertising."):
    by = by or operator(box.order.marketplace, "moderator")
    return decide_box(by, box.public_id, upheld=upheld, reason=reason, now=NOW)


def events(name):
    return [event.data for event in OutboxEvent.objects.filter(name=name).order_by("id")]


def test_a_report_is_kept_with_its_photos_and_told():
    made = reported(photos=[photo(), photo(b"another")])
    assert (made.kind, made.text, made.decided_at) == ("advertising", "A flyer of another shop.", None)
    assert [one.name for one in photos_of(made)] == ["flyer.png", "flyer.png"]
    assert events("box.reported") == [{"order": made.order.public_id, "box": made.public_id, "kind": "advertising"}]


def test_it_stands_on_the_orders_record_with_its_words():
    one = sent()
    before = one.record_count
    reported(one)
    one.refresh_from_db()
    assert one.record_count == before + 1


def test_a_photo_alone_is_enough():
    assert reported(text=" ", photos=[photo()]).text == ""


@pytest.mark.parametrize("kind", BoxReport.Kind.values)
def test_each_kind_once_an_order(kind):
    one = sent()
    reported(one, kind=kind)
    with pytest.raises(Refused, match="You have reported this already") as refused:
        reported(one, kind=kind)
    assert (refused.value.code, BoxReport.objects.count(), len(events("box.reported"))) == ("again", 1, 1)
    for other in set(BoxReport.Kind.values) - {kind}:
        reported(one, kind=other)
    assert len(boxes_of(one)) == 3


def test_the_database_holds_one_a_kind():
    made = reported()
    with pytest.raises(IntegrityError), transaction.atomic():
        BoxReport.objects.create(order=made.order, public_id="box_2", kind=made.kind, reported_at=NOW)


@pytest.mark.parametrize("status", ["pending", "unshipped", "cancelled", "unfulfillable"])
def test_there_is_no_box_of_what_has_not_been_shipped(status):
    with pytest.raises(Refused) as refused:
        reported(order(status=status))
    assert (refused.value.code, BoxReport.objects.exists(), events("box.reported")) == ("not_shipped", False, [])


@pytest.mark.parametrize("status", ["partially_shipped", "delivered"])
def test_what_has_left_in_part_or_arrived_counts(status):
    assert reported(order(status=status)).pk


def test_what_was_given_up_after_a_part_had_left_counts():
    one = order()
    shipment(one)
    one.status = "unfulfillable"
    one.save()
    assert reported(one).pk


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"kind": "bomb"}, "kind"),
        ({"text": ""}, "empty"),
        ({"text": " \u200b"}, "empty"),
        ({"text": "x" * 1001}, "too_long"),
        ({"text": "a\0b"}, "unsendable"),
    ],
)
def test_what_cannot_be_reported_is_refused(fields, code):
    with pytest.raises(Refused) as refused:
        reported(**fields)
    assert (refused.value.code, BoxReport.objects.exists(), events("box.reported")) == (code, False, [])


def test_only_so_many_photos():
    with pytest.raises(Refused) as refused:
        reported(photos=[photo(str(number).encode()) for number in range(6)])
    assert (refused.value.code, BoxPhoto.objects.exists()) == ("photos", False)


@pytest.mark.parametrize("upheld", [True, False])
def test_the_marketplace_decides_and_it_is_told(upheld):
    made = reported()
    moderator = operator(made.order.marketplace, "moderator")
    decide(made, by=moderator, upheld=upheld)
    made.refresh_from_db()
    about = (made.upheld, made.decision, made.decided_by, made.decided_at)
    assert about == (upheld, "It is advertising.", moderator.user.public_id, NOW)
    assert events("box.decided") == [{"order": made.order.public_id, "box": made.public_id, "upheld": upheld}]


def test_the_first_decision_stands():
    made = reported()
    decide(made)
    with pytest.raises(AlreadyDecided):
        decide(made, upheld=False, reason="It is none.")
    made.refresh_from_db()
    assert (made.upheld, len(events("box.decided"))) == (True, 1)


@pytest.mark.parametrize(("fields", "code"), [({"upheld": None}, "upheld"), ({"reason": " "}, "empty")])
def test_a_decision_without_answer_or_reason_is_none(fields, code):
    made = reported()
    with pytest.raises(Refused) as refused:
        decide(made, **fields)
    made.refresh_from_db()
    assert (refused.value.code, made.decided_at, events("box.decided")) == (code, None, [])


def test_whose_order_it_is_does_not_decide():
    made = reported()
    market = made.order.marketplace
    seats = [
        operator(market, user=made.order.buyer.user),
        operator(market, user=staff(made.order.seller).user),
    ]
    for seat in seats:
        with pytest.raises(Refused, match="You take part in this order"):
            decide(made, by=seat)
    made.refresh_from_db()
    assert made.decided_at is None


def test_only_who_rules_on_that_marketplace_decides():
    made = reported()
    with pytest.raises(Refused, match="Your role does not decide"):
        decide(made, by=operator(made.order.marketplace, "service_agent"))
    with pytest.raises(NotFound):
        decide(made, by=operator())
    assert events("box.decided") == []
