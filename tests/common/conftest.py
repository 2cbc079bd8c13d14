from datetime import UTC, datetime

import pytest

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def chained():
    """The owner of a chain, as a service holds it: these tests need no row of it."""
    from comity.messaging.models import Conversation  # a conftest is read before Django is ready

    return Conversation()


@pytest.fixture
def marketplace(db):
    from comity.accounts.models import Marketplace

    return Marketplace.objects.create(public_id="mkt_1", slug="harbour", name="Harbour")
