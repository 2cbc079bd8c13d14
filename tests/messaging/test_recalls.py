"""Recalls: approved by another person, critical to every buyer concerned, acknowledged, reminded once (S2)."""

from datetime import date, datetime, timedelta

import pytest

from comity.common.errors import NotFound, Refused
from comity.common.models import OutboxEvent, RecordEntry
from comity.common.record import verify
from comity.messaging.models import Conversation, Message, Notice, NoticeRecipient, Recall
from comity.messaging.selectors.agreement import disagreements
from comity.messaging.selectors.audience import orders_meant, orders_to_stop
from comity.messaging.selectors.conversations import record_heads
from comity.messaging.selectors.notices import (
    get_public_recall,
    get_recall_of_buyer,
    notices_of_operator,
    notices_of_seller,
    public_recall_of,
    recalls_of_order,
    results_of,
)
from comity.messaging.services.notice_sending import acknowledge, let_reminders_fall_due
from comity.messaging.services.notices import approve, close, give_back, stamp, submit
from tests import factories
from tests.factories import NOW
from tests.messaging.owners import block, make_owners, told, work

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def owners():
    return make_owners()


@pytest.fixture
def colleague(owners):
    """Another moderator, who writes recalls that the first one approves."""
    return factories.operator(owners.market, "moderator")


def sent(owners, **fields):
    notice = owners.released(**fields)
    work()
    notice.refresh_from_db()
    return notice


def buyers_of(notice):
    return sorted(notice.recipients.filter(outcome="sent").values_list("buyer", flat=True))


@pytest.mark.requirement("S2")
def test_a_recall_says_what_is_wrong_with_which_goods_and_what_the_buyer_gets(owners):
    days = {"ordered_from": date(2026, 10, 1), "ordered_until": date(2026, 10, 31)}
    notice = owners.recall(lots=("A1", "A2"), remedy="replacement", **days)

    assert notice.text == (
        f"Recall of “{owners.offer.product.title}”\n\n"
        "What is wrong\nIt may catch fire.\n\n"
        "Which ones\nThose with lot number A1, A2, ordered from 1 October 2026 to 31 October 2026.\n\n"
        "What you get\nYou get another one at no cost to you.\n\n"
        "What to do now\nUnplug it."
    )


@pytest.mark.requirement("S2")
def test_nothing_is_sent_before_somebody_else_has_approved_it(owners):
    notice = owners.confirm(owners.recall())
    work()
    assert (notice.state, Message.objects.count()) == ("awaiting", 0)

    owners.approve(notice)
    work()

    notice.refresh_from_db()
    assert (notice.state, buyers_of(notice)) == ("sent", sorted(one.pk for one in owners.people))
    assert [told(f"notice.{what}") for what in ("submitted", "approved")] == [
        [owners.staff.user.public_id],
        [owners.moderator.user.public_id],
    ]
    assert list(disagreements()) == []


def test_it_passes_an_opt_out_and_a_block_and_waits_for_who_never_signed_in(owners):
    people = [factories.buyer(owners.market, unsolicited_declined_at=NOW), factories.buyer(owners.market, user=None)]
    for person in people:
        owners.another(buyer=person)
    block(owners, owners.people[0])

    notice = sent(owners)

    assert buyers_of(notice) == sorted(one.pk for one in owners.people)


@pytest.mark.parametrize("who", ["author", "submitter", "shop"])
def test_nobody_approves_what_they_had_a_part_in(owners, colleague, who):
    if who == "shop":
        factories.staff(owners.seller, user=colleague.user)
        notice = owners.confirm(owners.recall())
    else:
        notice = owners.recall(staff=colleague if who == "author" else owners.moderator)
        notice = owners.confirm(notice, staff=colleague if who == "submitter" else owners.moderator)

    with pytest.raises(Refused, match="somebody else must approve"):
        owners.approve(notice, staff=colleague)
    assert Notice.objects.get().state == "awaiting"


@pytest.mark.parametrize("role", ["service_agent", "adjudicator", "investigator"])
def test_only_who_rules_approves(owners, role):
    notice = owners.confirm(owners.recall())

    with pytest.raises(Refused, match="does not approve"):
        owners.approve(notice, staff=factories.operator(owners.market, role))


def test_what_was_submitted_again_meanwhile_is_read_again(owners):
    notice = owners.confirm(owners.recall())
    seen = stamp(notice)
    give_back(staff=owners.moderator, notice_id=notice.public_id, seen=seen, reason="Say which lots.", now=NOW)
    owners.recall(replaces=notice.public_id, lots=("A1",))
    owners.confirm(notice, now=NOW + DAY)

    with pytest.raises(Refused, match="changed and submitted again"):
        approve(staff=owners.moderator, notice_id=notice.public_id, seen=seen, now=NOW + DAY)
    assert Notice.objects.get().state == "awaiting"


def test_a_returned_one_goes_back_to_its_author_with_the_reason(owners):
    notice = owners.confirm(owners.recall())
    for reason in ("", "  "):
        with pytest.raises(Refused, match="Say why"):
            give_back(staff=owners.moderator, notice_id=notice.public_id, seen=stamp(notice), reason=reason, now=NOW)

    back = give_back(
        staff=owners.moderator, notice_id=notice.public_id, seen=stamp(notice), reason="Which lots?", now=NOW
    )

    assert (back.state, back.reason, back.is_editable) == ("returned", "Which lots?", True)
    with pytest.raises(NotFound):  # the operator does not submit what is the seller's
        submit(staff=owners.moderator, notice_id=notice.public_id, now=NOW)


@pytest.mark.requirement("S2")
def test_the_operator_recalls_for_every_seller_and_answers_what_is_asked(owners, colleague):
    rival = factories.seller(owners.market)
    offer = factories.listing(rival, owners.offer.product)
    order = factories.order(factories.buyer(owners.market), rival, offer, status="delivered")

    notice = owners.recall(staff=colleague)
    owners.approve(owners.confirm(notice, staff=colleague))
    work()

    assert buyers_of(notice) == sorted([*(one.pk for one in owners.people), order.buyer_id])
    assert set(Conversation.objects.values_list("addressee", flat=True)) == {"marketplace"}
    assert set(Message.objects.values_list("side", "purpose")) == {("marketplace", "recall")}


def test_the_operator_may_mean_one_sellers_orders(owners, colleague):
    rival = factories.seller(owners.market)
    factories.order(
        factories.buyer(owners.market), rival, factories.listing(rival, owners.offer.product), status="shipped"
    )
    notice = owners.recall(staff=colleague, seller=rival.public_id)

    assert [order.seller for order in orders_meant(notice)] == [rival]
    assert list(notices_of_seller(rival)) == []  # a draft of the operator is the operator's
    owners.approve(owners.confirm(notice, staff=colleague))
    assert list(notices_of_seller(rival)) == [notice]


@pytest.mark.parametrize("seller", ["sel_none", "a\0b", "elsewhere"])
def test_a_seller_of_another_marketplace_is_no_seller_here(owners, colleague, seller):
    seller = factories.seller().public_id if seller == "elsewhere" else seller
    with pytest.raises(Refused) as refused:
        owners.recall(staff=colleague, seller=seller)
    assert refused.value.field == "seller"


def test_orders_outside_its_days_are_not_affected(owners):
    for day in (1, 2, 3, 4):
        owners.another(placed_at=datetime(2026, 5, day, 23, 59, tzinfo=NOW.tzinfo))
    notice = owners.recall(ordered_from=date(2026, 5, 2), ordered_until=date(2026, 5, 3))

    assert [order.placed_at.day for order in orders_meant(notice).order_by("placed_at")] == [2, 3]


def test_orders_that_have_not_left_are_told_to_the_author_not_to_the_buyer(owners):
    waiting = owners.another(status="unshipped")
    owners.another(status="cancelled")
    notice = sent(owners)

    assert list(orders_to_stop(notice)) == [waiting]
    assert waiting.buyer_id not in buyers_of(notice)


REFUSED = {
    "hazard": {"hazard": " "},
    "instructions": {"instructions": ""},
    "remedy": {"remedy": "voucher"},
    "ordered_until": {"ordered_from": date(2026, 5, 2), "ordered_until": date(2026, 5, 1)},
    "lots": {"lots": ("x" * 61,)},
    "product": {"product": "nothing"},
}


@pytest.mark.parametrize("field", REFUSED)
def test_nonsense_is_refused_beside_its_field_and_nothing_is_stored(owners, field):
    with pytest.raises(Refused) as refused:
        owners.recall(**REFUSED[field])

    assert refused.value.field == field
    assert (Notice.objects.count(), Recall.objects.count(), OutboxEvent.objects.count()) == (0, 0, 0)


def test_a_double_click_writes_one_draft(owners):
    assert owners.recall(key="one-form").pk == owners.recall(key="one-form").pk
    assert Notice.objects.count() == 1


# acknowledgements


def test_i_have_read_this_is_on_record_once_with_its_buyer(owners):
    notice, buyer = sent(owners), owners.people[1]
    for hours in (1, 2):
        acknowledge(buyer=buyer, notice_id=notice.public_id, now=NOW + timedelta(hours=hours))

    mine = NoticeRecipient.objects.get(notice=notice, buyer=buyer)
    assert (mine.acknowledged_at, told("notice.acknowledged")) == (NOW + timedelta(hours=1), [buyer.user.public_id])
    assert RecordEntry.objects.filter(kind="marked", chain=mine.message.conversation.public_id).count() == 1
    assert list(verify(record_heads(), whole=True)) == []
    missing = [row.buyer for row in results_of(notice, only="unacknowledged").page]
    assert missing == [owners.people[0], owners.people[2]]
    assert results_of(notice).counts["read"] == 1  # though that buyer never opened the conversation


@pytest.mark.parametrize("name", ["ntc_none", "a\0b", ""])
def test_who_is_not_concerned_finds_no_recall(owners, name):
    notice = sent(owners)
    stranger = factories.buyer(owners.market)

    for wanted in (name, notice.public_id):
        with pytest.raises(NotFound):
            acknowledge(buyer=stranger, notice_id=wanted, now=NOW)
    assert told("notice.acknowledged") == []


def test_who_has_not_said_so_is_reminded_once_after_seven_days(owners):
    notice = sent(owners)
    acknowledge(buyer=owners.people[0], notice_id=notice.public_id, now=NOW)
    assert let_reminders_fall_due(now=NOW + 7 * DAY - timedelta(seconds=1)) == 0

    for days in (7, 8, 30):
        let_reminders_fall_due(now=NOW + days * DAY)
        work(NOW + days * DAY)

    reminded = Message.objects.filter(body__text__startswith="A reminder:")
    assert sorted(reminded.values_list("conversation__buyer", flat=True)) == [one.pk for one in owners.people[1:]]
    assert not Conversation.objects.exclude(reply_due_at=None).exists()


def test_a_closed_recall_reminds_nobody_and_shows_no_banner(owners):
    notice = sent(owners, is_public=True)
    assert public_recall_of(owners.offer) == notice

    close(staff=owners.staff, notice_id=notice.public_id, now=NOW)

    assert let_reminders_fall_due(now=NOW + 30 * DAY) == 0
    assert public_recall_of(owners.offer) is None
    assert get_recall_of_buyer(owners.people[0], notice.public_id).notice == notice


# who sees it


@pytest.mark.requirement("S2")
def test_a_private_recall_is_seen_by_the_buyers_concerned_alone(owners):
    order = owners.another()
    notice = sent(owners)

    assert public_recall_of(owners.offer) is None
    with pytest.raises(NotFound):
        get_public_recall(owners.market, notice.public_id)
    assert [one.notice for one in recalls_of_order(order)] == [notice]
    assert recalls_of_order(factories.order(factories.buyer(owners.market), owners.seller, owners.offer)) == []


def test_a_public_recall_shows_where_the_product_is_sold_by_that_seller(owners):
    notice = sent(owners, is_public=True)
    elsewhere = factories.listing(factories.seller(owners.market), owners.offer.product)

    assert public_recall_of(owners.offer) == get_public_recall(owners.market, notice.public_id) == notice
    assert public_recall_of(elsewhere) is None
    with pytest.raises(NotFound):
        get_public_recall(factories.marketplace(), notice.public_id)


def test_every_order_that_it_covers_shows_it_not_only_the_one_with_the_message(owners):
    days = {"ordered_from": (NOW - 30 * DAY).date()}
    first = owners.another()
    owners.another(buyer=first.buyer)
    before = owners.another(buyer=first.buyer, placed_at=NOW - 40 * DAY)
    notice = sent(owners, **days)

    assert [one.notice for one in recalls_of_order(first)] == [notice]
    assert recalls_of_order(before) == []


def test_the_operator_sees_what_was_submitted_and_never_a_sellers_draft(owners):
    draft, waiting = owners.recall(), owners.confirm(owners.recall())
    ordinary = owners.confirm(owners.write().notice)

    assert list(notices_of_operator(owners.market)) == [waiting]
    assert {draft, ordinary} <= set(notices_of_seller(owners.seller))


@pytest.mark.parametrize("rows", [1, 3])
def test_the_lists_take_two_queries_however_long(owners, rows, django_assert_num_queries):
    for _ in range(rows):
        owners.confirm(owners.recall())
    for page in (notices_of_seller, notices_of_operator):
        with django_assert_num_queries(2):
            shown = page(owners.seller if page is notices_of_seller else owners.market)
            assert [one.product.title for one in shown] == [owners.offer.product.title] * rows


def test_a_day_far_ahead_is_refused_and_one_already_stored_means_every_order(owners):
    with pytest.raises(Refused, match="Choose a day up to the end of 2036") as refused:
        owners.recall(ordered_until=date(9999, 12, 31))
    assert (refused.value.field, Notice.objects.count()) == ("ordered_until", 0)

    notice = owners.recall(ordered_until=date(2036, 12, 31))
    Recall.objects.update(ordered_until=date.max)
    owners.approve(owners.confirm(notice))
    work()
    assert buyers_of(notice) == sorted(one.pk for one in owners.people)
