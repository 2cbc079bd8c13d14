"""The contact form before and after sending: what it may be about, who answers, what happens next (S89, S91)."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from comity.accounts.models import Buyer, User
from comity.accounts.profiles import Profile, profile_in_force
from comity.catalog.selectors.listings import get_listing, get_seller
from comity.common.errors import NotFound
from comity.messaging.models import Message, Side
from comity.messaging.selectors.answering import expected_answer
from comity.messaging.selectors.conversations import NextStep, next_step, step_about
from comity.messaging.selectors.topics import responsible_for, topic_label, topics_for
from comity.messaging.services.contact import Subject
from comity.orders.selectors.orders import get_order_of_buyer
from comity.web.attached import attaching
from comity.web.buyer.conversation_view import other_name
from comity.web.compose import Form
from comity_policy.responsibility import SERVED_BY_SHIPPER, Area, Topic

State = Message.State
_SHOWN, _MANY = 6, 9


def subject_of(buyer: Buyer, query: QueryDict) -> Subject | None:
    """What the address says the message is about; None for an order that is not in this buyer's account.

    Raises ``NotFound`` for an unknown listing or seller.
    """
    if "order" in query:
        try:
            return Subject(order=get_order_of_buyer(buyer, str(query["order"]).strip()))
        except NotFound:
            return None
    if "listing" in query:
        return Subject(listing=get_listing(buyer.marketplace, str(query["listing"])))
    if "seller" in query:
        return Subject(seller=get_seller(buyer.marketplace, str(query["seller"])))
    return Subject()


def address_of(route: str, buyer: Buyer, subject: Subject) -> str:
    """The address of the form, its check or its draft, for this subject."""
    query = f"?{urlencode({subject.kind: subject.public_id})}" if subject.public_id else ""
    return reverse(route, args=[buyer.marketplace.slug]) + query


def place_of(buyer: Buyer, subject: Subject) -> str:
    """Where the draft of this form is kept: another one on each marketplace."""
    return f"contact/{buyer.public_id}/{subject.kind}/{subject.public_id}"


def form_view(buyer: Buyer, subject: Subject, form: Form, *, user: User, now: datetime) -> dict[str, Any]:
    """The input of ``buyer/contact.html``."""
    profile = profile_in_force(buyer.marketplace, now)
    step = step_about(buyer, **subject.about, now=now)
    topics = topics_for(subject.asked_about, marketplace=buyer.marketplace, step_open=step is not None and step.open)
    if subject.order:
        topics.sort(key=_likely_first)
    parties = _parties(buyer, subject, topics)
    return {
        "subject": subject,
        "usual": expected_answer(subject.sold_by, buyer.marketplace, now=now) if subject.sold_by else "",
        "groups": _groups(buyer, subject, topics, form.typed.topic),
        "topic_error": form.errors.get("topic", ""),
        "state": form.outcome,
        "composer": form.part(
            action=address_of("buyer-contact", buyer, subject),
            check_url=address_of("buyer-contact-check", buyer, subject),
            draft_url=address_of("buyer-contact-draft", buyer, subject),
            draft_key=place_of(buyer, subject),
            limit=profile.message_characters,
            purpose_name="topic",
            rows=7,
            next=f"An answer is due within {profile.reply_hours} hours.",
            **attaching(form, limits=profile.attachments, user=user, now=now),
        ),
        "futures": [{"party": party, "steps": _future(buyer, subject, party, step, now)} for party in parties],
    }


def _future(buyer: Buyer, subject: Subject, party: str, step: NextStep | None, now: datetime) -> list[dict[str, Any]]:
    """What happens if the message is sent now; a buyer who waits already has waited since the first message."""
    profile = profile_in_force(buyer.marketplace, now)
    opens_at = step.opens_at if step else now + timedelta(hours=profile.escalation_hours)
    due_at = now + timedelta(hours=profile.reply_hours)
    ahead = _steps_ahead(
        buyer,
        _name_of(buyer, subject, party),
        due_at=due_at,
        opens_at=opens_at if party == Side.SELLER else None,
        profile=profile,
    )
    return [{"what": "You write", "state": "now", "when": "now"}, *ahead]


def _parties(buyer: Buyer, subject: Subject, topics: list[Topic]) -> list[str]:
    """Who answers, whoever answers the first topic first."""
    place = buyer.marketplace
    return list(dict.fromkeys(responsible_for(topic.key, subject.order, marketplace=place).party for topic in topics))


def _likely_first(topic: Topic) -> tuple[bool, bool]:
    """On an order: where it is and what is wrong with it, then stepping in and its subscription, then the rest."""
    return topic.area not in SERVED_BY_SHIPPER, topic.area is not Area.STEP_IN and "subscription" not in topic.subjects


def _name_of(buyer: Buyer, subject: Subject, party: str) -> str:
    return subject.sold_by.name if party == Side.SELLER and subject.sold_by else buyer.marketplace.name


def _groups(buyer: Buyer, subject: Subject, topics: list[Topic], chosen: str) -> list[dict[str, Any]]:
    """The topics by who answers them (S2–S9, S36), each with the reason."""
    groups: dict[str, dict[str, Any]] = {
        party: {"party": party, "name": _name_of(buyer, subject, party), "topics": []}
        for party in _parties(buyer, subject, topics)
    }
    for topic in topics:
        answer = responsible_for(topic.key, subject.order, marketplace=buyer.marketplace)
        shown = {"key": topic.key, "label": topic.label, "reason": answer.reason, "chosen": topic.key == chosen}
        groups[answer.party]["topics"].append(shown)
    return [_shortened(group) for group in groups.values()]


def _shortened(group: dict[str, Any]) -> dict[str, Any]:
    """The group with at most ``_SHOWN`` topics in view and the others, if more than a few, one press away."""
    topics = group["topics"]
    cut = _SHOWN if len(topics) > _MANY else len(topics)
    more = topics[cut:]
    return {**group, "topics": topics[:cut], "more": more, "more_open": any(topic["chosen"] for topic in more)}


def _steps_ahead(
    buyer: Buyer, answers: str, *, due_at: datetime, opens_at: datetime | None, profile: Profile
) -> list[dict[str, Any]]:
    """Until when an answer is due, and from when the next step is open, if there is one (S27, S91)."""
    steps: list[dict[str, Any]] = [
        {"what": f"{answers} answers within {profile.reply_hours} hours, by", "at": due_at, "state": "todo"}
    ]
    if opens_at:
        ask = f"No answer by then? You may ask {buyer.marketplace.name} to step in from"
        steps.append({"what": ask, "at": opens_at, "state": "todo"})
    return steps


def sent_view(buyer: Buyer, message: Message) -> dict[str, Any]:
    """The input of ``buyer/contact_sent.html``: what became of the message and what happens next (S67)."""
    conversation = message.conversation
    profile = profile_in_force(buyer.marketplace, message.sent_at)
    answers = other_name(conversation)
    step = next_step(conversation, now=message.sent_at)
    due_at = conversation.reply_due_at or message.sent_at + timedelta(hours=profile.reply_hours)
    first = {"what": "You wrote", "at": message.sent_at, "state": "done"}
    held = {"what": f"A person at {buyer.marketplace.name} reads it by", "at": message.held_until, "state": "now"}
    ahead = _steps_ahead(buyer, answers, due_at=due_at, opens_at=step.opens_at if step else None, profile=profile)
    answered = conversation.buyer_waiting_since is None
    if answered:
        ahead = [{"what": f"{answers} has answered", "at": conversation.last_message_at, "state": "done"}]
    return {
        "message": message,
        "held": message.state == State.HELD,
        "answered": answered,
        "answers": answers,
        "topic": topic_label(message.topic),
        "steps": [first, held] if message.state == State.HELD else [first, *ahead],
        "reply_hours": profile.reply_hours,
    }
