"""The people of a shop: owners invite, change roles and take seats away; the last owner stays."""

import re

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comity.accounts.models import Invitation, Staff, User
from tests import factories
from tests.web.desk.shop import reader_of, signed_in
from tests.web.pages import constant


@pytest.fixture(autouse=True)
def _mails_at_once(monkeypatch, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    for module in ("desk.people", "operator.views.people"):
        monkeypatch.setattr(f"comity.web.{module}.send_later", lambda message: message.send())


def html(response):
    return response.content.decode()


def link():
    return re.search(r"http\S+(/invitation/\S+)", mail.outbox[-1].body)[1]


def test_an_owner_invites_and_the_invited_works_there_at_once(shop, client):
    answer = client.post(shop.at("staff/"), {"email": "ines@example.com", "role": "agent"})
    assert answer.url == shop.at("staff/?done=invited")
    assert "ines@example.com" in html(client.get(shop.at("staff/")))

    stranger = signed_in(factories.user())
    assert f"{shop.owner.user.name}</bdi></b> invites" in html(stranger.get(link()))
    landed = stranger.post(link(), {"name": "Ines Moreau"})

    assert landed.url == shop.at()
    assert stranger.session["_auth_user_id"] == str(User.objects.get(name="Ines Moreau").pk)
    assert stranger.get(shop.at("inbox/")).status_code == 200


def test_the_answer_is_the_same_whether_the_address_is_known_or_not(shop, client):
    factories.user(email="known@example.com")
    answers = []
    for address in ("known@example.com", "other@example.com"):
        answer = client.post(shop.at("staff/"), {"email": address, "role": "agent"}, follow=True)
        page = constant(answer).replace(address, "…").replace(Invitation.objects.latest("pk").public_id, "…")
        answers.append((answer.redirect_chain, page))
        Invitation.objects.all().delete()
    assert answers[0] == answers[1]


def test_a_link_opened_by_a_programme_gives_nothing(shop, client):
    client.post(shop.at("staff/"), {"email": "ines@example.com", "role": "agent"})
    assert client.get(link()).status_code == 200
    assert Invitation.objects.get().accepted_at is None


def test_a_refused_invitation_comes_back_with_what_was_typed(shop, client):
    refused = client.post(shop.at("staff/"), {"email": "ines@", "role": "owner"})
    assert refused.status_code == 422
    assert "write it like name@example.com" in html(refused)
    assert 'value="ines@"' in html(refused)
    assert not Invitation.objects.exists()
    assert not mail.outbox


def test_an_invitation_is_sent_again_and_taken_back(shop, client):
    client.post(shop.at("staff/"), {"email": "ines@example.com", "role": "agent"})
    first = link()
    address = shop.at(f"staff/invitations/{Invitation.objects.get().public_id}/")

    assert client.post(address, {"action": "again"}).url == shop.at("staff/?done=again")
    assert client.get(first).status_code == 410
    assert client.get(link()).status_code == 200
    assert client.post(address, {"action": "revoke"}).url == shop.at("staff/?done=revoked")
    assert client.get(link()).status_code == 410


def test_a_role_is_changed_and_a_seat_taken_away(shop, client):
    helper = factories.staff(shop.seller, role=Staff.Role.AGENT)
    address = shop.at(f"staff/{helper.user.public_id}/")

    client.post(address, {"role": "read_only", "action": "role"})
    assert Staff.objects.get(pk=helper.pk).role == "read_only"
    client.post(address, {"action": "remove"})
    assert not Staff.objects.filter(pk=helper.pk).exists()


@pytest.mark.parametrize("fields", [{"action": "remove"}, {"role": "agent", "action": "role"}])
def test_the_last_owner_stays_and_is_told_why(shop, client, fields):
    refused = client.post(shop.at(f"staff/{shop.owner.user.public_id}/"), fields)
    assert refused.status_code == 422
    assert "make somebody else owner first" in html(refused)
    assert Staff.objects.get(pk=shop.owner.pk).role == "owner"


def test_an_owner_who_leaves_is_led_home(shop, client):
    factories.staff(shop.seller)
    assert client.post(shop.at(f"staff/{shop.owner.user.public_id}/"), {"action": "remove"}).url == "/"
    assert client.get(shop.at("staff/")).status_code == 404


def test_who_does_not_work_there_cannot_be_changed(shop, client):
    elsewhere = factories.staff()
    assert client.post(shop.at(f"staff/{elsewhere.user.public_id}/"), {"action": "remove"}).status_code == 404
    assert Staff.objects.filter(pk=elsewhere.pk).exists()


def test_only_owners_see_the_page(shop):
    for seat in (factories.staff(shop.seller, role=Staff.Role.AGENT), reader_of(shop)):
        client = signed_in(seat.user)
        assert client.get(shop.at("staff/")).status_code == 404
        assert client.post(shop.at("staff/"), {"email": "a@example.com", "role": "owner"}).status_code == 404
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_takes_the_same_queries_however_many_people(shop, client, number):
    for helper in range(number):
        factories.staff(shop.seller)
        client.post(shop.at("staff/"), {"email": f"new{helper}@example.com", "role": "agent"})

    with CaptureQueriesContext(connection) as queries:
        client.get(shop.at("staff/"))

    # session, user, seat, invitations, seats
    assert len(queries) == 5, [query["sql"][:90] for query in queries]
