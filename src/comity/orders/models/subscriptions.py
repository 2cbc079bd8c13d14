"""What is bought again and again on the same terms (S8, S10, S13).

active -> cancelled | ended. A renewal is an order of its own with the subscription's terms; what was renewed stays.
"""

from django.db import models
from django.db.models import Q

from comity.accounts.models import Buyer, Seller
from comity.catalog.models import Listing
from comity.common.ids import PublicIdField
from comity.common.models import Stream
from comity.orders.models.orders import Order


class Subscription(Stream):
    """One buyer's standing purchase of one listing. ``months`` between renewals; prices are minor units."""

    class State(models.TextChoices):
        ACTIVE = "active"
        CANCELLED = "cancelled"
        ENDED = "ended"

    buyer = models.ForeignKey(Buyer, models.PROTECT, related_name="subscriptions")
    seller = models.ForeignKey(Seller, models.PROTECT, related_name="subscriptions")
    listing = models.ForeignKey(Listing, models.PROTECT, related_name="subscriptions")
    public_id = PublicIdField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    terms = models.TextField(blank=True)
    months = models.PositiveSmallIntegerField(default=1)
    price_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    started_at = models.DateTimeField()
    renews_on = models.DateField()
    announced_on = models.DateField(null=True)
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["renews_on"], name="subscription_due", condition=Q(state="active"))]


class Renewal(models.Model):
    """One period of a subscription and the order that it made; the first is the purchase itself."""

    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="renewals")
    order = models.OneToOneField(Order, models.PROTECT, related_name="renewal")
    period_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subscription", "period_on"], name="renewal_once_a_period")]
