"""Notices of a seller to the owners of one product: screened once, sent once each, with a result for every buyer."""

from collections import Counter
from datetime import timedelta

import pytest

from comity.accounts.models import Restriction
from comity.accounts.services.restrictions import restrict
from comity.common.errors import NotFound, Refused
from comity.common.models import OutboxEvent, RecordEntry
from comity.common.record import verify
from comity.messaging.models import NOTICE_TRANSITIONS, Conversation, Message, Notice, NoticeRecipient
from comity.messaging.selectors.agreement import disagreements
from comity.messaging.selectors.audience import audience_counts
from comity.messaging.selectors.care import answers_in
from comity.messaging.selectors.conversations import record_heads
from comity.messaging.selectors.doors import get_seat_of_buyer
from comity.messaging.selectors.notices import get_notice, results_of
from comity.messaging.services.agreements import Proposal, accept, propose
from comity.messaging.services.marks import mark_read
from comity.messaging.services.messages import Reply, reply
from comity.messaging.services.notices import discard, give_back, move
from tests import factories
from tests.factories import NOW
from tests.messaging.desk import make_desk
from tests.messaging.owners import LEFT_OUT, block, keys, make_owners, outcomes, sent_to, told, work

pytestmark = pytest.mark.usefixtures("notice_rules")

HOUR = timedelta(hours=1)


@pytest.mark.requirement("S11")
def test_a_notice_reaches_every_owner_once_in_the_conversation_about_the_order(owners):
    notice = owners.confirm(owners.write().notice)
    work()

    notice.refresh_from_db()
    assert (notice.state, sent_to(notice)) == ("sent", keys(owners.people))
    said = Message.objects.values_list("conversation__buyer", "body__text", "side", "purpose", "state")
    assert sorted(said) == [
        (buyer, "New firmware is out.", "seller", "service", "delivered") for buyer in keys(owners.people)
    ]
    assert set(Conversation.objects.values_list("order__buyer", flat=True)) == set(keys(owners.people))
    assert told("notice.confirmed") == [owners.staff.user.public_id]


def test_it_is_on_record_with_the_verdict_and_the_record_is_whole(owners):
    owners.confirm(owners.write().notice)
    work()

    kinds = Counter(RecordEntry.objects.values_list("kind", flat=True))
    assert kinds == {"posted": 3, "screened": 3, "delivered": 3}
    assert list(verify(record_heads(), whole=True)) == []
    assert list(disagreements()) == []


def test_the_conversation_that_exists_is_found_and_its_running_clock_goes_on(easy_rules):
    desk = make_desk(status="shipped")
    owners = make_owners(0)
    owners.staff, owners.offer = desk.staff, desk.order.lines.get().listing
    desk.ask()
    desk.deliver()
    due = desk.conversation.reply_due_at

    owners.confirm(owners.write().notice, now=NOW + HOUR)
    work(NOW + HOUR)

    conversation = desk.conversation
    assert (conversation.reply_due_at, conversation.buyer_waiting_since) == (due, NOW)
    assert conversation.messages.count() == 2


def test_a_notice_starts_no_clock_and_the_buyers_answer_starts_one(owners):
    owners.confirm(owners.write().notice)
    work()
    assert not Conversation.objects.exclude(reply_due_at=None, buyer_waiting_since=None).exists()
    conversation, buyer = Conversation.objects.filter(buyer=owners.people[0]).get(), owners.people[0]

    seat = get_seat_of_buyer(buyer=buyer, user=buyer.user, conversation_id=conversation.public_id)
    reply(seat=seat, reply=Reply("How do I install it?", "k"), now=NOW + HOUR)
    work(NOW + HOUR)

    conversation.refresh_from_db()
    assert conversation.reply_due_at == NOW + 25 * HOUR


def test_a_notice_is_no_answer_that_could_have_solved_anything(owners):
    buyer, conversations = owners.people[0], Conversation.objects
    owners.confirm(owners.write().notice)
    work()
    conversation = conversations.get(buyer=buyer)
    seat = get_seat_of_buyer(buyer=buyer, user=buyer.user, conversation_id=conversation.public_id)
    reply(seat=seat, reply=Reply("How do I install it?", "k"), now=NOW + HOUR)
    work(NOW + HOUR)
    owners.confirm(owners.write("Another thing.").notice, now=NOW + 2 * HOUR)
    work(NOW + 2 * HOUR)

    assert conversation.messages.count() == 3
    assert list(answers_in(conversation)) == []


@pytest.mark.requirement("S11")
@pytest.mark.parametrize("why", ["opted_out", "no_account", "blocked"])
def test_who_is_left_out_is_counted_before_and_after_and_named_to_nobody(owners, why):
    buyer = factories.buyer(owners.market, **LEFT_OUT.get(why, {}))
    owners.another(buyer=buyer)
    if why == "blocked":
        block(owners, buyer)
    notice = owners.write().notice
    assert audience_counts(notice, critical=False) == {"": 3, why: 1}

    owners.confirm(notice)
    work()

    assert outcomes(notice)[buyer.pk] == why
    assert not Message.objects.filter(conversation__buyer=buyer).exists()
    results = results_of(notice, only=why)
    assert (results.counts["sent"], results.counts["unreached"], results.counts["restricted"]) == (3, 1, 0)
    assert [row.buyer for row in results.page] == owners.people[:3]


STATUSES = {
    "pending": False, "unshipped": False, "partially_shipped": False, "shipped": True, "delivered": True,
    "cancelled": False, "unfulfillable": False,
}  # fmt: skip


@pytest.mark.parametrize("status", STATUSES)
def test_owners_are_those_for_whom_it_has_left(status):
    owners = make_owners(1, status=status)

    assert audience_counts(owners.write().notice, critical=False) == ({"": 1} if STATUSES[status] else {})


@pytest.mark.parametrize("mine", [True, False])
def test_of_a_parted_order_the_line_must_have_left(mine):
    owners = make_owners(0)
    order = owners.another(offer=owners.offer if mine else factories.listing(owners.seller))
    factories.shipment(order)
    order.status = "partially_shipped"
    order.save()

    assert audience_counts(owners.write().notice, critical=False) == ({"": 1} if mine else {})


def test_owners_of_another_product_and_of_another_seller_are_not_meant(owners):
    owners.another(offer=factories.listing(owners.seller))
    rival = factories.seller(owners.market)
    factories.order(
        factories.buyer(owners.market), rival, factories.listing(rival, owners.offer.product), status="shipped"
    )

    assert audience_counts(owners.write().notice, critical=False) == {"": 3}


def test_a_buyer_of_several_orders_gets_it_once_about_the_latest(owners):
    latest = owners.another(buyer=owners.people[0])
    notice = owners.confirm(owners.write().notice)
    work()

    assert NoticeRecipient.objects.get(notice=notice, buyer=owners.people[0]).order == latest
    assert Message.objects.count() == 3


def test_who_buys_after_the_confirmation_is_not_meant(owners):
    notice = owners.confirm(owners.write().notice)
    owners.another(placed_at=NOW + HOUR)
    work(NOW + 2 * HOUR)

    assert len(outcomes(notice)) == 3


# rules


def test_what_the_rules_block_is_not_kept_and_comes_back_with_its_findings(owners):
    written = owners.write("BLOCK me")

    assert (written.notice, Notice.objects.count()) == (None, 0)
    assert [finding.rule for finding in written.verdict.findings] == ["test.rule"]
    event = OutboxEvent.objects.get()
    assert (event.name, event.actor, event.data["rules"]) == (
        "notice.blocked",
        owners.staff.user.public_id,
        ["test.rule"],
    )


def test_a_warning_is_confirmed_with_its_own_findings(owners):
    notice = owners.write("WARN them").notice
    for wrong in ("", "another input"):
        with pytest.raises(Refused, match="Read the note"):
            owners.confirm(notice, confirmed=wrong)

    owners.confirm(notice, confirmed=notice.input_digest)
    work()

    assert Message.objects.filter(state="delivered").count() == 3
    assert {message.findings.get().outcome for message in Message.objects.all()} == {"warn"}


@pytest.mark.parametrize("released", [True, False])
def test_what_the_rules_hold_waits_for_the_operator(owners, released):
    notice = owners.confirm(owners.write("HOLD it").notice)
    work()
    assert (notice.state, Message.objects.count()) == ("awaiting", 0)

    if released:
        owners.approve(notice)
    else:
        seen = notice.submitted_at.isoformat()
        give_back(staff=owners.moderator, notice_id=notice.public_id, seen=seen, reason="Not now.", now=NOW)
    work()

    notice.refresh_from_db()
    assert (notice.state, Message.objects.count()) == (("sent", 3) if released else ("returned", 0))
    assert list(disagreements()) == []


def test_rules_that_changed_since_ask_for_another_look(owners, monkeypatch):
    notice = owners.write().notice
    monkeypatch.setattr(
        "comity.messaging.services.notices.rulebook_in_force", lambda *_: type("R", (), {"digest": "new"})
    )

    with pytest.raises(Refused, match="rules have changed"):
        owners.confirm(notice)
    assert told("notice.confirmed") == []


@pytest.mark.requirement("S10", "S11")
@pytest.mark.parametrize("when", ["before writing", "before confirming"])
def test_only_who_sends_that_kind_by_agreement_sends_it(owners, when):
    notice = owners.write().notice
    admin = factories.operator(owners.market)
    made = propose(seller=owners.seller, staff=admin, proposal=Proposal("service", "marketplace", NOW.date()), now=NOW)
    accept(seller=owners.seller, staff=owners.staff, agreement_id=made.public_id, now=NOW)

    with pytest.raises(Refused, match=f"{owners.market.name} sends this kind of message for you, as agreed from"):
        owners.write() if when == "before writing" else owners.confirm(notice)
    assert owners.write(kind="content_update").notice.state == "draft"


@pytest.mark.requirement("S26")
def test_the_owners_of_a_product_get_two_notices_in_thirty_days(owners):
    for _ in range(2):
        owners.confirm(owners.write().notice)
    third = owners.write().notice

    with pytest.raises(Refused, match="2 notices of yours within 30 days"):
        owners.confirm(third)
    other = factories.listing(owners.seller)
    owners.offer, elsewhere = other, owners.offer
    assert owners.confirm(owners.write().notice).state == "sending"
    owners.offer = elsewhere
    assert owners.confirm(third, now=NOW + timedelta(days=30)).state == "sending"


@pytest.mark.parametrize("kind", ["messaging", "proactive_messaging"])
def test_a_restricted_seller_sends_none(owners, kind):
    restrict(seller=owners.seller, kind=Restriction.Kind(kind), reason="Spam.", now=NOW)

    with pytest.raises(Refused, match="Reason: Spam"):
        owners.confirm(owners.write().notice)
    assert told("notice.confirmed") == []


REFUSED = {
    "role": ({"staff": "read_only"}, "Your role reads here"),
    "kind": ({"kind": "newsletter"}, "Choose one of the kinds"),
    "empty": ({"text": " \n "}, "Write your message"),
    "too_long": ({"text": "x" * 4001}, "up to 4,000"),
    "unsendable": ({"text": "a\0b"}, "cannot be sent"),
}


@pytest.mark.parametrize("code", REFUSED)
def test_what_cannot_be_a_notice_is_refused_and_nothing_is_stored(owners, code):
    fields, sentence = REFUSED[code]
    if "staff" in fields:
        fields = {"staff": factories.staff(owners.seller, role="read_only")}

    with pytest.raises(Refused, match=sentence):
        owners.write(**fields)
    assert (Notice.objects.count(), OutboxEvent.objects.count()) == (0, 0)


@pytest.mark.parametrize("sku", ["", "NO-SUCH", "a\0b"])
def test_a_product_that_is_not_offered_is_named_beside_its_field(owners, sku):
    owners.offer.sku = sku
    with pytest.raises(Refused) as refused:
        owners.write()
    assert refused.value.field == "product"


def test_a_draft_is_written_again_and_given_up(owners):
    notice = owners.write().notice
    again = owners.write("Newer firmware is out.", replaces=notice.public_id).notice

    assert (again.pk, again.text, Notice.objects.count()) == (notice.pk, "Newer firmware is out.", 1)
    assert discard(staff=owners.staff, notice_id=notice.public_id, now=NOW).state == "discarded"


def test_a_confirmed_notice_is_changed_no_more(owners):
    notice = owners.confirm(owners.write().notice)

    with pytest.raises(Refused, match="no longer be changed"):
        owners.write("Something else", replaces=notice.public_id)
    assert Notice.objects.get().text == "New firmware is out."


def test_another_shop_finds_nothing(owners):
    notice = owners.write().notice
    stranger = factories.staff(factories.seller(owners.market))

    for name in (notice.public_id, "ntc_none", "a\0b"):
        with pytest.raises(NotFound):
            get_notice(stranger, name)
    with pytest.raises(NotFound):
        get_notice(owners.moderator, notice.public_id)


# state machine


@pytest.mark.parametrize("kind", list(Notice.Kind.values))
def test_the_table_names_every_state_and_ends(kind):
    table = NOTICE_TRANSITIONS[kind]
    reached, following = {""}, {"draft"}
    while following - reached:
        reached |= following
        following = set().union(*(table[state] for state in reached))

    assert reached | {"closed", "stopped"} == set(Notice.State.values) | {""}
    assert set(table) == set(Notice.State.values) | {""}


def test_a_recall_is_never_released_without_approval():
    before = {state for state, after in NOTICE_TRANSITIONS["recall"].items() if "sending" in after}
    assert before == {"approved"}


def test_a_recall_is_never_stopped():
    assert {kind for kind, table in NOTICE_TRANSITIONS.items() if "stopped" in table["sending"]} == {
        "service",
        "content_update",
    }


@pytest.mark.parametrize("state", list(Notice.State.values))
@pytest.mark.parametrize("target", list(Notice.State.values))
def test_a_notice_moves_along_the_table_only(state, target):
    notice = make_owners(0).write().notice
    Notice.objects.filter(pk=notice.pk).update(state=state)
    notice.state = state

    if target in NOTICE_TRANSITIONS["service"][state]:
        move(notice, target, "notice.moved", now=NOW)
        assert Notice.objects.get().state == target
    else:
        with pytest.raises(Refused, match="Somebody was quicker"):
            move(notice, target, "notice.moved", now=NOW)


# results


def test_what_is_read_shows(owners):
    notice = owners.confirm(owners.write().notice)
    work()
    buyer = owners.people[1]
    conversation = Conversation.objects.get(buyer=buyer)
    mark_read(seat=get_seat_of_buyer(buyer=buyer, user=buyer.user, conversation_id=conversation.public_id))

    results = results_of(notice)
    assert [(row.buyer, row.has_read) for row in results.page] == [(one, one == buyer) for one in owners.people]
    assert (results.counts["read"], results.counts["unread"]) == (1, 2)
    assert [row.buyer for row in results_of(notice, only="unread").page] == [owners.people[0], owners.people[2]]


@pytest.mark.parametrize("people", [1, 3])
def test_results_take_three_queries_however_many(people, django_assert_num_queries):
    owners = make_owners(people)
    notice = owners.confirm(owners.write().notice)
    work()
    with django_assert_num_queries(3):
        assert len([row.message.conversation.public_id for row in results_of(notice).page]) == people


def test_what_waits_is_not_approved_once_its_seller_is_restricted(owners):
    owners.another()
    notice = owners.confirm(owners.write("HOLD it").notice)
    restrict(seller=owners.seller, kind=Restriction.Kind.PROACTIVE_MESSAGING, reason="Spam.", now=NOW)

    with pytest.raises(Refused) as refused:
        owners.approve(notice)

    notice.refresh_from_db()
    assert (refused.value.code, notice.state, notice.decided_by) == ("restricted", "awaiting", None)
    assert not Message.objects.exists()
