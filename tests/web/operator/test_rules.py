"""The rules as text: what follows from each, and how right it was, in a fixed number of queries."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comity.messaging.models import Finding, Message, TrialFinding
from comity.messaging.selectors.rule_record import RuleRecord, rule_records
from comity_policy.model import Finding as Found
from comity_policy.model import Outcome, Verdict
from tests.factories import NOW
from tests.web.desk.shop import signed_in

PHONE = "contact.phone"
LATER = NOW.replace(day=24)  # by then the rulebook has rules in every group


@pytest.fixture
def admin(shop, clock_at):
    clock_at(LATER)
    return signed_in(shop.admin.user)


def html(response):
    return response.content.decode()


def found(message, outcome="hold", rule=PHONE, form=""):
    """What the rule found in ``message``, beside the rule by which the desk's texts are decided."""
    position = message.findings.count() + 1
    Finding.objects.create(message=message, position=position, rule=rule, start=0, end=4, outcome=outcome, form=form)
    return message


def held(desk, decision="", form=""):
    """An answer that the rule held, and a person's decision on it."""
    message = found(desk.answer("HOLD it").message, form=form)
    if decision:
        desk.rule(message, decision)
    return message


def row(page, rule=PHONE):
    [cells] = re.findall(rf'<span class="code small quiet">{rule}</span></th>(.*?)</tr>', page)
    return re.findall(r'data-label="([^"]+)"[^>]*>([^<]*)<', cells)


def test_every_rule_stands_in_its_group_with_what_follows_for_whom(shop, admin):
    page = html(admin.get(shop.operate("rules/")))

    groups = re.findall(r'<h2 id="group-\w+">([^<]+)</h2>', page)
    assert groups == ["Block", "Hold", "Warn", "On trial"]
    assert dict(row(page))["sellers"] == "blocked or held"
    assert dict(row(page, "marketing.promotion"))["buyers"] == "nothing"
    assert "<bdi>open-marketplace</bdi> of 22 Nov 2026" in page


def test_the_first_day_of_a_rule_is_that_of_the_first_rulebook_that_has_it(shop, admin):
    page = html(admin.get(shop.operate("rules/")))

    assert dict(row(page))["since"] == "1 Jan 2026"
    assert dict(row(page, "conduct.threat"))["since"] == "22 Nov 2026"


def test_what_people_ruled_says_how_right_a_rule_is(shop, desk, admin):
    for decision in ("return", "block", "release", ""):
        held(desk, decision)

    page = html(admin.get(shop.operate("rules/")))
    assert row(page)[3:] == [("found", "4"), ("upheld", "2"), ("released", "1"), ("right", "too few (n 3)")]
    assert row(page, "payment.off_platform")[3:] == [("found", "0"), ("upheld", ""), ("released", ""), ("right", "")]


def test_a_ruling_is_about_what_held_the_message_not_about_a_warning_beside_it(desk):
    message = found(desk.answer("HOLD it").message, outcome="warn")
    desk.rule(message, "release")

    records = rule_records(desk.conversation.marketplace, NOW)
    assert records[PHONE] == RuleRecord(fired=1)
    assert records["test.rule"] == RuleRecord(fired=1, overturned=1)


def test_what_is_older_or_of_another_marketplace_is_not_counted(shop, desk, admin):
    message = held(desk)
    assert PHONE not in rule_records(shop.market, message.sent_at.replace(year=2999))

    Message.objects.update(sent_at=NOW.replace(year=2020))
    assert dict(row(html(admin.get(shop.operate("rules/")))))["found"] == "0"


def test_a_rule_on_trial_is_counted_and_nothing_follows(shop, desk, admin, monkeypatch):
    trial = Found("form.language", 0, 2, Outcome.WARN, "Because.", "Mend it.")
    silent = Verdict(Outcome.DELIVER, (), "r" * 64, "1", "i" * 64, trials=(trial,))
    monkeypatch.setattr("comity.messaging.services.posting.screen", lambda **_: silent)

    sent = desk.answer("Guten Tag")

    assert sent.kind == "accepted"
    assert not sent.message.findings.exists()
    stored = TrialFinding.objects.get(message=sent.message)
    assert (stored.rule, stored.start, stored.end, stored.outcome) == ("form.language", 0, 2, "warn")
    assert dict(row(html(admin.get(shop.operate("rules/"))), "form.language"))["would have found"] == "1"


def test_the_page_of_a_rule_says_why_and_what_follows_from_each_form(shop, desk, admin):
    held(desk, "release")

    page = html(admin.get(shop.operate(f"rules/{PHONE}/")))
    outcomes = re.findall(r'data-label="sellers">(\w+)</td><td data-label="buyers">(\w+)<', page)
    assert sorted(outcomes) == [("blocked", "blocked"), ("held", "held"), ("held", "warned")]
    assert '<dt>Right</dt><dd class="nobr">too few (n 1)</dd>' in page
    assert '<dt>Right</dt><dd class="nobr">–</dd>' in html(admin.get(shop.operate("rules/conduct.threat/")))


def test_a_share_is_told_from_ten_rulings_on_and_by_form_and_purpose(shop, desk, admin):
    for decision, form in [*[("return", "asked")] * 7, *[("release", "asked")] * 3, ("release", "unsure")]:
        held(desk, decision, form)

    page = html(admin.get(shop.operate(f"rules/{PHONE}/")))
    assert '<dt>Right</dt><dd class="nobr">64 % (n 11)</dd>' in page
    rows = re.findall(r'data-label="purpose">(\w+)</td>.*?"upheld">(\d+)<.*?"released">(\d+)<.*?"right">([^<]+)<', page)
    assert rows == [("reply", "7", "3", "70 % (n 10)"), ("reply", "0", "1", "too few (n 1)")]


def test_a_rule_that_is_not_there_is_not_found(shop, admin):
    assert admin.get(shop.operate("rules/no.such/")).status_code == 404


@pytest.mark.parametrize("messages", [1, 3])
@pytest.mark.parametrize(("path", "count"), [("rules/", 8), (f"rules/{PHONE}/", 8)])
def test_the_pages_take_the_same_queries_however_much_was_found(shop, desk, admin, messages, path, count):
    for _ in range(messages):
        held(desk, "release")

    with CaptureQueriesContext(connection) as queries:
        admin.get(shop.operate(path))

    # session, user, seat, held messages, findings with their rulings, findings on trial, a change that waits; the list
    # of rules counts versions, too, the page of a rule the rulings by form
    assert len(queries) == count, [query["sql"][:90] for query in queries]
