"""An admin's day: settings, people, restrictions, the audit trail."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.full  # the plain run has one journey a role

PAGES = (
    *("settings/", "rules/", "rules/contact.phone/", "rules/change/?rule=contact.phone&rule=contact.email"),
    *("sellers/", "people/", "restrictions/", "audit/"),
)


@pytest.mark.parametrize("width", [1280, 390])
def test_pages_of_an_admin_fit_the_screen_and_axe_finds_nothing(visit, place, axe, width):
    page = visit("operator", width=width)
    for name in PAGES:
        page.goto(f"{place.address}/{place.market}/operate/{name}")
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        axe(page)
    page.goto(f"{place.address}/account/")
    axe(page)


def test_a_setting_is_changed_after_its_meaning_was_shown(visit, place):
    page = visit("operator")
    page.goto(f"{place.address}/{place.market}/operate/settings/")
    page.get_by_label("Time to answer").fill("24h")
    page.get_by_role("button", name="Show what changes").click()
    expect(page.get_by_text("Time to answer is in hours: 24, not 24h. Allowed: 1 to 168.").first).to_be_visible()

    page.get_by_label("Time to answer").fill("12")
    page.get_by_role("button", name="Show what changes").click()
    expect(page.get_by_text("running clocks keep the time they were made under")).to_be_visible()
    page.get_by_label("Why").fill("Asked by the team.")
    page.get_by_role("button", name="Apply from now on").click()

    expect(page.get_by_text("The settings are changed.")).to_be_visible()
    page.goto(f"{place.address}/{place.market}/operate/audit/")
    expect(page.get_by_role("row").filter(has_text="changed the settings")).to_have_count(1)


@pytest.mark.parametrize("width", [1280, 390])
def test_a_rule_is_changed_after_its_effect_was_shown_and_waits_for_a_second_person(visit, place, fits, width):
    page = visit("operator", width=width)
    page.goto(f"{place.address}/{place.market}/operate/rules/contact.phone/")
    page.get_by_role("link", name="Change what follows").click()
    page.get_by_label("At most it may").select_option("warn")
    page.get_by_role("button", name="Add its lines to Telephone number").click()
    page.get_by_label("Rule", exact=True).select_option("contact.email")
    page.get_by_role("button", name="Add it", exact=True).click()
    page.get_by_label("At most it may").last.select_option("hold")
    fits(page)
    page.get_by_role("button", name="Show what changes").click()
    expect(page.get_by_role("heading", name="decided again")).to_be_visible()
    fits(page)

    page.get_by_label("Why").fill("Most of what it holds is released.")
    page.get_by_role("button", name="Propose it").click()
    expect(page.get_by_text("You proposed this: somebody else has to approve it.")).to_be_visible()
    fits(page)

    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("The proposal is taken back.")).to_be_visible()
