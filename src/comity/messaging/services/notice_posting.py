"""The marketplace's own words to a buyer about what was bought, as a message that answers nothing."""

from datetime import datetime

from comity.accounts.models import Buyer
from comity.accounts.profiles import profile_in_force
from comity.messaging.models import ORDER_NOTICE, Message, Side
from comity.messaging.selectors.topics import ORDER_UPDATES
from comity.messaging.services.contact import Subject, find_or_open
from comity.messaging.services.messages import CHANGED, lock
from comity.messaging.services.posting import Words, post


def post_notice(subject: Subject, buyer: Buyer, language: str, text: str, *, now: datetime) -> Message:
    """Say ``text`` in the marketplace's conversation with ``buyer`` about ``subject``; call inside a transaction.

    What is longer than a message may be is cut off at its end.
    """
    found = find_or_open(buyer=buyer, subject=subject, addressee=Side.MARKETPLACE, topic=ORDER_UPDATES, now=now)
    conversation = lock(found, now=now)
    limit = profile_in_force(conversation.marketplace, now).message_characters
    words = Words(text[:limit], Side.MARKETPLACE, None, ORDER_NOTICE, language=language)
    message = post(conversation, words, None, now=now)
    conversation.save(update_fields=CHANGED)
    return message
