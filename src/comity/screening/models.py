"""What a marketplace changes in the published rulebook.

Invariants
    * Content and digest of a version never change; verdicts name the digest.
    * What is published was approved by somebody else than who proposed it.
    * One proposal of a marketplace is open at a time.
    * ``Marketplace.rulebook_versions`` lists what is published, for everybody who checks a message.
"""

from django.db import models
from django.db.models import F, Q

from comity.accounts.models import Marketplace, User
from comity.common.ids import PublicIdField
from comity.common.models import Stream


class RulebookVersion(Stream):
    """A dated rulebook of a marketplace's own, proposed or more.

    ``content`` is the TOML that extends the published rulebook, ``digest`` that of both; ``reason`` why it was refused.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", "Waits for a second person"
        PUBLISHED = "published", "Published"
        REFUSED = "refused", "Refused"
        WITHDRAWN = "withdrawn", "Withdrawn"

    marketplace = models.ForeignKey(Marketplace, models.PROTECT, related_name="own_rulebooks")
    public_id = PublicIdField()
    content = models.TextField()
    digest = models.CharField(max_length=64, db_index=True)
    valid_from = models.DateField()
    why = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["marketplace"], name="rulebook_proposal_once", condition=Q(state="proposed")
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | (Q(decided_by__isnull=False) & ~Q(decided_by=F("proposed_by"))),
                name="rulebook_four_eyes",
            ),
        ]
