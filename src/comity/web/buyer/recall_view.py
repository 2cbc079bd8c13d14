"""A recall in a buyer's words, and the banners that lead to it."""

from typing import Any

from django.urls import reverse

from comity.messaging.models import Conversation, Message, Notice, NoticeRecipient, Side
from comity.messaging.selectors.notices import recalls_of_messages
from comity.messaging.services.recall_text import WHAT_YOU_GET, which_ones


def recall_view(notice: Notice) -> dict[str, Any]:
    """The input of ``buyer/recall.html``."""
    recall = notice.recall
    by_seller = notice.side == Side.SELLER and notice.seller
    return {
        "notice": notice,
        "recall": recall,
        "which_ones": which_ones(recall),
        "remedy": WHAT_YOU_GET[recall.remedy],
        "by": notice.seller.name if by_seller and notice.seller else notice.marketplace.name,
    }


def own_recall_view(recipient: NoticeRecipient) -> dict[str, Any]:
    """The same with what it is for this buyer: the order, the conversation, and whether it was acknowledged."""
    assert recipient.message is not None
    return {**recall_view(recipient.notice), "mine": recipient, "conversation": recipient.message.conversation}


def own_banner(slug: str, recipient: NoticeRecipient) -> dict[str, Any]:
    """The input of ``buyer/recall_banner.html`` for a buyer concerned."""
    return {
        "href": reverse("buyer-recall", args=[slug, recipient.notice.public_id]),
        "title": recipient.notice.product.title,
        "remedy": WHAT_YOU_GET[recipient.notice.recall.remedy],
        "acknowledged_at": recipient.acknowledged_at,
        "action": reverse("buyer-recall", args=[slug, recipient.notice.public_id]),
    }


def public_banner(slug: str, notice: Notice) -> dict[str, Any]:
    """The same for whoever looks at the product."""
    return {
        "href": reverse("buyer-product-recall", args=[slug, notice.public_id]),
        "title": notice.product.title,
        "remedy": "",
    }


def recall_banners(conversation: Conversation, messages: list[Message]) -> list[dict[str, Any]]:
    """The recalls that these messages brought; most conversations have none, and then nothing is asked."""
    brought = [message.pk for message in messages if message.purpose == Notice.Kind.RECALL]
    if not brought:
        return []
    return [
        own_banner(conversation.marketplace.slug, recall) for recall in recalls_of_messages(conversation.buyer, brought)
    ]
