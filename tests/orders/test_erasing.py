"""Words that are erased from an order's record stand nowhere else either."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection

from comity.common.models import RecordBody, RecordEntry
from comity.common.record import erase, verify
from comity.messaging.selectors.conversations import record_heads
from comity.orders.models import COPIES, Order
from comity.orders.selectors.life import record_of
from comity.orders.services.addresses import change_address
from comity.orders.services.adjusting import Change, Part, adjust
from comity.orders.services.boxes import decide_box, report_box
from comity.orders.services.cancel_requests import answer_request, call_off
from comity.orders.services.delaying import tell_delay
from comity.orders.services.results import only
from comity.orders.services.returning.answers import decline
from comity.orders.services.returning.arrivals import Graded, grade
from comity.web.order_story import story
from tests.factories import NOW, operator, order, staff
from tests.orders.life import DAY, HOUR, running
from tests.orders.returns import LATER, arrived, back, wanted

pytestmark = pytest.mark.django_db
SAID = "My zebra finch died."
HOME = "Ada Buyer\nZebra finch road 17\n20457 Hamburg"


def columns(words):
    """Where these words stand in clear, table by table."""
    found = set()
    with connection.cursor() as cursor:
        for model in apps.get_models():
            texts = [f"CAST({connection.ops.quote_name(one.column)} AS TEXT)" for one in model._meta.concrete_fields]
            likes = ", ".join(f"SUM(CASE WHEN {text} LIKE %s THEN 1 ELSE 0 END)" for text in texts)
            cursor.execute(f"SELECT {likes} FROM {model._meta.db_table}", [f"%{words}%"] * len(texts))
            hits = zip(model._meta.concrete_fields, cursor.fetchone(), strict=True)
            found |= {f"{model.__name__}.{field.name}" for field, hit in hits if hit}
    return found


def forget(one):
    """Erase every word on the record of an order."""
    locked = Order.objects.get(pk=one.pk)
    for entry in RecordEntry.objects.filter(chain=one.public_id, body__isnull=False):
        erase(locked, entry, facts={"ground": "request"}, now=NOW)
    locked.save()


def before_it_leaves():
    one = running()
    seat = staff(one.seller)
    tell_delay(staff=seat, order=one, ship_on=(NOW + 5 * DAY).date(), reason=SAID, now=NOW)
    asked = call_off(order=one, buyer=one.buyer, reason=SAID, now=NOW)
    answer_request(staff=seat, order=one, request_id=asked.public_id, accept=False, answer=SAID, now=NOW + HOUR)
    return one


def after_it_came():
    one = arrived(quantity=3)
    adjusted(one)
    box = report_box(one, kind="advertising", text=SAID, actor="usr_1", now=NOW)
    decide_box(operator(one.marketplace, "moderator"), box.public_id, upheld=True, reason=SAID, now=NOW)
    made = back(one, comment=SAID)
    grade(made, [Graded("1", "new", "", SAID)], side="seller", actor="usr_2", now=LATER)
    return one


def adjusted(one):
    parts = (Part("1", "Principal", 100, None),)
    change = Change(one.number, "GeneralAdjustment", parts, "r-1", SAID)
    return only(adjust(one.seller, [change], source="x", actor="", now=NOW))


def declined():
    one = arrived(days=300)
    decline(wanted(one), side="seller", reason=SAID, actor="usr_2", now=LATER)
    return one


def test_the_words_of_every_kind_are_gone_with_their_entry():
    of_orders = [before_it_leaves(), after_it_came(), declined()]
    stood = {f"{model}.{column}" for model, column, _, _ in COPIES.values()}
    assert columns(SAID) == stood | {"RecordBody.text"}
    for one in of_orders:
        forget(one)
    assert columns(SAID) == set()
    assert list(verify(record_heads(), whole=True)) == []
    steps = story(of_orders[0], [], [], reader="buyer", now=NOW + timedelta(hours=2))
    assert [str(step.get("detail")).count("(erased)") for step in steps].count(1) == 3


def test_only_the_words_of_that_entry_go():
    one, other = before_it_leaves(), before_it_leaves()
    forget(one)
    assert (one.cancel_requests.get().reason, other.cancel_requests.get().reason) == ("(erased)", SAID)
    assert len(columns(SAID)) == 4


def test_an_adjustment_whose_note_was_erased_is_still_known_again():
    one = arrived()
    first = adjusted(one)
    forget(one)
    again = adjusted(one)
    assert (again.made, again.repeated, again.faults) == (first.made, True, ())


def test_an_address_that_was_replaced_is_as_secret_as_the_one_in_force():
    one = order(ship_to=HOME)
    change_address(order=one, buyer=one.buyer, address="12 Mill Lane\nDublin", now=NOW)
    assert columns("finch road") == set()
    assert [entry.text for entry in record_of(one)] == [HOME]
    assert list(verify(record_heads(), whole=True)) == []
    forget(one)
    assert [(entry.text, entry.erased) for entry in record_of(one)] == [("", True), ("", False)]


def test_a_record_whose_key_is_gone_is_read_without_those_words():
    one = order(ship_to=HOME)
    change_address(order=one, buyer=one.buyer, address="12 Mill Lane\nDublin", now=NOW)
    RecordBody.objects.update(text="gone:" + "A" * 40)
    assert [(entry.text, entry.erased) for entry in record_of(one)] == [("(cannot be read)", False)]
    assert "the key is gone" in next(verify(record_heads(), whole=True)).what
    assert story(one, [], [], reader="seller", now=NOW)
