import re
from datetime import timedelta

import pytest
from django.core.paginator import Paginator
from django.template.loader import render_to_string
from django.test import RequestFactory

from comity.web.design import samples


def part(name, **context):
    request = RequestFactory().get("/")
    return render_to_string(f"parts/{name}.html", {"now": samples.NOW, **context}, request)


def message(**changes):
    return part("message", message={"id": "msg_1", "author": "Ines", "at": samples.NOW, "text": "Hello", **changes})


def composer(**changes):
    return part("composer", composer={"action": "/send/", "limit": 4000, "key": "k1", **changes})


FINDING = {
    "rule": "contact.email",
    "start": 0,
    "end": 5,
    "outcome": "block",
    "reason": "E-mail.",
    "advice": "Leave it out.",
}


def test_a_message_says_who_and_when_and_escapes():
    html = message(author="<i>", text="<b>")
    assert "<bdi>&lt;i&gt;</bdi>" in html
    assert ">&lt;b&gt;</div>" in html
    assert '<time datetime="2026-11-23T11:20+00:00">11:20</time>' in html


@pytest.mark.parametrize(
    ("state", "words"),
    [("held", "Held before delivery"), ("blocked", "Blocked, never delivered"), ("withdrawn", "Withdrawn")],
)
def test_what_was_not_delivered_says_so(state, words):
    assert words in message(state=state)


def test_a_delivered_message_says_when_and_how_fast():
    html = message(state="delivered", delivered_at=samples.NOW, answered_in=timedelta(minutes=67))
    assert "answered in 1 h 7 min" in html


def test_findings_are_footnotes_that_the_marks_lead_to():
    html = message(state="blocked", findings=[FINDING])
    assert '<mark>Hello<sup><a href="#msg_1-1">1</a></sup></mark>' in html
    assert 'id="msg_1-1"' in html
    assert "contact.email" in html


def test_a_held_message_says_that_time_alone_never_delivers_it():
    html = message(state="held", held_at=samples.NOW, held_until=samples.NOW + timedelta(days=1))
    assert "never delivered by time alone" in html


def test_a_note_by_the_marketplace_is_not_set_as_a_message():
    assert 'class="words"' not in message(kind="note")


def test_a_composer_posts_text_and_token_without_script():
    html = composer(text="\nKept")
    assert '<textarea class="draft" id="write-text" name="text"' in html
    assert ">\n\nKept</textarea>" in html
    assert '<input type="hidden" name="key" value="k1">' in html
    assert "csrfmiddlewaretoken" in html


def test_a_composer_that_came_back_keeps_all_and_says_what_to_change():
    html = composer(text="Hello", errors={"text": "Shorten it by 4."}, findings=[FINDING])
    assert 'aria-describedby="write-count write-error" aria-invalid="true"' in html
    assert "Shorten it by 4." in html
    assert "1 thing to change before you can send." in html


def test_a_warning_is_confirmed_with_the_verdict_that_was_read():
    assert 'name="confirmed" value="abc">' in composer(confirm="abc")


def test_without_a_warning_nothing_can_be_confirmed():
    assert re.search(r"data-confirm hidden><input[^>]* disabled>", composer())


def test_nothing_typed_leaves_the_textarea():
    assert "&lt;/textarea&gt;" in composer(text="</textarea><script>")


@pytest.mark.parametrize("item", samples.items(), ids=lambda item: item["name"])
def test_an_inbox_row_names_its_person_and_when(item):
    html = part("item", item=item)
    assert item["name"] in html
    assert "left" in html or "over" in html or item["aside"] in html


def test_deadlines_stand_on_top_of_an_order():
    html = part("order", order=samples.order())
    order = [html.index(words) for words in ("Answer by", "Buyer may escalate", "Returns until", "114-3029174-6651802")]
    assert order == sorted(order)


@pytest.mark.parametrize(
    ("chain", "words"),
    [
        ({"count": 9, "unbroken": True, "export_href": "/x"}, '9 entries, unbroken · <a href="/x">Export</a>'),
        ({"count": 1, "unbroken": True}, "1 entry, unbroken"),
        ({"count": 2, "unbroken": False, "fault": "entry 2 was altered"}, "<b>broken</b>: entry 2 was altered"),
    ],
)
def test_the_record_in_one_line(chain, words):
    assert words in part("chain", chain=chain)


@pytest.mark.requirement("S91")
@pytest.mark.parametrize(("step", "words"), [*zip(samples.steps_in(), ["from", "Since"], strict=True)])
def test_the_next_step_says_from_when(step, words):
    assert f"<b>{words} <time" in part("step_in", step=step)


def test_one_page_needs_no_pages():
    assert part("pages", page=Paginator([1], 25).page(1)).strip() == ""


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "405", "422", "429"])
def test_an_error_page_says_what_to_do(name):
    html = render_to_string(f"{name}.html", {"now": samples.NOW}, RequestFactory().get("/"))
    assert re.search(r'<p class="lede">.{60,}</p>', html)


def test_the_page_of_our_own_mistakes_needs_nothing():
    assert "err_1" in render_to_string("500.html", {"error_id": "err_1"})
