"""Conversations and all that stands around them, a noun a file; what is stored, in which states."""

from comity.messaging.models.attachments import Attachment
from comity.messaging.models.care import REPORT_TRANSITIONS, Block, Report, Vote
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
    TrialFinding,
    place_in_file,
)
from comity.messaging.models.notices import (
    AGREEMENT_TRANSITIONS,
    ANSWERS_NOTHING,
    NOTICE_TRANSITIONS,
    Agreement,
    Notice,
    NoticeRecipient,
    Recall,
)
from comity.messaging.models.order_notices import ORDER_NOTICE, Duty, OrderNotice
from comity.messaging.models.outreach import ReviewRequest
from comity.messaging.models.resolving import OFFER_TRANSITIONS, Escalation, Offer
from comity.messaging.models.saved_replies import SavedReply, SavedReplyText
from comity.messaging.models.search import Findable, SearchEntry
from comity.messaging.models.teams import DeskVisit, Label, LabelledConversation, Note, SavedView

__all__ = [
    "AGREEMENT_TRANSITIONS",
    "ANSWERS_NOTHING",
    "NOTICE_TRANSITIONS",
    "OFFER_TRANSITIONS",
    "ORDER_NOTICE",
    "REPORT_TRANSITIONS",
    "TRANSITIONS",
    "Agreement",
    "Attachment",
    "Block",
    "Conversation",
    "DeskVisit",
    "Draft",
    "Duty",
    "Escalation",
    "Findable",
    "Finding",
    "Label",
    "LabelledConversation",
    "Message",
    "Note",
    "Notice",
    "NoticeRecipient",
    "Offer",
    "OrderNotice",
    "Participant",
    "Recall",
    "ReplyDeadline",
    "Report",
    "ReviewRequest",
    "Ruling",
    "SavedReply",
    "SavedReplyText",
    "SavedView",
    "SearchEntry",
    "Side",
    "TrialFinding",
    "Vote",
    "place_in_file",
]
