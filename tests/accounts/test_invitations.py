"""Invitations: a link that works once, expires, and is void when who sent it may no longer invite."""

import re
from datetime import timedelta

import pytest
from django.core import mail

from comity.accounts.models import Invitation, OperatorStaff, Staff, User
from comity.accounts.services import invitations
from comity.accounts.services.invitations import InvitationRefused, SignInFirst
from comity.accounts.services.staff import seat_staff, unseat_staff
from comity.common.errors import NotFound, Refused
from comity.common.models import OutboxEvent
from tests.factories import NOW, marketplace, operator, seller, staff, user

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


@pytest.fixture
def boss():
    return staff()


def invite(boss, email="Ines.Moreau@example.com", role="agent", now=NOW, party=None):
    party = party or boss.seller
    return token_of(
        invitations.invite(party=party, email=email, role=role, by=boss.user, base_url="https://c.example", now=now)
    )


def token_of(message):
    return re.search(r"https://c\.example/invitation/(\S+)/\n", message.body)[1]


def accept(token, name="Ines Moreau", by=None, now=NOW):
    return invitations.accept_invitation(token=token, name=name, by=by, now=now)


def refusal(token, now=NOW):
    with pytest.raises(InvitationRefused) as refused:
        accept(token, now=now)
    return refused.value.code


def test_an_unknown_person_gets_a_user_and_the_seat(boss):
    person = accept(invite(boss))
    assert (person.name, person.email) == ("Ines Moreau", "Ines.Moreau@example.com")
    assert Staff.objects.get(user=person).role == "agent"


def test_a_known_person_keeps_their_name_and_gets_the_seat(boss):
    known = user(email="ines.moreau@example.com", name="Inès")
    assert accept(invite(boss), by=known) == known
    assert (Staff.objects.get(user=known).seller, User.objects.get(pk=known.pk).name) == (boss.seller, "Inès")


def test_for_a_known_address_nobody_but_its_user_accepts(boss):
    known = user(email="ines.moreau@example.com")
    token = invite(boss)
    told = OutboxEvent.objects.count()
    for somebody in (None, boss.user, user()):
        with pytest.raises(SignInFirst):
            accept(token, by=somebody)
    assert (Invitation.objects.get().accepted_at, OutboxEvent.objects.count()) == (None, told)
    assert not Staff.objects.filter(user=known).exists()


@pytest.mark.parametrize("name", ["Ines\x00Moreau", "Ines\nMoreau"])
def test_a_name_that_no_database_should_store_is_refused(boss, name):
    token = invite(boss)
    people = User.objects.count()
    with pytest.raises(Refused, match="invisible character") as refused:
        accept(token, name)
    assert (refused.value.field, User.objects.count(), Invitation.objects.get().accepted_at) == ("name", people, None)


def test_the_mail_says_who_invites_to_what_and_until_when(boss):
    message = invitations.invite(
        party=boss.seller, email="a@example.com", role="read_only", by=boss.user, base_url="https://c.example", now=NOW
    )
    assert message.to == ["a@example.com"]
    assert f"{boss.user.name} invites you to work for {boss.seller.name} on Comity, as reader" in message.body
    assert "until 9 November 2026, 12:00 UTC" in message.body
    assert not mail.outbox  # the edge sends it after its answer


def test_an_operator_invites_its_own_people_and_the_first_owner_of_a_shop():
    admin = operator()
    shop = seller(admin.marketplace)
    accept(invite(admin, "first@example.com", "owner", party=shop), "First")
    accept(invite(admin, "mod@example.com", "moderator", party=admin.marketplace), "Mod")
    assert Staff.objects.get(seller=shop).role == "owner"
    assert OperatorStaff.objects.get(user__name="Mod").role == "moderator"


def test_it_works_once(boss):
    token = invite(boss)
    accept(token)
    assert refusal(token) == "used"
    assert User.objects.filter(name="Ines Moreau").count() == 1


@pytest.mark.parametrize(("at", "works"), [(NOW + WEEK - timedelta(seconds=1), True), (NOW + WEEK, False)])
def test_it_expires_after_the_days_of_the_profile(boss, at, works):
    token = invite(boss)
    assert (accept(token, now=at).name if works else refusal(token, now=at)) == ("Ines Moreau" if works else "expired")


def test_sent_again_only_the_latest_link_works(boss):
    first = invite(boss)
    again = invitations.send_again(
        invitation=Invitation.objects.get(), by=boss.user, base_url="https://c.example", now=NOW + WEEK
    )
    assert refusal(first, now=NOW + WEEK) == "invalid"
    assert accept(token_of(again), now=NOW + WEEK).name == "Ines Moreau"


def test_inviting_the_same_address_again_changes_the_role_of_the_one_invitation(boss):
    invite(boss)
    accept(invite(boss, "INES.moreau@example.com", "read_only"))
    assert (Invitation.objects.count(), Staff.objects.exclude(pk=boss.pk).get().role) == (1, "read_only")


def test_taken_back_it_gives_nothing(boss):
    token = invite(boss)
    invitations.revoke(invitation=Invitation.objects.get(), by=boss.user, now=NOW)
    assert refusal(token) == "revoked"
    assert not User.objects.filter(name="Ines Moreau").exists()


def test_it_is_void_once_its_sender_may_no_longer_invite(boss):
    token = invite(boss)
    staff(boss.seller)
    unseat_staff(seller=boss.seller, user=boss.user, now=NOW)
    assert refusal(token) == "revoked"


@pytest.mark.parametrize("broken", ["", "x", "{}:abc", "{token}x"])
def test_a_link_that_was_tampered_with_gives_nothing(boss, broken):
    assert refusal(broken.replace("{token}", invite(boss))) == "invalid"


def test_a_closed_account_gets_no_seat(boss):
    token = invite(boss)
    User.objects.filter(pk=user(email="ines.moreau@example.com").pk).update(is_active=False)
    assert refusal(token) == "invalid"
    assert Staff.objects.count() == 1


def test_who_got_a_seat_meanwhile_keeps_its_role(boss):
    token = invite(boss)
    known = user(email="ines.moreau@example.com")
    seat_staff(seller=boss.seller, user=known, role="owner", now=NOW)
    accept(token, by=known)
    assert Staff.objects.get(user=known).role == "owner"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"email": "nobody"}, "email_invalid"),
        ({"role": "admin"}, "role_unknown"),
        ({"email": "works@example.com"}, "seated"),
    ],
)
def test_what_is_refused_invites_nobody(boss, given, code):
    staff(boss.seller, user=user(email="works@example.com"))
    with pytest.raises(Refused) as refused:
        invite(boss, **given)
    assert (refused.value.code, Invitation.objects.count(), OutboxEvent.objects.count()) == (code, 0, 0)


def test_one_address_is_not_flooded(boss):
    for _ in range(3):
        invite(boss)
    with pytest.raises(Refused, match="Too many invitations"):
        invite(boss)
    assert Invitation.objects.get().sent_count == 3


def test_an_empty_name_is_refused_and_the_invitation_stays_open(boss):
    token = invite(boss)
    with pytest.raises(Refused) as refused:
        accept(token, " ")
    assert (refused.value.field, Invitation.objects.get().accepted_at) == ("name", None)


def test_everything_is_on_the_trail(boss):
    person = accept(invite(boss))
    told = OutboxEvent.objects.order_by("id").values_list("name", "actor", "stream")
    assert list(told) == [
        ("invitation.sent", boss.user.public_id, boss.seller.public_id),
        ("staff.seated", boss.user.public_id, boss.seller.public_id),
        ("invitation.accepted", person.public_id, boss.seller.public_id),
        ("staff.signed_in", person.public_id, boss.seller.public_id),
    ]


def test_another_partys_invitation_is_missing(boss):
    invite(boss)
    for party in (seller(boss.seller.marketplace), boss.seller.marketplace, marketplace()):
        with pytest.raises(NotFound):
            invitations.get_invitation(party, Invitation.objects.get().public_id)
