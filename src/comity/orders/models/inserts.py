"""What a seller adds to its packing slips in its own words, such as thanks.

Invariant: a version never changes; the latest one counts, and an empty one says that nothing is added any more.
"""

from django.db import models

from comity.accounts.models import Seller, User


class InsertText(models.Model):
    """One version of a seller's insert text; ``rulebook_digest``: by which rules it was checked, if there are words."""

    seller = models.ForeignKey(Seller, models.PROTECT, related_name="insert_texts")
    number = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    rulebook_digest = models.CharField(max_length=64, blank=True)
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["seller", "number"], name="insert_text_number_once")]
