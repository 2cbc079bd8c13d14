"""Feeds beside the buyers of their orders."""

import threading

import pytest
from django.db import connection

from comity.orders.models import Order
from comity.orders.services.cancel_requests import call_off
from comity.orders.services.feeds import processing
from tests.factories import NOW
from tests.orders.feeds import ADJUSTMENT, lines, send, shop_with

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("read_in_this_process"),
]


def item(reason, component, amount):
    return {"line": "1", "reason": reason, "parts": [{"component": component, "amount": amount, "currency": "EUR"}]}


def test_a_buyer_cancels_while_a_feed_is_worked_on(monkeypatch):
    """Both lock the order, then its listing, which two orders of the batch share."""
    shop, (one, two) = shop_with(2, placed_at=NOW)
    begun, said = threading.Event(), []

    def cancel():
        try:
            begun.wait(20)
            call_off(order=two, buyer=two.buyer, now=NOW)
            said.append("cancelled")
        except Exception as error:  # noqa: BLE001 - told by name
            said.append(type(error).__name__)
        finally:
            connection.close()

    buyer, whole = threading.Thread(target=cancel), processing._ask_whole

    def slowly(*args, **more):
        begun.set()
        buyer.join(1)  # it waits for what the batch has locked
        return whole(*args, **more)

    monkeypatch.setattr(processing, "_ask_whole", slowly)
    buyer.start()
    twice = [item("Other", "Goodwill", "1.00"), item("GeneralAdjustment", "Goodwill", "1.00")]
    first = {"order": one.number, "items": [item("NoInventory", "Principal", "24.50")]}
    feed = send(shop, lines(first, {"order": two.number, "items": twice}), ADJUSTMENT)
    buyer.join()
    assert (said, feed.applied, feed.refused) == (["cancelled"], 2, 0)
    assert sorted(Order.objects.values_list("status", flat=True)) == ["cancelled", "unfulfillable"]
