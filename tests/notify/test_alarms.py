"""The alarm before a held message runs out of time."""

from datetime import timedelta

import pytest

from comity.accounts.models import Marketplace, OperatorStaff
from comity.common.models import OutboxEvent
from comity.messaging.models import Message
from comity.messaging.services.rulings import take
from comity.notify.models import Notification
from comity.notify.services.alarms import alarm_about_rulings
from comity.notify.services.mails import compose
from comity.notify.services.preferences import set_by_email
from tests import factories
from tests.factories import NOW
from tests.messaging.desk import make_desk

HOUR = timedelta(hours=1)
CLOSE = NOW + 20 * HOUR  # 4 of the 24 hours are left


@pytest.fixture
def desk(db, monkeypatch):
    from comity.messaging.services import posting
    from tests.messaging.desk import verdict_by_first_word

    monkeypatch.setattr(posting, "screen", verdict_by_first_word)
    made = make_desk()
    made.ask("HOLD this")
    return made


def moderator(desk, role="moderator", **fields):
    return factories.operator(desk.operator.marketplace, OperatorStaff.Role(role), **fields)


def told():
    found = Notification.objects.filter(kind="ruling_overdue").order_by("id")
    return list(found.values_list("user__name", flat=True))


@pytest.mark.requirement("S87")
@pytest.mark.parametrize(("at", "names"), [(CLOSE - HOUR / 60, 0), (CLOSE, 1), (NOW + 48 * HOUR, 1)])
def test_moderators_are_told_when_the_time_is_nearly_over_or_over(desk, at, names):
    alarm_about_rulings(at)
    assert told() == [desk.operator.user.name][:names]
    assert OutboxEvent.objects.filter(name="ruling.alarmed").count() == names


def test_each_is_told_once_and_who_comes_later_is_told_then(desk):
    assert [alarm_about_rulings(CLOSE), alarm_about_rulings(CLOSE)] == [1, 0]
    late = moderator(desk)
    alarm_about_rulings(CLOSE + HOUR)
    assert told() == [desk.operator.user.name, late.user.name]


def test_who_took_the_message_is_not_told_and_another_is(desk):
    other = moderator(desk)
    message = Message.objects.get()
    take(message_id=message.public_id, staff=other, user=other.user, now=NOW)
    alarm_about_rulings(CLOSE)
    assert told() == [desk.operator.user.name]


def test_nobody_is_told_who_could_not_rule_or_does_not_want_it(desk):
    moderator(desk, "service_agent")
    moderator(desk, user=desk.buyer.user)
    factories.operator()
    set_by_email(user=moderator(desk).user, kind="ruling_overdue", by_email=False)
    alarm_about_rulings(CLOSE)
    assert told() == [desk.operator.user.name]


def test_a_message_that_was_ruled_on_raises_no_alarm(desk):
    desk.rule(Message.objects.get(), "release")
    assert (alarm_about_rulings(CLOSE), told()) == (0, [])


def test_how_long_before_is_the_marketplaces_to_say(desk):
    versions = [{"from": NOW.timestamp(), "values": {"ruling_alarm_hours": 12}}]
    Marketplace.objects.update(profile_versions=versions)
    assert alarm_about_rulings(NOW + 12 * HOUR) == 1


def test_the_mail_leads_to_the_message_and_says_nothing_of_it(desk):
    alarm_about_rulings(CLOSE)
    mail = compose(Notification.objects.get(kind="ruling_overdue"))
    assert f"/operate/held/{Message.objects.get().public_id}/" in mail.body
    assert "HOLD" not in mail.body


def test_messages_of_which_everybody_knows_do_not_stand_before_the_rest(desk, monkeypatch):
    monkeypatch.setattr("comity.notify.services.alarms._AT_A_TIME", 1)
    assert alarm_about_rulings(CLOSE) == 1
    for _ in range(2):
        desk.ask("HOLD this too")

    assert [alarm_about_rulings(CLOSE), alarm_about_rulings(CLOSE)] == [2, 0]
    assert told() == [desk.operator.user.name] * 3
