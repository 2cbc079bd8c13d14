"""What the rules would say to a text that is still being typed. Nothing is stored."""

from datetime import datetime

from comity.accounts.models import Buyer, Staff, User
from comity.accounts.profiles.purposes import Purpose
from comity.files.services.uploads import Upload
from comity.messaging.models import Conversation, Side
from comity.messaging.selectors.declaring import declaration
from comity.messaging.selectors.doors import Seat
from comity.messaging.selectors.topics import purpose_of, responsible_for, topic_keys
from comity.messaging.services.attachments import fits
from comity.messaging.services.clock import profile_of
from comity.messaging.services.contact import Subject
from comity.messaging.services.messages import language_of
from comity.messaging.services.outreach import likeness_for
from comity.messaging.services.posting import Words, verdict_on
from comity.orders.models import Order
from comity_policy.model import Verdict


def check_reply(*, seat: Seat, text: str, files: tuple[Upload, ...] = (), now: datetime) -> Verdict | None:
    """The verdict on a reply as it stands; None where no rule applies (nothing typed, the marketplace's words)."""
    language = language_of(seat.conversation, seat.side)
    words = Words(text, seat.side, seat.user, "reply", language=language, files=files)
    return _check(seat.conversation, words, now=now)


def check_contact(
    *,
    buyer: Buyer,
    user: User,
    subject: Subject,
    topic: str,
    text: str,
    files: tuple[Upload, ...] = (),
    now: datetime,
) -> Verdict | None:
    """The verdict on a first message; a topic not yet chosen is taken for a plain inquiry."""
    chosen = topic in topic_keys(subject.asked_about, marketplace=buyer.marketplace)
    purpose = purpose_of(topic) if chosen else "inquiry"
    responsible = responsible_for(topic, subject.order, marketplace=buyer.marketplace) if chosen else None
    unopened = Conversation(
        marketplace=buyer.marketplace,
        buyer=buyer,
        addressee=responsible.party if responsible else Side.SELLER,
        order=subject.order,
        listing=subject.listing,
        seller=subject.sold_by,
    )
    return _check(unopened, Words(text, Side.BUYER, user, purpose, language=buyer.language, files=files), now=now)


def check_outreach(
    *, staff: Staff, order: Order, purpose: Purpose, text: str, files: tuple[Upload, ...] = (), now: datetime
) -> Verdict | None:
    """The verdict on a seller's first message for ``purpose`` as it stands."""
    unopened = Conversation(
        marketplace=order.marketplace, buyer=order.buyer, addressee=Side.SELLER, order=order, seller=order.seller
    )
    words = Words(
        text,
        Side.SELLER,
        staff.user,
        purpose.key,
        purpose.checked_as,
        language=language_of(unopened, Side.SELLER),
        files=files,
        likeness=likeness_for(purpose, order, text),
        declaration=declaration(purpose, order, now=now),
    )
    return _check(unopened, words, now=now)


def _check(conversation: Conversation, words: Words, *, now: datetime) -> Verdict | None:
    profile = profile_of(conversation, now)
    too_long = len(words.text) > profile.message_characters
    if not words.text.strip() or too_long or not fits(words.files, profile.attachments):
        return None  # it cannot be sent as it is, and the form says why
    return verdict_on(conversation, words, now=now)
