import pytest


@pytest.fixture
def shop(client, db):
    """A buyer, signed in, with an order and a listing of one seller; on another marketplace the same again."""
    from tests.web.buyer.shop import Shop  # a conftest is read before Django is ready

    return Shop(client)
