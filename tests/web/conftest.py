import pytest


@pytest.fixture
def reading(db, monkeypatch):
    """For each text that the rules read: how many transactions of ours are open meanwhile."""
    from django.db import connection  # a conftest is read before Django is ready

    from comity.orders.services import words
    from comity.orders.services.returning import words as words_of_returns

    found, before, really = [], len(connection.savepoint_ids), words.screen

    def screen(**what):
        found.append(len(connection.savepoint_ids) - before)
        return really(**what)

    for place in (words, words_of_returns):
        monkeypatch.setattr(place, "screen", screen)
    return found
