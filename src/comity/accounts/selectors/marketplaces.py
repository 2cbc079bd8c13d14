"""The marketplaces of this installation: public, so there is no door."""

from comity.accounts.models import Marketplace
from comity.common.errors import NotFound


def get_marketplace(slug: str) -> Marketplace:
    """The marketplace with this slug. Raises ``NotFound``."""
    found = Marketplace.objects.filter(slug=slug).first()
    if found is None:
        raise NotFound(f"No marketplace “{slug}”.")
    return found


def all_marketplaces() -> list[Marketplace]:
    """Every marketplace, by name."""
    return list(Marketplace.objects.order_by("name"))
