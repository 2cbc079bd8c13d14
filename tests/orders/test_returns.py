"""A return from the request to the money: each step along its table, and nothing stored by what is refused."""

from datetime import timedelta

import pytest

from comity.common.errors import NotFound
from comity.common.models import OutboxEvent, RecordEntry
from comity.common.record import verify
from comity.files.models import Blob
from comity.files.services.blobs import remove_unwanted
from comity.ledger.models import Payable
from comity.messaging.selectors.conversations import record_heads
from comity.orders.models import (
    RETURN_TRANSITIONS,
    Return,
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
from comity.orders.services.adjusting import Change, adjust, full_adjustment
from comity.orders.services.confirming import Confirmation, confirm
from comity.orders.services.results import only
from comity.orders.services.returning.answers import authorise, decline, refund_without_goods
from comity.orders.services.returning.arrivals import Graded, grade, receive
from comity.orders.services.returning.clock import record_missed
from comity.orders.services.returning.refunds import refund, refuse
from comity.orders.services.returning.requests import Wanted, close, mark_sent, request_return
from tests.factories import NOW, marketplace, seller, shipment, staff
from tests.orders.returns import (
    BUYER,
    HOME,
    LATER,
    SELLER,
    STEPS,
    again,
    arrived,
    back,
    given_back,
    graded,
    label,
    picture,
    refused,
    told,
    wanted,
)

pytestmark = pytest.mark.django_db
State = Return.State


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
    made = wanted(one, reason="defective", comment="It hums.", photos=[picture()])
    (line,), (photo,) = made.lines.all(), made.photos.all()
    assert (line.quantity, line.reason, line.comment, line.opened) == (1, "defective", "It hums.", False)
    assert (photo.side, photo.name, made.postage) == ("buyer", "lamp.png", "seller")
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


def test_of_an_order_that_was_paid_back_whole_nothing_comes_back():
    one = arrived()
    change = Change(one.public_id, "GeneralAdjustment", full_adjustment(one), "a-1")
    only(adjust(one.seller, [change], source="page", actor=SELLER, now=NOW))
    assert refused(wanted, one) == ("paid_back", "lines")
    assert not Return.objects.exists()


def test_money_that_is_held_for_a_claim_is_not_paid_back():
    one = arrived()
    Payable.objects.update(reserved_minor=1_000)
    assert wanted(one).state == "requested"


def test_too_many_photos_are_refused():
    assert refused(wanted, arrived(), photos=[picture()] * 6) == ("photos", "files")


def test_what_is_no_picture_is_no_photo():
    one = arrived()
    assert refused(wanted, one, photos=[picture(), label()]) == ("photos", "files")
    assert not Return.objects.exists()


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


@pytest.mark.parametrize("state", State.values)
def test_every_step_is_taken_along_the_table_and_no_other(state):
    made = wanted(arrived(days=40))
    Return.objects.filter(pk=made.pk).update(state=state)
    # What follows goods that were looked at has services of its own, below, and what nobody looks at has the clock.
    possible = set() if state == State.GRADED else RETURN_TRANSITIONS[state]
    possible = possible - {State.REFUNDED} if state == State.RECEIVED else possible
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
    made = wanted(arrived(), photos=[picture()])
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
