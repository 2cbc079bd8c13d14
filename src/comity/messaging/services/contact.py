"""Writing first: from a product page, a seller's page, an order, or to the marketplace itself (S89)."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from django.db import IntegrityError, transaction

from comity.accounts.models import Buyer, Seller, User
from comity.accounts.profiles import profile_in_force
from comity.catalog.models import Listing
from comity.common import locales
from comity.common.ids import new_id
from comity.files.services.uploads import Upload
from comity.messaging.models import Conversation, Message, Participant, Side
from comity.messaging.selectors.conversations import step_about
from comity.messaging.selectors.topics import ORDER_UPDATES, asks_to_step_in, purpose_of, responsible_for, topic_keys
from comity.messaging.services.attachments import file_request
from comity.messaging.services.messages import deliver_verdict, lock, replaced, require_unrestricted
from comity.messaging.services.posting import Sent, Words, once
from comity.messaging.services.text import MessageRefused, clean
from comity.orders.models import Order
from comity_policy.responsibility import Responsibility


@dataclass(frozen=True, slots=True)
class Subject:
    """What a conversation is about: an order, a listing, a seller, or nothing (then the marketplace answers)."""

    order: Order | None = None
    listing: Listing | None = None
    seller: Seller | None = None

    @property
    def kind(self) -> str:
        """``order``, ``listing``, ``seller`` or ``marketplace``."""
        if self.order:
            return "order"
        if self.listing:
            return "listing"
        return "seller" if self.seller else "marketplace"

    @property
    def asked_about(self) -> str:
        """Whose topics are offered: ``kind``, or ``subscription`` for an order that belongs to one."""
        return "subscription" if self.order and getattr(self.order, "renewal", None) else self.kind

    @property
    def public_id(self) -> str:
        """The id of what it is about; empty for the marketplace."""
        about = self.order or self.listing or self.seller
        return about.public_id if about else ""

    @property
    def sold_by(self) -> Seller | None:
        """The seller concerned."""
        if self.order:
            return self.order.seller
        return self.listing.seller if self.listing else self.seller

    @property
    def about(self) -> "About":
        """What a conversation about this subject has in its columns."""
        return {"order": self.order, "listing": None if self.order else self.listing, "seller": self.sold_by}


class About(TypedDict):
    """The subject columns of a conversation."""

    order: Order | None
    listing: Listing | None
    seller: Seller | None


@dataclass(frozen=True, slots=True)
class Contact:
    """What the contact form sends; see ``messages.Reply`` for ``key`` and ``confirmed``."""

    topic: str
    text: str
    key: str
    confirmed: str = ""
    replaces: str = ""
    files: tuple[Upload, ...] = ()


def contact(*, buyer: Buyer, user: User, subject: Subject, contact: Contact, now: datetime) -> Sent:
    """Send a buyer's first message, or a further one, about ``subject`` to whoever owns the topic (S2–S9, S36).

    The addressee is decided before anything is stored. Raises ``MessageRefused`` (nothing stored) for a topic
    that is not offered here, an unusable text or a restricted buyer, and ``KeyReused``.
    """
    text = clean(contact.text, limit=_limit(buyer, now))
    if contact.topic not in topic_keys(subject.asked_about, marketplace=buyer.marketplace):
        raise MessageRefused("topic", "Choose what your message is about.", "topic")
    if asks_to_step_in(contact.topic):
        _require_open_step(buyer, subject, now=now)
    responsibility = responsible_for(contact.topic, subject.order, marketplace=buyer.marketplace)
    return once(
        lambda: _send(buyer, user, subject, contact, text, responsibility, now=now),
        actor=user.public_id,
        route=f"contact/{buyer.public_id}/{subject.public_id}",
        key=contact.key,
        request={
            "text": text,
            "topic": contact.topic,
            "replaces": contact.replaces,
            **file_request(contact.files),
        },
        now=now,
    )


def _require_open_step(buyer: Buyer, subject: Subject, *, now: datetime) -> None:
    """The marketplace steps in where the seller has had the time to answer, and not before (S91, C14)."""
    step = step_about(buyer, **subject.about, now=now)
    if step is None:
        raise MessageRefused("no_wait", "Nothing waits for an answer here. Write to the seller first.", "topic")
    if not step.open:
        since = locales.moment(step.opens_at)
        raise MessageRefused("too_early", f"The seller still has time. You can ask for this from {since}.", "topic")


def _limit(buyer: Buyer, now: datetime) -> int:
    return profile_in_force(buyer.marketplace, now).message_characters


def _send(
    buyer: Buyer,
    user: User,
    subject: Subject,
    contact: Contact,
    text: str,
    responsibility: Responsibility,
    *,
    now: datetime,
) -> Sent:
    party = responsibility.party
    found = find_or_open(buyer=buyer, subject=subject, addressee=party, topic=contact.topic, now=now)
    conversation = lock(found, now=now)
    if subject.order is None:
        conversation.follow_ups = None  # type: ignore[attr-defined]  # as the check of the form, which knows none
    require_unrestricted(conversation, Side.BUYER, now=now)
    words = Words(
        text=text,
        side=Side.BUYER,
        author=user,
        purpose=purpose_of(contact.topic),
        language=buyer.language,
        topic=contact.topic,
        replaces=replaced(conversation, Side.BUYER, contact.replaces),
        files=contact.files,
    )
    sent = deliver_verdict(conversation, words, contact.confirmed, now=now)
    if conversation.topic == ORDER_UPDATES and sent.kind != Message.State.BLOCKED:
        conversation.topic = contact.topic  # so far only the marketplace's notices stood there
        conversation.save(update_fields=["topic"])
    return sent


def find_or_open(*, buyer: Buyer, subject: Subject, addressee: str, topic: str, now: datetime) -> int:
    """The key of the conversation of this buyer with this addressee about this subject, whoever writes first.

    ``topic`` is that of one that did not exist. Call inside a transaction.
    """
    about = {"buyer": buyer, "addressee": addressee, **subject.about}
    known = Conversation.objects.filter(**about).values_list("pk", flat=True)
    if found := known.first():
        return found
    try:
        with transaction.atomic():
            return _open(about, buyer, topic, now=now)
    except IntegrityError:
        return known.get()  # another request opened it meanwhile


def _open(about: dict[str, object], buyer: Buyer, topic: str, *, now: datetime) -> int:
    conversation = Conversation.objects.create(
        **about, marketplace=buyer.marketplace, public_id=new_id("cnv", now), topic=topic, opened_at=now
    )
    sides = [Side.BUYER, Side(conversation.addressee)]
    Participant.objects.bulk_create(Participant(conversation=conversation, side=side) for side in sides)
    return conversation.pk
