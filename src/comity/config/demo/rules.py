"""One admin of the demo has proposed a change of the rules; the other one finds it on their pages."""

from datetime import datetime, timedelta

from comity.accounts.models import OperatorStaff
from comity.screening.services.drafting import RuleChange, draft_changes
from comity.screening.services.versions import propose, version_of

_PROPOSED = timedelta(hours=2)
_BEGINS = timedelta(days=14)
_CHANGES = (
    RuleChange("contact.phone", "block", {("asked", "seller", ""): "warn"}),
    RuleChange("contact.email", "block", {("asked", "seller", "shipment"): "warn"}),
)
_WHY = "Most sellers who ask for a number need it for the carrier, and most of these were released. A note is enough."


def propose_change(now: datetime) -> None:
    """On the first marketplace: two rules shall hold less, from two weeks on."""
    admin = OperatorStaff.objects.select_related("marketplace", "user").filter(role="admin").order_by("pk")[0]
    moment, day = now - _PROPOSED, (now + _BEGINS).date().isoformat()
    place = admin.marketplace
    drafted = draft_changes(place, _CHANGES, day, now=moment)
    propose(marketplace=place, by=admin.user, drafted=drafted, why=_WHY, seen=version_of(place), now=moment)
