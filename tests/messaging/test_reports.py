"""Reports: who can report what, once; how the marketplace decides; who is told."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.accounts.models import OperatorStaff, Staff
from comity.common.errors import NotFound, Refused
from comity.common.models import OutboxEvent, RecordEntry
from comity.common.record import facts_of, verify
from comity.messaging.models import REPORT_TRANSITIONS, Message, Report
from comity.messaging.selectors.agreement import disagreements
from comity.messaging.selectors.care import get_report, report_queue, reports_of
from comity.messaging.services.reports import AlreadyDecided, decide, report
from tests import factories
from tests.messaging.desk import make_desk


@pytest.fixture
def talk(desk):
    """A question and its answer, both delivered."""
    desk.ask("Where is it?")
    desk.deliver()
    desk.answer("Pay me outside.")
    desk.deliver()
    return desk


def by(desk, side):
    """The message that was written by that side."""
    return Message.objects.get(conversation=desk.conversation, side=side).public_id


def complain(desk, reason="scam", words="", seat=None, message=""):
    seat = seat or desk.buyer_seat()
    return report(seat=seat, message_id=message or by(desk, "seller"), reason=reason, words=words, now=desk.now)


def rule_on(desk, found, decision="upheld", reason="It breaks the rules.", staff=None):
    staff = staff or desk.operator
    return decide(
        report_id=found.public_id, staff=staff, user=staff.user, decision=decision, reason=reason, now=desk.now
    )


@pytest.mark.requirement("S86", "S87")
@pytest.mark.parametrize(("side", "other"), [("buyer", "seller"), ("seller", "buyer")])
def test_either_side_reports_a_message_of_the_other(talk, side, other):
    seat = talk.buyer_seat() if side == "buyer" else talk.seller_seat()

    found = complain(talk, seat=seat, message=by(talk, other), words="It wants my money elsewhere.")

    assert (found.side, found.state, found.reason, found.words) == (
        side,
        "open",
        "scam",
        "It wants my money elsewhere.",
    )
    assert list(reports_of(seat)) == [by(talk, other)]


@pytest.mark.requirement("S87")
def test_report_and_decision_are_on_record_with_their_words(talk):
    found = complain(talk, words="Look.")
    rule_on(talk, found)

    entries = list(RecordEntry.objects.filter(kind="marked").order_by("position").select_related("body"))
    marks = [(facts_of(entry.facts)["mark"], entry.body.text) for entry in entries]
    assert marks == [("reported", "Look."), ("report_decided", "It breaks the rules.")]
    events = OutboxEvent.objects.filter(data__report=found.public_id).order_by("id")
    assert list(events.values_list("name", "actor")) == [
        ("message.reported", talk.buyer.user.public_id),
        ("report.decided", talk.operator.user.public_id),
    ]


def test_a_report_leaves_the_record_whole_and_the_message_as_it_was(talk):
    rule_on(talk, complain(talk))
    conversation = talk.conversation

    assert list(verify([(conversation.public_id, conversation.record_count, conversation.record_head)])) == []
    assert list(disagreements()) == []


def test_a_side_reports_a_message_once(talk):
    complain(talk)
    colleague = factories.staff(talk.order.seller)

    with pytest.raises(Refused, match="reported already"):
        complain(talk, reason="spam")
    complain(talk, seat=talk.seller_seat(), message=by(talk, "buyer"))
    with pytest.raises(Refused, match="reported already"):
        complain(talk, seat=talk.seller_seat(colleague), message=by(talk, "buyer"))

    assert Report.objects.count() == 2
    assert RecordEntry.objects.filter(kind="marked").count() == 2


def test_what_a_side_does_not_see_of_the_other_cannot_be_reported(talk):
    own = by(talk, "buyer")
    refused = talk.answer("BLOCK that").message.public_id
    service = talk.serve().message.public_id
    talk.deliver()
    elsewhere = make_desk().ask().message.public_id

    for message in (own, refused, service, elsewhere, "msg_nothing", "a\0b"):
        with pytest.raises(NotFound):
            complain(talk, message=message)
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    ("reason", "words", "field"),
    [("", "", "reason"), ("rude", "", "reason"), ("other", "  ", "words"), ("spam", "x" * 4001, "text")],
)
def test_a_report_says_what_is_wrong(talk, reason, words, field):
    with pytest.raises(Refused) as refused:
        complain(talk, reason=reason, words=words)

    assert refused.value.field == field
    assert not Report.objects.exists()


def test_a_read_only_seat_reports_nothing(talk):
    reader = factories.staff(talk.order.seller, role=Staff.Role.READ_ONLY)

    with pytest.raises(Refused, match="Your role reads here"):
        complain(talk, seat=talk.seller_seat(reader), message=by(talk, "buyer"))


@pytest.mark.parametrize("decision", ["upheld", "dismissed"])
def test_a_decision_is_final(talk, decision):
    found = complain(talk)
    rule_on(talk, found, decision, "First.")

    with pytest.raises(AlreadyDecided) as second:
        rule_on(talk, found, "dismissed", "Second.")

    found.refresh_from_db()
    assert (found.state, found.explanation, found.decided_by) == (decision, "First.", talk.operator.user)
    assert second.value.report.explanation == "First."


@pytest.mark.parametrize(
    ("decision", "reason", "field"), [("open", "Why.", "state"), ("", "Why.", "state"), ("upheld", " ", "reason")]
)
def test_a_decision_needs_one_of_two_states_and_a_reason(talk, decision, reason, field):
    found = complain(talk)

    with pytest.raises(Refused) as refused:
        rule_on(talk, found, decision, reason)

    found.refresh_from_db()
    assert (refused.value.field, found.state) == (field, "open")


@pytest.mark.parametrize("role", ["service_agent", "adjudicator", "investigator"])
def test_only_who_rules_decides(talk, role):
    found = complain(talk)
    staff = factories.operator(talk.order.marketplace, OperatorStaff.Role(role))

    with pytest.raises(Refused, match="Your role"):
        rule_on(talk, found, staff=staff)
    with pytest.raises(NotFound):
        rule_on(talk, found, staff=factories.operator())


def test_nobody_decides_on_their_own_conversation(talk):
    found = complain(talk)
    judge = factories.operator(talk.order.marketplace, user=talk.staff.user)

    with pytest.raises(Refused, match="You take part"):
        rule_on(talk, found, staff=judge)

    found.refresh_from_db()
    assert found.state == "open"


def test_the_queue_has_the_oldest_open_report_on_top(talk):
    first = complain(talk)
    talk.later(1)
    second = complain(talk, seat=talk.seller_seat(), message=by(talk, "buyer"))
    market = talk.order.marketplace
    assert list(report_queue(marketplace=market)) == [first, second]

    rule_on(talk, first)

    assert list(report_queue(marketplace=market)) == [second]
    assert list(report_queue(marketplace=market, decided=True)) == [first]
    assert list(report_queue(marketplace=factories.marketplace())) == []


def test_a_report_of_another_marketplace_is_not_there(talk):
    found = complain(talk)

    assert get_report(staff=talk.operator, report_id=found.public_id) == found
    for staff, wanted in ((factories.operator(), found.public_id), (talk.operator, "rpt_x"), (talk.operator, "\0")):
        with pytest.raises(NotFound):
            get_report(staff=staff, report_id=wanted)


def test_the_table_of_states_is_closed():
    states = {state for state in REPORT_TRANSITIONS if state}

    assert states == set(Report.State.values)
    assert set(itertools.chain(*REPORT_TRANSITIONS.values())) == states


@given(st.lists(st.sampled_from(["open", "upheld", "dismissed"]), max_size=5))
def test_whatever_is_tried_a_report_moves_along_its_table(attempts):
    state = "open"
    for wanted in attempts:
        state = wanted if wanted in REPORT_TRANSITIONS[state] else state

    assert state == next((one for one in attempts if one != "open"), "open")
