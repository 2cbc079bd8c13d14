"""Replying in a conversation."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from comity.accounts.models import Restriction
from comity.accounts.selectors.restrictions import is_restricted, restrictions_in_force
from comity.accounts.selectors.roles import require_writer
from comity.common import locales
from comity.common.prepared import Prepared, update
from comity.files.services.uploads import Upload
from comity.messaging.models import Conversation, Message, Side
from comity.messaging.selectors.care import PARTIES, blocking, blocks_between, is_critical
from comity.messaging.selectors.doors import Seat
from comity.messaging.services.attachments import file_request, require_fitting
from comity.messaging.services.clock import profile_of
from comity.messaging.services.collision import require_not_overtaken
from comity.messaging.services.gaps import require_no_gaps
from comity.messaging.services.posting import Sent, Unconfirmed, Words, needs_confirmation, once, post, verdict_on
from comity.messaging.services.review_slots import locked_where_asked, use_up_with
from comity.messaging.services.text import MessageRefused, clean
from comity_policy.model import Verdict

_INCOMPLETE = "template.missing_content"


@dataclass(frozen=True, slots=True)
class Reply:
    """What a form or a programme sends. ``key`` makes repeats harmless; ``confirmed`` is a verdict's ``input``.

    ``undoable``: delivered not before the profile's ``undo_seconds`` are over, see ``services.undo``. ``seen``: how
    many messages the conversation had when the author looked; then a colleague's later answer stops this one.
    """

    text: str
    key: str
    confirmed: str = ""
    replaces: str = ""
    automatic: bool = False
    undoable: bool = False
    seen: int | None = None
    files: tuple[Upload, ...] = ()


def reply(*, seat: Seat, reply: Reply, now: datetime) -> Sent:
    """Check ``reply`` against the rules in force and put it on record.

    Raises ``Refused`` (nothing stored) when it cannot be a message or the seat may not write, and ``KeyReused`` when
    ``reply.key`` came before with other words.
    """
    require_voice(seat)
    if seat.side != Side.BUYER:
        require_no_gaps(reply.text)
    reply = replace(reply, text=clean(reply.text, limit=profile_of(seat.conversation, now).message_characters))
    return once(
        lambda: _send(seat, reply, now=now),
        actor=seat.user.public_id,
        route=f"reply/{seat.conversation.public_id}",
        key=reply.key,
        request={"text": reply.text, "replaces": reply.replaces, **file_request(reply.files)},
        now=now,
    )


def require_voice(seat: Seat) -> None:
    """Raise ``Refused`` unless the person in ``seat`` writes: every buyer, and staff by their role."""
    if seat.side != Side.BUYER:
        require_writer(seat.staff, field="text")


def require_unrestricted(conversation: Conversation, side: str, *, now: datetime) -> None:
    """Raise ``MessageRefused`` when the party of ``side`` may not send messages; ``conversation`` is from ``lock``."""
    if side == Side.BUYER and conversation.buyer_restricted:  # type: ignore[attr-defined]  # annotated by lock
        restriction = is_restricted(buyer=conversation.buyer, kind=Restriction.Kind.MESSAGING, now=now)
    elif side == Side.SELLER and conversation.seller_restricted:  # type: ignore[attr-defined]  # as above
        restriction = is_restricted(seller=conversation.seller, kind=Restriction.Kind.MESSAGING, now=now)
    else:
        return
    assert restriction is not None
    raise refusal_for(restriction)


def refusal_for(restriction: Restriction) -> MessageRefused:
    """Why a restricted party may not write, and until when."""
    until = f"until {locales.moment(restriction.ends_at)}" if restriction.ends_at else "until it is lifted"
    return MessageRefused("restricted", f"You cannot send messages {until}. Reason: {restriction.reason}", "text")


def _send(seat: Seat, reply: Reply, *, now: datetime) -> Sent:
    conversation = lock(seat.conversation.pk, now=now)
    require_unrestricted(conversation, seat.side, now=now)
    require_question(conversation, seat.side)
    require_not_overtaken(conversation, seat, reply.seen)
    words = Words(
        text=reply.text,
        side=seat.side,
        author=seat.user,
        purpose="reply",
        language=language_of(conversation, seat.side),
        automatic=reply.automatic,
        replaces=replaced(conversation, seat.side, reply.replaces),
        undo_until=_undo_until(conversation, now) if reply.undoable else None,
        files=reply.files,
    )
    return deliver_verdict(conversation, words, reply.confirmed, now=now)


def _undo_until(conversation: Conversation, now: datetime) -> datetime:
    return now + timedelta(seconds=profile_of(conversation, now).undo_seconds)


def require_question(conversation: Conversation, side: str) -> None:
    """A seller answers what the buyer wrote. To write first takes a purpose: ``services.outreach`` (S60)."""
    if side == Side.SELLER and not conversation.buyer_wrote:  # type: ignore[attr-defined]  # annotated by lock
        sentence = "The buyer has not written here. Open the order and choose why you contact them."
        raise MessageRefused("nothing_to_answer", sentence, "text")


def deliver_verdict(conversation: Conversation, words: Words, confirmed: str, *, now: datetime) -> Sent:
    """Ask the rules, then store the message. Raises ``Unconfirmed`` for a warning not yet confirmed.

    Words that ask for a review use up the order's one request.

    Raises ``MessageRefused`` where one of the two has blocked the other, the files are too many or too large, or a
    message of a declared kind lacks what such a one says; ``conversation`` is from ``lock``.
    """
    require_fitting(words.files, profile_of(conversation, now).attachments)
    if conversation.blocked:  # type: ignore[attr-defined]  # annotated by lock
        _require_unblocked(conversation, words, now=now)
    asked_about = locked_where_asked(conversation, words)
    verdict = verdict_on(conversation, words, now=now)
    _require_complete(words, verdict)
    if needs_confirmation(verdict, confirmed):
        raise Unconfirmed(verdict)
    message = post(conversation, words, verdict, now=now)
    if asked_about:
        use_up_with(message, asked_about, now=now)
    update(conversation, CHANGED)
    return Sent(message.state, message, verdict)


def _require_complete(words: Words, verdict: Verdict | None) -> None:
    """A confirmation that lacks what it has to say is none (S41, S44, S48), whatever else follows from the rule."""
    lacking = [one for one in verdict.findings if one.rule == _INCOMPLETE] if words.declaration and verdict else []
    for found in lacking:
        raise MessageRefused("incomplete", f"{found.reason} {found.advice}", "text")


def _require_unblocked(conversation: Conversation, words: Words, *, now: datetime) -> None:
    """Say no more than that it does not arrive: who was blocked is not told so, nor since when or why."""
    if words.side not in PARTIES:
        return
    between = blocking(conversation, now=now)
    if between.in_force(words.side):
        raise MessageRefused("blocking", "You have blocked them. Unblock them first, then write.", "text")
    other = Side.SELLER if words.side == Side.BUYER else Side.BUYER
    if between.in_force(other) and not is_critical(words.purpose, profile_of(conversation, now)):
        sentence = f"Your message cannot be delivered here. If you need help, write to {conversation.marketplace.name}."
        raise MessageRefused("not_taken", sentence, "text")


CHANGED = [
    "event_count",
    "record_count",
    "record_head",
    "message_count",
    "last_message",
    "last_message_at",
    "reply_due_at",
    "buyer_waiting_since",
]


def _to_lock(pk: int, now: datetime) -> QuerySet[Conversation]:
    restrictions = restrictions_in_force(kind=Restriction.Kind.MESSAGING, now=now)
    of_buyer = Message.objects.filter(side=Side.BUYER, state=Message.State.DELIVERED)
    conversations = Conversation.objects.annotate(
        buyer_restricted=Exists(restrictions.filter(buyer=OuterRef("buyer"))),
        seller_restricted=Exists(restrictions.filter(seller=OuterRef("seller"))),
        blocked=Exists(blocks_between()),
        buyer_wrote=Exists(of_buyer.filter(conversation=OuterRef("pk"))),
    )
    related = conversations.select_related("marketplace", "buyer", "seller", "order", "listing")
    return related.select_for_update(of=("self",)).filter(pk=pk)


_locked = Prepared(_to_lock, pk=int, now=datetime)


def lock(conversation_id: int, *, now: datetime) -> Conversation:
    """The conversation with what posting needs, its row locked until the transaction ends.

    The same statement says whether buyer or seller is restricted (``buyer_restricted``, ``seller_restricted``),
    whether one of the two has blocked the other (``blocked``; ``selectors.care.blocking`` says which), and whether
    anything of the buyer has been delivered (``buyer_wrote``). Raises ``LookupError`` for an unknown id.
    """
    conversation = _locked.first(pk=conversation_id, now=now)
    if conversation is None:
        raise LookupError(conversation_id)
    return conversation


def replaced(conversation: Conversation, side: str, public_id: str) -> Message | None:
    """The refused message of the same side that a new one replaces; nothing for an unknown or foreign id."""
    if not (public_id and public_id.isprintable()):
        return None
    refused = [Message.State.BLOCKED, Message.State.WITHDRAWN]
    return Message.objects.filter(conversation=conversation, side=side, public_id=public_id, state__in=refused).first()


def language_of(conversation: Conversation, side: str) -> str:
    """The language in which that side is taken to write."""
    if side == Side.BUYER:
        return conversation.buyer.language
    return conversation.seller.language if conversation.seller else conversation.marketplace.language
