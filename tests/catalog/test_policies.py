"""A seller's policies: dated, never changed, screened, and found again as they were."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comity.accounts.models import Staff
from comity.catalog.models import SellerPolicy
from comity.catalog.selectors.policies import get_version, policies_in_force
from comity.catalog.services.policies import Overtaken, Wording, publish_policy
from comity.catalog.services.wording import WordsRefused
from comity.common.errors import NotFound, Refused
from comity.common.models import OutboxEvent
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
TEXT = "We take back what you do not like within 30 days of delivery."


@pytest.fixture
def owner():
    return factories.staff()


def publish(staff, text=TEXT, kind="returns", number=0, days=0, confirmed=""):
    wording = Wording(text, number, confirmed)
    return publish_policy(staff=staff, kind=kind, wording=wording, now=NOW + timedelta(days=days))


@pytest.mark.requirement("S82")
def test_each_text_is_a_version_that_stays(owner):
    first = publish(owner)
    second = publish(owner, "Within 60 days.", number=1, days=2)

    assert [first.number, second.number] == [1, 2]
    first.refresh_from_db()
    assert (first.text, first.valid_from) == (TEXT, NOW)
    event = OutboxEvent.objects.latest("id")
    assert (event.name, event.actor, event.data["policy"]) == (
        "policy.published",
        owner.user.public_id,
        second.public_id,
    )


@pytest.mark.requirement("S82")
def test_what_was_in_force_at_a_moment_is_found_in_one_query(owner):
    returns = publish(owner)
    later = publish(owner, "Within 60 days.", number=1, days=2)
    shipping = publish(owner, "We ship within two days.", kind="shipping", days=1)
    publish(factories.staff())

    with CaptureQueriesContext(connection) as captured:
        assert policies_in_force(owner.seller, at=NOW + timedelta(days=1)) == [shipping, returns]
    assert len(captured) == 1
    assert policies_in_force(owner.seller, at=NOW + timedelta(days=2)) == [shipping, later]
    assert policies_in_force(owner.seller, at=NOW - timedelta(seconds=1)) == []


def test_a_version_knows_until_when_it_held_and_what_holds_now(owner):
    first, second = publish(owner), publish(owner, "Within 60 days.", number=1, days=2)
    third = publish(owner, "Within 90 days.", number=2, days=5)

    shown = get_version(owner.seller, first.public_id)

    assert (shown.policy, shown.until, shown.current) == (first, second.valid_from, third)
    assert get_version(owner.seller, third.public_id).until is None
    for seller, policy in ((factories.seller(), first.public_id), (owner.seller, "pol_x"), (owner.seller, "\0")):
        with pytest.raises(NotFound):
            get_version(seller, policy)


@pytest.mark.requirement("S37", "S82")
def test_the_rules_read_a_policy_like_a_message(owner):
    with pytest.raises(WordsRefused) as refused:
        publish(owner, "Send it back and write to returns@example.org first.")

    assert [finding.rule for finding in refused.value.verdict.findings] == ["contact.email"]
    assert not SellerPolicy.objects.exists()
    assert not OutboxEvent.objects.exists()


def test_what_would_be_held_is_refused_and_what_is_warned_of_is_confirmed(owner, monkeypatch):
    from comity.catalog.services import wording
    from tests.messaging.desk import verdict_by_first_word

    monkeypatch.setattr(wording, "screen", verdict_by_first_word)
    with pytest.raises(WordsRefused) as held:
        publish(owner, "HOLD this", confirmed="input of HOLD this")
    with pytest.raises(WordsRefused) as warned:
        publish(owner, "WARN me")

    assert (held.value.confirm, warned.value.confirm) == ("", "input of WARN me")
    assert publish(owner, "WARN me", confirmed="input of WARN me").number == 1


def test_the_same_text_again_is_no_new_version(owner):
    first = publish(owner)

    assert publish(owner, f"{TEXT}\r\n") == first
    assert SellerPolicy.objects.count() == 1


def test_a_colleague_who_was_faster_is_not_written_over(owner):
    publish(owner)
    current = publish(owner, "Within 60 days.", number=1)

    with pytest.raises(Overtaken) as refused:
        publish(owner, "Within 90 days.", number=1)

    assert refused.value.current == current
    assert SellerPolicy.objects.count() == 2


@pytest.mark.parametrize("role", ["agent", "read_only"])
def test_only_an_owner_publishes(role):
    with pytest.raises(Refused, match="Only an owner"):
        publish(factories.staff(role=Staff.Role(role)))
    assert not SellerPolicy.objects.exists()


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [(" \n", "returns", "empty"), ("x" * 10_001, "returns", "too_long"), ("a\0", "returns", "unsendable"), (TEXT, "tea", "kind")],
)  # fmt: skip
def test_what_cannot_be_a_policy_is_refused(owner, text, kind, code):
    with pytest.raises(Refused) as refused:
        publish(owner, text, kind=kind)

    assert refused.value.code == code
    assert not SellerPolicy.objects.exists()
