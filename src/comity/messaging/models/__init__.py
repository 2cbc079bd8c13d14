"""Conversations and all that stands around them, a noun a file; what is stored, in which states."""

from comity.messaging.models.conversations import (
    TRANSITIONS,
    Conversation,
    Draft,
    Finding,
    Message,
    Participant,
    ReplyDeadline,
    Ruling,
    Side,
)

__all__ = [
    "TRANSITIONS",
    "Conversation",
    "Draft",
    "Finding",
    "Message",
    "Participant",
    "ReplyDeadline",
    "Ruling",
    "Side",
]
