import pytest


@pytest.fixture
def easy_rules(monkeypatch):
    from comity.messaging.services import posting  # a conftest is read before Django is ready
    from tests.messaging.desk import verdict_by_first_word

    monkeypatch.setattr(posting, "screen", verdict_by_first_word)


@pytest.fixture
def desk(db, easy_rules):
    from tests.messaging.desk import make_desk  # as above

    return make_desk()
