import pytest


@pytest.fixture
def shop(client, db):
    """A buyer, signed in, with an order and a listing of one seller; on another marketplace the same again."""
    from tests.web.buyer.shop import Shop  # a conftest is read before Django is ready

    return Shop(client)


@pytest.fixture
def reading(db, monkeypatch):
    """For each text that the rules read: how many transactions of ours are open meanwhile."""
    from django.db import connection  # as above

    from comity.orders.services.returning import words

    found, before, really = [], len(connection.savepoint_ids), words.screen

    def screen(**what):
        found.append(len(connection.savepoint_ids) - before)
        return really(**what)

    monkeypatch.setattr(words, "screen", screen)
    return found
