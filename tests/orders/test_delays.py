"""The seller tells of a delay, the buyer keeps the order or cancels it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from comity.accounts.models import Staff
from comity.common.errors import NotFound, Refused
from comity.common.models import RecordBody
from comity.ledger.models import Payable
from comity.orders.models import DelayNotice, Order, ShipDeadline
from comity.orders.services import words
from comity.orders.services.delaying import choose, tell_delay
from comity.orders.services.overdue import watch_ship_deadlines
from comity_policy.model import Outcome, Verdict
from tests import factories
from tests.factories import NOW
from tests.orders.life import DAY, HOUR, events, running

pytestmark = pytest.mark.django_db
WHY = "The kiln cooled down, so the lamps are fired again."
DUE = NOW - HOUR + 2 * DAY  # of ``running``
FRIDAY = date(2026, 11, 6)
FRIDAYS_END = datetime(2026, 11, 6, 22, 59, 59, tzinfo=UTC)  # in Berlin


def tell(made, now=NOW, **what):
    told = {"ship_on": FRIDAY, "reason": WHY, **what}
    return tell_delay(**{"staff": factories.staff(made.seller), "order": made, "now": now, **told})


def answer(made, notice, choice, now=NOW + HOUR):
    return choose(order=made, buyer=made.buyer, notice_id=notice.public_id, choice=choice, now=now)


@pytest.mark.requirement("S45")
def test_the_buyer_is_told_of_the_new_day_and_why():
    made = running()
    seat = factories.staff(made.seller)
    notice = tell(made, staff=seat, deliver_on=date(2026, 11, 10))
    assert (notice.ship_by, notice.deliver_by) == (FRIDAYS_END, FRIDAYS_END + 4 * DAY)
    assert (notice.reason, notice.told_by, notice.told_at, notice.choice) == (WHY, seat.user.public_id, NOW, "")
    assert events(made) == [("order.delayed", {"notice": notice.public_id})]
    assert RecordBody.objects.get().text == WHY
    assert Order.objects.get().ship_by == DUE  # what was promised stands until the buyer agrees


@pytest.mark.requirement("S46")
def test_who_keeps_the_order_agrees_to_the_new_day():
    made = running()
    before = made.deliver_by
    notice = answer(made, tell(made), "keep")
    found = Order.objects.get()
    assert (notice.choice, notice.chosen_at) == ("keep", NOW + HOUR)
    assert (found.ship_by, found.deliver_by) == (FRIDAYS_END, before + (FRIDAYS_END - DUE))
    assert list(ShipDeadline.objects.order_by("pk").values_list("end", "started_at", "due_at")) == [
        ("delayed", NOW - HOUR, DUE),
        ("", NOW + HOUR, FRIDAYS_END),
    ]
    assert events(made)[1:] == [("order.delay_answered", {"notice": notice.public_id, "choice": "keep"})]


@pytest.mark.requirement("S46")
@pytest.mark.parametrize(("status", "end"), [("unshipped", "cancelled"), ("partially_shipped", "unfulfillable")])
def test_who_cancels_has_the_money_without_anybodys_doing(status, end):
    made = running(status=status)
    Payable.objects.update(captured_minor=0)
    notice = answer(made, tell(made), "cancel")
    assert (Order.objects.get().status, Payable.objects.get().released_minor) == (end, 2_450)
    assert ShipDeadline.objects.get().end == "cancelled"
    assert events(made)[1:] == [
        ("order.delay_answered", {"notice": notice.public_id, "choice": "cancel"}),
        (f"order.{end}", {"reason": "BuyerCanceled", "by": "buyer"}),
    ]


@pytest.mark.requirement("S45")
def test_a_kept_order_that_is_late_again_needs_a_word_again():
    made = running()
    answer(made, tell(made), "keep")
    watch_ship_deadlines(FRIDAYS_END + HOUR)
    assert events(made)[-1] == ("order.late", {"breach": True})


def test_while_nobody_has_chosen_the_first_promise_stands():
    made = running()
    tell(made)
    watch_ship_deadlines(DUE + HOUR)
    assert events(made)[-1] == ("order.late", {"breach": False})
    watch_ship_deadlines(DUE + 9 * DAY)
    assert Order.objects.get().status == "cancelled"


def test_a_late_order_can_still_be_kept():
    made = running()
    watch_ship_deadlines(DUE + HOUR)
    answer(made, tell(made, now=DUE + 2 * HOUR), "keep", now=DUE + 3 * HOUR)
    assert list(ShipDeadline.objects.order_by("pk").values_list("end", "breached_at")) == [
        ("delayed", DUE + HOUR),
        ("", None),
    ]


def refused(action):
    def rows():
        return [list(model.objects.values()) for model in (Order, DelayNotice, ShipDeadline, Payable)]

    before = rows()
    with pytest.raises(Refused) as caught:
        action()
    assert rows() == before
    return caught.value.code, caught.value.field


@pytest.mark.parametrize(
    ("what", "code", "field"),
    [
        ({"ship_on": date(2026, 11, 1)}, "not_later", "ship_on"),
        ({"ship_on": date(2026, 11, 3)}, "not_later", "ship_on"),
        ({"ship_on": date(2026, 12, 3)}, "too_late", "ship_on"),
        ({"ship_on": date.max}, "too_late", "ship_on"),
        ({"deliver_on": date(2026, 11, 5)}, "sequence", "deliver_on"),
        ({"deliver_on": date(2027, 2, 5)}, "too_late", "deliver_on"),
        ({"deliver_on": date.max}, "too_late", "deliver_on"),
        ({"reason": " "}, "empty", "reason"),
        ({"reason": "Pay me on shop.example.com instead"}, "findings", "reason"),
    ],
)
def test_a_delay_that_cannot_be_is_not_told(what, code, field):
    made = running(ship_by=datetime(2026, 11, 3, 22, 59, 59, tzinfo=UTC))
    assert refused(lambda: tell(made, **what)) == (code, field)


def test_the_promised_day_is_no_delay_at_whatever_hour_it_ends():
    made = running(ship_by=datetime(2026, 11, 3, 17, 15, tzinfo=UTC))
    with pytest.raises(Refused) as caught:
        tell(made, ship_on=date(2026, 11, 3))
    sentence = "Choose a later day than what was promised: 4 November 2026 or after it."
    assert (caught.value.sentence, DelayNotice.objects.count()) == (sentence, 0)


@pytest.mark.requirement("C13")
def test_the_words_of_a_delay_do_not_ask_the_buyer_to_cancel():
    shop = factories.seller(factories.marketplace(rulebook="amazon-2020-11"))
    made = running(shop=shop)
    with pytest.raises(Refused) as caught:
        tell(made, reason="Please cancel your order.")
    assert {one.rule for one in caught.value.verdict.findings} == {"order.cancel_request"}


@pytest.mark.parametrize(("promised", "days"), [(NOW, 1), (NOW, 30), (NOW - DAY, 0)])
def test_the_first_and_the_last_day_that_may_be_named_are_allowed(promised, days):
    made = running(ship_by=promised)
    day = NOW.date() + timedelta(days=days)
    assert tell(made, ship_on=day).ship_by.date() == day


@pytest.mark.requirement("S36")
def test_the_marketplace_tells_of_its_own_delays():
    made = running(fulfilment="marketplace")
    assert refused(lambda: tell(made))[0] == "marketplace_fulfils"


@pytest.mark.parametrize("status", ["pending", "shipped", "delivered", "cancelled", "unfulfillable"])
def test_what_is_not_to_be_sent_is_not_delayed(status):
    made = running(status=status)
    assert refused(lambda: tell(made))[0] == "has_left"


def test_who_only_reads_tells_nothing():
    made = running()
    seat = factories.staff(made.seller, Staff.Role.READ_ONLY)
    assert refused(lambda: tell(made, staff=seat))[0] == "role"


@pytest.mark.parametrize("choice", ["keep", "cancel"])
def test_a_choice_is_made_once(choice):
    made = running()
    notice = tell(made)
    answer(made, notice, "keep")
    assert refused(lambda: answer(made, notice, choice))[0] == "answered"


def test_the_latest_notice_counts():
    made = running()
    first = tell(made)
    second = tell(made, now=NOW + HOUR, ship_on=date(2026, 11, 9))
    assert refused(lambda: answer(made, first, "keep"))[0] == "overtaken"
    assert answer(made, second, "keep").choice == "keep"


def test_what_has_left_meanwhile_leaves_nothing_to_choose():
    made = running()
    notice = tell(made)
    Order.objects.update(status="shipped")
    assert refused(lambda: answer(made, notice, "cancel"))[0] == "has_left"


def test_a_new_day_that_has_passed_cannot_be_kept():
    made = running()
    notice = tell(made)
    assert refused(lambda: answer(made, notice, "keep", now=FRIDAYS_END))[0] == "passed"
    assert refused(lambda: answer(made, notice, "later", now=NOW))[0] == "choice"


def test_the_notice_of_another_order_is_not_found():
    made = running()
    with pytest.raises(NotFound):
        answer(running(), tell(made), "keep")


def test_words_that_cannot_be_checked_are_not_sent(monkeypatch):
    made = running()
    unchecked = Verdict(Outcome.HOLD, (), "r", "e", "i", failed=("contact.email",))
    monkeypatch.setattr(words, "screen", lambda **_: unchecked)
    with pytest.raises(Refused, match="could not be checked, so nothing was sent"):
        tell(made)
    assert not DelayNotice.objects.exists()
