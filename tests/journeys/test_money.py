"""Money on the pages: a shop gives some back, the buyer sees it, the operator reads the books."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.full  # the plain run has one journey a role


@pytest.mark.parametrize("width", [1280, 390])
def test_a_refund_is_seen_by_everybody(visit, place, fits, width):
    page = visit("seller", width=width)
    page.goto(f"{place.address}/{place.market}/sell/{place.seller}/orders/{place.order}/")
    page.get_by_role("link", name="Give money back").click()
    fits(page)
    page.get_by_label("left").first.fill("1000000")
    page.get_by_label("Reason").select_option("GeneralAdjustment")
    page.get_by_role("button", name="Give back these amounts").click()
    expect(page.get_by_text("Enter at most that.")).to_be_visible()
    fits(page)
    page.get_by_label("left").first.fill("1.00")
    page.get_by_role("button", name="Give back these amounts").click()
    expect(page.get_by_text("Done.")).to_be_visible()
    fits(page)
    page.goto(f"{place.address}/{place.market}/sell/{place.seller}/payouts/")
    fits(page)

    page = visit("buyer", width=width)
    page.goto(f"{place.address}/{place.market}/orders/{place.order}/")
    expect(page.get_by_role("heading", name="Money back")).to_be_visible()

    page = visit("operator", width=width)
    page.goto(f"{place.address}/{place.market}/operate/orders/")
    fits(page)
    page.goto(f"{place.address}/{place.market}/operate/orders/{place.order}/")
    expect(page.get_by_text("€0.00").first).to_be_visible()
    fits(page)
    page.goto(f"{place.address}/{place.market}/operate/sellers/{place.seller}/payouts/")
    fits(page)
