"""Files that come in and go out: imports of the operator, feeds of sellers, reports.

A feed's bytes are stored before anything is read in them. ``Feed.records`` says how many of its records are dealt with,
in the transaction that dealt with them: one that was cut off goes on behind them. ``Feed.attempts``: how often it was
taken since.
"""

from typing import Any

from django.db import models

from comity.accounts.models import Marketplace, Seller
from comity.common.ids import PublicIdField
from comity.files.models import Blob


class ImportRun(models.Model):
    """One `comity import`: the file as it came and what became of its lines."""

    marketplace = models.ForeignKey(Marketplace, models.PROTECT, null=True, related_name="import_runs")
    kind = models.CharField(max_length=20)
    source = models.CharField(max_length=60)
    blob = models.ForeignKey(Blob, models.PROTECT, related_name="+")
    live = models.BooleanField(default=False)
    applied = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    refusals: Any = models.JSONField(default=list)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)


class Feed(models.Model):
    """One file of a seller, as it came, and what became of its records.

    received -> processing -> done | fatal: a document that cannot be read at all. Seller, ``kind`` and ``blob`` make a
    second upload of the same file the same feed.
    """

    class Kind(models.TextChoices):
        SHIPPING_CONFIRMATION = "shipping_confirmation"
        ORDER_ADJUSTMENT = "order_adjustment"
        ORDER_ACKNOWLEDGEMENT = "order_acknowledgement"

    class Form(models.TextChoices):
        XML = "xml"
        TSV = "tsv"
        CSV = "csv"
        JSONL = "jsonl"

    class State(models.TextChoices):
        RECEIVED = "received"
        PROCESSING = "processing"
        DONE = "done"
        FATAL = "fatal"

    seller = models.ForeignKey(Seller, models.PROTECT, related_name="feeds")
    public_id = PublicIdField()
    kind = models.CharField(max_length=24, choices=Kind.choices)
    form = models.CharField(max_length=5, choices=Form.choices)
    name = models.CharField(max_length=200, blank=True)
    blob = models.ForeignKey(Blob, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.RECEIVED)
    records = models.PositiveIntegerField(default=0)
    applied = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    fatal = models.TextField(blank=True)
    uploaded_by = models.CharField(max_length=31, blank=True)
    received_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["seller", "kind", "blob"], name="feed_once")]
        indexes = [
            models.Index(fields=["seller", "-id"], name="feed_of_seller"),
            models.Index(fields=["state", "seller"], name="feed_waiting"),
        ]


class FeedResult(models.Model):
    """What is to be said of one record: an error or a warning, of one field. A record without one was applied.

    ``line`` of the file where it begins; ``message``: the id that the sender gave it.
    """

    feed = models.ForeignKey(Feed, models.CASCADE, related_name="results")
    record = models.PositiveIntegerField()
    line = models.PositiveIntegerField(null=True)
    message = models.CharField(max_length=60, blank=True)
    order_number = models.CharField(max_length=60, blank=True)
    field = models.CharField(max_length=60, blank=True)
    code = models.CharField(max_length=40)
    sentence = models.TextField()
    warning = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["feed", "record"], name="feed_result_of_record")]


class Report(models.Model):
    """Rows of a seller as a file, kept in the product (S77)."""

    class Kind(models.TextChoices):
        ORDERS = "orders"
        TO_SHIP = "to_ship"
        RETURNS = "returns"
        ADJUSTMENTS = "adjustments"

    class Form(models.TextChoices):
        TSV = "tsv"
        CSV = "csv"
        JSONL = "jsonl"
        PARQUET = "parquet"

    class State(models.TextChoices):
        REQUESTED = "requested"
        DONE = "done"
        FAILED = "failed"

    seller = models.ForeignKey(Seller, models.PROTECT, related_name="reports")
    public_id = PublicIdField()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    form = models.CharField(max_length=7, choices=Form.choices)
    state = models.CharField(max_length=9, choices=State.choices, default=State.REQUESTED)
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    blob = models.ForeignKey(Blob, models.PROTECT, null=True, related_name="+")
    rows = models.PositiveIntegerField(default=0)
    schedule = models.ForeignKey("ReportSchedule", models.SET_NULL, null=True, related_name="reports")
    requested_by = models.CharField(max_length=31, blank=True)
    requested_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["seller", "-id"], name="report_of_seller")]


class ReportSchedule(models.Model):
    """A report that a seller wants every so many hours; ``next_at``, where its period ends, moves on by these."""

    seller = models.ForeignKey(Seller, models.CASCADE, related_name="report_schedules")
    public_id = PublicIdField()
    kind = models.CharField(max_length=12, choices=Report.Kind.choices)
    form = models.CharField(max_length=7, choices=Report.Form.choices)
    hours = models.PositiveSmallIntegerField()
    next_at = models.DateTimeField(db_index=True)
    made_by = models.CharField(max_length=31)
    ended_at = models.DateTimeField(null=True)
