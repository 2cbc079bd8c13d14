import pytest

from comity.integrations.payment.stripe import Stripe
from tests.integrations.stripe_server import stripe_server

SECRET = "whsec_test"


@pytest.fixture
def fake(settings):
    """Stripe's stand-in, and settings under which payments go there."""
    with stripe_server() as server:
        settings.PAYMENTS = "stripe"
        settings.STRIPE = {"key": "sk_test_1", "webhook_secret": SECRET, "url": server.url}
        yield server


@pytest.fixture
def provider(fake):
    return Stripe("sk_test_1", SECRET, url=fake.url)
