"""A conversation and the Message Center as the buyer reads them (S90, S91)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from comity.accounts.models import User
from comity.accounts.profiles import profile_in_force
from comity.messaging.models import ORDER_NOTICE, Conversation, Message, Notice, ReplyDeadline, Ruling, Side
from comity.messaging.selectors.answering import expected_answer
from comity.messaging.selectors.conversations import News, next_step
from comity.messaging.selectors.desk import open_clocks
from comity.messaging.selectors.doors import Seat
from comity.messaging.selectors.live import conversation_channel, reader_channel
from comity.messaging.selectors.offers import offers_in
from comity.messaging.selectors.outreach import declared
from comity.messaging.selectors.topics import topic_label
from comity.screening.services import name_may_be_shown
from comity.web.attached import attaching
from comity.web.buyer.recall_view import recall_banners
from comity.web.care import block_link, with_care
from comity.web.compose import Form, rulebook_on
from comity.web.files.shown import shown_files
from comity.web.live.tickets import watch
from comity.web.positions import sealed
from comity.web.resolving import offer_views
from comity.web.terms import terms_of

State = Message.State
_REFUSED = (State.BLOCKED, State.WITHDRAWN)
_NOTICES: Mapping[str, str] = {
    Notice.Kind.SERVICE: ", to everybody who bought it",
    Notice.Kind.CONTENT_UPDATE: ", to everybody who bought it",
    Notice.Kind.RECALL: ", recall",
    ORDER_NOTICE: ", about your order",
}
_RULED: Mapping[str, str] = {
    Ruling.Decision.RELEASE: "released",
    Ruling.Decision.RETURN: "returned",
    Ruling.Decision.BLOCK: "blocked",
}
_CONSEQUENCE: Mapping[str, str] = {
    State.HELD: "If it is released, it goes out at once; if not, you are told why and can write it again.",
    State.BLOCKED: "{other} has not seen it. It stays on record.",
    State.WITHDRAWN: "{other} has not seen it. It stays on record.",
}


def other_name(conversation: Conversation) -> str:
    """Whom the buyer writes with."""
    if conversation.addressee == Side.SELLER and conversation.seller:
        return conversation.seller.name
    return conversation.marketplace.name


def author_for_buyer(conversation: Conversation, message: Message, *, now: datetime) -> str:
    """Who wrote: the person, unless the rules let no buyer see a name like theirs; then whom they write for."""
    if message.side == Side.BUYER:
        return conversation.buyer.name
    author = message.author
    if author and name_may_be_shown(name=author.name, marketplace=conversation.marketplace, now=now):
        return author.name
    return _party(conversation, message)


def _party(conversation: Conversation, message: Message) -> str:
    return other_name(conversation) if message.side == conversation.addressee else conversation.marketplace.name


def talk(seat: Seat, messages: list[Message], *, now: datetime) -> list[dict[str, Any]]:
    """The messages for ``parts/message.html``; ``new_day`` where one begins."""
    replaced = {message.replaces_id for message in messages if message.replaces_id}
    shown = [_message(seat, message, replaced=message.pk in replaced, now=now) for message in messages]
    days = [timezone.localtime(one["at"]).date() for one in shown]
    for one, day, before in zip(shown, days, [None, *days], strict=False):
        one["new_day"] = day != before
    if shown:
        shown[-1]["newest"] = True
    return shown


def _message(seat: Seat, message: Message, *, replaced: bool, now: datetime) -> dict[str, Any]:
    view = {
        "id": message.public_id,
        "at": message.sent_at,
        "text": message.text,
        "files": shown_files(message, seat.conversation.marketplace.slug),
        "lang": message.language,
        "mine": message.side == seat.side,
        "state": message.state,
        "delivered_at": message.delivered_at,
    }
    return view | (
        _own(seat.conversation, message, replaced=replaced)
        if view["mine"]
        else _theirs(seat.conversation, message, now)
    )


def _theirs(conversation: Conversation, message: Message, now: datetime) -> dict[str, Any]:
    party = _party(conversation, message)
    reason = declared(conversation, message)
    return {
        "author": author_for_buyer(conversation, message, now=now),
        "author_note": f"{party}{_NOTICES.get(message.purpose, ', automatic' if message.automatic else '')}",
        "declared": reason,
        "choice_href": reverse("buyer-contact-choices", args=[conversation.marketplace.slug]) if reason else "",
        "delivered_at": None,  # the buyer sees it: that says enough
    }


def _own(conversation: Conversation, message: Message, *, replaced: bool) -> dict[str, Any]:
    consequence = _CONSEQUENCE.get(message.state, "").format(other=other_name(conversation))
    again = message.state in _REFUSED and not replaced
    page = address("buyer-conversation", conversation)
    return {
        "author": "You",
        "findings": list(message.findings.all()),
        "rulebook_on": rulebook_on(message),
        "held_at": message.sent_at,
        "held_until": message.held_until,
        "ruling": _ruling(message),
        "consequence": f"{consequence} You wrote it again." if replaced else consequence,
        "rewrite_href": f"{page}?replaces={message.public_id}#write" if again else "",
    }


def _ruling(message: Message) -> dict[str, Any] | None:
    ruling = getattr(message, "ruling", None)
    if ruling is None:
        return None
    return {"decision": _RULED[ruling.decision], "reason": ruling.reason, "at": ruling.decided_at}


def news(seat: Seat, messages: list[Message], told: News, *, now: datetime) -> list[dict[str, Any]]:
    """Of ``talk``, what is new or has changed; ``again`` marks what stands on the page already."""
    shown = [one for one in talk(seat, messages, now=now) if one["id"] in told.appeared | told.changed]
    for one in shown:
        one["again"] = one["id"] in told.changed
        one["newest"] = False
    return with_care(seat, messages, shown, address=care_address(seat.conversation))


def care_address(conversation: Conversation) -> Callable[[str, str], str]:
    """The addresses of what a buyer may do about a message: “report” it, “vote” on it."""
    place = (conversation.marketplace.slug, conversation.public_id)
    return lambda action, message: reverse(f"buyer-{action}", args=[*place, message])


def address(route: str, conversation: Conversation) -> str:
    """The address of one of the conversation's buyer routes."""
    return reverse(route, args=[conversation.marketplace.slug, conversation.public_id])


def poll_address(conversation: Conversation, position: int) -> str:
    """Where to ask for what comes behind ``position`` of the record."""
    return f"{address('buyer-new', conversation)}?after={sealed(conversation, Side.BUYER, position)}"


def page_view(seat: Seat, said: tuple[list[Message], int], form: Form, *, now: datetime) -> dict[str, Any]:
    """The input of ``buyer/conversation.html``. ``said``: see ``talk_of``."""
    conversation, (messages, position) = seat.conversation, said
    return {
        "title": topic_label(conversation.topic),
        "messages": with_care(seat, messages, talk(seat, messages, now=now), address=care_address(conversation)),
        "poll_url": poll_address(conversation, position),
        "live": watch(
            reader_channel(Side.BUYER, conversation.buyer_id),
            conversation_channel(Side.BUYER, conversation.pk),
            src=reverse("buyer-messages", args=[conversation.marketplace.slug]),
        ),
        **standing(conversation, now),
        "composer": _composer(conversation, form, seat.user, now),
        "recalls": recall_banners(conversation, messages),
        "offers": offers_here(conversation),
        "blocking": block_link(seat, address("buyer-block", conversation)),
        "policies": terms_of(conversation.order, conversation.seller, conversation.marketplace.slug),
    }


def offers_here(conversation: Conversation) -> list[dict[str, Any]]:
    """The input of ``parts/offers.html``; no query where there is no order."""
    if conversation.order is None or conversation.addressee != Side.SELLER:
        return []
    found = offers_in(conversation, Side.BUYER)
    return offer_views(found, side=Side.BUYER, slug=conversation.marketplace.slug)


def standing(conversation: Conversation, now: datetime) -> dict[str, Any]:
    """The input of ``buyer/need.html``: who owes an answer until when, and the next step."""
    return {
        "conversation": conversation,
        "other": other_name(conversation),
        "step": _step(conversation, now),
        "clock": open_clocks([conversation]).get(conversation.pk),
        "reply_hours": profile_in_force(conversation.marketplace, now).reply_hours,
    }


def _composer(conversation: Conversation, form: Form, user: User, now: datetime) -> dict[str, Any]:
    profile = profile_in_force(conversation.marketplace, now)
    other = other_name(conversation)
    return form.part(
        action=address("buyer-reply", conversation),
        check_url=address("buyer-check", conversation),
        draft_url=address("buyer-draft", conversation),
        draft_key=f"{conversation.buyer.public_id}/{conversation.public_id}",
        limit=profile.message_characters,
        to=other,
        label="Write back" if conversation.last_message_id else "Your message",
        next=_when_answered(conversation, now),
        **attaching(form, limits=profile.attachments, user=user, now=now),
    )


def _when_answered(conversation: Conversation, now: datetime) -> str:
    """By when an answer is due, and how long the shop usually takes."""
    other = other_name(conversation)
    due = f"{other} has {profile_in_force(conversation.marketplace, now).reply_hours} hours to answer."
    if conversation.addressee == Side.MARKETPLACE or conversation.seller is None:
        return due
    usual = expected_answer(conversation.seller, conversation.marketplace, now=now)
    return f"{due} {usual}." if usual.startswith("Usually") else due


def _step(conversation: Conversation, now: datetime) -> dict[str, Any] | None:
    step = next_step(conversation, now=now)
    if step is None:
        return None
    marketplace = conversation.marketplace
    return {
        "open": step.open,
        "opens_at": step.opens_at,
        "marketplace": marketplace.name,
        "href": f"{reverse('buyer-contact', args=[marketplace.slug])}?{_about_query(conversation)}",
        "label": f"Ask {marketplace.name} to step in",
        "text": "Everything on this page is on record for them.",
    }


def _about_query(conversation: Conversation) -> str:
    """The contact form's address for the same subject, asking the marketplace to step in."""
    about = conversation.order or conversation.listing or conversation.seller
    kind = "order" if conversation.order else "listing" if conversation.listing else "seller"
    return urlencode({kind: about.public_id if about else "", "topic": "step_in"})


def row_view(conversation: Conversation, clock: ReplyDeadline | None) -> dict[str, Any]:
    """One row of the Message Center for ``parts/item.html``; needs the annotations of ``buyer_conversations``."""
    other = other_name(conversation)
    return {
        "href": address("buyer-conversation", conversation) + "#newest",
        "name": other,
        "unread": conversation.unread,  # type: ignore[attr-defined]  # annotated by the selector
        "due": clock.due_at if clock else None,
        "started": clock.started_at if clock else None,
        "aside": _standing(conversation),
        "topic": topic_label(conversation.topic),
        "about": _about(conversation),
        "snippet": _last_words(conversation),
        "tail": f"{other} owes you an answer" if clock else "",
    }


def _standing(conversation: Conversation) -> str:
    if conversation.has_held:  # type: ignore[attr-defined]  # annotated by the selector
        return "Held before delivery"
    if conversation.last_message is None:
        return "Not sent"
    if conversation.last_message.side == Side.BUYER:
        return "You wrote last"
    return "Answered" if conversation.last_message.purpose == "reply" else "They wrote to you"


def _about(conversation: Conversation) -> str:
    if conversation.order:
        return conversation.order.number
    return conversation.listing.product.title if conversation.listing else ""


def _last_words(conversation: Conversation) -> str:
    last = conversation.last_message
    if last is None:
        return "Nothing has been delivered yet."
    return f"You: {last.text[:200]}" if last.side == Side.BUYER else last.text[:200]
