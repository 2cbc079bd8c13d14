"""A seller works the inbox by deadline: in a real browser."""

import pytest
from playwright.sync_api import expect

PHONE = "It is brass. Easiest is to ring us on 0161 496 0018."


def ask(visit, about, topic, text, **how):
    """A buyer writes; back on the page that says so."""
    page = visit("buyer", **how)
    page.goto(f"contact/?{about}")
    page.get_by_label(topic).check()
    page.get_by_label("Your message").fill(text)
    page.get_by_role("button", name="Send message").click()
    page.get_by_role("heading", name="Your message is sent").wait_for()
    return page


def inbox(visit, place, text, **how):
    """The seller's inbox, once ``text`` has been delivered to it."""
    page = visit("seller", **how)
    for _ in range(120):
        page.goto(f"sell/{place.seller}/inbox/")
        if page.locator(".snip", has_text=text).count():
            return page
        page.wait_for_timeout(250)
    pytest.fail(f"“{text}” did not reach the inbox")


@pytest.mark.requirement("S24", "S27", "S34", "S86", "S87")
def test_the_oldest_deadline_is_answered_first_and_a_phone_number_is_mended(visit, place, axe):
    ask(visit, f"order={place.order}", "Where is my order?", "Has it left yet?")
    inbox(visit, place, "Has it left yet?")
    ask(visit, f"listing={place.listing}", "Question about the product", "Is it brass?")
    page = inbox(visit, place, "Is it brass?")
    axe(page)

    expect(page.locator(".snip").nth(0)).to_have_text("Has it left yet?")
    expect(page.locator(".snip").nth(1)).to_have_text("Is it brass?")
    page.locator(".item").first.click()
    page.get_by_role("heading", name="Daniel Osei", exact=True).wait_for()
    expect(page.locator("#side")).to_contain_text(place.order_number)
    expect(page.locator("#side")).to_contain_text("Answer by")
    axe(page)

    page.get_by_label("Your message").fill(PHONE)
    page.locator("#write .notes li").wait_for()
    expect(page.locator("#write .notes li")).to_contain_text("contact.phone")
    axe(page)
    page.get_by_label("Your message").fill("It left on Friday; the carrier has it.")
    page.locator("#write .notes li").wait_for(state="detached")
    page.get_by_role("button", name="Send message").click()
    page.get_by_text("Sent. It is on its way to the buyer.").wait_for()
    page.locator(".msg.own", has_text="answered in").wait_for()  # delivered, without reloading

    expect(page.locator("#conversation")).to_contain_text("No answer is due")
    expect(page.locator("#list")).not_to_contain_text("Has it left yet?")
    axe(page)


@pytest.mark.full
@pytest.mark.requirement("S86", "S87")
def test_without_script_a_blocked_answer_is_written_again(visit, place):
    ask(visit, f"seller={place.seller}", "Question about the product", "Do you make shades?")
    page = inbox(visit, place, "Do you make shades?", script=False)
    page.locator(".item", has_text="Do you make shades?").click()
    page.get_by_label("Your message").fill(PHONE)
    page.get_by_role("button", name="Send message").click()

    expect(page.locator("#conversation")).to_contain_text("Blocked, never delivered")
    expect(page.locator("#conversation")).to_contain_text("The time to answer kept running.")
    expect(page.get_by_label("Your message")).to_have_value(PHONE)
    page.get_by_label("Your message").fill("Yes, in linen.")
    page.get_by_role("button", name="Send message").click()
    page.get_by_text("Sent. It is on its way to the buyer.").wait_for()

    expect(page.locator(".msg.own").last).to_contain_text("Yes, in linen.")
    expect(page.get_by_role("link", name="Write it again")).to_have_count(0)


@pytest.mark.full
@pytest.mark.requirement("S27")
def test_a_new_message_appears_without_a_jump_and_no_response_needed_is_on_record(visit, place, axe, steady):
    buyer = ask(visit, f"listing={place.listing}", "Question about the product", "How tall is it?")
    page = inbox(visit, place, "How tall is it?")
    page.locator(".item", has_text="How tall is it?").click()
    page.get_by_role("button", name="No response needed").click()
    page.get_by_text("Marked: no response needed. It is on record.").wait_for()
    expect(page.locator(".messages")).to_contain_text("marked that no response is needed")
    axe(page)
    page.reload()
    others = {path: visit("seller") for path in ("inbox/", "today/", f"orders/{place.order}/")}
    for path, other in others.items():
        other.goto(f"sell/{place.seller}/{path}")

    buyer.get_by_role("link", name="Open the conversation").click()
    buyer.locator("textarea").fill("I meant with the shade.")
    buyer.get_by_role("button", name="Send message").click()

    page.get_by_text("I meant with the shade.").first.wait_for()
    page.locator("#conversation .msg", has_text="I meant with the shade.").wait_for()
    others["inbox/"].get_by_text("I meant with the shade.").first.wait_for()
    steady(page)
    buyer.reload()
    page.get_by_label("Your message").fill("Forty-one centimetres.")
    page.get_by_role("button", name="Send message").click()
    buyer.get_by_text("Forty-one centimetres.").first.wait_for()
    for shown in (page, buyer, *others.values()):
        steady(shown)


@pytest.mark.full
@pytest.mark.parametrize(("width", "dark"), [(390, True), (1280, False)], ids=["phone, dark", "desk, light"])
def test_every_page_fits_and_is_accessible(visit, place, axe, width, dark):
    ask(visit, f"listing={place.listing}", "Question about the product", f"Does it fit {width} mm?")
    inbox(visit, place, f"Does it fit {width} mm?")
    page = visit("seller", width=width, dark=dark)
    for path in ("inbox/", "inbox/?view=waiting", "inbox/?view=held", "inbox/?view=all", f"orders/{place.order}/"):
        page.goto(f"sell/{place.seller}/{path}")
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    page.goto(f"sell/{place.seller}/inbox/?view=all")
    page.locator(".item").first.click()
    page.get_by_label("Your message").wait_for()
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_what_is_typed_beside_an_order_ticks_it(visit, place, fits):
    page = visit("seller")
    page.goto(f"sell/{place.seller}/orders/confirm/")
    fits(page)
    row = page.locator(f"#row-{place.unshipped}")
    row.get_by_label("Tracking number").fill("JD014600006281230703")
    expect(row.get_by_role("checkbox")).to_be_checked()


@pytest.mark.requirement("S58")
@pytest.mark.parametrize("script", [True, False])
def test_a_scanner_that_ends_with_enter_goes_on_and_confirms_nothing(visit, place, script):
    page, sent = visit("seller", script=script), []
    page.goto(f"sell/{place.seller}/orders/confirm/")
    page.on("request", lambda request: sent.append(request.method))
    numbers = page.get_by_label("Tracking number")
    first, second = numbers.nth(0), numbers.nth(1)
    first.press_sequentially("JD014600006281230703")
    first.press("Enter")
    ticked = page.get_by_role("checkbox", checked=True)
    expect(ticked).to_have_count(1 if script else 0)
    expect(second if script else first).to_be_focused()
    first.press("Enter")
    assert "POST" not in sent
    expect(first).to_have_value("JD014600006281230703")
