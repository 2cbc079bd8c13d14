"""What a buyer found in the box that should not be there (S54, S75, S76), for the operator to look at."""

from django.db import models
from django.db.models import Q

from comity.common.ids import PublicIdField
from comity.files.models import Blob
from comity.orders.models.orders import Order


class BoxReport(models.Model):
    """An extra item, advertising or a request for a review in the box; open until the operator has decided."""

    class Kind(models.TextChoices):
        EXTRA_ITEM = "extra_item"
        ADVERTISING = "advertising"
        REVIEW_REQUEST = "review_request"

    order = models.ForeignKey(Order, models.CASCADE, related_name="box_reports")
    public_id = PublicIdField()
    kind = models.CharField(max_length=16, choices=Kind.choices)
    text = models.TextField(blank=True)
    reported_at = models.DateTimeField()
    upheld = models.BooleanField(null=True)
    decision = models.TextField(blank=True)
    decided_by = models.CharField(max_length=31, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "kind"], name="box_report_once_a_kind")]
        indexes = [models.Index(fields=["reported_at"], name="box_report_open", condition=Q(decided_at__isnull=True))]


class BoxPhoto(models.Model):
    """A picture of it."""

    report = models.ForeignKey(BoxReport, models.CASCADE, related_name="photos")
    blob = models.ForeignKey(Blob, models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
