"""Record entries, outbox events, idempotency keys, deadlines and what they were made under, for every capability.

Invariants
    * The entries of a chain are numbered 1, 2, 3 ... without a gap; each digest covers the one before it.
    * The events of a stream are numbered the same way; a handler sees them in that order.
    * A key stored for (actor, route) answers every later request with that key; see ``idempotency``.
"""

from collections.abc import Mapping
from json.encoder import encode_basestring_ascii as _json_text
from typing import Any

from django.db import models

from comity.common.ids import MAX_LENGTH, PublicIdField


class Stream(models.Model):
    """A row whose changes are told as numbered events. Lock the row before emitting."""

    event_count = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        abstract = True


class Chained(Stream):
    """A stream that also carries a record chain: how many entries it has and the digest of the last."""

    record_count = models.PositiveIntegerField(default=0, editable=False)
    record_head = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        abstract = True

    def forget(self, facts: Mapping[str, Any]) -> None:
        """Empty what has the words of the entry with these ``facts`` a second time: they are being erased."""


class RecordEntry(models.Model):
    """One thing that happened, chained to the one before: append-only. ``facts`` is canonical JSON."""

    class Kind(models.TextChoices):
        POSTED = "posted"
        SCREENED = "screened"
        RULED = "ruled"
        DELIVERED = "delivered"
        MARKED = "marked"
        MOVED = "moved"
        WITHDRAWN = "withdrawn"
        ERASED = "erased"

    chain = models.CharField(max_length=MAX_LENGTH)
    marketplace = models.CharField(max_length=MAX_LENGTH)
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    facts = models.TextField()
    body_digest = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "position"], name="record_entry_position")]

    @property
    def header(self) -> str:
        """What the digest covers beside the words, as JSON, canonical form 1: see ``common.record``."""
        chain, marketplace, kind = map(_json_text, (self.chain, self.marketplace, str(self.kind)))
        about = f'"chain":{chain},"marketplace":{marketplace},"position":{self.position},"kind":{kind}'
        return f'{{"v":1,{about},"facts":{self.facts}}}'


class RecordBody(models.Model):
    """The words of an entry and their salt, apart from it so that erasure leaves the chain whole."""

    entry = models.OneToOneField(RecordEntry, models.PROTECT, primary_key=True, related_name="body")
    salt = models.BinaryField(max_length=16)
    text = models.TextField()


class RecordHeadLog(models.Model):
    """Count and head of every chain of a marketplace at the end of a day, signed: shows a cut tail."""

    marketplace = models.CharField(max_length=MAX_LENGTH)
    day_on = models.DateField()
    heads = models.JSONField()
    signature = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["marketplace", "day_on"], name="record_head_log_day")]


class OutboxEvent(models.Model):
    """A past-tense fact, written in the transaction that made it true. Ids only, never personal data.

    The log is kept, and with ``actor``, the public id of the person who did it, it is the audit trail. Only what
    anybody can cause without signing in (``sign_in.failed``) goes once it has been handled.
    """

    public_id = PublicIdField()
    name = models.CharField(max_length=60)
    version = models.PositiveSmallIntegerField(default=1)
    marketplace = models.CharField(max_length=MAX_LENGTH)
    stream = models.CharField(max_length=MAX_LENGTH)
    sequence = models.PositiveIntegerField()
    occurred_at = models.DateTimeField()
    actor = models.CharField(max_length=MAX_LENGTH, blank=True)
    data = models.JSONField(default=dict)
    position = models.PositiveBigIntegerField(null=True, unique=True, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stream", "sequence"], name="outbox_event_sequence")]
        indexes = [
            models.Index(fields=["id"], name="outbox_event_unplaced", condition=models.Q(position=None)),
            models.Index(fields=["marketplace", "-id"], name="outbox_event_audit", condition=~models.Q(actor="")),
            models.Index(fields=["actor", "-id"], name="outbox_event_of_actor", condition=~models.Q(actor="")),
        ]


class EventDelivery(models.Model):
    """One handler's duty towards one event: the queue, prunable once done."""

    class State(models.TextChoices):
        READY = "ready"
        LEASED = "leased"
        DONE = "done"
        DEAD = "dead"

    event = models.ForeignKey(OutboxEvent, models.CASCADE, related_name="deliveries")
    handler = models.CharField(max_length=60)
    stream = models.CharField(max_length=MAX_LENGTH)
    sequence = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.READY)
    attempts = models.PositiveSmallIntegerField(default=0)
    run_after = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    leased_by = models.CharField(max_length=60, blank=True)
    last_error = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "handler"], name="event_delivery_once")]
        indexes = [
            models.Index(fields=["handler", "stream", "sequence"], name="event_delivery_order"),
            models.Index(fields=["state", "run_after"], name="event_delivery_due"),
        ]


class OutboxPosition(models.Model):
    """The last position given to an event; one row, locked by the pump that places events."""

    last = models.PositiveBigIntegerField(default=0)


class ScheduleRun(models.Model):
    """When a schedule last ran."""

    name = models.CharField(max_length=60, unique=True)
    last_at = models.DateTimeField()


class IdempotencyKey(models.Model):
    """The first answer to a request, given again to every repeat."""

    actor = models.CharField(max_length=MAX_LENGTH)
    route = models.CharField(max_length=100)
    key = models.CharField(max_length=255)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor", "route", "key"], name="idempotency_key_once")]


class Deadline(models.Model):
    """A clock: from when, until when, under which profile, and how it ended."""

    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    profile_digest = models.CharField(max_length=64)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class Published(models.Model):
    """A profile or rulebook that was in force here, as its file had it; see ``published``. Never changed.

    ``digest``: as what was decided under it names it.
    """

    class Kind(models.TextChoices):
        PROFILE = "profile"
        RULEBOOK = "rulebook"

    kind = models.CharField(max_length=8, choices=Kind.choices)
    digest = models.CharField(max_length=64, unique=True)
    text = models.TextField()
