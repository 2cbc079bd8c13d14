"""The operator rules on held messages, serves what the marketplace owns, and checks the record: in a real browser."""

import re

import pytest
from playwright.sync_api import expect

INSULT = "We looked into it, and you are all liars."


@pytest.fixture
def held(visit, place):
    """A seller's answer that a person must read first; the buyer's page of the conversation."""
    buyer = visit("buyer")
    buyer.goto(f"contact/?order={place.order}")
    buyer.get_by_label("Where is my order?").check()
    buyer.get_by_label("Your message").fill("It has not come.")
    buyer.get_by_role("button", name="Send message").click()
    buyer.get_by_role("link", name="Open the conversation").click()
    address = f"sell/{place.seller}/inbox/{conversation_in(buyer.url)}/"
    seller = visit("seller")
    until_answer(seller, address, 200)
    seller.get_by_label("Your message").fill(INSULT)
    seller.get_by_role("button", name="Send message").click()
    seller.get_by_text("Held before delivery").last.wait_for()
    return buyer


def conversation_in(address):
    return re.search(r"cnv_\w+", address)[0]


def until_answer(page, address, status):
    """Opens ``address`` until the worker has done what makes it answer so."""
    for _ in range(120):
        if page.goto(address).status == status:
            return
        page.wait_for_timeout(250)
    pytest.fail(f"{address} did not answer {status}")


@pytest.mark.requirement("S87")
def test_a_released_message_reaches_the_buyer(visit, held, axe):
    page = visit("operator")
    page.goto("operate/held/")
    axe(page)
    expect(page.locator("#conversation .msg mark").first).to_have_text(re.compile("^you are all liars"))
    page.get_by_label("Release").check()
    page.get_by_label("Your own words").fill("Harsh, but about the matter.")
    page.get_by_role("button", name="Rule").click()
    page.get_by_text("Released. It is on its way, and its author is told.").wait_for()
    axe(page)

    held.get_by_text(INSULT).wait_for()


@pytest.mark.full
@pytest.mark.requirement("S87")
def test_without_script_a_returned_message_is_told_to_its_author(visit, place, held):
    page = visit("operator", script=False)
    page.goto("operate/held/")
    ruled = page.locator("#write").get_attribute("action")
    page.get_by_label("Return to author").check()
    page.get_by_label("Your own words").fill("Say it without the insult.")
    page.get_by_role("button", name="Rule").click()
    page.get_by_text("Returned to its author.").wait_for()
    seller = visit("seller", script=False)
    seller.goto(f"sell/{place.seller}/inbox/{conversation_in(held.url)}/")

    expect(seller.locator(".messages")).to_contain_text("Say it without the insult.")
    expect(seller.get_by_role("link", name="Write it again")).to_have_count(1)
    page.goto(ruled)
    expect(page.locator("main")).to_contain_text("You have ruled on this message")


@pytest.mark.full
@pytest.mark.requirement("S7", "S36")
def test_the_marketplace_answers_what_it_owns(visit, place, axe):
    buyer = visit("buyer")
    buyer.goto(f"contact/?order={place.order}")
    buyer.get_by_label("Payment, card or charge").check()
    buyer.get_by_label("Your message").fill("I was charged twice.")
    buyer.get_by_role("button", name="Send message").click()
    buyer.get_by_role("link", name="Open the conversation").click()
    page = visit("operator")
    until_answer(page, f"operate/service/{conversation_in(buyer.url)}/", 200)
    axe(page)
    page.get_by_label("Your message").fill("One of the two is on its way back to you.")
    page.get_by_role("button", name="Send message").click()
    page.get_by_text("Sent. It is on its way to the buyer.").wait_for()

    buyer.get_by_text("One of the two is on its way back to you.").wait_for()


@pytest.mark.full
@pytest.mark.requirement("S87")
@pytest.mark.parametrize(("width", "dark"), [(390, True), (1280, False)], ids=["phone, dark", "desk, light"])
def test_every_page_fits_and_is_accessible(visit, place, held, axe, width, dark):
    page = visit("operator", width=width, dark=dark)
    record = f"operate/conversations/{conversation_in(held.url)}/"
    for path in ("held/", "service/", "conversations/", "conversations/?q=none", "given-up/"):
        page.goto(f"operate/{path}")
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    page.goto(record)
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(page.locator("main")).to_contain_text(re.compile(r"\d+ entries, unbroken"))
    with page.expect_download() as export:
        page.get_by_role("link", name="Export as JSON Lines").click()
    assert export.value.suggested_filename == f"{conversation_in(held.url)}.jsonl"
    page.goto("operate/held/")
    page.locator(".item").first.click()
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
