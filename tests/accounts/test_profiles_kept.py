"""What was decided under a profile finds it for ever, whatever later releases do with its file."""

import pytest

from comity.accounts import profiles
from comity.accounts.models import SettingsVersion
from comity.accounts.profiles import profile_files, profile_in_force
from comity.accounts.selectors.settings import keep_profiles, profile_by_digest
from comity.accounts.services.settings import apply_settings, version_of
from comity.common.models import Published
from comity.config import examination
from tests.factories import NOW, marketplace, user
from tests.orders.returns import arrived, back

pytestmark = pytest.mark.django_db
CACHED = (profiles.profile_files, profiles.profile_texts, profiles.profile_from_file, profiles._with_values)


def forget():
    for one in (*CACHED, profile_by_digest):
        one.cache_clear()


@pytest.fixture
def next_release(tmp_path, monkeypatch):
    """Has a file of that name and day with something else in it, as ``told`` says: from old words to new ones."""

    def release(**told):
        text = profiles.profile_texts()[profile_files()[0].digest].decode()
        for old, new in told.values():
            assert old in text
            text = text.replace(old, new)
        (tmp_path / "open-marketplace@2026-01-01.toml").write_text(text)
        monkeypatch.setattr(profiles, "_FOLDER", tmp_path)
        forget()

    yield release
    monkeypatch.undo()
    forget()


def terms_finding():
    return next(one for one in examination.examine() if one.about == "terms")


def test_a_file_that_changed_leaves_what_was_made_under_it(next_release):
    before = profile_files()[0]
    keep_profiles()
    next_release(hours=("reply_hours = 24 ", "reply_hours = 36 "), window=("window_days = 30 ", "window_days = 60 "))

    found = profile_by_digest(before.digest)
    assert (found.digest, found.reply_hours, found.returns.window_days) == (before.digest, 24, 30)
    assert profile_files()[0].reply_hours == 36
    assert found == before


def test_a_file_is_kept_once_and_stays_as_it_was(next_release):
    keep_profiles()
    keep_profiles()
    next_release(hours=("reply_hours = 24 ", "reply_hours = 36 "))
    keep_profiles()
    hours = [
        [line for line in one.text.splitlines() if line.startswith("reply_hours")] for one in Published.objects.all()
    ]
    assert [one[0][:16] for one in hours] == ["reply_hours = 24", "reply_hours = 36"]


def test_what_an_old_file_does_not_say_is_as_today_and_what_nobody_asks_for_is_left_out(next_release):
    text = profiles.profile_texts()[profile_files()[0].digest].decode()
    old = text.replace("reply_hours = 24 ", "reply_hours = 12\nfax_hours = 9 #").replace(
        "[offers]", "[offers]\nfax = 1"
    )
    old = "\n".join(line for line in old.splitlines() if not line.startswith(("undo_seconds", "refund_days")))
    Published.objects.create(kind="profile", digest="d" * 64, text=old)
    found, today = profile_by_digest("d" * 64), profile_files()[0]
    assert (found.reply_hours, found.undo_seconds) == (12, today.undo_seconds)
    assert (found.returns.refund_days, found.offers) == (today.returns.refund_days, today.offers)


def test_a_file_is_found_by_a_release_whose_files_all_begin_later(next_release):
    before = profile_files()[0]
    keep_profiles()
    next_release(day=("valid_from = 2026-01-01", "valid_from = 2027-01-01"))
    assert profile_by_digest(before.digest) == before


def test_settings_are_found_over_the_file_that_they_were_made_with(next_release):
    market, boss = marketplace(), user()
    seen = version_of(market)
    apply_settings(marketplace=market, by=boss, typed={"reply_hours": "12"}, topics={}, why="Faster.", seen=seen,
                   orders=False, now=NOW)  # fmt: skip
    market.refresh_from_db()
    made = profile_in_force(market, NOW).digest
    keep_profiles()
    next_release(ruling=("ruling_hours = 24 ", "ruling_hours = 20 "))

    found = profile_by_digest(made)
    assert (found.reply_hours, found.ruling_hours, SettingsVersion.objects.get().digest) == (12, 24, made)


def test_of_a_profile_that_nobody_kept_doctor_tells_and_no_page_fails(caplog):
    forget()
    made = back(arrived())
    type(made).objects.update(profile_digest="0" * 64)
    found = terms_finding()
    assert (found.state, found.sentence.partition(". ")[0]) == (
        "note",
        "a release that kept none decided under the profile 000000000000 (returns: 1)",
    )

    from comity.orders.services.returning.steps import terms_of

    made.refresh_from_db()
    assert terms_of(made) == profile_in_force(made.order.marketplace, made.requested_at).returns
    assert caplog.text.count("no profile has the digest 000") == 1


def test_one_that_nobody_kept_is_looked_for_once(django_assert_num_queries):
    forget()
    with django_assert_num_queries(3):
        assert [profile_by_digest("0" * 64) for _ in range(3)] == [None] * 3


def test_what_is_kept_is_no_finding(next_release):
    back(arrived())
    keep_profiles()
    next_release(hours=("reply_hours = 24 ", "reply_hours = 36 "))
    assert terms_finding().state == "ok"
