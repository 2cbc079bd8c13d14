"""A buyer contacts a seller, is refused, mends it and follows the answer: in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.factories import PASSWORD

PHONE = "Is it brass? Please call me on 0161 496 0018."


@pytest.mark.requirement("S24", "S66", "S67", "S86", "S89", "S90")
def test_a_phone_number_is_refused_while_typing_mended_and_sent(visit, place, axe):
    page = visit("buyer")
    page.goto("")
    axe(page)
    page.get_by_role("link", name="Ash table lamp").click()
    axe(page)
    page.get_by_role("link", name="Contact seller").click()
    axe(page)
    page.get_by_label("Question about the product").check()
    page.get_by_label("Your message").fill(PHONE)
    page.locator(".notes li").wait_for()

    expect(page.locator(".notes li")).to_contain_text("contact.phone")
    expect(page.locator(".mirror mark")).to_have_text(re.compile("^0161 496 0018"))
    axe(page)
    page.get_by_role("button", name="Send message").click(force=True)  # it says why it waits; it must not send
    assert "/contact/?" in page.url
    page.get_by_label("Your message").fill("Is it brass? Please answer here.")
    page.locator(".notes li").wait_for(state="detached")
    page.get_by_role("button", name="Send message").click()
    page.get_by_role("heading", name="Your message is sent").wait_for()
    axe(page)
    page.get_by_role("link", name="Messages", exact=False).first.click()

    expect(page.locator("main")).to_contain_text("You: Is it brass? Please answer here.")
    axe(page)


@pytest.mark.full
@pytest.mark.requirement("S86", "S87")
def test_without_script_the_page_comes_back_with_the_findings(visit, place):
    page = visit("buyer", script=False)
    page.goto(f"contact/?order={place.order}")
    page.get_by_label("Where is my order?").check()
    page.get_by_label("Your message").fill(PHONE)
    page.get_by_role("button", name="Send message").click()

    expect(page.locator("main")).to_contain_text("Your message was blocked and not sent.")
    expect(page.locator(".notes")).to_contain_text("0161 496 0018")
    expect(page.get_by_label("Your message")).to_have_value(PHONE)
    page.get_by_label("Your message").fill("Where is it?")
    page.get_by_role("button", name="Send message").click()
    page.get_by_role("heading", name="Your message is sent").wait_for()
    page.get_by_role("link", name="Open the conversation").click()

    expect(page.locator("main")).to_contain_text("Blocked, never delivered")
    expect(page.locator("main")).to_contain_text("You wrote it again.")


@pytest.mark.full
def test_words_that_were_sent_are_not_sent_again_by_going_back(visit, place):
    page = visit("buyer")
    page.goto(f"contact/?order={place.order}")
    page.get_by_label("Where is my order?").check()
    page.get_by_label("Your message").fill("Is it on its way already?")
    page.get_by_role("button", name="Send message").click()
    page.get_by_role("heading", name="Your message is sent").wait_for()
    page.go_back()
    said = page.locator("[data-why]")
    page.wait_for_function("document.querySelector('[data-why]').textContent.startsWith('You have sent')")
    page.get_by_role("button", name="Send message").click(force=True)

    expect(said).to_contain_text("You have sent these words already.")
    assert "/contact/?" in page.url
    page.get_by_label("Your message").fill("Is it on its way already? By which carrier?")
    page.get_by_role("button", name="Send message").click()
    page.get_by_role("heading", name="Your message is sent").wait_for()


@pytest.mark.full
@pytest.mark.requirement("S90", "S91")
def test_an_answer_appears_without_reloading(visit, place, axe):
    page, shop = visit("buyer"), visit("seller")
    page.goto(f"contact/?seller={place.seller}")
    page.get_by_label("Question about the product").check()
    page.get_by_label("Your message").fill("Do you make shades as well?")
    page.get_by_role("button", name="Send message").click()
    page.get_by_role("link", name="Open the conversation").click()
    page.get_by_text("to step in").first.wait_for()
    axe(page)
    address = page.url
    shop.goto(f"sell/{place.seller}/inbox/{address.rstrip('/').rpartition('/')[2]}/")
    shop.get_by_label("Your message").fill("Yes, in linen.")
    shop.get_by_role("button", name="Send message").click()
    page.get_by_text("Yes, in linen.").wait_for()
    page.get_by_text("Nobody owes an answer here").wait_for()

    assert page.url == address
    axe(page)


@pytest.mark.full
@pytest.mark.parametrize("width", [390, 1280])
def test_an_address_typed_by_somebody_who_is_signed_out_stands_above_its_form(visit, place, fits, width):
    page = visit("second buyer", width=width)
    page.goto(f"orders/{place.unshipped}/address/")
    page.get_by_role("textbox").last.fill("Ines Calder\n12 Mill Lane\nDublin")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Send it there").click()
    page.get_by_label("E-mail").fill(place.second_email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    kept = page.get_by_role("region", name="What you wrote before you signed in")
    expect(kept.get_by_label("What you wrote")).to_have_value("Ines Calder\n12 Mill Lane\nDublin")
    fits(page)
    page.reload()
    expect(kept).to_have_count(0)


@pytest.mark.full
def test_a_draft_is_there_again_after_a_while(visit, place):
    page = visit("buyer")
    page.goto(f"contact/?listing={place.listing}")
    page.get_by_label("Your message").fill("Half a thought")
    page.get_by_text("Draft saved").wait_for()
    page.goto("messages/")
    page.goto(f"contact/?listing={place.listing}")

    expect(page.get_by_label("Your message")).to_have_value("Half a thought")


@pytest.mark.full
def test_what_is_typed_before_the_script_has_come_is_not_replaced_by_a_draft(visit, place):
    page, held = visit("buyer"), []
    page.goto(f"contact/?seller={place.seller}")
    page.locator("form.live").evaluate(
        """(form) => localStorage.setItem(`comity-draft:${form.dataset.draftKey}`,
        JSON.stringify({ text: "Half a thought", at: Date.now() / 1000 }))"""
    )
    page.reload()
    page.get_by_text("Draft of this device restored").wait_for()
    page.route("**/js/page*", lambda route: held.append(route))  # noqa: PLW0108  # it must be a function
    page.reload(wait_until="commit")
    page.get_by_label("Your message").fill("Another thought")
    held[0].continue_()
    page.locator("form.live").wait_for()
    expect(page.get_by_label("Your message")).to_have_value("Another thought")


@pytest.mark.full
@pytest.mark.parametrize(("width", "dark"), [(390, True), (1280, False)], ids=["phone, dark", "desk, light"])
def test_every_page_fits_and_is_accessible(visit, place, axe, width, dark):
    page = visit("buyer", width=width, dark=dark)
    for path in (
        "",
        f"products/{place.listing}/",
        f"sellers/{place.seller}/",
        "orders/",
        f"orders/{place.order}/",
        "contact/",
        "contact/?order=999",
        f"contact/?order={place.order}",
        "messages/",
        "rules/?language=de",
        "rules/phishing.lure/?language=fr",
    ):
        page.goto(path)
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
