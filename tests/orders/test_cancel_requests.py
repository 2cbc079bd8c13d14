"""A buyer calls an order off: free at first, then by asking, and the seller answers."""

from datetime import timedelta

import pytest

from comity.accounts.models import Staff
from comity.catalog.models import Listing
from comity.common.errors import NotFound, Refused
from comity.common.models import RecordBody
from comity.ledger.models import Payable
from comity.orders.models import CancelRequest, Order, ShipDeadline
from comity.orders.services.cancel_requests import answer_request, call_off, free_until
from comity.web.order_story import story
from tests import factories
from tests.factories import NOW
from tests.orders.life import HOUR, events, running

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
CANCELLED = ("order.cancelled", {"reason": "BuyerCanceled", "by": "buyer"})


def asked(**fields):
    made = running(**fields)
    return made, call_off(order=made, buyer=made.buyer, reason="I bought two by mistake.", now=NOW)


def answer(made, request, staff=None, **what):
    staff = staff or factories.staff(made.seller)
    return answer_request(staff=staff, order=made, request_id=request.public_id, now=NOW + HOUR, **what)


@pytest.mark.parametrize("status", ["unshipped", "pending"])
@pytest.mark.parametrize("minutes", [0, 30])
def test_for_half_an_hour_cancelling_is_free(status, minutes):
    made = running(placed_at=NOW - minutes * MINUTE, status=status)
    assert free_until(made, NOW) == made.placed_at + 30 * MINUTE
    assert call_off(order=made, buyer=made.buyer, now=NOW) is None
    assert (Order.objects.get().status, events(made)) == ("cancelled", [CANCELLED])
    assert (Payable.objects.get().released_minor, Listing.objects.get().quantity) == (2_450, 10)


@pytest.mark.parametrize("words", ["I bought two by mistake.", ""])
def test_why_it_was_cancelled_for_free_is_read_by_the_seller(words):
    made = running(placed_at=NOW)
    call_off(order=made, buyer=made.buyer, reason=words, now=NOW)
    made.refresh_from_db()
    steps = [step for reader in ("seller", "buyer") for step in story(made, [], [], reader=reader, now=NOW)]
    told = [(step["what"], step["detail"]) for step in steps if step.get("state") == "bad"]
    assert told == [("Cancelled for the buyer", words), ("You cancelled it", words)]
    assert list(RecordBody.objects.values_list("text", flat=True)) == [words] * bool(words)


def test_what_the_marketplace_ships_is_free_to_cancel_too():
    made = running(placed_at=NOW, fulfilment="marketplace")
    assert call_off(order=made, buyer=made.buyer, now=NOW) is None


def test_after_that_the_seller_is_asked():
    made, request = asked()
    assert free_until(made, NOW) is None
    assert (request.state, request.reason) == ("waiting", "I bought two by mistake.")
    assert events(made) == [("order.cancel_requested", {"request": request.public_id})]
    assert RecordBody.objects.get().text == "I bought two by mistake."
    assert (Order.objects.get().status, Payable.objects.get().released_minor) == ("unshipped", 0)


def test_the_seller_accepts():
    made, request = asked()
    answer(made, request, accept=True)
    assert CancelRequest.objects.values_list("state", "answer").get() == ("accepted", "")
    assert (Order.objects.get().status, events(made)[1:]) == ("cancelled", [CANCELLED])
    assert ShipDeadline.objects.get().end == "cancelled"


def test_the_seller_declines_and_says_why():
    made, request = asked()
    seat = factories.staff(made.seller)
    answer(made, request, seat, accept=False, answer="It is engraved already.")
    found = CancelRequest.objects.get()
    assert (found.state, found.answer, found.answered_by) == (
        "declined",
        "It is engraved already.",
        seat.user.public_id,
    )
    assert events(made)[1:] == [("order.cancel_declined", {"request": request.public_id})]
    assert (Order.objects.get().status, ShipDeadline.objects.get().ended_at) == ("unshipped", None)
    assert call_off(order=made, buyer=made.buyer, now=NOW + 2 * HOUR).state == "waiting"


def test_of_an_order_that_has_left_in_part_the_rest_is_called_off():
    made, request = asked(status="partially_shipped")
    answer(made, request, accept=True)
    assert events(made)[1:] == [("order.unfulfillable", {"reason": "BuyerCanceled", "by": "buyer"})]


def refused(action):
    before = list(Order.objects.values()), list(CancelRequest.objects.values()), list(Payable.objects.values())
    with pytest.raises(Refused) as caught:
        action()
    after = list(Order.objects.values()), list(CancelRequest.objects.values()), list(Payable.objects.values())
    assert before == after
    return caught.value.code


@pytest.mark.parametrize(
    ("status", "code"),
    [("shipped", "has_left"), ("delivered", "has_left"), ("cancelled", "over"), ("unfulfillable", "over")],
)
def test_what_has_left_or_is_over_is_not_called_off(status, code):
    made = running(status=status, placed_at=NOW)
    assert refused(lambda: call_off(order=made, buyer=made.buyer, now=NOW)) == code


@pytest.mark.requirement("S36")
def test_nobody_is_asked_about_what_the_marketplace_ships():
    made = running(fulfilment="marketplace")
    assert refused(lambda: call_off(order=made, buyer=made.buyer, now=NOW)) == "marketplace_fulfils"


def test_who_has_asked_waits():
    made, _ = asked()
    assert refused(lambda: call_off(order=made, buyer=made.buyer, now=NOW)) == "asked"


@pytest.mark.parametrize("words", ["Write to me at bea@example.com", "x" * 1_001, "a\x00b"])
def test_words_that_cannot_be_sent_ask_for_nothing(words):
    made = running()
    assert refused(lambda: call_off(order=made, buyer=made.buyer, reason=words, now=NOW)) in (
        "findings",
        "too_long",
        "unsendable",
    )


@pytest.mark.parametrize("words", ["", "  ", "Call me: +49 30 901820"])
def test_declining_takes_words_that_may_be_sent(words):
    made, request = asked()
    assert refused(lambda: answer(made, request, accept=False, answer=words)) in ("empty", "findings")


def test_who_only_reads_does_not_answer():
    made, request = asked()
    seat = factories.staff(made.seller, Staff.Role.READ_ONLY)
    assert refused(lambda: answer(made, request, seat, accept=True)) == "role"


@pytest.mark.parametrize("second", [True, False])
def test_the_second_answer_sees_the_first(second):
    made, request = asked()
    answer(made, request, accept=False, answer="It is engraved already.")
    assert refused(lambda: answer(made, request, accept=second, answer="Packed.")) == "answered"


def test_a_colleague_is_told_from_oneself():
    made, request = asked()
    seats = [factories.staff(made.seller) for _ in range(2)]
    answer(made, request, seats[0], accept=False, answer="It is engraved already.")
    for seat, who in zip(seats, ("You have", "A colleague has"), strict=True):
        with pytest.raises(Refused, match=f"{who} declined this request already"):
            answer(made, request, seat, accept=True)


def test_a_request_that_was_overtaken_is_not_answered():
    made, request = asked()
    answer_request(staff=factories.staff(made.seller), order=made, request_id=request.public_id, accept=True, now=NOW)
    CancelRequest.objects.update(state="overtaken")
    assert refused(lambda: answer(made, request, accept=True)) == "overtaken"


def test_what_has_left_meanwhile_is_not_cancelled():
    made, request = asked()
    Order.objects.update(status="shipped")
    assert refused(lambda: answer(made, request, accept=True)) == "has_left"


def test_the_request_of_another_order_is_not_found():
    made, _ = asked()
    _, other = asked()
    with pytest.raises(NotFound):
        answer(made, other, accept=True)
