"""Settings of a marketplace: read from what was typed, applied from now on, found again by digest."""

import re
from dataclasses import fields
from datetime import timedelta

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from comity.accounts.models import Marketplace, SettingsVersion
from comity.accounts.profiles import Profile, profile_files, profile_in_force
from comity.accounts.selectors.settings import profile_by_digest, settings_history
from comity.accounts.services.settings import SettingsMoved, SettingsRefused, apply_settings, changes_in, version_of
from comity.accounts.settings import COLUMNS, settings_table
from comity.common.models import OutboxEvent
from tests.factories import NOW, marketplace, operator

HOUR = timedelta(hours=1)


@pytest.fixture
def boss(db):
    return operator(marketplace(slug="north"))


def change(boss, *, now=NOW, why="Asked by the team.", seen=None, topics=None, orders=False, **typed):
    market = Marketplace.objects.get(pk=boss.marketplace_id)
    return apply_settings(
        marketplace=market,
        by=boss.user,
        typed={name: str(value) for name, value in typed.items()},
        topics=topics or {},
        why=why,
        seen=version_of(market) if seen is None else seen,
        orders=orders,
        now=now,
    )


def profile_at(boss, at):
    return profile_in_force(Marketplace.objects.get(pk=boss.marketplace_id), at)


def test_every_single_value_of_the_profile_can_be_set_and_its_own_value_is_allowed():
    shipped = profile_files()[0]
    scalars = {one.name for one in fields(Profile) if isinstance(getattr(shipped, one.name), int | str)}
    assert scalars - {"digest", "name"} == settings_table().keys() - {*COLUMNS}
    for name in settings_table().keys() - {*COLUMNS}:
        setting = settings_table()[name]
        assert setting.read(setting.shown(getattr(shipped, name))) == getattr(shipped, name)


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("reply_hours", "24h", "Time to answer is in hours: 24, not 24h. Allowed: 1 to 168."),
        ("reply_hours", "", "Time to answer is in hours: 24, and it must not be empty. Allowed: 1 to 168."),
        ("reply_hours", "0", "Time to answer: 0 hours is out of range. Allowed: 1 to 168."),
        ("reply_hours", "٢٤", "Time to answer is in hours: 24, not ٢٤. Allowed: 1 to 168."),
        ("automatic_reply_stops_clock", "perhaps", "An automatic reply stops the clock: choose No or Yes."),
        ("time_zone", "Berlin", "Time zone is “Berlin”, expected is a name such as Europe/Berlin or UTC."),
        ("name", " ", "Name must not be empty."),
    ],
)
def test_nonsense_is_refused_by_example(name, typed, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        settings_table()[name].read(typed)


@given(st.text())
def test_a_number_is_taken_exactly_when_it_is_plain_digits_in_range(typed):
    setting = settings_table()["reply_hours"]
    plain = typed.strip()
    fits = plain.isascii() and plain.isdecimal() and len(plain) < 10 and 1 <= int(plain) <= 168
    try:
        assert setting.read(typed) == int(plain)
        assert fits
    except ValueError:
        assert not fits


def test_a_change_counts_from_now_on_and_what_began_before_keeps_its_value(boss):
    change(boss, reply_hours=12)
    change(boss, now=NOW + HOUR, reply_hours=36)

    hours = [profile_at(boss, at).reply_hours for at in (NOW - HOUR, NOW, NOW + HOUR / 2, NOW + HOUR)]
    assert hours == [24, 12, 12, 36]


def test_reading_the_profile_in_force_asks_the_database_nothing(boss, django_assert_num_queries):
    change(boss, reply_hours=12)
    market = Marketplace.objects.get(pk=boss.marketplace_id)
    with django_assert_num_queries(0):
        assert profile_in_force(market, NOW).reply_hours == 12


def test_a_digest_finds_its_profile_whatever_came_later(boss):
    first = change(boss, reply_hours=12)
    made = profile_at(boss, NOW).digest
    change(boss, now=NOW + HOUR, reply_hours=36)

    assert (first.digest, profile_by_digest(made).reply_hours) == (made, 12)
    shipped = profile_files()[0]
    assert profile_by_digest(shipped.digest) is shipped
    assert profile_by_digest("0" * 64) is None


def test_a_digest_is_found_under_another_file_of_that_name_too(boss):
    made = change(boss, reply_hours=12).digest
    SettingsVersion.objects.update(digest="under another base")
    assert profile_by_digest(made).reply_hours == 12


def test_setting_a_value_back_leaves_the_file_as_it_is(boss):
    change(boss, reply_hours=12)
    change(boss, now=NOW + HOUR, reply_hours=24)
    assert profile_at(boss, NOW + HOUR) == profile_files()[0]


def test_another_marketplace_keeps_its_own(boss):
    change(boss, reply_hours=12, name="Nordmarkt")
    other = marketplace()
    assert (profile_in_force(other, NOW).reply_hours, other.name == "Nordmarkt") == (24, False)


def test_who_changed_what_and_why_is_kept_and_on_the_trail(boss):
    change(boss, reply_hours=12, trusted_domains="north.example help.north.example", topics={"closed": ["warranty"]})

    (kept,) = settings_history(boss.marketplace)
    assert (kept.made_by, kept.why, kept.valid_from) == (boss.user, "Asked by the team.", NOW)
    assert kept.changes == [
        ["trusted_domains", [], ["north.example", "help.north.example"]],
        ["reply_hours", 24, 12],
        ["topics.closed", [], ["warranty"]],
    ]
    event = OutboxEvent.objects.get()
    assert (event.name, event.actor, event.stream) == ("settings.changed", boss.user.public_id, boss.marketplace.public_id)  # fmt: skip
    market = Marketplace.objects.get(pk=boss.marketplace_id)
    assert (market.trusted_domains, market.topics) == (["north.example", "help.north.example"], {"closed": ["warranty"]})  # fmt: skip


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"reply_hours": "24h"}, "reply_hours"),
        ({"reply_hours": 24}, "form"),
        ({"reply_hours": 12, "why": " "}, "why"),
        ({"reply_hours": 12, "why": "x" * 1001}, "why"),
        ({"currency": "USD", "orders": True}, "currency"),
        ({"ruling_hours": 4}, "ruling_alarm_hours"),
        ({"unknown": 4}, "form"),
    ],
)
def test_what_is_refused_changes_nothing(boss, given, field):
    with pytest.raises(SettingsRefused) as refusal:
        change(boss, **given)
    assert list(refusal.value.errors) == [field]
    assert not SettingsVersion.objects.exists()
    assert not OutboxEvent.objects.exists()
    assert profile_at(boss, NOW) == profile_files()[0]


def test_a_page_opened_before_somebody_elses_change_applies_nothing(boss):
    change(boss, reply_hours=12)
    with pytest.raises(SettingsMoved):
        change(boss, seen=0, reply_hours=36)
    assert profile_at(boss, NOW).reply_hours == 12


def test_versions_that_nothing_asks_for_any_more_leave_the_row(boss):
    for day in range(0, 200, 50):
        change(boss, now=NOW + timedelta(days=day), reply_hours=10 + day // 50)
    kept = Marketplace.objects.get(pk=boss.marketplace_id).profile_versions
    assert [version["values"]["reply_hours"] for version in kept] == [11, 12, 13]
    assert SettingsVersion.objects.count() == 4


def test_looking_at_changes_stores_nothing(boss, django_assert_num_queries):
    with django_assert_num_queries(0):
        found = changes_in(marketplace=boss.marketplace, typed={"reply_hours": "12"}, topics={}, orders=True, now=NOW)
    assert [(one.name, one.before, one.after) for one in found] == [("reply_hours", 24, 12)]


def test_no_more_conversations_are_changed_at_once_than_a_form_can_carry():
    most = settings_table()["bulk_conversations"].high
    assert most + 100 <= settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
