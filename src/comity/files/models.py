"""Files by the digest of their content: stored once, never changed."""

from django.db import models


class Blob(models.Model):
    """One file's content. Its bytes lie in the data folder under ``digest``."""

    digest = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField()
    content_type = models.CharField(max_length=100)
    stored_at = models.DateTimeField()
