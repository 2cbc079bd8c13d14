"""A rule is changed by two people: the effect first, then a proposal, then somebody else's approval."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comity.accounts.models import Marketplace
from comity.screening.models import RulebookVersion
from tests import factories
from tests.factories import NOW
from tests.web.desk.shop import signed_in

CHANGE = "rules/change/"
CALL = "Please call me on +44 20 7946 0958."
LATER = NOW.replace(day=24)
TODAY = "2026-11-24"
WARN = {"rule": "contact.phone", "contact.phone:group": "warn"}
TRIAL = {"rule": "contact.phone", "contact.phone:group": "trial"}
PROPOSE = WARN | {"day": TODAY, "why": "Too strict.", "step": "propose", "seen": "0"}


@pytest.fixture
def admin(shop, clock_at):
    clock_at(LATER)
    return signed_in(shop.admin.user)


@pytest.fixture
def second(shop, admin):
    return signed_in(factories.operator(shop.market).user)


def html(response):
    return response.content.decode()


def post(shop, who, path=CHANGE, typed=None, **more):
    return who.post(shop.operate(path), {**(typed or {}), **more})


def look(shop, who, typed):
    return post(shop, who, typed=typed, step="look")


def proposed(shop, admin):
    assert post(shop, admin, typed=PROPOSE).status_code == 302
    return RulebookVersion.objects.get(state="proposed")


def page_of(version, more=""):
    return f"rules/versions/{version.public_id}/{more}"


def published(shop, admin, second):
    version = proposed(shop, admin)
    assert post(shop, second, page_of(version), do="published").url.endswith("?done=published")
    return version


def test_looking_at_a_change_shows_what_it_means_and_proposes_nothing(shop, desk, admin):
    desk.ask(CALL)
    desk.ask("Where is my lamp?")

    page = html(look(shop, admin, WARN))

    assert re.findall(r'data-label="before">(\w+)</td><td data-label="then"><b>(\w+)</b>', page)[0] == ("block", "warn")
    assert "<b>1</b> of 3 would fare otherwise: 1 blocked before, then warned." in page
    assert "Please call me on <mark>+44 20 7946 0958</mark>." in page
    assert f"<b><bdi>{desk.conversation.buyer.name}</bdi></b><span><bdi>the buyer</bdi></span>" in page
    assert '<span>blocked → <b>warned</b></span><span class="code">contact.phone</span>' in page
    assert f'href="{shop.operate(f"conversations/{desk.conversation.public_id}/")}">Record' in page
    assert not RulebookVersion.objects.exists()


def test_on_trial_it_is_said_what_would_have_been_found(shop, desk, admin):
    desk.ask(CALL)
    page = html(look(shop, admin, TRIAL))
    assert 'On trial, <span class="code">contact.phone</span> would have found something in 1.' in page


def test_a_second_person_publishes_it_and_the_page_shows_what_counts(shop, admin, second):
    version = published(shop, admin, second)

    page = html(admin.get(shop.operate("rules/")))
    assert f"<bdi>{shop.market.slug}</bdi> of 24 Nov 2026" in page
    assert "open-marketplace@2026-11-22" in page
    assert "Too strict." in page
    assert version.digest in html(admin.get(shop.operate(page_of(version))))


def test_whoever_proposed_it_is_offered_to_take_it_back_only(shop, admin, second):
    version = proposed(shop, admin)

    mine, theirs = (html(who.get(shop.operate(page_of(version)))) for who in (admin, second))
    assert re.findall(r'name="do" value="(\w+)"', mine) == ["withdrawn"]
    assert re.findall(r'name="do" value="(\w+)"', theirs) == ["published", "refused"]
    answer = post(shop, admin, page_of(version), do="published")
    assert answer.status_code == 422
    assert "You proposed this: somebody else must approve it." in html(answer)
    assert Marketplace.objects.get(pk=shop.market.pk).rulebook_versions == []


def test_nonsense_comes_back_with_everything_typed(shop, admin):
    typed = {"contact.phone:group": "hold", "contact.phone:asked:buyer": "block", "contact.phone:plain:seller": "hold"}
    answer = look(shop, admin, WARN | typed)

    page = html(answer)
    assert answer.status_code == 422
    assert "cannot lead to block while the rule does no more than hold" in page
    assert re.search(r'<option value="hold" selected>Hold', page)
    asked = re.search(r'name="contact.phone:asked:buyer"[^>]* aria-invalid="true"[^>]*>(.*?)</select>', page)[1]
    assert '<option value="block" selected>' in asked


@pytest.mark.parametrize(("field", "typed"), [("day", "soon"), ("why", " ")])
def test_day_and_reason_are_asked_for_on_the_page_with_the_effect(shop, admin, field, typed):
    answer = post(shop, admin, typed=PROPOSE | {field: typed})

    page = html(answer)
    assert answer.status_code == 422
    assert f'id="{field}_error"' in page
    assert 'type="hidden" name="contact.phone:group" value="warn"' in page
    assert "decided again</h2>" in page
    assert not RulebookVersion.objects.exists()


def test_going_back_keeps_what_was_typed(shop, admin):
    page = html(post(shop, admin, typed=PROPOSE | TRIAL | {"step": "edit", "day": "2026-12-24"}))
    assert re.search(r'<option value="trial" selected>', page)
    assert re.findall(r'type="hidden" name="(why|day)" value="([^"]+)"', page) == [
        ("why", "Too strict."),
        ("day", "2026-12-24"),
    ]


def test_what_was_published_meanwhile_is_shown_before_proposing(shop, admin, second):
    published(shop, admin, second)

    answer = post(shop, admin, typed=PROPOSE | TRIAL)
    assert answer.status_code == 409
    assert "The rules were changed meanwhile." in html(answer)
    assert 'name="seen" value="1"' in html(answer)
    assert RulebookVersion.objects.count() == 1


def test_after_a_version_that_is_still_to_come_the_next_one_begins_with_it(shop, admin, second):
    post(shop, admin, typed=PROPOSE | {"day": "2026-12-01"})
    post(shop, second, page_of(RulebookVersion.objects.get()), do="published")

    assert '<option value="warn" selected>Warn' in html(admin.get(shop.operate(f"{CHANGE}?rule=contact.phone")))
    page = html(look(shop, admin, TRIAL))
    assert re.search(r'name="day" value="2026-12-01"', page)
    answer = post(shop, admin, typed=PROPOSE | TRIAL | {"seen": "1"})
    assert answer.status_code == 422
    assert "Choose a first day from 1 Dec 2026 to 25 Nov 2027." in html(answer)


def test_a_stale_approval_changes_nothing(shop, admin, second):
    version = proposed(shop, admin)
    post(shop, admin, page_of(version), do="withdrawn")

    answer = post(shop, second, page_of(version), do="published")
    assert answer.status_code == 409
    assert "Somebody was quicker: this is withdrawn. Nothing more was done." in html(answer)
    assert Marketplace.objects.get(pk=shop.market.pk).rulebook_versions == []


def test_a_refusal_needs_a_reason_that_its_author_reads(shop, admin, second):
    version = proposed(shop, admin)
    assert post(shop, second, page_of(version), do="refused").status_code == 422

    post(shop, second, page_of(version), do="refused", reason="Not before Christmas.")
    assert "Not before Christmas." in html(admin.get(shop.operate(page_of(version))))


def test_no_other_press_does_anything(shop, admin, second):
    version = proposed(shop, admin)
    assert post(shop, second, page_of(version), do="dance").status_code == 422
    assert RulebookVersion.objects.get().state == "proposed"


def test_the_published_rulebook_is_brought_back_as_a_new_version(shop, admin, second):
    published(shop, admin, second)

    back = "rules/versions/published/again/"
    assert "<b>block</b>" in html(admin.get(shop.operate(back)))
    assert post(shop, admin, back, day=TODAY, seen="1", why="").status_code == 422
    answer = post(shop, admin, back, day=TODAY, seen="1", why="It let too much through.")
    version = RulebookVersion.objects.get(state="proposed")
    assert answer.url.endswith(f"{page_of(version)}?done=proposed")
    assert "[rules." not in version.content


def test_what_counts_already_cannot_be_brought_back(shop, admin, second):
    version = published(shop, admin, second)

    answer = admin.get(shop.operate(page_of(version, "again/")))
    assert answer.status_code == 422
    assert "Nothing would change" in html(answer)


def test_only_what_was_published_is_brought_back(shop, admin):
    version = proposed(shop, admin)
    assert admin.get(shop.operate(page_of(version, "again/"))).status_code == 404


@pytest.mark.parametrize("messages", [1, 3])
def test_the_effect_takes_the_same_queries_however_many_messages_change(shop, admin, messages):
    for _ in range(messages):
        shop.another().ask(CALL)

    with CaptureQueriesContext(connection) as queries:
        page = html(look(shop, admin, WARN))

    assert f"<b>{messages}</b> of {messages}" in page
    assert page.count("blocked → <b>warned</b>") == messages
    # session, user, seat, held messages, messages, their order lines, their shipments
    assert len(queries) == 7, [query["sql"][:90] for query in queries]


@pytest.mark.parametrize("messages", [1, 3])
def test_a_change_that_waits_takes_the_same_queries_however_many_messages_change(shop, admin, messages):
    for _ in range(messages):
        shop.another().ask(CALL)
    version = proposed(shop, admin)

    with CaptureQueriesContext(connection) as queries:
        page = html(admin.get(shop.operate(page_of(version))))

    assert page.count("blocked → <b>warned</b>") == messages
    # session, user, seat, held messages, the version, messages, their order lines, their shipments
    assert len(queries) == 8, [query["sql"][:90] for query in queries]


def test_of_many_messages_that_change_the_first_are_shown_and_the_others_unfold(shop, desk, admin):
    for number in range(30):
        desk.ask(f"{CALL} {number}")

    page = html(look(shop, admin, WARN))

    assert "<b>30</b> of 31 would fare otherwise" in page
    assert "<summary>The 5 others</summary>" in page
    assert page.count("blocked → <b>warned</b>") == 30


def test_of_a_long_message_only_what_stands_around_the_words_is_shown(shop, desk, admin):
    desk.ask(f"{'The lamp is brass. ' * 20}{CALL} {'It has a long cable. ' * 20}")

    page = html(look(shop, admin, WARN))

    [words] = re.findall(r'<p class="words" dir="auto">(.*?)</p>', page)
    assert re.fullmatch(r"… .{60,90}Please call me on <mark>[+\d ]+</mark>.{60,90} …", words)


def test_where_nothing_would_fare_otherwise_it_says_so(shop, desk, admin):
    page = html(look(shop, admin, WARN))

    assert "None of them would fare otherwise." in page
    assert 'class="msg"' not in page


def test_several_rules_are_chosen_one_after_the_other_and_left_out_again(shop, admin):
    typed = WARN | {"more": "contact.email", "contact.phone:plain:buyer": "warn"}
    page = html(look(shop, admin, typed))

    assert re.findall(r'name="rule" value="([^"]+)"', page) == ["contact.phone", "contact.email"]
    assert '<option value="warn" selected>warned' in re.search(r'name="contact.phone:plain:buyer".*?</select>', page)[0]
    page = html(post(shop, admin, typed={"rule": ["contact.phone", "contact.email"], "leave": "contact.phone"}))
    assert re.findall(r'name="rule" value="([^"]+)"', page) == ["contact.email"]


def test_several_rules_are_proposed_as_one_change(shop, admin):
    rules = {"rule": ["contact.phone", "contact.email"], "contact.email:group": "hold"}
    post(shop, admin, typed=PROPOSE | rules)

    page = html(admin.get(shop.operate(page_of(RulebookVersion.objects.get()))))
    now_then = re.findall(
        r'What it does at most</span></th>.*?data-label="before">(\w+)</td><td data-label="then"><b>(\w+)<', page
    )
    assert now_then == [("block", "hold"), ("block", "warn")]


def test_a_rule_gets_lines_for_one_purpose(shop, admin):
    page = html(post(shop, admin, typed=WARN | {"widen": "contact.phone", "contact.phone:for": "shipment"}))
    assert "Only for the purpose “shipment”" in page
    assert '<option value="" selected>as above' in page

    typed = {"contact.phone:group": "block", "contact.phone:plain:seller:shipment": "hold"}
    page = html(look(shop, admin, WARN | typed))
    assert "<b>Only for “shipment”.</b>" in page
    lines = re.findall(r'data-label="for">(\w+)</td>.*?before">(\w+)<.*?then"><b>(\w+)<', page)
    assert lines == [("sellers", "blocked", "held")]
    assert 'type="hidden" name="contact.phone:plain:seller:shipment" value="hold"' in page


def test_while_a_change_waits_another_is_refused_in_words_and_kept(shop, admin, second):
    version = proposed(shop, admin)

    assert "One waits at a time" in html(second.get(shop.operate(f"{CHANGE}?rule=contact.email")))
    answer = post(shop, second, typed=PROPOSE | TRIAL | {"why": "It is too slow."})
    assert answer.status_code == 409
    page = html(answer)
    assert f"A change by {version.proposed_by.name} waits for approval, and one waits at a time." in page
    assert "It is too slow.</textarea>" in page
    assert RulebookVersion.objects.count() == 1


def test_going_back_while_a_change_waits_is_refused_in_words(shop, admin, second):
    published(shop, admin, second)
    post(shop, admin, typed=PROPOSE | TRIAL | {"seen": "1"})

    back = "rules/versions/published/again/"
    assert "One waits at a time" in html(second.get(shop.operate(back)))
    answer = post(shop, second, back, day=TODAY, seen="1", why="It let too much through.")
    assert answer.status_code == 409
    assert "waits for approval, and one waits at a time." in html(answer)
    assert RulebookVersion.objects.filter(state="proposed").count() == 1


def test_approving_twice_is_told_and_does_nothing(shop, admin, second):
    version = published(shop, admin, second)

    answer = post(shop, second, page_of(version), do="published")
    assert answer.status_code == 409
    assert "You have decided already: this is published. Nothing more was done." in html(answer)
    assert len(Marketplace.objects.get(pk=shop.market.pk).rulebook_versions) == 1


def test_a_day_that_is_past_is_refused_in_words(shop, admin):
    answer = post(shop, admin, typed=PROPOSE | {"day": "2026-11-23"})

    assert answer.status_code == 422
    assert "Choose a first day from 24 Nov 2026 to 25 Nov 2027." in html(answer)
    assert 'value="2026-11-23"' in html(answer)
    assert not RulebookVersion.objects.exists()


def test_a_change_whose_day_is_over_can_only_be_refused_or_taken_back(shop, admin, second, clock_at):
    version = proposed(shop, admin)
    clock_at(LATER.replace(day=25))

    page = html(second.get(shop.operate(page_of(version))))
    assert "It cannot be approved any more.</b> Its first day is over." in page
    assert re.findall(r'name="do" value="(\w+)"', page) == ["refused"]
    assert post(shop, second, page_of(version), do="published").status_code == 409


def test_a_rule_that_is_not_there_cannot_be_chosen(shop, admin):
    assert admin.get(shop.operate(f"{CHANGE}?rule=no.such")).status_code == 404
    answer = look(shop, admin, {"rule": "no.such"})
    assert answer.status_code == 422
    assert "Choose a rule to change." in html(answer)


@pytest.mark.parametrize("versions", [1, 3])
def test_the_list_of_versions_takes_the_same_queries_however_long_it_is(shop, admin, second, versions):
    for _ in range(versions):
        post(shop, admin, page_of(proposed(shop, admin)), do="withdrawn")

    with CaptureQueriesContext(connection) as queries:
        admin.get(shop.operate("rules/"))

    # session, user, seat, held messages, findings, trials, the open proposal, count of versions, versions
    assert len(queries) == 9, [query["sql"][:90] for query in queries]
