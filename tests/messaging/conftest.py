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


@pytest.fixture
def notice_rules(db, easy_rules, monkeypatch):
    """Notices, too, are judged by their first word."""
    from comity.messaging.services import notice_writing, notices  # as above
    from tests.messaging.desk import verdict_by_first_word

    monkeypatch.setattr(notice_writing, "screen", verdict_by_first_word)
    rules = type("Rules", (), {"digest": "r" * 64})
    monkeypatch.setattr(notices, "rulebook_in_force", lambda *_: rules)


@pytest.fixture
def owners(db):
    from tests.messaging.owners import make_owners  # as above

    return make_owners()
