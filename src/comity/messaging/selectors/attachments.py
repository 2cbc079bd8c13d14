"""The only way to a file of a message."""

from collections.abc import Sequence

from django.db.models import Prefetch, prefetch_related_objects

from comity.accounts.models import OperatorStaff, User
from comity.accounts.selectors.roles import may
from comity.accounts.selectors.seats import works_at
from comity.common.errors import NotFound
from comity.messaging.models import Attachment, Conversation, Finding, Message, Side


def get_attachment(*, user: User, marketplace: str, attachment_id: str, as_buyer: bool = False) -> Attachment:
    """A file of a message that ``user`` sees from one of their seats, with its blob. At most 3 queries.

    ``as_buyer``: from a buyer's seat only, whatever other seats the user has. Raises ``NotFound`` for any other file,
    also while its message is held or blocked and somebody else wrote it.
    """
    known = attachment_id.isprintable()  # a NUL would make PostgreSQL raise
    related = Attachment.objects.select_related("blob__preview", "message__conversation__buyer")
    here = related.filter(public_id=attachment_id, message__conversation__marketplace__slug=marketplace)
    attachment = here.first() if known else None
    is_seen_by = _is_seen_by_buyer if as_buyer else _is_seen_by
    if attachment is None or not is_seen_by(user, attachment.message):
        raise NotFound(attachment_id)
    return attachment


def is_seen_by_party(user: User, message: Message) -> bool:
    """Whether ``user`` sees the files of ``message`` as buyer or seller, not only for the marketplace. One query."""
    reached = message.state == Message.State.DELIVERED
    if _is_seen_by_buyer(user, message):
        return True
    return (reached or message.side == Side.SELLER) and _works_at_shop(user, message.conversation)


def _is_seen_by(user: User, message: Message) -> bool:
    """As ``messages_seen_by`` says: one's own side's, the other's once delivered; all for the marketplace."""
    return is_seen_by_party(user, message) or _works_for_marketplace(user, message.conversation)


def _is_seen_by_buyer(user: User, message: Message) -> bool:
    reached = message.state == Message.State.DELIVERED
    return message.conversation.buyer.user_id == user.pk and (reached or message.side == Side.BUYER)


def _works_at_shop(user: User, conversation: Conversation) -> bool:
    return conversation.addressee == Side.SELLER and works_at(conversation.seller_id, user)


def _works_for_marketplace(user: User, conversation: Conversation) -> bool:
    """Who serves sees what is the marketplace's own; who rules or verifies sees any conversation."""
    seat = OperatorStaff.objects.filter(user=user, marketplace=conversation.marketplace_id).first()
    if seat is None:
        return False
    own = conversation.addressee == Side.MARKETPLACE
    return may(seat, "rule") or may(seat, "verify") or (own and may(seat, "serve"))


def with_files(messages: Sequence[Message]) -> None:
    """Fetch the files of ``messages`` where there are any: one query, none where there are none."""
    having = [message for message in messages if message.file_count]
    if having:
        files = Prefetch("attachments", Attachment.objects.select_related("blob"))
        prefetch_related_objects(having, files)


def findings_with_files() -> "Prefetch[str]":
    """Findings for ``prefetch_related``, each with the file that it is about."""
    return Prefetch("findings", Finding.objects.select_related("attachment"))
