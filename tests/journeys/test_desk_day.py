"""A day at a shop's desk, on a wide screen and on a phone: files, search, the page Today, changing several at once."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.files import samples
from tests.journeys.test_seller import ask, inbox

pytestmark = pytest.mark.full  # the plain run has one journey a role

WIDTHS = [1280, 390]


def chosen(name, content):
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


@pytest.mark.requirement("S87")
@pytest.mark.parametrize("width", WIDTHS)
def test_a_file_with_an_address_is_refused_and_a_clean_one_is_fetched(visit, place, fits, word, width):
    page = visit("buyer", width=width)
    page.goto(f"contact/?order={place.own[str(width)]['order']}")
    page.get_by_label("Where is my order?").check()
    page.get_by_label("Your message").fill(f"As in the picture: {word}.")
    letter = samples.pdf("Good day", "Write to ines.calder@example.com")
    page.get_by_label("Add files").set_input_files([chosen("hook.png", samples.picture()), chosen("old.pdf", letter)])
    expect(page.locator("[data-chosen] li")).to_have_count(2)
    page.get_by_role("button", name="Send message").click()
    expect(page.locator(".notes li")).to_contain_text("old.pdf, page 2")
    fits(page)

    page.get_by_role("button", name="Remove old.pdf").click()
    expect(page.get_by_role("list", name="Files that go with the message").locator("bdi")).to_have_text("hook.png")
    page.get_by_label("Add files").set_input_files(chosen("letter.pdf", samples.pdf("Good day", "Thank you")))
    page.get_by_role("button", name="Send message").click()
    page.get_by_role("heading", name="Your message is sent").wait_for()
    fits(page)

    desk = inbox(visit, place, word, width=width)
    desk.locator(".item", has_text=word).click()
    sent = desk.locator("#conversation .msg", has_text=word)
    expect(sent.locator(".files li")).to_have_count(2)
    expect(sent.locator("img")).to_have_js_property("complete", True)
    assert sent.locator("img").evaluate("(shown) => shown.naturalWidth") > 0
    fits(desk)
    with desk.expect_download() as fetched:
        sent.get_by_role("link", name="letter.pdf").click()
    assert fetched.value.suggested_filename == "letter.pdf"
    assert Path(fetched.value.path()).read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("width", WIDTHS)
def test_messages_and_orders_are_found_by_those_whom_they_concern(visit, place, fits, word, width, until):
    own = place.own[str(width)]
    ask(visit, f"order={own['order']}", "Where is my order?", f"Is the {word} in the parcel?", width=width)
    page = visit("seller", width=width)
    until(page, f"sell/{place.seller}/search/?q={word}", lambda shown: shown.locator("mark.hit"))
    fits(page)
    page.goto(f"sell/{place.seller}/today/")
    page.locator(".find input").click()
    page.locator(".find input").fill(own["order_number"])
    page.keyboard.press("Enter")
    page.get_by_role("link", name=own["order_number"]).first.click()
    page.get_by_role("link", name="Contact buyer").wait_for()
    fits(page)

    buyer, other = visit("buyer", width=width), visit("second buyer", width=width)
    buyer.goto(f"search/?q={word}")
    expect(buyer.locator("mark.hit")).to_have_text(word)
    fits(buyer)
    buyer.locator(".hits a").first.click()
    expect(buyer.locator(".msg", has_text=word)).to_be_visible()
    other.goto(f"search/?q={word}")
    expect(other.get_by_text("Nothing found")).to_be_visible()
    fits(other)


def choose(page, word, change):
    """From the inbox: tick the rows with ``word``, say what to do, and look at what would happen."""
    page.get_by_role("link", name="Choose several").click()
    rows = page.locator(".pickrow", has_text=word)
    for number in range(rows.count()):
        rows.nth(number).get_by_role("checkbox").check()
    page.get_by_label("What to do").select_option(label=change)
    page.get_by_role("button", name="Review").click()
    page.get_by_role("heading", name="2 change").wait_for()


@pytest.mark.requirement("S34")
@pytest.mark.parametrize("width", WIDTHS)
def test_from_today_to_the_inbox_where_two_are_given_to_a_colleague(visit, place, fits, word, width):
    own = place.own[str(width)]
    ask(visit, f"order={own['order']}", "Where is my order?", f"Where is {word}?", width=width)
    ask(visit, f"listing={own['listing']}", "Question about the product", f"Is {word} of oak?", width=width)
    page = inbox(visit, place, f"Is {word} of oak?", width=width)
    page.goto(f"sell/{place.seller}/today/")
    expect(page.get_by_role("heading", name="replies due")).to_be_visible()
    fits(page)
    page.get_by_role("link", name="All to answer").click()

    choose(page, word, "Noor Haddad")
    expect(page.get_by_text("Nothing has happened yet.")).to_be_visible()
    fits(page)
    page.get_by_role("button", name="2 conversations").click()
    expect(page.locator(".item", has_text=word).filter(has_text="Noor Haddad")).to_have_count(2)
    fits(page)
    choose(page, word, "Nobody")
    page.get_by_role("button", name="2 conversations").click()
    expect(page.locator(".item", has_text=word).filter(has_text="Noor Haddad")).to_have_count(0)
