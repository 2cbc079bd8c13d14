"""What concerns many or binds: notices and recalls, reports and blocks, policies and listings; wide and on a phone."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.test_seller import ask, inbox

pytestmark = pytest.mark.full  # the plain run has one journey a role

WIDTHS = [1280, 390]


@pytest.mark.requirement("S11", "S26")
@pytest.mark.parametrize("width", WIDTHS)
def test_a_notice_reaches_the_owners_of_a_product(visit, place, fits, until, word, width):
    own = place.own[str(width)]
    page = visit("seller", width=width)
    page.goto(f"sell/{place.seller}/notices/")
    fits(page)
    page.get_by_role("link", name="New notice").first.click()
    page.get_by_label("Kind").select_option(label="Service notice")
    page.get_by_label("SKU of the product").fill(own["sku"])
    page.get_by_label("What its owners read").fill(f"Screws of {word} can be had from us.")
    fits(page)
    page.get_by_role("button", name="Show what will be sent").click()
    expect(page.get_by_text("Kept as a draft.")).to_be_visible()
    fits(page)
    page.get_by_role("button", name="Send to at most 1 buyer").click()
    expect(page.get_by_text("Confirmed.")).to_be_visible()

    buyer = visit("buyer", width=width)
    until(buyer, "messages/", lambda shown: shown.get_by_text(f"Screws of {word}"))
    buyer.get_by_text(f"Screws of {word}").click()
    expect(buyer.locator(".msg", has_text=word)).to_be_visible()
    fits(buyer)
    until(page, page.url, lambda shown: shown.get_by_text("1 sent, 1 read"))
    fits(page)


@pytest.mark.requirement("S2")
@pytest.mark.parametrize("width", WIDTHS)
def test_a_recall_is_approved_read_acknowledged_and_closed(visit, place, fits, until, word, width):
    own = place.own[str(width)]
    page = visit("seller", width=width)
    page.goto(f"sell/{place.seller}/notices/recall/")
    page.get_by_label("SKU of the product").fill(own["sku"])
    page.get_by_label("What is wrong").fill(f"The {word} may fall off the wall.")
    page.get_by_label("What the buyer gets").select_option(label="Replacement")
    page.get_by_label("What the buyer does now").fill("Take it down.")
    fits(page)
    page.get_by_role("button", name="Show what will be sent").click()
    expect(page.get_by_text("Do not ship.")).to_be_visible()
    page.get_by_role("button", name="Submit for approval").click()
    expect(page.get_by_text("Confirmed.")).to_be_visible()

    operator = visit("operator", width=width)
    operator.goto("operate/recalls/")
    fits(operator)
    operator.get_by_role("link", name=own["title"]).first.click()
    expect(operator.get_by_text(word)).to_be_visible()
    fits(operator)
    operator.get_by_role("button", name="Approve and send to 1 buyer").click()
    expect(operator.get_by_text("Approved. It is being sent.")).to_be_visible()

    buyer = visit("buyer", width=width)
    until(buyer, f"orders/{own['order']}/", lambda shown: shown.get_by_text("Recall of"))
    fits(buyer)
    buyer.get_by_role("link", name="What to do").click()
    expect(buyer.get_by_text(f"The {word} may fall off the wall.")).to_be_visible()
    fits(buyer)
    buyer.get_by_role("button", name="I have read this").click()
    expect(buyer.get_by_text("You have read this")).to_be_visible()
    until(page, page.url, lambda shown: shown.get_by_text("1 sent, 1 read, 1 acknowledged"))
    fits(page)
    page.get_by_role("button", name="Close the recall").click()
    expect(page.get_by_text("Closed: no banner any more")).to_be_visible()


@pytest.mark.requirement("S86", "S87")
@pytest.mark.parametrize("width", WIDTHS)
def test_a_report_is_decided_and_nobody_is_blocked_while_an_order_is_open(visit, place, fits, word, width):
    own = place.own[str(width)]
    buyer = ask(visit, f"listing={own['listing']}", "Question about the product", f"Is {word} in stock?", width=width)
    shop = inbox(visit, place, word, width=width)
    shop.locator(".item", has_text=word).click()
    shop.get_by_label("Your message").fill(f"Use your own eyes about {word}.")
    shop.get_by_role("button", name="Send message").click()
    shop.get_by_text("Sent. It is on its way to the buyer.").wait_for()

    buyer.get_by_role("link", name="Open the conversation").click()
    buyer.get_by_role("link", name="Block Alder & Loom").click()  # while the answer can still be taken back
    expect(buyer.get_by_text("is still open, and both sides must be able to write about it")).to_be_visible()
    expect(buyer.get_by_role("button", name="Block")).to_have_count(0)
    fits(buyer)
    buyer.get_by_role("link", name="Back to the conversation").first.click()
    answer = buyer.locator(".msg", has_text="Use your own eyes").filter(has_text=word)
    answer.get_by_role("link", name="Report").click()
    buyer.get_by_label("Insult, threat or hate").check()
    buyer.get_by_label("In your own words").fill("I only asked.")
    fits(buyer)
    buyer.get_by_role("button", name="Report the message").click()
    expect(answer.get_by_text("You reported this message")).to_be_visible()

    operator = visit("operator", width=width)
    operator.goto("operate/reports/")
    fits(operator)
    operator.get_by_role("link", name=word).click()
    operator.get_by_label("It breaks the rules").check()
    operator.get_by_label("Reason, told to").fill("A question deserves an answer.")
    fits(operator)
    operator.get_by_role("button", name="Decide").click()
    expect(operator.get_by_text("The reporter is told.")).to_be_visible()
    buyer.reload()
    expect(answer.get_by_text("A question deserves an answer.")).to_be_visible()
    fits(buyer)


@pytest.mark.requirement("S82")
@pytest.mark.parametrize("width", WIDTHS)
def test_a_policy_is_published_and_cited_by_the_conversation_of_a_later_order(visit, place, fits, word, width):
    own = place.own[str(width)]
    page = visit("seller", width=width)
    page.goto(f"sell/{place.seller}/policies/")
    fits(page)
    page.get_by_role("link", name=re.compile("(Write it|Change) ?: Returns")).click()
    page.get_by_label("Returns policy").fill(f"You may return {word} within 30 days.")
    fits(page)
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("It holds for orders from now on.")).to_be_visible()

    buyer = ask(visit, f"order={own['tomorrow']}", "Where is my order?", f"May I return {word}?", width=width)
    buyer.get_by_role("link", name="Open the conversation").click()
    fits(buyer)
    buyer.get_by_role("link", name="Returns", exact=True).click()
    expect(buyer.get_by_text(f"You may return {word} within 30 days.")).to_be_visible()
    fits(buyer)


@pytest.mark.requirement("S28", "S31")
@pytest.mark.parametrize("width", WIDTHS)
def test_who_saves_a_listing_second_sees_both_values_and_decides(visit, place, fits, word, width):
    own = place.own[str(width)]
    mine, theirs = visit("seller", width=width), visit("colleague", width=width)
    mine.goto(f"sell/{place.seller}/listings/")
    fits(mine)
    mine.get_by_role("link", name=own["title"]).click()
    theirs.goto(mine.url)
    for page, text in ((theirs, f"Of ash: {word}."), (mine, f"Of oak: {word}.")):
        page.get_by_label("Your description").fill(text)
        page.get_by_role("button", name="Save").click()
    expect(theirs.get_by_text("Saved.")).to_be_visible()
    expect(mine.get_by_role("region", name="Both values")).to_contain_text(f"Of ash: {word}.")
    fits(mine)
    mine.get_by_role("button", name="Save").click()
    expect(mine.get_by_text("Saved.")).to_be_visible()

    buyer = visit("buyer", width=width)
    buyer.goto(f"products/{own['listing']}/")
    expect(buyer.get_by_text(f"Of oak: {word}.")).to_be_visible()
    fits(buyer)
