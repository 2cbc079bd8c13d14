"""Files by the digest of their content: stored once, never changed."""

from django.db import models


class Blob(models.Model):
    """One file's content. Its bytes lie in the data folder under ``digest``.

    ``wanted_at``: when somebody last stored this content; what nothing refers to long after that is removed.
    ``preview``: a small picture of it, made by us.
    """

    digest = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField()
    content_type = models.CharField(max_length=100)
    stored_at = models.DateTimeField()
    wanted_at = models.DateTimeField(db_index=True)
    preview = models.ForeignKey("self", models.PROTECT, null=True, related_name="previewed")


class Reading(models.Model):
    """The words of a file, as far as they could be read. ``parts``: [page, text]; page 0 where a file has none.

    ``extent``: ``read``, ``picture`` (its words were not read), ``partly`` or ``locked``.
    """

    blob = models.OneToOneField(Blob, models.CASCADE, related_name="reading")
    extent = models.CharField(max_length=8)
    pages = models.PositiveIntegerField(null=True)
    parts = models.JSONField(default=list)
