"""What comes by import is found as soon as the worker has heard of it; `comity reindex` catches up with the rest."""

import json

import pytest

from comity.accounts.models import Buyer
from comity.accounts.services.trail import note
from comity.common.models import OutboxEvent
from comity.common.transactions import write
from comity.config import cli
from comity.jobs.table import HANDLERS
from comity.messaging.models import Findable, SearchEntry
from comity.messaging.selectors.search import Scope, search
from comity.messaging.services import search as search_service
from comity.orders.models import Order
from tests.factories import NOW, marketplace
from tests.messaging.test_search import raw_hits
from tests.orders.importing import ORDER, SHIPMENT, bring, bring_shop

SAME = {
    "buyers": {"external_id": "b1", "email": "bea@example.com"},
    "sellers": {"external_id": "s1", "owner_email": "shop@example.com"},
}
pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.fixture
def imported():
    marketplace(slug="north")
    bring_shop()
    bring("orders", [{**ORDER, "status": "shipped", "shipments": [{**SHIPMENT, "tracking_number": "JVGL0699"}]}])
    return Order.objects.get()


def counts(scope, query):
    return search(scope=scope, query=query).counts


def index_all_events(seen=0):
    """What the worker does about every import, and about what that asks for."""
    while event := OutboxEvent.objects.filter(id__gt=seen).order_by("id").first():
        seen = event.pk
        for handler in HANDLERS.get(event.name, ()):
            with write():
                handler(event, now=NOW)


def test_what_an_import_brings_is_found(imported):
    index_all_events()
    seller = Scope.of_seller(imported.seller)
    assert counts(seller, "jvgl0699")["orders"] == 1
    assert counts(Scope.of_buyer(imported.buyer), "oil lamp")["orders"] == 1
    assert counts(seller, imported.buyer.name)["people"] == 1


def test_a_buyer_renamed_by_the_shop_is_found_by_the_new_name(imported):
    index_all_events()
    buyer, seller = imported.buyer, Scope.of_seller(imported.seller)
    Buyer.objects.filter(pk=buyer.pk).update(name="Clarissa")
    with write():
        note(buyer, "buyer.changed", by=None, now=NOW, buyer=buyer.public_id)
    for handler in HANDLERS["buyer.changed"]:
        handler(OutboxEvent.objects.latest("id"), now=NOW)

    found = [(counts(seller, name)["people"], counts(seller, name)["orders"]) for name in ("Clarissa", "Bea")]
    assert found == [(1, 1), (0, 0)]


@pytest.mark.parametrize("kind", ["buyers", "sellers"])
def test_a_rename_by_import_reaches_all_existing_orders_in_rounds(imported, monkeypatch, kind):
    for number in range(2, 7):
        bring("orders", [{**ORDER, "external_id": f"W-{number}"}])
    index_all_events()
    party = imported.buyer if kind == "buyers" else imported.seller
    old, scope = party.name, Scope.of_record(imported.marketplace)
    monkeypatch.setattr(search_service, "_BATCH", 2)
    before = OutboxEvent.objects.latest("id").pk
    bring(kind, [{**SAME[kind], "name": "Clarissa"}])
    index_all_events(before)

    assert [counts(scope, name)["orders"] for name in ("Clarissa", old)] == [6, 0]
    cause = OutboxEvent.objects.filter(name=f"{kind}.imported").latest("id").public_id
    orders = list(Order.objects.order_by("pk").values_list("pk", flat=True))
    rounds = OutboxEvent.objects.filter(name="orders.reindexed").order_by("id")
    assert [event.data for event in rounds] == [{"cause": cause, "after": orders[number]} for number in (1, 3)]


def test_reindex_finds_what_no_event_told_of(imported, capsys):
    Order.objects.filter(pk=imported.pk).update(number="305-7777777-7777777")
    assert cli.main(["reindex", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {"sellers": 1, "messages": 0, "orders": 1, "buyers": 1}
    assert counts(Scope.of_seller(imported.seller), "7777777")["orders"] == 1
    assert cli.main(["reindex", "--from-scratch"]) == 0
    assert "1 order" in capsys.readouterr().out
    assert raw_hits("7777777") == 1
    assert SearchEntry.objects.filter(pk__gt=0).count() == len(Findable) - 1
