import re
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse

from comity.accounts.services.sign_in import make_link
from comity.common import clock
from tests.factories import PASSWORD, user
from tests.web.pages import constant

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _mails_at_once(monkeypatch, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    monkeypatch.setattr("comity.web.account.views.send_later", lambda message: message.send())


def try_password(client, person, password, **more):
    return client.post("/sign-in/", {"email": person.email, "password": password, **more})


def signed_in_as(client):
    return client.session.get("_auth_user_id")


def test_a_right_password_signs_in_and_leads_on(client):
    person = user()
    response = try_password(client, person, PASSWORD, next="/market/messages/?page=2")
    assert (response.status_code, response["Location"]) == (302, "/market/messages/?page=2")
    assert signed_in_as(client) == str(person.pk)


def test_the_case_of_an_address_does_not_matter(client):
    person = user(email="Ines.Moreau@Example.com")
    client.post("/sign-in/", {"email": " ines.moreau@example.COM ", "password": PASSWORD})
    assert signed_in_as(client) == str(person.pk)


def test_a_wrong_password_and_an_unknown_address_get_the_same_page(client):
    answers = []
    for address in (user(email="known@example.com").email, "nobody@example.com"):
        response = client.post("/sign-in/", {"email": address, "password": "wrong"})
        answers.append((response.status_code, constant(response).replace(address, "…")))
    assert answers[0] == answers[1]
    assert answers[0][0] == 422
    assert signed_in_as(client) is None


def test_an_unknown_address_costs_as_much_hashing_as_a_known_one(client, monkeypatch):
    from django.contrib.auth.hashers import MD5PasswordHasher

    hashed, encode = [], MD5PasswordHasher.encode
    person = user()
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *args: hashed.append(1) or encode(*args))
    try_password(client, person, "wrong")
    known = len(hashed)
    client.post("/sign-in/", {"email": "nobody@example.com", "password": "wrong"})
    assert known == len(hashed) - known == 1


@pytest.mark.parametrize("path", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x", "evil"])
def test_next_never_leaves_the_site(client, path):
    assert try_password(client, user(), PASSWORD, next=path)["Location"] == "/"


def test_an_address_is_tried_ten_times_and_then_waits(client):
    person = user()
    codes = [try_password(client, person, "wrong").status_code for _ in range(11)]
    right = try_password(client, person, PASSWORD)
    assert codes == [422] * 10 + [429]
    assert (right.status_code, 0 < int(right["Retry-After"]) <= 901) == (429, True)
    assert signed_in_as(client) is None


def test_an_unknown_address_waits_in_the_same_way(client):
    given = {"email": "nobody@example.com", "password": "wrong"}
    assert [client.post("/sign-in/", given).status_code for _ in range(11)] == [422] * 10 + [429]


def test_one_network_has_a_hundred_tries(client, settings):
    settings.SIGN_IN_TRIES = {**settings.SIGN_IN_TRIES, "network": (3, timedelta(minutes=15))}
    given = [{"email": f"n{number}@example.com", "password": "wrong"} for number in range(4)]
    assert [client.post("/sign-in/", one).status_code for one in given] == [422, 422, 422, 429]
    assert client.post("/sign-in/", given[0], REMOTE_ADDR="192.0.2.9").status_code == 422


def test_success_does_not_count_against_a_network(client, settings):
    settings.SIGN_IN_TRIES = {**settings.SIGN_IN_TRIES, "network": (1, timedelta(minutes=15))}
    assert [try_password(client, user(), PASSWORD).status_code for _ in range(3)] == [302, 302, 302]


def test_a_link_goes_to_a_known_address_only_and_the_page_is_the_same(client):
    person = user(email="known@example.com")
    pages = []
    for address in (person.email, "nobody@example.com"):
        response = client.post("/sign-in/", {"email": address, "password": "", "link": "yes"})
        pages.append((response.status_code, constant(response).replace(address, "…")))
    assert pages[0] == pages[1]
    assert [message.to for message in mail.outbox] == [[person.email]]


def test_an_address_gets_three_mails_an_hour(client):
    person = user()
    codes = [client.post("/sign-in/", {"email": person.email, "link": "yes"}).status_code for _ in range(5)]
    assert (codes, len(mail.outbox)) == ([200] * 5, 3)


def test_the_mailed_link_signs_in_by_its_button_once_and_leads_on(client):
    person = user()
    client.post("/sign-in/", {"email": person.email, "link": "yes", "next": "/market/orders/"})
    path = re.search(r"http://127.0.0.1:8000(/sign-in/link/\S+)", mail.outbox[0].body)[1]
    for _ in range(3):  # what scans mails opens links
        assert client.get(path).status_code == 200
    assert signed_in_as(client) is None
    assert client.post(path)["Location"] == "/market/orders/"
    assert signed_in_as(client) == str(person.pk)


def test_a_used_link_signs_nobody_in(client, django_user_model):
    path = make_link(user=user(), base_url="", now=clock.now())
    client.post(path)
    client.post("/sign-out/")
    again = client.post(path), client.get(path)
    assert [response.status_code for response in again] == [410, 410]
    assert b"used already" in again[0].content
    assert signed_in_as(client) is None


def test_an_old_link_signs_nobody_in(client):
    path = make_link(user=user(), base_url="", now=clock.now() - timedelta(minutes=15))
    response = client.post(path)
    assert (response.status_code, b"too old" in response.content) == (410, True)
    assert signed_in_as(client) is None


@pytest.mark.parametrize("spoil", [lambda t: t[:-1], lambda t: "x" + t, lambda t: "nonsense", lambda t: t.upper()])
def test_an_altered_link_signs_nobody_in(client, spoil):
    token = make_link(user=user(), base_url="", now=clock.now()).split("/")[-2]
    response = client.post(reverse("sign-in-link", args=[spoil(token)]))
    assert (response.status_code, signed_in_as(client)) == (410, None)


def test_a_person_who_was_shut_out_cannot_come_in(client):
    person = user()
    path = make_link(user=person, base_url="", now=clock.now())
    person.is_active = False
    person.save()
    assert [client.post(path).status_code, try_password(client, person, PASSWORD).status_code] == [410, 422]
    assert signed_in_as(client) is None


def test_signing_in_changes_the_session_key(client):
    client.get("/sign-in/")
    client.session["before"] = 1
    key = client.session.session_key
    try_password(client, user(), PASSWORD)
    assert client.session.session_key != key


def test_signing_out_takes_a_press(client):
    client.force_login(user())
    assert client.get("/sign-out/").status_code == 405
    assert signed_in_as(client)
    out = client.post("/sign-out/")
    assert (out["Location"], out["Clear-Site-Data"]) == ("/", '"storage"')
    assert signed_in_as(client) is None


@pytest.mark.parametrize("email", ["", "no address", "a@b", "x\x00@example.com", "a" * 400 + "@example.com"])
def test_what_is_no_address_is_refused_in_place(client, email):
    response = client.post("/sign-in/", {"email": email, "password": "x", "next": "/market/"})
    assert response.status_code == 422
    assert b'value="/market/"' in response.content


def test_a_password_is_never_sent_back(client):
    response = client.post("/sign-in/", {"email": "broken", "password": "my secret words"})
    assert b"my secret words" not in response.content
