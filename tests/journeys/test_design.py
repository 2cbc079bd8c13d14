"""The pattern book in a real browser: it breaks no rule of access, marks while one types, and needs no script."""

import json
import re

import pytest
from playwright.sync_api import expect

PAGES = ["/design/", "/design/desk/", "/design/talk/"]
DRAFT = "#empty-text"
OFFER = "Write to studio at alderloom dot example."


@pytest.fixture
def typing(visit):
    """The pattern book, its check answered here: ``typing.asked`` holds the texts that were sent."""
    page = visit()
    page.asked = []

    def answer(route):
        sent = route.request.post_data_json["text"]
        page.asked.append(sent)
        words = "studio at alderloom dot example"
        at = len(sent[: sent.find(words)].encode("utf-16-le")) // 2 if words in sent else None
        finding = {"rule": "contact.email", "outcome": "block", "language": "de"}
        finding |= {"reason": "Das ist eine E-Mail-Adresse.", "advice": "Lassen Sie sie weg."}
        found = [] if at is None else [{**finding, "start16": at, "end16": at + len(words)}]
        route.fulfill(json={"outcome": "block" if found else "deliver", "findings": found})

    page.route("**/design/check/", answer)
    page.goto("/design/")
    return page


@pytest.mark.full
@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)], ids=["wide and light", "phone and dark"])
@pytest.mark.parametrize("address", PAGES)
def test_the_pattern_book_is_open_to_everybody(visit, axe, address, width, dark):
    page = visit(width=width, dark=dark)
    page.goto(address)
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.full
@pytest.mark.parametrize("address", PAGES)
def test_nothing_sticks_out_at_any_width(visit, address):
    page = visit()
    page.goto(address)
    for width in (390, 768, 1024, 1440, 1600):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.requirement("S24")
def test_words_are_marked_while_typing_and_sending_says_why_it_waits(typing):
    page = typing
    page.locator(DRAFT).press_sequentially(OFFER)
    page.locator("#empty .mirror mark").wait_for()

    button = page.locator("#empty [type=submit]")
    said = page.locator("#empty-found [lang=de]")
    expect(said).to_have_text(["Das ist eine E-Mail-Adresse.", "Lassen Sie sie weg."])
    expect(page.locator("#empty .mirror mark")).to_have_text("studio at alderloom dot example")
    expect(page.locator("#empty [data-why]")).to_have_text("1 thing to change before you can send.")
    expect(button).to_have_attribute("aria-disabled", "true")
    button.focus()
    expect(button).to_be_focused()  # it stays in reach of the keyboard


@pytest.mark.full
def test_one_press_mends_and_the_words_are_checked_again(typing):
    page = typing
    page.locator(DRAFT).fill(OFFER)
    page.locator("#empty-found").get_by_role("button", name="Remove these words").click()
    page.locator("#empty-found li").wait_for(state="detached")

    expect(page.locator(DRAFT)).to_have_value("")
    expect(page.locator("#empty [type=submit]")).not_to_have_attribute("aria-disabled", re.compile(""))
    expect(page.locator(DRAFT)).to_be_focused()


@pytest.mark.full
@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("Thanks! My e-mail address is {}. Bye.", "Thanks! Bye."),
        ("It is brass, please e-mail me at {}.", "It is brass."),
        ("It is brass and you can reach me on {}!", "It is brass!"),
        ("I can write to {} tomorrow.", "I can write to  tomorrow."),
        ("Our studio is {}.", "Our studio is ."),
    ],
)
def test_no_lead_in_is_left_of_words_that_are_removed(typing, typed, left):
    typing.locator(DRAFT).fill(typed.format("studio at alderloom dot example"))
    typing.locator("#empty-found").get_by_role("button", name="Remove these words").click()

    expect(typing.locator(DRAFT)).to_have_value(left)


@pytest.mark.full
def test_marks_stay_on_their_words_behind_emoji(typing):
    page = typing
    page.locator(DRAFT).fill(f"\N{OK HAND SIGN}\N{OK HAND SIGN} {OFFER}")
    page.locator("#empty .mirror mark").wait_for()
    page.locator(DRAFT).press("Home")
    page.locator(DRAFT).press_sequentially("Hi ")

    expect(page.locator("#empty .mirror mark")).to_have_text("studio at alderloom dot example")


@pytest.mark.full
def test_marks_move_nothing(typing):
    page = typing
    page.locator(DRAFT).fill(f"{OFFER} " * 6)
    page.locator("#empty .mirror mark").first.wait_for()
    sizes = "draft => [draft.scrollHeight, draft.clientHeight, draft.previousElementSibling.offsetHeight]"
    inside, draft, mirror = page.locator(DRAFT).evaluate(sizes)

    assert inside == draft == mirror


def test_composing_a_character_loses_nothing_and_is_not_checked_half_way(typing):
    page = typing
    page.locator(DRAFT).focus()
    keyboard = page.context.new_cdp_session(page)
    keyboard.send("Input.imeSetComposition", {"text": "ni", "selectionStart": 2, "selectionEnd": 2})
    page.wait_for_timeout(600)  # longer than the pause before a check
    half_way = list(page.asked)
    keyboard.send("Input.insertText", {"text": "你"})
    page.locator(DRAFT).press_sequentially(" good")
    page.wait_for_function("document.querySelector('#empty .mirror').textContent.startsWith('你 good')")

    expect(page.locator(DRAFT)).to_have_value("你 good")
    assert "ni" not in half_way


@pytest.mark.full
def test_what_was_typed_is_still_there_when_the_way_to_the_server_fails(visit):
    page = visit()
    page.route("**/design/check/", lambda route: route.abort())
    page.goto("/design/")
    page.locator(DRAFT).fill(OFFER)
    page.wait_for_timeout(600)

    expect(page.locator(DRAFT)).to_have_value(OFFER)
    expect(page.locator("#empty [type=submit]")).not_to_have_attribute("aria-disabled", re.compile(""))


@pytest.mark.full
def test_too_long_is_counted_in_characters_as_the_server_counts_them(typing):
    page = typing
    page.locator("#long-text").fill("\N{OK HAND SIGN}" * 41)

    expect(page.locator("#long-count")).to_have_text("41 of 40 characters")
    expect(page.locator("#long-why")).to_have_text("1 character too many.")


@pytest.mark.full
def test_a_double_press_sends_once(typing):
    page = typing
    sent = []
    page.route(re.compile("/design/$"), lambda route: sent.append(route.request.post_data) or route.abort())
    page.locator(DRAFT).fill("Thank you.")
    with page.expect_request(re.compile("/design/$")):
        page.locator("#empty").evaluate("form => { form.requestSubmit(); form.requestSubmit(); }")
    page.wait_for_timeout(300)

    assert len(sent) == 1


@pytest.fixture
def drafting(typing):
    """The pattern book with a place where drafts are kept: ``drafting.kept`` holds what was saved."""
    page = typing
    page.kept = []
    page.route("**/draft/", lambda route: page.kept.append(route.request.post_data_json) or route.fulfill(status=204))
    page.route(
        "**/design/", lambda route: route.fulfill(response=(answer := route.fetch()), body=with_drafts(answer.text()))
    )
    page.goto("/design/")
    return page


def with_drafts(html):
    return html.replace(
        'id="empty" method="post"', 'id="empty" method="post" data-draft-url="/draft/" data-draft-key="here"'
    )


@pytest.mark.full
def test_a_draft_is_saved_after_a_rest_and_said_so(drafting):
    page = drafting
    page.locator(DRAFT).fill("Half a thought")
    page.get_by_text("Draft saved", exact=True).wait_for()

    assert [one["text"] for one in page.kept] == ["Half a thought"]
    assert "csrfmiddlewaretoken" in page.kept[0]
    assert "key" not in page.kept[0]


@pytest.mark.full
def test_a_draft_of_this_device_comes_back(drafting):
    page = drafting
    page.locator(DRAFT).fill("Half a thought")
    page.reload()

    expect(page.locator(DRAFT)).to_have_value("Half a thought")


@pytest.mark.full
def test_what_was_sent_does_not_stay_on_this_device(drafting):
    page = drafting
    page.route(re.compile("/design/$"), lambda route: route.fulfill(status=204))
    page.locator(DRAFT).fill("Thank you.")
    assert page.evaluate("Object.values(localStorage).join()").count("Thank you.") == 1
    page.locator("#empty").evaluate("form => form.requestSubmit()")

    page.wait_for_function("localStorage.length === 0")


@pytest.mark.full
def test_without_script_everything_is_readable_and_posts(visit, axe):
    page = visit(script=False)
    page.goto("/design/")

    expect(page.locator("#one-found li")).to_have_count(1)
    expect(page.locator("#one")).to_have_attribute("method", "post")
    expect(page.locator("#one [type=submit]")).not_to_have_attribute("aria-disabled", re.compile(""))
    page.get_by_role("group").filter(has_text="Ines Moreau").locator("summary").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


@pytest.mark.full
@pytest.mark.parametrize(
    ("fragment", "shown"), [("", "conversation"), ("#list", "list"), ("#newest", "conversation"), ("#side", "side")]
)
def test_a_phone_shows_one_pane_at_a_time_without_script(visit, fragment, shown):
    page = visit(width=390, script=False)
    page.goto(f"/design/desk/{fragment}")

    assert [pane for pane in ("list", "conversation", "side") if page.locator(f"#{pane}").is_visible()] == [shown]


@pytest.mark.full
@pytest.mark.parametrize("width", [1100, 1280, 1600])
def test_the_composer_never_takes_more_than_two_fifths(visit, width):
    page = visit(width=width)
    page.goto("/design/desk/")
    page.locator("#write-found li").nth(2).wait_for()
    share = page.evaluate(
        "document.querySelector('.docked').offsetHeight / document.querySelector('.mid').offsetHeight"
    )

    assert share <= 0.4


@pytest.mark.full
def test_on_a_phone_the_next_step_stands_above_the_composer(visit):
    page = visit(width=390)
    page.goto("/design/talk/")
    tops = page.evaluate("['.said', '.need', '.write', '.rest'].map((one) => document.querySelector(one).offsetTop)")

    assert tops == sorted(tops)


@pytest.mark.full
def test_targets_are_large_enough_to_hit(visit):
    page = visit(width=390)
    page.goto("/design/desk/")
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, select, summary, input:not([type=hidden]), .tabs a, .item")]
        .filter((one) => one.checkVisibility()).map((one) => [one.textContent.trim(), one.getBoundingClientRect()])
        .filter(([, box]) => box.width < 24 || box.height < 24).map(([words]) => words)"""
    )
    assert json.dumps(small) == "[]"


@pytest.mark.full
def test_the_open_menu_is_open_to_everybody(visit, axe):
    page = visit(width=390)
    page.goto("/design/desk/")
    page.locator(".who summary").click()
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
