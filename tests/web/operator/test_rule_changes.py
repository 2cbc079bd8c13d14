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

PHONE = "rules/contact.phone/"
CALL = "Please call me on +44 20 7946 0958."
LATER = NOW.replace(day=24)
TODAY = "2026-11-24"
PROPOSE = {"group": "warn", "day": TODAY, "why": "Too strict.", "step": "propose", "seen": "0"}


@pytest.fixture
def admin(shop, clock_at):
    clock_at(LATER)
    return signed_in(shop.admin.user)


@pytest.fixture
def second(shop, admin):
    return signed_in(factories.operator(shop.market).user)


def html(response):
    return response.content.decode()


def post(shop, who, path=PHONE, **typed):
    return who.post(shop.operate(path), typed)


def proposed(shop, admin):
    assert post(shop, admin, **PROPOSE).status_code == 302
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

    page = html(post(shop, admin, group="warn"))

    assert re.findall(r'data-label="now">(\w+)</td><td data-label="then"><b>(\w+)</b>', page)[0] == ("block", "warn")
    assert "<b>1</b> of 3 would fare otherwise: 1 blocked before, then warned." in page
    assert f'href="{shop.operate(f"conversations/{desk.conversation.public_id}/")}">{CALL}' in page
    assert not RulebookVersion.objects.exists()


def test_on_trial_it_is_said_what_would_have_been_found(shop, desk, admin):
    desk.ask(CALL)
    page = html(post(shop, admin, group="trial"))
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
    answer = post(shop, admin, **{"group": "hold", "line.asked.buyer": "block", "line.plain.seller": "hold"})

    page = html(answer)
    assert answer.status_code == 422
    assert "cannot lead to block while the rule does no more than hold" in page
    assert re.search(r'<option value="hold" selected>Hold', page)
    asked = re.search(r'name="line.asked.buyer">(.*?)</select>', page)[1]
    assert '<option value="block" selected>' in asked


@pytest.mark.parametrize(("field", "typed"), [("day", "soon"), ("why", " ")])
def test_day_and_reason_are_asked_for_on_the_page_with_the_effect(shop, admin, field, typed):
    answer = post(shop, admin, **(PROPOSE | {field: typed}))

    page = html(answer)
    assert answer.status_code == 422
    assert f'id="{field}_error"' in page
    assert 'type="hidden" name="group" value="warn"' in page
    assert "decided again</h2>" in page
    assert not RulebookVersion.objects.exists()


def test_going_back_keeps_what_was_typed(shop, admin):
    page = html(post(shop, admin, **PROPOSE | {"step": "edit", "group": "trial"}))
    assert re.search(r'<option value="trial" selected>', page)


def test_what_was_published_meanwhile_is_shown_before_proposing(shop, admin, second):
    published(shop, admin, second)

    answer = post(shop, admin, **PROPOSE | {"group": "trial"})
    assert answer.status_code == 409
    assert "The rules were changed meanwhile." in html(answer)
    assert 'name="seen" value="1"' in html(answer)
    assert RulebookVersion.objects.count() == 1


def test_after_a_version_that_is_still_to_come_the_next_one_begins_with_it(shop, admin, second):
    post(shop, admin, **PROPOSE | {"day": "2026-12-01"})
    post(shop, second, page_of(RulebookVersion.objects.get()), do="published")

    assert '<option value="warn" selected>Warn' in html(admin.get(shop.operate(PHONE)))
    page = html(post(shop, admin, group="trial"))
    assert re.search(r'name="day" value="2026-12-01"', page)
    answer = post(shop, admin, **PROPOSE | {"group": "trial", "seen": "1"})
    assert answer.status_code == 422
    assert "Choose a first day from 1 Dec 2026 to 25 Nov 2027." in html(answer)


def test_a_stale_approval_changes_nothing(shop, admin, second):
    version = proposed(shop, admin)
    post(shop, admin, page_of(version), do="withdrawn")

    answer = post(shop, second, page_of(version), do="published")
    assert answer.status_code == 409
    assert "Somebody was quicker: this is withdrawn." in html(answer)
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
        page = html(post(shop, admin, group="warn"))

    assert f"<b>{messages}</b> of {messages}" in page
    # session, user, seat, held messages, messages, their order lines, their shipments
    assert len(queries) == 7, [query["sql"][:90] for query in queries]


@pytest.mark.parametrize("versions", [1, 3])
def test_the_list_of_versions_takes_the_same_queries_however_long_it_is(shop, admin, second, versions):
    for _ in range(versions):
        post(shop, admin, page_of(proposed(shop, admin)), do="withdrawn")

    with CaptureQueriesContext(connection) as queries:
        admin.get(shop.operate("rules/"))

    # session, user, seat, held messages, findings, trials, the open proposal, count of versions, versions
    assert len(queries) == 9, [query["sql"][:90] for query in queries]
