from contextlib import closing

import pytest

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PAGES = ["/design/", "/design/desk/", "/design/talk/"]


@pytest.mark.parametrize("address", PAGES)
def test_the_pattern_book_is_there(client, address):
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("address", [*PAGES, "/theme/", "/no/such/page/", "/static/comity.css"])
@pytest.mark.django_db  # closing an answer looks at the connection that a test before may have left open
def test_every_answer_carries_the_policy_and_its_companions(client, address):
    with closing(client.get(address)) as answer:
        headers = answer.headers
    assert headers["Content-Security-Policy"] == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Permissions-Policy"] == "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_chosen_look_is_kept_and_shown(client, theme):
    answer = client.post("/theme/", {"theme": theme, "next": "/design/?a=1"})
    assert (answer.status_code, answer["Location"]) == (302, "/design/?a=1")
    assert f'data-theme="{theme}"' in client.get("/design/").text


def test_as_the_device_has_it_forgets_the_choice(client):
    client.post("/theme/", {"theme": "dark"})
    client.post("/theme/", {"theme": "auto"})
    assert "data-theme" not in client.get("/design/").text


def test_a_made_up_look_in_the_cookie_is_ignored(client):
    client.cookies["theme"] = '"><script>'
    assert "data-theme" not in client.get("/design/").text


@pytest.mark.parametrize("address", ["//evil.example/", "https://evil.example/", "javascript:alert(1)", ""])
def test_the_look_leads_to_no_other_site(client, address):
    assert client.post("/theme/", {"theme": "dark", "next": address})["Location"] == "/"


def test_the_look_is_chosen_by_a_form_only(client):
    answer = client.get("/theme/?theme=dark")
    assert answer.status_code == 405
    assert "theme" not in answer.cookies


def test_the_sample_check_answers_as_a_live_check_does(client):
    found = client.post("/design/check/", {"text": "\N{OK HAND SIGN} We have matching curtains too"}).json()
    assert found["outcome"] == "warn"
    assert [(one["rule"], one["start16"], one["end16"]) for one in found["findings"]] == [
        ("marketing.promotion", 3, 32)
    ]


@pytest.mark.parametrize(
    "words",
    [
        'class="thumb"',  # a file with its preview
        "its text could not be read",
        "label.jpg</bdi>: <b>Phone number in a picture.",  # held for what a file says
        "Files that go with the message",
        "is a film. Send pictures",
        "Did this solve it?",
        "You reported this message: advertising or spam.",
        "Only your team sees this.",
        "Note removed",
        ">Undo</button>",
        "Important</b>",
        "is answering (since",
        "answered while you were writing",
        "/not-yet-shipped",
        "none in English",
        "Assigned to </span><bdi>Tomas Brandt",
        'class="chip lbl c-warn"',
        "2 conversations</button>",
        '<mark class="hit">lamp</mark>',
        "I have read this",
        "Terms of the order",
        'class="btn stop"',
        "<span>More</span>",
    ],
)
def test_every_component_stands_in_the_pattern_book(client, words):
    assert words in client.get("/design/").text
