"""Sending a notice: killed, repeated, in batches, to many."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from comity.accounts.models import Restriction
from comity.accounts.profiles import profile_in_force
from comity.accounts.services.restrictions import restrict
from comity.common.models import EventDelivery
from comity.common.record import verify
from comity.messaging.models import Message, Notice, NoticeRecipient
from comity.messaging.selectors.audience import audience_counts
from comity.messaging.selectors.conversations import record_heads
from comity.messaging.services import notice_sending
from tests import factories
from tests.factories import NOW
from tests.messaging.owners import LEFT_OUT, block, keys, make_owners, outcomes, sent_to, told, with_profile, work

pytestmark = pytest.mark.usefixtures("notice_rules")


class Killed(BaseException):
    """The process is gone: nothing after it runs, and its transaction is rolled back."""


def killed_at(monkeypatch, times):
    """The worker dies at the points of those numbers, counted over all its lives."""
    passed = iter(range(10_000))
    real = notice_sending.crash_point

    def crash(name):
        if next(passed) in times:
            raise Killed
        real(name)

    monkeypatch.setattr(notice_sending, "crash_point", crash)


def work_through_deaths(now=NOW):
    for _ in range(50):
        try:
            return work(now)
        except Killed:
            now += timedelta(minutes=1)  # the lease runs out
    raise AssertionError("it never came through")


@pytest.mark.parametrize("times", [{0}, {1}, {2}, {0, 1, 2, 3, 4, 5}, {6}])
def test_killed_in_the_middle_it_loses_and_doubles_nothing(monkeypatch, times):
    with_profile(monkeypatch, notice_batch=3)
    owners = make_owners(7)
    notice = owners.confirm(owners.write().notice)
    killed_at(monkeypatch, times)
    work_through_deaths()

    notice.refresh_from_db()
    assert (notice.state, sent_to(notice)) == ("sent", keys(owners.people))
    assert Counter(Message.objects.values_list("conversation__buyer", flat=True)) == dict.fromkeys(
        keys(owners.people), 1
    )
    assert list(verify(record_heads(), whole=True)) == []


def send_without_a_mark(notice, buyer, *, now):
    """The mistake: the message is a transaction of its own, apart from the mark that it was sent."""
    from django.db import connections

    message = notice_sending._say(
        notice, buyer, factories.Order.objects.get(pk=buyer.meant_order), notice.text, None, now=now
    )
    connections["default"].on_commit(lambda: None)
    lost.append(message.conversation_id)


lost = []


def test_a_sending_that_leaves_no_mark_would_be_noticed(monkeypatch, owners):
    """The check above is no idle one: who forgets the recipients sends the same again and again."""
    monkeypatch.setattr(notice_sending, "_hand_to", send_without_a_mark)
    owners.confirm(owners.write().notice)

    with pytest.raises(AssertionError, match="does not come to rest"):
        work(rounds=20)
    assert max(Counter(Message.objects.values_list("conversation__buyer", flat=True)).values()) > 1


def test_every_event_again_changes_nothing(owners):
    notice = owners.confirm(owners.write().notice)
    work()
    EventDelivery.objects.update(state="ready", run_after=NOW)
    work()

    assert (Message.objects.count(), len(outcomes(notice))) == (3, 3)


def test_a_batch_is_as_large_as_the_profile_says(owners, monkeypatch):
    with_profile(monkeypatch, notice_batch=2)
    notice = owners.confirm(owners.write().notice)

    sizes = []
    while Notice.objects.get().state == "sending":
        notice_sending.send_batch(notice_id=notice.public_id, now=NOW)
        sizes.append(NoticeRecipient.objects.count())
    assert sizes == [2, 3, 3]


def test_who_becomes_an_owner_while_it_is_sent_is_found_at_the_end(owners, monkeypatch):
    with_profile(monkeypatch, notice_batch=2)
    early = factories.order(factories.buyer(owners.market), owners.seller, owners.offer)
    for _ in range(2):
        owners.another()
    notice = owners.confirm(owners.write().notice)
    notice_sending.send_batch(notice_id=notice.public_id, now=NOW)
    early.status = "shipped"
    early.save()
    work()

    assert outcomes(notice)[early.buyer_id] == "sent"
    assert len(outcomes(notice)) == 6


@pytest.fixture
def half_sent(owners, monkeypatch):
    """A notice of which one batch of two is out; three owners, one of whom has blocked the shop, wait for theirs."""
    with_profile(monkeypatch, notice_batch=2)
    for _ in range(2):
        owners.another()
    block(owners, owners.people[3])

    def send(notice):
        notice_sending.send_batch(notice_id=notice.public_id, now=NOW)
        restrict(seller=owners.seller, kind=Restriction.Kind.PROACTIVE_MESSAGING, reason="Spam.", now=NOW)
        return notice

    return send


@pytest.mark.requirement("S11")
def test_a_notice_whose_shop_is_restricted_meanwhile_reaches_nobody_else(owners, half_sent):
    notice = half_sent(owners.confirm(owners.write().notice))
    work()

    notice.refresh_from_db()
    rest = dict.fromkeys(keys(owners.people[2:]), "restricted")
    assert (notice.state, notice.sent_at, notice.closed_at) == ("stopped", None, NOW)
    assert outcomes(notice) == {**dict.fromkeys(keys(owners.people[:2]), "sent"), **rest}
    assert (Message.objects.count(), told("notice.stopped")) == (2, [""])


def test_what_was_stopped_stays_so_when_the_restriction_is_lifted(owners, half_sent):
    notice = half_sent(owners.confirm(owners.write().notice))
    notice_sending.send_batch(notice_id=notice.public_id, now=NOW)
    Restriction.objects.update(lifted_at=NOW)
    EventDelivery.objects.update(state="ready", run_after=NOW)
    work()

    assert (Notice.objects.get().state, Message.objects.count()) == ("stopped", 2)


@pytest.mark.parametrize("critical", [True, False])
def test_a_recall_goes_on_whatever_its_shop_may(owners, half_sent, monkeypatch, critical):
    kinds = profile_in_force(owners.market, NOW).message_kinds
    with_profile(monkeypatch, message_kinds=[{**k, "critical": critical} if k["key"] == "recall" else k for k in kinds])
    notice = half_sent(owners.released())
    work()

    notice.refresh_from_db()
    meant = [buyer for buyer in owners.people if critical or buyer != owners.people[3]]  # who has blocked the shop
    assert (notice.state, sent_to(notice)) == ("sent", keys(meant))


def test_one_that_has_reached_everybody_is_not_stopped_any_more(owners, half_sent, monkeypatch):
    with_profile(monkeypatch, notice_batch=5)
    half_sent(owners.confirm(owners.write().notice))
    work()

    assert (Notice.objects.get().state, Message.objects.count()) == ("sent", 4)


def test_what_was_approved_before_the_restriction_is_not_begun(owners):
    notice = owners.approve(owners.confirm(owners.write("HOLD it").notice))
    restrict(seller=owners.seller, kind=Restriction.Kind.MESSAGING, reason="Spam.", now=NOW)
    work()

    notice.refresh_from_db()
    assert (notice.state, Message.objects.count()) == ("stopped", 0)
    assert set(outcomes(notice).values()) == {"restricted"}


class ManyBuyers(TestCase):
    @given(st.lists(st.sampled_from(["sent", "opted_out", "no_account"]), max_size=7), st.integers(1, 4))
    def test_preview_and_result_agree_whoever_the_buyers_are(self, kinds, size):
        owners = make_owners(0)
        for kind in kinds:
            owners.another(buyer=factories.buyer(owners.market, **LEFT_OUT.get(kind, {})))
        with pytest.MonkeyPatch.context() as patch:
            with_profile(patch, notice_batch=size)
            notice = owners.write("Firmware 2 is out.").notice
            before = {outcome or "sent": number for outcome, number in audience_counts(notice, critical=False).items()}
            owners.confirm(notice)
            work()
        assert before == Counter(outcomes(notice).values()) == Counter(kinds)
