import pytest


@pytest.fixture
def desk(db, monkeypatch):
    """A buyer, a shop and an operator who talk about an order; see ``tests.messaging.desk``."""
    from comity.messaging.services import posting  # a conftest is read before Django is ready
    from tests.messaging.desk import make_desk, verdict_by_first_word

    monkeypatch.setattr(posting, "screen", verdict_by_first_word)
    return make_desk()
