import re
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from django.forms import Form
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import include, path

from comity.common import clock
from comity.common.errors import NotFound
from comity.web.account import forms, gate
from comity.web.account.gate import signed_in, typed, typed_in
from tests.factories import PASSWORD, user
from tests.web.pages import constant

TEMPLATES = Path(gate.__file__).parents[1] / "templates"
FORMS = [one for one in vars(forms).values() if isinstance(one, type) and issubclass(one, Form)]
NAME = re.compile(r'name="([^"]+)"')
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@signed_in
def write(request):
    return HttpResponse(repr(sorted(typed(request).items())))


@signed_in
def send(request):
    return HttpResponse("sent")


def missing(request):
    raise NotFound("order 7 of seller 8")


def broken(request):
    raise RuntimeError("secret words")


urlpatterns = [
    path("write/", write),
    path("write/send/", send),
    path("missing/", missing),
    path("broken/", broken),
    path("link/<str:token>/", broken),
    path("", include("comity.web.urls")),
]
handler404 = "comity.web.errors.not_found"
handler500 = "comity.web.errors.failure"


def session_over(client, person=None):
    """``person`` was on a page, and the session is over: the browser's cookie of it is gone."""
    person = person or user()
    client.force_login(person)
    client.get("/write/")
    del client.cookies["sessionid"]
    return person


def kept_words(client, person=None):
    """What ``person`` finds on the form's page after signing in, by no form of it asked for."""
    if person:
        client.post("/sign-in/", {"email": person.email, "password": PASSWORD})
    return re.findall(r"readonly>\n([^<]*)</textarea>", client.get("/account/").content.decode())


def refused_form(who=None):
    """The page after posting words with a form whose token is gone; ``who`` is signed in."""
    client = Client(enforce_csrf_checks=True)
    if who:
        client.force_login(who)
    typing = {"text": "Where <b>is</b> it?", "topic": "late"}
    return client.post("/write/send/", typing, headers={"Referer": "http://testserver/write/?order=7"})


def test_who_has_lost_all_cookies_gets_the_words_back_and_a_way_to_sign_in():
    response = refused_form()
    page = response.content.decode()
    assert (response.status_code, "You are signed out" in page) == (403, True)
    assert "readonly>\nWhere &lt;b&gt;is&lt;/b&gt; it?</textarea>" in page
    assert 'href="/sign-in/?next=%2Fwrite%2F%3Forder%3D7"' in page


def test_who_is_signed_in_gets_the_words_back_and_the_page_again():
    page = refused_form(user()).content.decode()
    assert "This form was open too long" in page
    assert "Where &lt;b&gt;is&lt;/b&gt; it?</textarea>" in page
    assert 'href="/write/?order=7"' in page


def test_a_stranger_signs_in_first_and_comes_back(client):
    assert client.get("/write/?order=7&x=1")["Location"] == "/sign-in/?next=%2Fwrite%2F%3Forder%3D7%26x%3D1"


def test_what_was_typed_in_an_expired_session_is_there_after_signing_in(client):
    person = user()
    typing = {"text": "Where is it?", "topic": "late", "key": "k1"}
    response = client.post("/write/send/", typing, headers={"Referer": "http://testserver/write/?order=7"})
    assert response["Location"] == "/sign-in/?next=%2Fwrite%2F%3Forder%3D7"
    given = {"email": person.email, "password": PASSWORD, "next": "/write/?order=7"}
    assert client.post("/sign-in/", given)["Location"] == "/write/?order=7"
    assert client.get("/write/").content == b"[]"  # another page
    assert client.get("/write/?order=7").content == b"[('text', 'Where is it?'), ('topic', 'late')]"
    assert client.get("/write/?order=7").content == b"[]"  # once


@pytest.mark.parametrize("referrer", ["", "http://evil.example/write/", "nonsense"])
def test_without_the_forms_page_one_comes_back_to_the_address(client, referrer):
    response = client.post("/write/send/", {"text": "x"}, headers={"Referer": referrer})
    assert response["Location"] == "/sign-in/?next=%2Fwrite%2Fsend%2F"


@pytest.mark.parametrize("headers", [{"HX-Request": "true"}, {"Sec-Fetch-Mode": "cors"}])
def test_a_script_is_told_and_its_page_stays(client, headers):
    response = client.post("/write/send/", {"text": "x"}, headers=headers)
    assert (response.status_code, "Location" in response) == (401, False)
    assert "typed" not in client.session


def test_a_browser_that_navigates_is_no_script(client):
    assert client.get("/write/", headers={"Sec-Fetch-Mode": "navigate"}).status_code == 302


def test_what_is_typed_is_bounded(client):
    client.post("/write/send/", {"text": "x" * 90_000})
    assert len(client.session["typed"]["fields"]["text"]) == 39_996


def test_what_one_person_typed_is_not_shown_to_the_next_and_is_thrown_away(client):
    first, second = session_over(client), user()
    client.post("/account/", {"name": "Ann of Mill Lane", "text": "My words."})
    client.post("/sign-in/", {"email": second.email, "password": PASSWORD})
    assert ("typed" in client.session, kept_words(client)) == (False, [])
    client.post("/sign-out/")
    assert kept_words(client, first) == []


def test_who_typed_it_finds_it_within_half_an_hour_and_not_later(client, monkeypatch):
    person, at = session_over(client), clock.now()
    found = []
    for minutes in (30, 31):
        monkeypatch.setattr("comity.common.clock.now", lambda: at)
        client.post("/account/", {"name": "Ann of Mill Lane"})
        monkeypatch.setattr("comity.common.clock.now", lambda later=at + timedelta(minutes=minutes): later)
        found.append(kept_words(client, person))
        del client.cookies["sessionid"]
    assert found == [["Ann of Mill Lane"], []]


@pytest.mark.parametrize("headers", [{"X-Live": "1"}, {"Sec-Fetch-Mode": "cors"}, {"HX-Request": "true"}])
def test_a_script_that_follows_the_page_in_another_tab_takes_nothing_away(client, headers):
    person = session_over(client)
    client.post("/account/", {"name": "Ann of Mill Lane"})
    client.post("/sign-in/", {"email": person.email, "password": PASSWORD})
    assert b"Ann of Mill Lane" not in client.get("/account/", headers=headers).content
    assert (kept_words(client), kept_words(client)) == (["Ann of Mill Lane"], [])


def test_it_gets_too_old_for_a_person_who_comes_to_the_page_late(client, monkeypatch):
    person, later = session_over(client), clock.now() + timedelta(minutes=31)
    client.post("/account/", {"name": "Ann of Mill Lane"})
    client.post("/sign-in/", {"email": person.email, "password": PASSWORD})
    assert client.session["typed"]["fields"] == {"name": "Ann of Mill Lane"}
    monkeypatch.setattr("comity.common.clock.now", lambda: later)
    assert kept_words(client) == []


def test_where_the_browser_names_nobody_only_a_messages_words_are_kept(client):
    client.post("/write/send/", {"text": "Where is it?", "topic": "late", "address": "2 Mill Lane"})
    assert client.session["typed"]["fields"] == {"text": "Where is it?", "topic": "late"}


def test_a_missing_page_shows_nothing_to_who_is_not_signed_in(client):
    session_over(client)
    client.post("/write/send/", {"address": "2 Mill Lane"}, headers={"Referer": "http://testserver/missing/"})
    assert (client.session["typed"]["path"], b"2 Mill Lane" in client.get("/missing/").content) == ("/missing/", False)


def test_the_browser_keeps_no_id_and_is_told_once_who_it_is(client):
    person = user()
    assert "whose" not in client.get("/sign-in/").cookies
    client.force_login(person)
    kept = client.get("/account/").cookies["whose"]
    assert (len(kept.value), kept["httponly"], kept["samesite"], kept["path"]) == (32, True, "Lax", "/")
    assert "whose" not in client.get("/account/").cookies
    client.force_login(user())
    assert client.get("/account/").cookies["whose"].value != kept.value


def test_all_that_is_typed_is_bounded_together(client):
    session_over(client)
    client.post("/write/send/", {"text": "x" * 30_000, "comment": "y" * 30_000, "note": "z"})
    kept = client.session["typed"]["fields"]
    assert {name: len(words) for name, words in kept.items()} == {"text": 30_000, "comment": 9_989}


def test_names_of_fields_are_bounded_with_what_is_typed(client):
    session_over(client)
    ours, longest = {f"n{n:03}" + "x" * 46: "v" * 650 for n in range(100)}, {"y" * 101: "v w", "z" * 100: "v w"}
    client.post("/write/send/", {**longest, **ours})
    kept = client.session["typed"]["fields"]
    assert sum(len(name) + len(text) for name, text in kept.items()) == 40_000
    assert list(kept) == ["z" * 100, *list(ours)[:57]]
    assert len(kept[list(ours)[56]]) == 40_000 - 103 - 56 * 700 - 50


def test_where_no_room_is_left_for_a_name_nothing_of_its_field_is_kept(client):
    session_over(client)
    client.post("/write/send/", {"text": "x" * 39_990, "address": "2 Mill Lane", "n": "9.00"})
    kept = client.session["typed"]["fields"]
    assert {name: len(text) for name, text in kept.items()} == {"text": 39_990, "n": 4}


SECRETS = ("password", "new_password", "client_secret", "csrfmiddlewaretoken", "token", "key", "ord_1-key", "seen")


def test_no_password_and_no_secret_is_kept_or_shown(client):
    typing = dict.fromkeys(SECRETS, "correct horse battery")
    session_over(client)
    client.post("/write/send/", {**typing, "address": "2 Mill Lane"})
    assert client.session["typed"]["fields"] == {"address": "2 Mill Lane"}
    refused = Client(enforce_csrf_checks=True).post("/write/send/", typing).content.decode()
    assert ("correct horse" in refused, "readonly" in refused) == (False, False)


def test_every_field_for_a_password_is_one_that_is_not_kept():
    pages = "".join(page.read_text() for page in TEMPLATES.rglob("*.html"))
    names = set(re.findall(r'{% field "([^"]+)"[^%]*type="password"', pages))
    names |= {NAME.search(tag)[1] for tag in re.findall('<input[^>]*type="password"[^>]*>', pages)}
    names |= {name for form in FORMS for name, one in form.base_fields.items() if one.widget.input_type == "password"}
    assert (names, typed_in(RequestFactory().post("/", dict.fromkeys(names, "x y z")))) == ({"password"}, {})


def test_an_expired_form_gives_back_every_field_and_no_choice():
    client = Client(enforce_csrf_checks=True)
    typing = {
        "address": "2 Mill Lane\nLeeds",
        "reason": "NoInventory",
        "kind": "advertising",
        "amount": "9.00",
        "n": "2",
    }
    page = client.post("/write/send/", {**typing, "order": "ord_01m6e22wg0f0dv80pdr32msqx5"}).content.decode()
    assert re.findall(r"readonly>\n([^<]*)</textarea>", page) == ["2 Mill Lane\nLeeds", "9.00"]


@pytest.mark.parametrize("word", ["broken", "help", "McDonald", "ja", "x", "ord_01m6e22wg0f0dv80pdr32msqx5"])
@pytest.mark.parametrize("name", ["text", "answer", "note", "words", "why", "address", "name"])
def test_one_word_in_a_field_for_words_comes_back(name, word):
    page = Client(enforce_csrf_checks=True).post("/write/send/", {name: word}).content.decode()
    assert re.findall(r"readonly>\n([^<]*)</textarea>", page) == [word]


@pytest.mark.parametrize(
    ("word", "back"), [("broken", True), ("ja", True), ("NoInventory", False), ("off_platform", False)]
)
def test_a_reason_comes_back_where_it_was_written_and_not_where_it_was_chosen(word, back):
    page = Client(enforce_csrf_checks=True).post("/write/send/", {"reason": word}).content.decode()
    assert re.findall(r"readonly>\n([^<]*)</textarea>", page) == [word] * back


def test_missing_and_unrouted_get_the_same_page(client):
    pages = [client.get(path) for path in ("/missing/", "/no/such/page/")]
    assert [page.status_code for page in pages] == [404, 404]
    assert constant(pages[0]).replace("/missing/", "") == constant(pages[1]).replace("/no/such/page/", "")
    assert b"seller 8" not in pages[0].content


def test_a_failure_has_an_id_in_page_and_log_and_tells_nothing(client, caplog):
    client.raise_request_exception = False
    response = client.get("/link/very-secret-token/")
    page = response.content.decode()
    [record] = [one for one in caplog.records if one.name == "comity.web.errors"]
    error_id = record.getMessage().split(":")[0]
    assert (response.status_code, error_id[:4], error_id in page) == (500, "err_", True)
    assert "secret" not in page
    assert "very-secret-token" not in caplog.text


def test_a_wrong_method_is_explained(client):
    response = client.get("/sign-out/")
    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert b"<h1>" in response.content


def test_every_answer_carries_a_strict_policy(client):
    for address in ("/", "/missing/", "/healthz", "/static/comity.css"):
        with closing(client.get(address)) as response:
            policy = response["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
        assert "unsafe" not in policy


def test_a_page_for_somebody_is_stored_nowhere(client):
    client.force_login(user())
    assert client.get("/")["Cache-Control"] == "private, no-store"


@override_settings(ALLOWED_HOSTS=["comity.example"])
def test_a_foreign_host_is_refused(client):
    client.raise_request_exception = False
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400
