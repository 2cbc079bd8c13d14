"""Restrictions: an admin sees, imposes and lifts them, with reason and end."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comity.accounts.models import Restriction
from comity.accounts.services.restrictions import restrict
from comity.common.models import OutboxEvent
from tests import factories
from tests.factories import NOW
from tests.web.desk.shop import signed_in


@pytest.fixture
def admin(shop, clock_at):
    clock_at(NOW)
    return signed_in(shop.admin.user)


def html(response):
    return response.content.decode()


def impose(shop, admin, **fields):
    return admin.post(shop.operate("restrictions/"), {"kind": "messaging", "reason": "Spam", **fields})


@pytest.mark.requirement("S23")
def test_a_shop_that_is_restricted_cannot_write_and_reads_why_and_until_when(shop, admin, client):
    desk = shop.another()
    desk.ask()
    desk.deliver()
    answer = impose(shop, admin, who=shop.seller.public_id, reason="Phone numbers.", ends_on="2026-11-09")

    assert answer.url == shop.operate("restrictions/?done=imposed")
    shown = html(client.get(shop.at(f"inbox/{desk.conversation.public_id}/")))
    assert "You cannot send messages until" in shown
    assert "Phone numbers." in shown
    made = Restriction.objects.get()
    assert (made.seller, made.ends_at) == (shop.seller, datetime(2026, 11, 10, tzinfo=UTC))
    assert OutboxEvent.objects.get(name="restriction.imposed").actor == shop.admin.user.public_id


@pytest.mark.parametrize("named", ["public_id", "external_id", "email"])
def test_a_buyer_is_named_by_id_number_or_address(shop, admin, named):
    buyer = factories.buyer(shop.market)
    impose(shop, admin, who=getattr(buyer, named))
    assert Restriction.objects.get().buyer == buyer


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"who": "nobody"}, "Nobody here is called so"),
        ({"who": "elsewhere"}, "Nobody here is called so"),
        ({"reason": " "}, "Say why"),
        ({"kind": "everything"}, "Choose what is restricted."),
        ({"ends_on": "soon"}, "soon is no day: write it as 2026-02-28."),
        ({"ends_on": "2026-11-01"}, "The end lies in the past"),
        ({"ends_on": "9999-12-31"}, "is no day"),
    ],
)
def test_what_is_refused_restricts_nobody_and_keeps_what_was_typed(shop, admin, wrong, sentence):
    factories.seller(external_id="elsewhere")
    refused = impose(shop, admin, **{"who": shop.seller.public_id, **wrong})

    assert refused.status_code == 422
    assert sentence in html(refused)
    assert f'value="{wrong.get("who", shop.seller.public_id)}"' in html(refused)
    assert not Restriction.objects.exists()


def test_lifting_ends_it_now(shop, admin):
    made = restrict(seller=shop.seller, kind="messaging", reason="Spam", now=NOW - timedelta(days=1))
    assert "Lift now" in html(admin.get(shop.operate("restrictions/")))

    admin.post(shop.operate(f"restrictions/{made.pk}/"))

    made.refresh_from_db()
    assert made.lifted_at == NOW
    assert "Lift now" not in html(admin.get(shop.operate("restrictions/")))


def test_another_marketplaces_restriction_cannot_be_lifted(shop, admin):
    made = restrict(seller=factories.seller(), kind="messaging", reason="Spam", now=NOW)
    assert admin.post(shop.operate(f"restrictions/{made.pk}/")).status_code == 404
    made.refresh_from_db()
    assert made.lifted_at is None


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_the_same_queries_however_long(shop, admin, number):
    for _ in range(number):
        restrict(buyer=factories.buyer(shop.market), kind="messaging", reason="Spam", now=NOW)

    with CaptureQueriesContext(connection) as queries:
        admin.get(shop.operate("restrictions/"))

    # session, user, seat, count of the pages, restrictions, held messages in the navigation
    assert len(queries) == 6, [query["sql"][:90] for query in queries]
