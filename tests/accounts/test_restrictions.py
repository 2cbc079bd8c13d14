from datetime import timedelta

import pytest

from comity.accounts.models import Restriction
from comity.accounts.selectors.restrictions import is_restricted
from comity.accounts.services.restrictions import lift, restrict
from comity.common.errors import Refused
from comity.common.models import OutboxEvent
from tests.factories import NOW, buyer, seller, user

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def test_a_restriction_holds_from_its_start_until_its_end():
    shop = seller()
    made = restrict(seller=shop, kind="messaging", reason=" Spam ", ends_at=NOW + HOUR, now=NOW)
    held = [is_restricted(seller=shop, kind="messaging", now=NOW + offset) for offset in (-HOUR, 0 * HOUR, HOUR)]
    assert held == [None, made, None]
    assert (made.reason, made.marketplace) == ("Spam", shop.marketplace)


def test_one_without_end_holds_until_it_is_lifted():
    person = buyer()
    made = restrict(buyer=person, kind="messaging", reason="Threats", now=NOW)
    assert is_restricted(buyer=person, kind="messaging", now=NOW + 9999 * HOUR) == made
    lift(restriction=made, now=NOW + HOUR)
    assert is_restricted(buyer=person, kind="messaging", now=NOW + HOUR) is None


def test_lifting_twice_keeps_the_first_moment():
    made = restrict(buyer=buyer(), kind="messaging", reason="Threats", now=NOW)
    lift(restriction=made, now=NOW + HOUR)
    assert lift(restriction=made, now=NOW + 2 * HOUR).lifted_at == NOW + HOUR


def test_all_messaging_covers_proactive_messaging_and_not_the_other_way_round():
    narrow, wide = seller(), seller()
    restrict(seller=narrow, kind="proactive_messaging", reason="Marketing", now=NOW)
    restrict(seller=wide, kind="messaging", reason="Spam", now=NOW)
    found = [bool(is_restricted(seller=s, kind=k, now=NOW)) for s in (narrow, wide) for k in Restriction.Kind.values]
    assert found == [False, True, True, True]


def test_the_longest_of_several_is_shown():
    shop = seller()
    for hours in (5, 9, 7):
        restrict(seller=shop, kind="messaging", reason=f"{hours}", ends_at=NOW + hours * HOUR, now=NOW)
    assert is_restricted(seller=shop, kind="messaging", now=NOW).reason == "9"
    restrict(seller=shop, kind="messaging", reason="for good", now=NOW)
    assert is_restricted(seller=shop, kind="messaging", now=NOW).reason == "for good"


def test_another_party_is_free(django_assert_num_queries):
    shop, other, person = seller(), seller(), buyer()
    restrict(seller=shop, kind="messaging", reason="Spam", now=NOW)
    with django_assert_num_queries(2):
        assert is_restricted(seller=other, kind="messaging", now=NOW) is None
        assert is_restricted(buyer=person, kind="messaging", now=NOW) is None


@pytest.mark.parametrize(("changes", "code"), [({"reason": " "}, "reason_missing"), ({"ends_at": NOW}, "end_passed")])
def test_what_is_refused_restricts_nobody(changes, code):
    with pytest.raises(Refused) as refusal:
        restrict(**{"seller": seller(), "kind": "messaging", "reason": "Spam", "now": NOW, **changes})
    assert (refusal.value.code, Restriction.objects.count()) == (code, 0)


@pytest.mark.parametrize("ask", [restrict, is_restricted])
def test_a_restriction_names_one_party(ask):
    more = {"reason": "Spam"} if ask is restrict else {}
    for parties in ({}, {"seller": seller(), "buyer": buyer()}):
        with pytest.raises(ValueError, match="either a seller or a buyer"):
            ask(**parties, **more, kind="messaging", now=NOW)


def test_imposing_and_lifting_are_on_the_trail_with_who_did_it():
    shop, boss = seller(), user()
    made = restrict(seller=shop, kind="messaging", reason="Spam", by=boss, now=NOW)
    for _ in range(2):
        lift(restriction=made, by=boss, now=NOW + HOUR)
    told = OutboxEvent.objects.order_by("id").values_list("name", "stream", "actor", "data")
    about = {"kind": "messaging"}
    assert list(told) == [
        ("restriction.imposed", shop.public_id, boss.public_id, about),
        ("restriction.lifted", shop.public_id, boss.public_id, about),
    ]
