"""The held queue: the message whose time runs out first on top, and the ruling on it."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comity.common.models import OutboxEvent, RecordEntry
from comity.messaging.models import Message, Ruling
from tests import factories
from tests.factories import NOW
from tests.web.desk.shop import signed_in, with_role


@pytest.fixture
def held(shop, clock_at):
    """A seller's reply that waits for a person; an hour has passed since."""
    desk = shop.another()
    desk.ask()
    desk.deliver()
    desk.later(2).answer("HOLD this for a person")
    clock_at(desk.later(1).now)
    return Message.objects.get(state="held")


@pytest.fixture
def moderator(shop):
    return signed_in(with_role(shop, "moderator").user)


def html(response):
    return response.content.decode()


def stored():
    return Ruling.objects.count(), RecordEntry.objects.count(), OutboxEvent.objects.count()


def hold_hourly(shop, number):
    for hour in range(number):
        shop.another().later(hour).ask(f"HOLD {hour}")


@pytest.mark.requirement("S87")
def test_the_queue_has_the_oldest_until_first(shop, moderator, clock_at):
    hold_hourly(shop, 3)
    clock_at(NOW.replace(day=3, hour=12, minute=30))

    shown = html(moderator.get(shop.operate("held/")))

    assert re.findall(r'class="snip" dir="auto">(.*?)<', shown) == ["HOLD 0", "HOLD 1", "HOLD 2"]
    assert re.findall(r"<h3>(Overdue|Rule within the hour|Rule today|Rule by tomorrow)</h3><span>(\d)", shown) == [
        ("Overdue", "1"),
        ("Rule within the hour", "1"),
        ("Rule today", "1"),
    ]


@pytest.mark.requirement("S87")
def test_the_message_stands_with_marks_rule_parties_and_clock(shop, held, moderator):
    shown = html(moderator.get(shop.operate(f"held/{held.public_id}/")))

    assert f'<mark>HOLD<sup><a href="#{held.public_id}-1">1</a></sup></mark> this for a person' in shown
    assert "test.rule" in shown
    assert "Rulebook of 1 Nov 2026" in shown
    assert f"<bdi>{shop.seller.name}</bdi> to <bdi>{held.conversation.buyer.name}</bdi>" in shown
    assert held.conversation.order.number in shown
    assert "rule by" in shown
    assert "23 h left" in shown


def test_each_decision_says_what_it_does(shop, held, moderator):
    shown = html(moderator.get(shop.operate(f"held/{held.public_id}/")))

    assert f"Delivered to {held.conversation.buyer.name} at once." in shown
    assert "may write it again" in shown
    assert "Never delivered; stays on record." in shown
    assert "The time to answer runs on: due Tue 3 Nov, 12:00." in shown


@pytest.mark.requirement("S87")
@pytest.mark.parametrize(
    ("decision", "state"), [("release", "accepted"), ("return", "withdrawn"), ("block", "blocked")]
)
def test_a_ruling_is_stored_with_its_reason(shop, held, moderator, decision, state):
    answer = moderator.post(
        shop.operate(f"held/{held.public_id}/"), {"decision": decision, "reason": "Read by a person."}
    )

    held.refresh_from_db()
    assert answer.url == shop.operate(f"held/?done={decision}#list")
    assert (held.state, held.ruling.decision, held.ruling.reason) == (state, decision, "Read by a person.")


def test_its_author_is_told_the_reason(shop, held, moderator, client):
    moderator.post(shop.operate(f"held/{held.public_id}/"), {"decision": "return", "reason": "Leave the stars out."})

    shown = html(client.get(shop.at(f"inbox/{held.conversation.public_id}/")))

    assert "Returned to you" in shown
    assert "Withdrawn" not in shown
    assert "Leave the stars out." in shown
    assert f"replaces={held.public_id}#write" in shown


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"decision": "release", "reason": " "}, "Say why: the author is told this reason."),
        ({"decision": "shred", "reason": "No."}, "Choose release, return or block."),
        ({"decision": "block", "reason": "a\x00"}, "contains a character that cannot be sent"),
    ],
)
def test_a_ruling_that_lacks_something_comes_back_and_nothing_is_stored(shop, held, moderator, fields, sentence):
    before = stored()

    refused = moderator.post(shop.operate(f"held/{held.public_id}/"), fields)

    assert refused.status_code == 422
    assert sentence in html(refused)
    assert fields["reason"].strip("\x00 ") in html(refused)
    assert stored() == before


def test_who_comes_second_is_told_who_ruled_and_when(shop, held, moderator):
    first = with_role(shop, "moderator")
    signed_in(first.user).post(shop.operate(f"held/{held.public_id}/"), {"decision": "release", "reason": "Fine."})
    before = stored()

    late = moderator.post(shop.operate(f"held/{held.public_id}/"), {"decision": "block", "reason": "My own words"})

    assert late.status_code == 409
    assert first.user.name in html(late)
    assert "Released" in html(late)
    assert "15:00</time>" in html(late)
    assert "My own words" in html(late)
    assert stored() == before


def test_a_ruled_message_is_no_longer_asked_about(shop, held, moderator):
    address = shop.operate(f"held/{held.public_id}/")
    moderator.post(address, {"decision": "release", "reason": "Fine."})

    shown = moderator.get(address)

    assert shown.status_code == 200
    assert "You have ruled on this message" in html(shown)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_queue_takes_the_same_queries_however_long(shop, moderator, clock_at, rows):
    hold_hourly(shop, rows)
    clock_at(NOW)

    with CaptureQueriesContext(connection) as queries:
        moderator.get(shop.operate("held/"))

    # session, user, seat; pages, rows, findings, who took them; conversation, clocks, messages, findings, lines, shipments;
    # entries and head logs for the check; count in the navigation
    assert len(queries) == 16, [query["sql"][:90] for query in queries]


def test_an_empty_queue_says_so(shop, moderator):
    assert "Nothing is held" in html(moderator.get(shop.operate("held/")))


def test_a_message_never_held_cannot_be_ruled_on(shop, moderator):
    sent = shop.another().ask("Plain")
    before = stored()

    answer = moderator.post(
        shop.operate(f"held/{sent.message.public_id}/"), {"decision": "block", "reason": "Because."}
    )

    assert (answer.status_code, stored()) == (404, before)


@pytest.mark.parametrize("role", ["service_agent", "adjudicator", "investigator"])
def test_other_roles_neither_see_nor_rule(shop, held, role):
    client = signed_in(with_role(shop, role).user)
    address = shop.operate(f"held/{held.public_id}/")
    before = stored()

    answers = [client.get(address), client.post(address, {"decision": "release", "reason": "Let it go."})]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert stored() == before


def test_the_moderator_of_another_marketplace_finds_nothing(held):
    elsewhere = factories.operator()
    client = signed_in(elsewhere.user)

    address = f"/{elsewhere.marketplace.slug}/operate/held/{held.public_id}/"
    assert client.get(address).status_code == 404
    assert client.post(address, {"decision": "release", "reason": "Mine."}).status_code == 404
    assert not Ruling.objects.exists()


def post(shop, client, message, **fields):
    return client.post(shop.operate(f"held/{message.public_id}/"), fields)


def test_after_a_ruling_comes_the_message_that_runs_out_next(shop, moderator, clock_at):
    hold_hourly(shop, 3)
    clock_at(NOW)
    first, second, third = Message.objects.order_by("held_until")

    answer = post(shop, moderator, second, decision="release", reason="Fine.")
    assert answer.url == shop.operate(f"held/{first.public_id}/?done=release#newest")
    answer = post(shop, moderator, first, decision="release", reason="Fine.")
    assert answer.url == shop.operate(f"held/{third.public_id}/?done=release#newest")


def test_a_ready_reason_and_free_words_are_told_together(shop, held, moderator):
    preset = "Please say it without insults, then send it again."
    assert f'<option value="{preset}">{preset}</option>' in html(moderator.get(shop.operate("held/")))

    post(shop, moderator, held, decision="return", preset=preset, reason="The second line.")

    assert Ruling.objects.get().reason == f"{preset}\n\nThe second line."


def test_a_ready_reason_of_another_decision_comes_back_with_everything_typed(shop, held, moderator):
    preset = "Threats and insults are not allowed."
    before = stored()

    refused = post(shop, moderator, held, decision="release", preset=preset, reason="My own words")

    assert (refused.status_code, stored()) == (422, before)
    assert "This reason belongs to “block”" in html(refused)
    assert f'<option value="{preset}" selected>{preset}</option>' in html(refused)
    assert "My own words" in html(refused)


def test_contact_details_do_not_reach_the_author_by_way_of_the_reason(shop, held, moderator):
    before = stored()

    refused = post(shop, moderator, held, decision="block", reason="You wrote anna@example.com, that is not allowed.")

    assert (refused.status_code, stored()) == (422, before)
    assert "describe “anna@example.com” instead of writing it out" in html(refused)


def test_every_ready_reason_may_be_told(shop, moderator, clock_at):
    from comity.accounts.profiles import profile_files

    clock_at(NOW)
    for decision, reasons in profile_files()[0].ruling_reasons.items():
        for reason in reasons:
            message = shop.another().ask("HOLD it").message
            assert post(shop, moderator, message, decision=decision, preset=reason).status_code == 302


def test_who_takes_a_message_is_shown_to_the_others_with_the_time(shop, held, moderator):
    first = with_role(shop, "moderator")
    taken = signed_in(first.user).post(shop.operate(f"held/{held.public_id}/take/"))

    assert taken.url == shop.operate(f"held/{held.public_id}/?done=taken#write")
    shown = html(moderator.get(shop.operate("held/")))
    assert f"<bdi>{first.user.name}</bdi> is on it, since" in shown
    assert f"{first.user.name} is on it, since today 15:00" in shown
    own = html(signed_in(first.user).get(shop.operate("held/")))
    assert "You are on it, since" in own


def test_taking_changes_nothing_about_the_message_and_anybody_may_still_rule(shop, held, moderator):
    signed_in(with_role(shop, "moderator").user).post(shop.operate(f"held/{held.public_id}/take/"))
    assert post(shop, moderator, held, decision="release", reason="Fine.").status_code == 302
    late = moderator.post(shop.operate(f"held/{held.public_id}/take/"))
    assert late.status_code == 409


def test_who_takes_part_cannot_take_the_message(shop, held):
    author = factories.operator(shop.market, user=shop.owner.user)
    refused = signed_in(author.user).post(shop.operate(f"held/{held.public_id}/take/"))

    assert refused.status_code == 422
    assert "You take part in this conversation" in html(refused)
    assert not OutboxEvent.objects.filter(name="message.taken").exists()
