"""Deliveries that were given up: an admin has them tried again, or skips them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comity.common.models import EventDelivery, OutboxEvent
from tests import factories
from tests.web.desk.shop import signed_in, with_role


def give_up(shop, number=1, handler="notify.tell"):
    """So many dead deliveries of this marketplace."""
    for _ in range(number):
        desk = shop.another()
        desk.ask()
    for event in OutboxEvent.objects.all():
        EventDelivery.objects.create(
            event=event,
            handler=handler,
            stream=event.stream,
            sequence=event.sequence,
            state="dead",
            attempts=5,
            run_after=event.occurred_at,
            last_error="The mail server did not answer.",
        )
    return EventDelivery.objects.earliest("pk")


@pytest.fixture
def admin(shop):
    return signed_in(shop.admin.user)


def test_what_was_given_up_is_listed_with_its_error(shop, admin):
    give_up(shop)

    shown = admin.get(shop.operate("given-up/")).content.decode()

    assert "message.accepted" in shown
    assert "The mail server did not answer." in shown


@pytest.mark.parametrize(("action", "state", "attempts"), [("retry", "ready", 0), ("skip", "done", 5)])
def test_the_decision_takes_effect(shop, admin, action, state, attempts):
    dead = give_up(shop)

    answer = admin.post(shop.operate(f"given-up/{dead.pk}/"), {"action": action})

    dead.refresh_from_db()
    assert answer.url == shop.operate(f"given-up/?done={action}")
    assert (dead.state, dead.attempts) == (state, attempts)


def test_an_unknown_action_changes_nothing(shop, admin):
    dead = give_up(shop)

    answer = admin.post(shop.operate(f"given-up/{dead.pk}/"), {"action": "burn"})

    dead.refresh_from_db()
    assert (answer.status_code, dead.state) == (400, "dead")


@pytest.mark.parametrize("role", ["moderator", "service_agent", "adjudicator", "investigator"])
def test_only_admins_repair(shop, role):
    dead = give_up(shop)
    client = signed_in(with_role(shop, role).user)

    assert client.get(shop.operate("given-up/")).status_code == 404
    assert client.post(shop.operate(f"given-up/{dead.pk}/"), {"action": "skip"}).status_code == 404
    dead.refresh_from_db()
    assert dead.state == "dead"


def test_another_marketplaces_are_out_of_reach(shop):
    dead = give_up(shop)
    elsewhere = factories.operator()
    client = signed_in(elsewhere.user)

    answer = client.post(f"/{elsewhere.marketplace.slug}/operate/given-up/{dead.pk}/", {"action": "skip"})

    dead.refresh_from_db()
    assert (answer.status_code, dead.state) == (404, "dead")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_the_same_queries_however_long(shop, admin, rows):
    give_up(shop, rows)

    with CaptureQueriesContext(connection) as queries:
        admin.get(shop.operate("given-up/"))

    # session, user, seat, held messages in the navigation, count of the pages, rows
    assert len(queries) == 6, [query["sql"][:90] for query in queries]


def test_the_delivery_of_a_message_is_never_skipped(shop, admin):
    dead = give_up(shop, handler="messaging.deliver_message")
    assert b'value="skip"' not in admin.get(shop.operate("given-up/")).content

    answer = admin.post(shop.operate(f"given-up/{dead.pk}/"), {"action": "skip"})

    dead.refresh_from_db()
    assert (answer.status_code, dead.state) == (409, "dead")
