"""Files that went with a message."""

import hashlib

from django.db import models

from comity.common.ids import PublicIdField
from comity.files.models import Blob
from comity.messaging.models.conversations import Message


class Attachment(models.Model):
    """One file of one message, under the name that its sender gave it, cleaned.

    ``reading`` says what the rules could see of it; ``pages`` is unknown (null) where a file has none.
    """

    class Reading(models.TextChoices):
        READ = "read", "read"
        PICTURE = "picture", "a picture whose words were not read"
        PARTLY = "partly", "read in part"
        LOCKED = "locked", "locked by a password"

    message = models.ForeignKey(Message, models.CASCADE, related_name="attachments")
    public_id = PublicIdField()
    blob = models.ForeignKey(Blob, models.PROTECT, related_name="attachments")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    pages = models.PositiveIntegerField(null=True)
    reading = models.CharField(max_length=8, choices=Reading.choices)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["message", "position"], name="attachment_position_once")]

    @property
    def on_record(self) -> dict[str, str | int]:
        """What the record holds of the file. A name is somebody's words, which must be erasable.

        So only its digest stands there, and the id of this row is its salt.
        """
        named = hashlib.sha256(f"{self.public_id}/{self.name}".encode()).hexdigest()
        return {"digest": self.blob.digest, "name": named, "size": self.size, "type": self.content_type}
