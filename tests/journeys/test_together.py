"""Two people at one seller's desk, from the keyboard: saved replies, undo, an answer over a colleague's head."""

import pytest
from playwright.sync_api import expect

from tests.journeys.test_seller import ask, inbox


def focus(page):
    """The name of what has the focus: its id, or its words."""
    return page.evaluate("document.activeElement.id || document.activeElement.innerText.trim()")


def obscured(page):
    """Whether something else lies over the middle of what has the focus (WCAG 2.4.11)."""
    return page.evaluate(
        """() => { const f = document.activeElement, r = f.getBoundingClientRect();
        const top = document.elementFromPoint(r.x + r.width / 2, r.y + Math.min(r.height / 2, 20));
        return !(f === top || f.contains(top) || top?.contains(f)); }"""
    )


def open_first(visit, place, text, **who):
    page = inbox(visit, place, text, **who)
    page.locator(".item", has_text=text).click()
    page.get_by_label("Your message").wait_for()
    page.wait_for_load_state()  # before that, no key does anything
    return page


@pytest.mark.full
@pytest.mark.requirement("S34", "S27")
def test_from_the_keyboard_a_saved_reply_is_inserted_sent_and_taken_back(visit, place, axe):
    ask(visit, f"order={place.order}", "Where is my order?", "Where is my lamp?")
    page = visit("seller")
    page.goto(f"sell/{place.seller}/saved-replies/new/")
    page.get_by_label("Name", exact=True).fill("On its way")
    page.get_by_label("Text", exact=True).fill("Hello {{buyer.name}}, it left with {{carrier}}.")
    page.locator("#preview", has_text="Hello Amara Nwosu").wait_for()
    axe(page)
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("heading", name="/on-its-way").wait_for()
    axe(page)

    page = open_first(visit, place, "Where is my lamp?")
    page.keyboard.press("?")
    page.get_by_role("heading", name="Keyboard").wait_for()
    axe(page)
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator(".item:focus")).to_have_count(1)  # the next, where others have written
    page.keyboard.press("a")
    assert focus(page) == "assignee"
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    assert (focus(page), obscured(page)) == ("note", False)
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    assert focus(page) == "No response needed"
    page.keyboard.press("r")
    assert (focus(page), obscured(page)) == ("write-text", False)

    page.keyboard.type("/on")
    page.locator(".picker .on").wait_for()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your message")).to_have_value("Hello Daniel Osei, it left with Parcel Post.")
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Undo").wait_for()
    page.keyboard.press("u")
    assert focus(page).startswith("Undo")
    page.keyboard.press("Enter")

    page.get_by_text("Taken back before it was delivered.").wait_for()
    expect(page.get_by_label("Your message")).to_have_value("Hello Daniel Osei, it left with Parcel Post.")
    expect(page.locator("#conversation")).to_contain_text("answer by")


@pytest.mark.full
@pytest.mark.requirement("S34")
def test_two_at_one_question_see_each_other_and_send_nothing_unseen(visit, place, axe):
    ask(visit, f"seller={place.seller}", "Question about the product", "Do you gift-wrap?")
    mine = open_first(visit, place, "Do you gift-wrap?")
    theirs = visit("colleague", width=390)
    theirs.goto(mine.url.split("#")[0])
    theirs.get_by_label("Your message").fill("Yes, for two euros.")
    mine.locator("#answering", has_text="Noor Haddad is answering (since").wait_for()
    mine.get_by_label("Your message").fill("Yes, we do.")
    mine.get_by_text("Draft saved").wait_for()
    theirs.get_by_role("button", name="Send message").click()
    theirs.get_by_role("button", name="Undo").wait_for()
    axe(theirs)

    mine.get_by_role("button", name="Send message").click()

    mine.get_by_text("Noor Haddad answered while you were writing.").wait_for()
    expect(mine.get_by_label("Your message")).to_have_value("Yes, we do.")
    axe(mine)
    mine.get_by_role("button", name="Send anyway").click()
    mine.get_by_text("Sent. It is on its way to the buyer.").wait_for()


@pytest.mark.full
def test_without_script_a_saved_reply_is_inserted_and_a_message_taken_back(visit, place):
    page = visit("seller", script=False)
    page.goto(f"sell/{place.seller}/saved-replies/new/")
    page.get_by_label("Name", exact=True).fill("thanks")
    page.get_by_label("Text", exact=True).fill("Thank you, {{buyer.name}}.")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#preview")).to_contain_text("Thank you, Amara Nwosu.")
    page.get_by_role("button", name="Save", exact=True).click()
    ask(visit, f"listing={place.listing}", "Question about the product", "Is it oiled?")
    page = open_first(visit, place, "Is it oiled?", script=False)
    page.get_by_label("Your message").fill("It is.")
    page.locator(".picker summary").click()
    page.get_by_role("button", name="/thanks").click()
    expect(page.get_by_label("Your message")).to_have_value("It is.\n\nThank you, Daniel Osei.")
    page.get_by_role("button", name="Send message").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_label("Your message")).to_have_value("It is.\n\nThank you, Daniel Osei.")


def ask_on_from_nowhere(page):
    """The page asks for new messages from a position that the server cannot read."""
    with page.expect_response(lambda answer: "/new/?after=x" in answer.url) as asked:
        page.evaluate(
            """() => { const poller = document.querySelector("[data-poll]");
            poller.setAttribute("hx-get", poller.getAttribute("hx-get").replace(/after=[^&]*/, "after=x"));
            htmx.process(poller); htmx.trigger(poller, "poll"); }"""
        )
    assert (asked.value.status, asked.value.headers["hx-refresh"]) == (204, "true")


@pytest.mark.full
def test_a_page_that_must_load_itself_takes_no_note_away_and_keeps_the_answer(visit, place, axe):
    ask(visit, f"order={place.order}", "Where is my order?", "Is the lamp on its way?")
    page = open_first(visit, place, "Is the lamp on its way?")
    page.get_by_label("Your message").fill("Half an answer")
    page.locator("#note-form summary").click()
    page.get_by_label("Note for your team").fill("Ask the warehouse.")
    page.evaluate("document.activeElement.blur()")

    ask_on_from_nowhere(page)
    page.get_by_text("New messages do not appear here now.").wait_for()
    expect(page.get_by_label("Note for your team")).to_have_value("Ask the warehouse.")
    axe(page)

    page.get_by_label("Note for your team").fill("")
    page.evaluate("document.activeElement.blur()")
    with page.expect_navigation():
        ask_on_from_nowhere(page)
    expect(page.get_by_label("Your message")).to_have_value("Half an answer")
    expect(page.get_by_text("New messages do not appear here now.")).to_have_count(0)


# All that the page's scripts have been answered, as text, and how often they have asked for the list.
_LISTEN = """() => {
  const ask = window.fetch;
  window.heard = "";
  window.fetch = async (...asked) => {
    const answer = await ask(...asked);
    const words = await answer.clone().text();
    queueMicrotask(() => { window.heard += words; });
    return answer;
  };
}"""


def listen(page):
    page.evaluate(_LISTEN)


def heard(page, words):
    """Waits until the page has been told ``words``, and has done with them what it does."""
    page.wait_for_function("(words) => window.heard.includes(words)", arg=words)
    page.wait_for_timeout(300)


def hold(page, element):
    element.hover()
    page.mouse.down()


@pytest.mark.full
@pytest.mark.requirement("S34")
def test_a_list_that_follows_what_changes_takes_no_press_away(visit, place):
    about, topic = f"listing={place.listing}", "Question about the product"
    ask(visit, about, topic, "Is it dipped?")
    page = inbox(visit, place, "Is it dipped?")
    listen(page)
    hold(page, page.locator("#list .group h3").first)
    ask(visit, about, topic, "Is it poured?")
    heard(page, "Is it poured?")
    expect(page.locator(".snip", has_text="Is it poured?")).to_have_count(0)
    links = page.locator("#nav a").count()
    page.mouse.up()
    page.locator(".snip", has_text="Is it poured?").wait_for()
    assert page.locator("#nav a").count() == links > 0

    hold(page, page.locator(".item", has_text="Is it poured?"))
    ask(visit, about, topic, "Is it rolled?")
    heard(page, "Is it rolled?")
    page.mouse.up()
    page.get_by_label("Your message").wait_for()
    expect(page.locator("#conversation")).to_contain_text("Is it rolled?")


@pytest.mark.full
@pytest.mark.requirement("S34")
def test_a_list_that_follows_what_changes_gives_the_focus_back(visit, place):
    about, topic = f"listing={place.listing}", "Question about the product"
    ask(visit, about, topic, "Is it scented?")
    page = inbox(visit, place, "Is it scented?")
    page.goto(f"{page.url}?select=1")
    reached = {
        "Is it sealed?": page.get_by_role("button", name="Review"),
        "Is it boxed?": page.locator("summary", has_text="Filter"),
        "Is it new?": page.locator(".item").first,
    }
    for question, control in reached.items():
        control.focus()
        ask(visit, about, topic, question)
        page.locator(".snip", has_text=question).wait_for()
        expect(control).to_be_focused()


@pytest.mark.full
@pytest.mark.requirement("S34")
def test_news_of_a_second_message_is_not_lost_while_the_first_is_fetched(visit, place):
    ask(visit, f"order={place.order}", "Where is my order?", "Where is the first lamp?")
    page = open_first(visit, place, "Where is the first lamp?")
    listen(page)
    answers = []
    page.route("**/new/?after=*", lambda route: answers.append((route, route.fetch())), times=1)
    theirs = visit("buyer")
    theirs.goto("messages/")
    theirs.locator(".item", has_text="Where is the first lamp?").click()
    for question in ("And the second?", "And the third?"):
        theirs.get_by_label("Write back").fill(question)
        theirs.get_by_role("button", name="Send message").click()
        theirs.locator(".msg.own", has_text=question).wait_for()
        heard(page, question)
    ((route, answer),) = answers
    assert "And the third?" not in answer.text()
    route.fulfill(response=answer)
    page.locator("#conversation .msg", has_text="And the second?").wait_for()
    third = page.locator("#conversation .msg", has_text="And the third?")
    third.wait_for(timeout=15_000)  # sooner than who else answers is asked for, which would bring it too
