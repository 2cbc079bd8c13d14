"""A return from the request to the money: each step along its table, and nothing stored by what is refused."""

from datetime import timedelta

import pytest

from comity.common.errors import NotFound, Refused
from comity.common.ids import new_id
from comity.common.models import OutboxEvent, RecordEntry
from comity.common.record import verify
from comity.files.models import Blob
from comity.files.services.blobs import remove_unwanted
from comity.ledger.models import Payable
from comity.messaging.selectors.conversations import record_heads
from comity.orders.models import (
    RETURN_TRANSITIONS,
    Adjustment,
    CarrierEvent,
    OrderLine,
    Return,
    ReturnDeadline,
    ReturnLine,
    ReturnPhoto,
)
from comity.orders.selectors.returns import (
    UNDER_WAY,
    WAITING,
    get_return_of_buyer,
    get_return_of_marketplace,
    get_return_of_seller,
    returnable,
    returns_of_seller,
)
from comity.orders.services.adjusting import Change, Part, adjust
from comity.orders.services.confirming import Confirmation, confirm
from comity.orders.services.results import only
from comity.orders.services.returning.answers import authorise, decline, refund_without_goods
from comity.orders.services.returning.arrivals import Graded, grade, receive
from comity.orders.services.returning.clock import record_missed
from comity.orders.services.returning.refunds import refund, refuse
from comity.orders.services.returning.requests import Wanted, close, mark_sent, request_return
from comity.orders.services.returning.scans import follow_scans
from comity.orders.services.scanning import Scan, take_scans
from tests.factories import NOW, marketplace, seller, shipment, staff
from tests.orders.returns import (
    BUYER,
    HOME,
    LATER,
    SELLER,
    accepted,
    again,
    arrived,
    back,
    given_back,
    graded,
    label,
    wanted,
)

pytestmark = pytest.mark.django_db
State = Return.State


def told(one):
    return [event.name for event in OutboxEvent.objects.filter(stream=one.public_id).order_by("sequence")]


def counts():
    models = (Return, ReturnLine, ReturnPhoto, ReturnDeadline, Adjustment, OutboxEvent, RecordEntry)
    return [model.objects.count() for model in models]


def refused(call, *arguments, **named):
    """The code and field of the refusal, which stored nothing."""
    before = counts()
    with pytest.raises(Refused) as error:
        call(*arguments, **named)
    assert counts() == before
    return error.value.code, error.value.field


@pytest.mark.requirement("S28")
@pytest.mark.requirement("S49")
@pytest.mark.requirement("S78")
def test_a_new_item_comes_back_and_all_of_its_price_is_refunded():
    one = arrived(quantity=2, unit=1_250)
    made = wanted(one, 2)
    authorise(made, side="seller", address=HOME, actor=SELLER, now=LATER)
    mark_sent(made, carrier="Parcel Post", tracking="JVGL1", actor=BUYER, now=LATER)
    receive(made, side="seller", actor=SELLER, now=LATER)
    grade(made, [Graded("1", "new")], side="seller", actor=SELLER, now=LATER)
    refund(made, side="seller", actor=SELLER, now=LATER)
    made = again(made)
    assert (made.state, made.carrier, made.tracking_number) == ("refunded", "Parcel Post", "JVGL1")
    assert (made.adjustment.amount_minor, made.adjustment.reason, given_back(one)) == (2_500, "CustomerReturn", 2_500)
    assert told(one) == [
        "return.requested",
        "return.authorised",
        "return.in_transit",
        "return.received",
        "return.graded",
        "adjustment.made",
        "return.refunded",
    ]
    assert list(verify(record_heads(), whole=True)) == []


@pytest.mark.requirement("S48")
def test_what_tells_of_a_refund_names_items_amount_and_date():
    one = arrived()
    made = graded(one)
    refund(made, side="seller", actor=SELLER, now=LATER)
    event = OutboxEvent.objects.get(name="return.refunded")
    found = Return.objects.get(public_id=event.data["return"])
    (line,) = found.lines.all()
    known = (line.line.title, line.quantity, found.adjustment.refunded_minor, found.adjustment.made_at)
    assert known == (one.lines.get().title, 1, 1_000, LATER)
    assert event.data["adjustment"] == found.adjustment.public_id


def test_a_request_has_its_lines_photos_and_48_hours():
    one = arrived()
    made = wanted(one, reason="defective", comment="It hums.", photos=[label()])
    (line,), (photo,) = made.lines.all(), made.photos.all()
    assert (line.quantity, line.reason, line.comment, line.opened) == (1, "defective", "It hums.", False)
    assert (photo.side, photo.name, made.postage) == ("buyer", "label.pdf", "seller")
    assert made.deadlines.get().due_at == NOW + timedelta(hours=48)
    assert RecordEntry.objects.get(chain=one.public_id).body.text == "It hums."


@pytest.mark.parametrize(
    ("lines", "code", "field"),
    [
        ([], "nothing", "lines"),
        ([Wanted("1", 0, "defective")], "quantity", "quantity-1"),
        ([Wanted("1", -1, "defective")], "quantity", "quantity-1"),
        ([Wanted("1", 3, "defective")], "quantity", "quantity-1"),
        ([Wanted("1", 10**9, "defective")], "quantity", "quantity-1"),
        ([Wanted("2", 1, "defective")], "unknown_line", "lines"),
        ([Wanted("1", 1, "defective"), Wanted("1", 1, "defective")], "twice", "lines"),
        ([Wanted("1", 1, "because")], "reason", "reason-1"),
        ([Wanted("1", 1, "other")], "empty", "comment-1"),
        ([Wanted("1", 1, "defective", "\x00")], "unsendable", "comment-1"),
        ([Wanted("1", 1, "defective", "Mail me at ann@example.com")], "findings", "comment-1"),
    ],
)
def test_a_request_that_cannot_be_is_refused(lines, code, field):
    one = arrived(quantity=2)
    assert refused(request_return, one, lines, actor=BUYER, now=NOW) == (code, field)


def test_too_many_photos_are_refused():
    assert refused(wanted, arrived(), photos=[label()] * 6) == ("photos", "files")


def test_pieces_on_their_way_back_are_not_asked_for_again():
    one = arrived(quantity=3)
    wanted(one, 2)
    assert refused(wanted, one, 2) == ("quantity", "quantity-1")
    wanted(one, 1)
    assert returnable(one)[0].left == 0


def test_pieces_of_a_closed_request_may_be_asked_for_again():
    one = arrived()
    made = wanted(one)
    close(made, actor=BUYER, now=LATER)
    assert again(made).closed_at == LATER
    assert returnable(one)[0].left == 1


def test_what_has_not_left_cannot_come_back():
    assert refused(wanted, arrived(status="unshipped", days=None)) == ("quantity", "quantity-1")


def test_only_what_is_in_a_parcel_can_come_back():
    one = arrived(quantity=2, days=None)
    parcel = shipment(one)
    parcel.lines.update(quantity=1)
    assert refused(wanted, one, 2) == ("quantity", "quantity-1")
    parcel.returned_at = NOW
    parcel.save()
    assert refused(wanted, one, 1) == ("quantity", "quantity-1")


STEPS = {
    State.AUTHORISED: lambda one: authorise(one, side="seller", address=HOME, actor=SELLER, now=LATER),
    State.DECLINED: lambda one: decline(one, side="seller", reason="It is late.", actor=SELLER, now=LATER),
    State.IN_TRANSIT: lambda one: mark_sent(one, carrier="Post", tracking="", actor=BUYER, now=LATER),
    State.RECEIVED: lambda one: receive(one, side="seller", actor=SELLER, now=LATER),
    State.GRADED: lambda one: grade(one, [Graded("1", "new")], side="seller", actor=SELLER, now=LATER),
    State.REFUNDED: lambda one: refund_without_goods(one, side="seller", actor=SELLER, now=LATER),
    State.CLOSED: lambda one: close(one, actor=BUYER, now=LATER),
}


@pytest.mark.parametrize("state", State.values)
def test_every_step_is_taken_along_the_table_and_no_other(state):
    made = wanted(arrived(days=40))
    Return.objects.filter(pk=made.pk).update(state=state)
    # What follows goods that were looked at has services of its own, below.
    possible = set() if state == State.GRADED else RETURN_TRANSITIONS[state]
    for to in STEPS.keys() - possible:
        assert refused(STEPS[to], made) == ("state", "")
    for to in sorted(possible):
        Return.objects.filter(pk=made.pk).update(state=state)
        STEPS[to](made)
        assert again(made).state == to


@pytest.mark.parametrize("step", [refund, refuse])
def test_money_is_settled_after_looking_at_the_goods(step):
    made = back(arrived(days=40))
    words = {"reason": "It is worn."} if step is refuse else {}
    assert refused(step, made, side="seller", actor=SELLER, now=LATER, **words) == ("state", "")


@pytest.mark.requirement("S78")
@pytest.mark.requirement("C12")
def test_a_new_unopened_item_in_time_cannot_be_declined():
    made = wanted(arrived(days=30))
    assert refused(decline, made, side="seller", reason="No.", actor=SELLER, now=NOW) == ("must_accept", "answer")


def test_a_late_request_is_declined_with_a_reason():
    made = wanted(arrived(days=31))
    decline(made, side="seller", reason="Delivered 31 days ago.", actor=SELLER, now=LATER)
    made = again(made)
    assert (made.state, made.answer, made.answered_at) == ("declined", "Delivered 31 days ago.", LATER)
    assert not made.deadlines.filter(ended_at=None).exists()


@pytest.mark.parametrize("reason", ["", "  ", "Write to ann@example.com"])
def test_a_refusal_needs_words_that_may_be_sent(reason):
    made = wanted(arrived(days=31))
    code, field = refused(decline, made, side="seller", reason=reason, actor=SELLER, now=NOW)
    assert (code in ("empty", "findings"), field) == (True, "answer")


def test_an_acceptance_says_where_to():
    made = wanted(arrived())
    assert refused(authorise, made, side="seller", actor=SELLER, now=NOW) == ("address", "address")


def test_at_the_sellers_fault_a_label_pays_for_the_way_back():
    made = wanted(arrived(), reason="defective")
    assert refused(authorise, made, side="seller", address=HOME, actor=SELLER, now=NOW) == ("label", "files")
    authorise(made, side="seller", label=label(), actor=SELLER, now=LATER)
    assert again(made).label.content_type == "application/pdf"


def test_goods_may_be_refunded_without_coming_back():
    one = arrived()
    refund_without_goods(wanted(one), side="seller", actor=SELLER, now=LATER)
    made = Return.objects.get()
    assert (made.state, made.returnless, given_back(one)) == ("refunded", True, 1_000)


@pytest.mark.requirement("S36")
def test_the_marketplace_answers_for_what_it_sends():
    made = wanted(arrived(fulfilment="marketplace"))
    assert refused(STEPS[State.AUTHORISED], made) == ("marketplace_fulfils", "")
    assert refused(STEPS[State.REFUNDED], made) == ("marketplace_fulfils", "")
    assert not made.deadlines.exists()
    authorise(made, side="marketplace", address=HOME, actor="usr_operator", now=LATER)
    assert again(made).state == "authorised"


@pytest.mark.requirement("S36")
def test_the_marketplace_pays_back_what_it_sends():
    one = arrived(fulfilment="marketplace")
    refund(graded(one), side="marketplace", actor="usr_operator", now=LATER)
    assert given_back(one) == 1_000


def test_the_marketplace_does_not_answer_for_the_seller():
    made = wanted(arrived())
    assert refused(decline, made, side="marketplace", reason="No.", actor="", now=NOW) == ("seller_fulfils", "")


@pytest.mark.parametrize(
    ("graded_as", "code", "field"),
    [
        (Graded("1", "shiny"), "grade", "grade-1"),
        (Graded("1", "used"), "grade_reason", "grade_reason-1"),
        (Graded("1", "new", "worn"), "grade_reason", "grade_reason-1"),
        (Graded("1", "used", "other"), "empty", "comment-1"),
        (Graded("1", "used", "worn", "Very", 51), "percent", "percent-1"),
        (Graded("1", "used", "worn", "Very", -1), "percent", "percent-1"),
        (Graded("1", "used", "worn", "", 20), "percent", "comment-1"),
        (Graded("1", "new", "", "It is mine", 20), "percent", "percent-1"),
        (Graded("2", "new"), "lines", "lines"),
    ],
)
def test_a_grade_that_cannot_be_is_refused(graded_as, code, field):
    made = back(arrived())
    assert refused(grade, made, [graded_as], side="seller", actor=SELLER, now=LATER) == (code, field)
    assert made.lines.get().grade == ""


@pytest.mark.parametrize(
    ("case", "condition", "amount"),
    [
        ({}, {"as_": "new"}, 1_000),
        ({}, {"as_": "used", "why": "worn"}, 500),
        ({}, {"as_": "used", "why": "worn", "percent": 15, "comment": "A little"}, 850),
        ({"days": 31}, {"as_": "new"}, 800),
        ({"kind": "media"}, {"as_": "opened", "why": "seal_broken", "opened": True}, 500),
        ({}, {"as_": "damaged", "why": "broken", "reason": "damaged"}, 1_000),
        ({"unit": 999}, {"as_": "used", "why": "worn"}, 500),
        ({"postage": 490}, {"as_": "new"}, 1_490),
        ({"postage": 490, "days": 15}, {"as_": "new"}, 1_000),
        ({"postage": 490, "days": 15}, {"as_": "new", "reason": "defective"}, 1_490),
        ({"quantity": 3, "postage": 500}, {"as_": "new"}, 1_166),
        ({"total_minor": 700}, {"as_": "new"}, 700),
    ],
)
def test_a_refund_is_what_was_paid_less_the_deduction(case, condition, amount):
    one = arrived(**case)
    made = graded(one, **condition)
    assert refund(made, side="seller", actor=SELLER, now=LATER).amount_minor == amount
    assert given_back(one) == amount


def test_the_buyers_way_back_is_taken_off_where_the_sellers_label_paid_for_it():
    one = arrived()
    refund(graded(one), side="seller", postage_minor=390, actor=SELLER, now=LATER)
    assert given_back(one) == 610
    assert {part.component: part.amount_minor for part in Return.objects.get().adjustment.parts.all()} == {
        "Principal": 1_000,
        "ReturnShipping": -390,
    }


@pytest.mark.parametrize(("postage", "code"), [(-1, "postage"), (1_000, "nothing_left"), (10**9, "nothing_left")])
def test_a_way_back_that_cannot_be_is_refused(postage, code):
    made = graded(arrived())
    assert refused(refund, made, side="seller", postage_minor=postage, actor=SELLER, now=LATER)[0] == code
    assert again(made).state == "graded"


def test_the_sellers_fault_costs_the_buyer_no_way_back():
    made = graded(arrived(), reason="defective")
    assert refused(refund, made, side="seller", postage_minor=1, actor=SELLER, now=LATER) == ("postage", "postage")


def test_goods_that_must_be_refunded_are_not_refused():
    made = graded(arrived(), as_="used", why="worn")
    assert refused(refuse, made, side="seller", reason="Used.", actor=SELLER, now=LATER) == ("must_refund", "answer")


@pytest.mark.parametrize(("days", "condition"), [(31, {"as_": "used", "why": "worn"}), (3, {"as_": "not_the_item"})])
def test_late_goods_and_other_goods_are_refused_with_a_reason(days, condition):
    one = arrived(days=days)
    made = graded(one, **{"why": "other_item", **condition})
    refuse(made, side="seller", reason="This is not what we sent.", actor=SELLER, now=LATER)
    assert (again(made).state, given_back(one), returnable(one)[0].left) == ("declined", 0, 0)


def test_never_more_is_refunded_than_was_not_given_back_before():
    one = arrived(quantity=2)
    refund_without_goods(wanted(one), side="seller", actor=SELLER, now=LATER)
    refund(graded(one), side="seller", actor=SELLER, now=LATER)
    assert given_back(one) == 2_000


def gave(one, amount, *, line=""):
    """Something was given back for the order beside its returns."""
    part = Part(line, "Principal" if line else "Goodwill", amount)
    change = Change(one.public_id, "GeneralAdjustment", (part,), f"g{amount}")
    only(adjust(one.seller, [change], source="page", actor=SELLER, now=NOW))


@pytest.mark.requirement("S49")
@pytest.mark.parametrize(
    ("case", "goodwill", "condition", "amount"),
    [
        ({}, 400, {"as_": "new"}, 600),
        ({}, 999, {"as_": "new"}, 1),
        ({}, 400, {"as_": "used", "why": "worn"}, 500),
        ({}, 800, {"as_": "used", "why": "worn"}, 200),
        ({"postage": 500}, 600, {"as_": "new"}, 900),
        ({"quantity": 2}, 400, {"as_": "new"}, 1_000),
        ({"total_minor": 700}, 300, {"as_": "new"}, 400),
    ],
)
def test_what_is_left_of_the_order_is_refunded_where_it_is_less(case, goodwill, condition, amount):
    one = arrived(**case)
    gave(one, goodwill)
    made = graded(one, **condition)
    assert refund(made, side="seller", actor=SELLER, now=LATER).amount_minor == amount
    assert (again(made).state, given_back(one)) == ("refunded", goodwill + amount)


def test_what_is_left_is_shared_by_line():
    one = arrived(postage=800)
    second = OrderLine.objects.create(
        order=one, listing=None, external_id="2", title="b", sku="B", quantity=1, unit_minor=500
    )
    gave(one, 901)
    asked = [Wanted("1", 1, "damaged"), Wanted(second.external_id, 1, "damaged")]
    made = request_return(one, asked, actor=BUYER, now=NOW)
    refund_without_goods(made, side="seller", actor=SELLER, now=LATER)
    parts = again(made).adjustment.parts.order_by("pk")
    assert [(part.component, part.amount_minor) for part in parts] == [
        ("Principal", 499),
        ("Principal", 250),
        ("Shipping", 150),
    ]
    assert given_back(one) == 1_800


@pytest.mark.parametrize("line", ["", "1"])
def test_a_return_of_what_was_refunded_before_ends_with_a_reason_that_the_buyer_reads(line):
    one = arrived()
    made = graded(one)
    gave(one, 1_000, line=line)
    assert refused(refund, made, side="seller", actor=SELLER, now=LATER) == ("nothing_left", "")
    refuse(made, side="seller", reason="It was refunded before.", actor=SELLER, now=LATER)
    assert (again(made).state, again(made).answer, given_back(one)) == ("declined", "It was refunded before.", 1_000)


def test_a_return_with_something_left_to_refund_is_not_refused():
    one = arrived()
    gave(one, 999)
    made = graded(one)
    assert refused(refuse, made, side="seller", reason="No.", actor=SELLER, now=LATER) == ("must_refund", "answer")


def test_a_missed_answer_is_put_on_record_once():
    one = arrived()
    made = wanted(one)
    due = NOW + timedelta(hours=48)
    assert [record_missed(due), record_missed(due + timedelta(seconds=1)), record_missed(due + timedelta(1))] == [
        0,
        1,
        0,
    ]
    refund_without_goods(made, side="seller", actor=SELLER, now=due + timedelta(days=2))
    assert told(one).count("return.answer_missed") == 1
    assert made.deadlines.get().missed_at == due + timedelta(seconds=1)


def test_a_late_answer_is_a_missed_one_before_the_clock_is_read():
    one = arrived()
    made = wanted(one)
    STEPS[State.CLOSED](made)
    assert made.deadlines.get().missed_at is None
    second = wanted(one)
    authorise(second, side="seller", address=HOME, actor=SELLER, now=NOW + timedelta(hours=49))
    assert second.deadlines.get().missed_at == NOW + timedelta(hours=49)
    assert record_missed(NOW + timedelta(days=9)) == 0


def scan(one, number="JVGL1", *, hours=2):
    about = {"public_id": new_id("cev", NOW), "source": "push", "carrier": "Post", "kind": "accepted"}
    at = NOW + timedelta(hours=hours)
    CarrierEvent.objects.create(
        marketplace=one.marketplace, tracking_number=number, occurred_at=at, received_at=at, **about
    )


def test_the_first_scan_of_the_label_says_that_it_was_sent_once():
    one = arrived()
    made = wanted(one)
    authorise(made, side="seller", label=label(), tracking=" JVGL1 ", actor=SELLER, now=LATER)
    assert follow_scans(NOW) == 0
    scan(one)
    assert [follow_scans(NOW), follow_scans(NOW)] == [1, 0]
    assert (again(made).state, told(one)[-1]) == ("in_transit", "return.in_transit")


@pytest.mark.parametrize(
    "other", [{"number": "JVGL2"}, {"hours": 0}, {"one": True}], ids=["number", "before it was accepted", "marketplace"]
)
def test_another_scan_says_nothing_of_it(other):
    one = arrived()
    made = wanted(one)
    authorise(made, side="seller", address=HOME, tracking="JVGL1", actor=SELLER, now=LATER)
    scan(**{"one": one, **other, **({"one": arrived()} if "one" in other else {})})
    assert (follow_scans(NOW), again(made).state) == (0, "authorised")


def test_a_number_typed_with_blanks_and_small_letters_is_found_by_its_scan():
    one = arrived()
    made = wanted(one)
    named = {"carrier": "ups", "tracking": "1z 999 aa1 0123 4567 84"}
    authorise(made, side="seller", address=HOME, actor=SELLER, now=NOW, **named)
    made = again(made)
    assert (made.carrier, made.tracking_number) == ("UPS", "1Z999AA10123456784")
    found = Scan("UPS", "1Z 999 AA1 0123 4567 84", "accepted", LATER, "Hamburg")
    only(take_scans(one.marketplace, [found], source="push", now=LATER))
    assert (follow_scans(LATER), again(made).state) == (1, "in_transit")


def test_a_buyers_number_is_stored_as_carriers_write_it():
    made = accepted(arrived())
    mark_sent(made, carrier="ups", tracking=" 1z 999 ", actor=BUYER, now=LATER)
    assert (again(made).carrier, again(made).tracking_number) == ("UPS", "1Z999")


@pytest.mark.parametrize(("carrier", "moved"), [("", 1), ("Post", 1), ("POST", 1), ("UPS", 0)])
def test_a_scan_by_another_carrier_says_nothing_of_it(carrier, moved):
    one = arrived()
    made = wanted(one)
    named = {"carrier": carrier, "tracking": "JVGL1"}
    authorise(made, side="seller", address=HOME, actor=SELLER, now=LATER, **named)
    scan(one)
    assert (follow_scans(NOW), again(made).state) == (moved, "in_transit" if moved else "authorised")


@pytest.mark.parametrize("count", [1, 3])
def test_scans_cost_the_same_for_any_number(django_assert_num_queries, count):
    shop = seller(marketplace())
    for _ in range(count):
        one = arrived(shop=shop)
        authorise(wanted(one), side="seller", address=HOME, tracking="JVGL1", actor=SELLER, now=LATER)
    scan(one)
    with django_assert_num_queries(10):
        assert follow_scans(NOW) == count


def test_a_number_that_cannot_be_is_refused():
    made = wanted(arrived())
    step = {"side": "seller", "address": HOME, "actor": SELLER, "now": NOW}
    assert refused(authorise, made, tracking="J" * 61, **step) == ("too_long", "tracking_number")


@pytest.mark.parametrize("count", [1, 3])
def test_missed_answers_cost_the_same_for_any_number(django_assert_num_queries, count):
    shop = seller(marketplace())
    for _ in range(count):
        wanted(arrived(shop=shop))
    with django_assert_num_queries(10):
        assert record_missed(NOW + timedelta(days=3)) == count


def test_a_strangers_return_looks_like_a_missing_one():
    one = arrived()
    made = wanted(one)
    assert get_return_of_buyer(one.buyer, made.public_id) == made
    assert get_return_of_seller(staff(one.seller), made.public_id) == made
    assert get_return_of_marketplace(one.marketplace, made.public_id) == made
    stranger = arrived()
    for door, who in [
        (get_return_of_buyer, stranger.buyer),
        (get_return_of_seller, staff(stranger.seller)),
        (get_return_of_marketplace, stranger.marketplace),
    ]:
        with pytest.raises(NotFound):
            door(who, made.public_id)
    with pytest.raises(NotFound):
        get_return_of_buyer(one.buyer, "ret_\x00")


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_of_returns_costs_the_same_for_any_number(django_assert_num_queries, count):
    shop = seller(marketplace())
    made = [wanted(arrived(shop=shop), now=NOW - timedelta(hours=n)) for n in range(count)]
    with django_assert_num_queries(4):
        page = returns_of_seller(shop, states=WAITING)
        shown = [(one, one.due_at, [line.line.title for line in one.lines.all()]) for one in page]
    assert [one for one, *_ in shown] == made[::-1]
    assert not list(returns_of_seller(shop, states=UNDER_WAY))


def test_photos_and_labels_are_kept_for_good():
    made = wanted(arrived(), photos=[label()])
    before = Blob.objects.count()
    assert (remove_unwanted(before=NOW + timedelta(days=9)), Blob.objects.count()) == (0, before)
    assert made.photos.get().blob_id


def test_what_comes_back_had_left_and_is_refunded_while_the_rest_is_yet_to_be_sent():
    one = arrived(quantity=4, status="unshipped", days=None)
    confirmed = Confirmation(one.number, (("1", 2),), "Parcel Post", "", "JVGL06112233445", NOW, "c1")
    only(confirm(one.seller, [confirmed], source="page", actor=SELLER, now=NOW))
    refund_without_goods(wanted(one, 1), side="seller", actor=SELLER, now=LATER)
    payable = Payable.objects.get(subject=one.public_id)
    assert (payable.captured_minor, payable.refunded_minor, payable.open_minor) == (2_000, 1_000, 2_000)
