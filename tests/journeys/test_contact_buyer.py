"""A seller writes first, and a buyer decides who may."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.full  # the plain run has one journey a role

WIDTHS = [390, 1280]


@pytest.mark.requirement("S17", "S60")
@pytest.mark.parametrize("width", WIDTHS)
def test_a_seller_asks_about_an_order_and_the_buyer_answers(place, visit, axe, width):
    page = visit("seller", width=width)
    page.goto(f"sell/{place.seller}/orders/{place.unshipped}/")
    page.get_by_role("link", name="Contact buyer").click()
    axe(page)
    page.locator("a.offer").filter(has_text="Order details").click()
    page.get_by_label("Your message to Ines Calder").fill("Would you like the dark or the light ash?")
    axe(page)
    page.get_by_role("button", name="Send message").click()
    sent = page.locator("#newest + article")
    expect(sent).to_contain_text("dark or the light ash")
    expect(sent.get_by_text("Delivered")).to_be_visible()  # replaced meanwhile: the place in the address is still there
    expect(page.get_by_text("The buyer has not written here.")).to_be_visible()

    theirs = visit("second buyer", width=width)
    theirs.goto("messages/")
    expect(theirs.get_by_text("dark or the light ash").first).to_be_visible()
    theirs.get_by_text("dark or the light ash").first.click()
    expect(theirs.locator(".purpose").first).to_contain_text("Order details")
    axe(theirs)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_buyer_declines_and_takes_them_again(visit, axe, width):
    page = visit("second buyer", width=width)
    page.goto("messages/")
    page.get_by_role("link", name="Who may write to you first").click()
    axe(page)
    page.get_by_label("Decline them").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("You declined")).to_be_visible()
    page.get_by_label("Take them").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("You declined")).to_be_hidden()
