"""What is sold, and on which terms: products, sellers' offers of them, sellers' policies.

Invariants
    * A published policy is never changed: a new text is a new version, and the old one stays to be cited.
    * ``Listing.version`` grows with every change, an order's too, so that a form opened before it is refused.
    * What an offer says binds nobody backwards: orders keep the dates they were promised.
"""

from datetime import date

from django.db import models

from comity.accounts.models import Marketplace, Seller, User
from comity.common.ids import PublicIdField


class Product(models.Model):
    """A thing that can be bought, whoever sells it. Its kind decides ship windows (S73, S74)."""

    class Kind(models.TextChoices):
        MEDIA = "media"
        NON_MEDIA = "non_media"
        DIGITAL = "digital"
        SUBSCRIPTION = "subscription"

    marketplace = models.ForeignKey(Marketplace, models.PROTECT, related_name="products")
    public_id = PublicIdField()
    source = models.CharField(max_length=60, default="comity")
    external_id = models.CharField(max_length=100)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    title = models.CharField(max_length=300)
    description = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["marketplace", "source", "external_id"], name="product_external_id_once")
        ]

    def __str__(self) -> str:
        return self.title


class Listing(models.Model):
    """One seller's offer of a product. Prices are minor units of ``currency``.

    It can be bought while ``is_open``: switched on, within its days (of the marketplace's calendar, both
    included) and with stock left.
    """

    marketplace = models.ForeignKey(Marketplace, models.PROTECT, related_name="listings")
    seller = models.ForeignKey(Seller, models.PROTECT, related_name="listings")
    product = models.ForeignKey(Product, models.PROTECT, related_name="listings")
    public_id = PublicIdField()
    source = models.CharField(max_length=60, default="comity")
    external_id = models.CharField(max_length=100)
    sku = models.CharField(max_length=80)
    price_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    quantity = models.PositiveIntegerField(default=0)
    handling_days = models.PositiveSmallIntegerField(default=2)
    description = models.TextField(blank=True)
    offered = models.BooleanField(default=True)
    offered_from_on = models.DateField(null=True)
    offered_until_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["marketplace", "source", "external_id"], name="listing_external_id_once"),
            models.UniqueConstraint(fields=["seller", "sku"], name="listing_sku_once"),
            models.CheckConstraint(
                condition=models.Q(offered_from_on__isnull=True)
                | models.Q(offered_until_on__isnull=True)
                | models.Q(offered_from_on__lte=models.F("offered_until_on")),
                name="listing_days_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id}/{self.sku}"

    def is_open(self, on: date) -> bool:
        """Whether it can be bought on that day of the marketplace's calendar."""
        begun = self.offered_from_on is None or self.offered_from_on <= on
        over = self.offered_until_on is not None and self.offered_until_on < on
        return self.offered and self.quantity > 0 and begun and not over


class HandlingChange(models.Model):
    """A change of a seller's handling time (business days) by the marketplace, with the reason told to the seller.

    ``changed_by`` is nobody where an import of the operator changed it.
    """

    listing = models.ForeignKey(Listing, models.CASCADE, related_name="handling_changes")
    public_id = PublicIdField()
    before = models.PositiveSmallIntegerField()
    after = models.PositiveSmallIntegerField()
    reason = models.TextField()
    changed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField()


class SellerPolicy(models.Model):
    """One version of what a seller states about shipping, returns or refunds, in force until the next."""

    class Kind(models.TextChoices):
        SHIPPING = "shipping"
        RETURNS = "returns"
        REFUNDS = "refunds"

    seller = models.ForeignKey(Seller, models.PROTECT, related_name="policies")
    public_id = PublicIdField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    number = models.PositiveIntegerField()
    text = models.TextField()
    valid_from = models.DateTimeField()
    published_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    rulebook_digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["seller", "kind", "number"], name="seller_policy_number_once")]
        indexes = [models.Index(fields=["seller", "kind", "valid_from"], name="seller_policy_in_force")]
