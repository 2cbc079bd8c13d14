"""What the tests of the desks share; imported by their conftests."""

from datetime import date

import pytest


@pytest.fixture
def easy_rules(monkeypatch):
    from comity.messaging.services import posting  # a conftest is read before Django is ready
    from tests.messaging.desk import verdict_by_first_word

    monkeypatch.setattr(posting, "screen", verdict_by_first_word)
    monkeypatch.setattr("comity.web.compose.rulebook_date", lambda digest: date(2026, 11, 1))
    monkeypatch.setattr("comity.web.desk.talk.rulebook_date", lambda digest: date(2026, 11, 1))


@pytest.fixture
def shop(db, easy_rules):
    from tests.web.desk.shop import make_shop  # as above

    return make_shop()


@pytest.fixture
def desk(shop, clock_at):
    """One buyer asked; it is an hour later."""
    made = shop.another()
    made.ask()
    made.deliver()
    clock_at(made.later(1).now)
    return made


@pytest.fixture
def client(shop):
    from tests.web.desk.shop import signed_in  # as above

    return signed_in(shop.owner.user)


@pytest.fixture
def clock_at(monkeypatch):
    from comity.common import clock  # as above

    return lambda now: monkeypatch.setattr(clock, "now", lambda: now)
