"""An invitation gives a seat, and never the account of somebody who is a user already."""

from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from django.test import Client

from comity.accounts.models import Invitation, Staff, User
from comity.accounts.services import invitations
from comity.common import clock
from tests import factories

pytestmark = pytest.mark.django_db
ADDRESS = "victim@example.com"


@pytest.fixture
def boss():
    return factories.staff()


@pytest.fixture
def victim():
    return factories.user(email=ADDRESS, name="Vera Victim")


def invited(boss, address=ADDRESS):
    mail = invitations.invite(
        party=boss.seller, email=address, role="agent", by=boss.user, base_url="https://c.example", now=clock.now()
    )
    return next(line for line in mail.body.splitlines() if line.startswith("https"))[len("https://c.example") :]


def logged_in(client):
    return client.session.get("_auth_user_id")


def account_that_opens(boss, client):
    """Who ``client`` is after it has pressed the button of an invitation to the address of somebody else."""
    client.post(invited(boss), {"name": "Mallory"})
    return logged_in(client)


def test_who_opens_the_mail_does_not_get_into_the_account(boss, victim, client):
    assert account_that_opens(boss, client) is None
    assert not Staff.objects.filter(user=victim).exists()
    assert Invitation.objects.get().accepted_at is None


def test_without_the_check_who_opens_the_mail_would(boss, victim, client, monkeypatch):
    monkeypatch.setattr(invitations, "is_own", lambda holder, by: by is None)
    monkeypatch.setattr("comity.web.account.invitations._person", lambda _: None)
    assert account_that_opens(boss, client) == str(victim.pk)


def test_the_user_of_the_address_signs_in_comes_back_and_accepts(boss, victim, client):
    page = invited(boss)
    sign_in = client.post(page).url
    assert (urlsplit(sign_in).path, parse_qs(urlsplit(sign_in).query)) == ("/sign-in/", {"next": [page]})
    given = {"email": ADDRESS, "password": factories.PASSWORD, "next": page}
    assert client.post("/sign-in/", given).url == page
    assert "Vera Victim" in client.get(page).content.decode()
    assert client.post(page).url == f"/{boss.seller.marketplace.slug}/sell/{boss.seller.public_id}/"
    assert Staff.objects.get(user=victim).role == "agent"


def test_before_the_sign_in_the_page_names_nobody(boss, victim, client):
    shown = client.get(invited(boss)).content.decode()
    assert ("Vera Victim" in shown, 'name="name"' in shown, "Sign in first" in shown) == (False, False, True)


def test_somebody_else_who_is_signed_in_stays_who_they_are(boss, victim, client):
    other = factories.user()
    client.force_login(other)
    assert account_that_opens(boss, client) == str(other.pk)
    assert not Staff.objects.filter(user__in=[other, victim]).exists()


def test_a_session_by_the_word_of_a_shop_does_not_count(boss, victim, client):
    market, now = factories.marketplace(slug="north"), int(clock.now().timestamp())
    claims = {"iss": "north", "aud": "comity", "sub": "7", "email": ADDRESS, "name": "V", "jti": "1"}
    token = jwt.encode({**claims, "iat": now, "exp": now + 60}, market.hand_over_secret, algorithm="HS256")
    client.get("/north/hand-over/", {"token": token})
    assert logged_in(client) == str(victim.pk)

    assert client.post(invited(boss)).url.startswith("/sign-in/")
    assert not Staff.objects.filter(user=victim).exists()


def test_somebody_new_comes_in_by_the_link(boss, client):
    client.post(invited(boss, "new@example.com"), {"name": "Nina New"})
    assert logged_in(client) == str(User.objects.get(name="Nina New").pk)


@pytest.mark.postgres
def test_a_name_with_a_nul_is_told_and_creates_nobody(boss):
    people, client = User.objects.count(), Client()
    refused = client.post(invited(boss, "new@example.com"), {"name": "Nina\0New"})
    assert (refused.status_code, User.objects.count(), logged_in(client)) == (422, people, None)
    assert "contains the invisible character U+0000" in refused.content.decode()
