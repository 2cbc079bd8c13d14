"""What is sold: a product, and a seller's offer of it."""

from django.db import models

from comity.accounts.models import Marketplace, Seller
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
    """One seller's offer of a product. Prices are minor units of ``currency``."""

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

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["marketplace", "source", "external_id"], name="listing_external_id_once"),
            models.UniqueConstraint(fields=["seller", "sku"], name="listing_sku_once"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id}/{self.sku}"
