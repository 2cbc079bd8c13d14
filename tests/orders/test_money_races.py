"""R4: forty at once give back, hold back and take back the money of one order; as if they had stood in line."""

import os
import threading
from collections import Counter

import pytest
from django.db import connection
from django.db.models import QuerySet

from comity.common.errors import Refused
from comity.ledger.models import Journal, Payable
from comity.ledger.selectors.reconciling import differences
from comity.ledger.services.books import Move, book
from comity.ledger.services.moving import move
from comity.orders.models import Adjustment
from comity.orders.services.adjusting import Change, Part, adjust
from tests.factories import NOW, buyer, listing, marketplace, order, seller, shipment

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
THREADS = 40
ROUNDS = 200 if "COMITY_PROVE" in os.environ else 1
AMOUNT = 100
PAID = 2_450  # so 24 of them find money


@pytest.fixture
def shop():
    return seller(marketplace())


def paid(shop):
    made = order(buyer(shop.marketplace, user=None), shop, listing(shop, price_minor=PAID))
    shipment(made)
    book([Move(made.payable, Journal.Kind.CAPTURE, PAID, f"shp_{made.pk}")], now=NOW)
    return made


def at_once(deed, count=THREADS):
    """What became of ``deed(0)``, ``deed(1)`` …: answers, or names of errors."""
    start, answers = threading.Barrier(count), Counter()

    def one(number):
        try:
            start.wait()
            answers[deed(number)] += 1
        except Exception as error:  # noqa: BLE001 - counted by name
            answers[type(error).__name__] += 1
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=[number]) for number in range(count)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return answers


def give_back(shop, made, reference):
    change = Change(made.number, "GeneralAdjustment", (Part("1", "Principal", AMOUNT),), reference)
    (result,) = adjust(shop, [change], source="feed", actor="", now=NOW)
    return result.faults[0].code if result.faults else "repeated" if result.repeated else "done"


def hold_back(made, number):
    try:
        move(made.public_id, Journal.Kind.RESERVE, AMOUNT, cause=f"{made.pk}-{number}", now=NOW)
    except Refused as refused:
        return refused.code
    return "done"


def mixed(shop, made, number):
    return hold_back(made, number) if number % 2 else give_back(shop, made, f"r{number}")


def test_forty_at_once_take_what_there_is_and_no_more(shop):
    for _ in range(ROUNDS):
        made = paid(shop)
        answers = at_once(lambda number, made=made: mixed(shop, made, number))
        assert answers == {"done": 24, "more_than_paid": 16}
        now = Payable.objects.get(pk=made.payable_id)
        assert (now.refunded_minor + now.reserved_minor, now.refundable_minor) == (2_400, 50)
        assert list(differences(NOW)) == []


def test_forty_times_the_same_file_gives_back_once(shop):
    for _ in range(ROUNDS):
        made = paid(shop)
        answers = at_once(lambda _, made=made: give_back(shop, made, "r1"))
        assert answers == {"done": 1, "repeated": 39}
        assert Adjustment.objects.get(order=made).amount_minor == AMOUNT
        assert Journal.objects.filter(payable=made.payable, kind="refund").count() == 1


@pytest.mark.skipif("os.environ['COMITY_TEST_DATABASE'] != 'postgres'", reason="on SQLite one writes at a time")
def test_without_locks_it_would_be_noticed(shop, monkeypatch):
    """The checks above are no idle ones."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_: rows)
    for _ in range(10):
        made = paid(shop)
        answers = at_once(lambda number, made=made: hold_back(made, number))
        if answers != {"done": 24, "more_than_paid": 16} or list(differences(NOW)):
            return
    raise AssertionError("forty at once without a lock, and nothing went wrong in ten rounds")
