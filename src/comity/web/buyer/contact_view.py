"""The contact form before and after sending: what it may be about, who answers, what happens next (S89, S91)."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from comity.accounts.models import Buyer
from comity.accounts.profiles import Profile, profile_in_force
from comity.catalog.selectors.listings import get_listing, get_seller
from comity.common.errors import NotFound
from comity.messaging.models import Message, Side
from comity.messaging.selectors.conversations import step_about
from comity.messaging.selectors.topics import responsible_for, topic_label, topics_for
from comity.messaging.services.contact import Subject
from comity.orders.selectors.orders import get_order_of_buyer
from comity.web.compose import Form
from comity_policy.responsibility import Topic

State = Message.State


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


def place_of(subject: Subject) -> str:
    """Where the draft of this form is kept."""
    return f"contact/{subject.kind}/{subject.public_id}"


def form_view(buyer: Buyer, subject: Subject, form: Form, *, now: datetime) -> dict[str, Any]:
    """The input of ``buyer/contact.html``."""
    profile = profile_in_force(buyer.marketplace.profile, now.date())
    step = step_about(buyer, **subject.about, now=now)
    topics = topics_for(subject.kind, step_open=step is not None and step.open)
    parties = _parties(subject, topics)
    return {
        "subject": subject,
        "groups": _groups(buyer, subject, topics, form.typed.topic),
        "topic_error": form.errors.get("topic", ""),
        "state": form.outcome,
        "composer": form.part(
            action=address_of("buyer-contact", buyer, subject),
            check_url=address_of("buyer-contact-check", buyer, subject),
            draft_url=address_of("buyer-contact-draft", buyer, subject),
            draft_key=f"{buyer.public_id}/{place_of(subject)}",
            limit=profile.message_characters,
            purpose_name="topic",
            rows=7,
            next=f"Answered within {profile.reply_hours} hours.",
        ),
        "futures": [{"party": party, "steps": steps_ahead(buyer, subject, party, profile, now)} for party in parties],
        "profile": profile,
    }


def _parties(subject: Subject, topics: list[Topic]) -> list[str]:
    parties = {responsible_for(topic.key, subject.order).party for topic in topics}
    return sorted(parties, reverse=True)  # the seller first


def _name_of(buyer: Buyer, subject: Subject, party: str) -> str:
    return subject.sold_by.name if party == Side.SELLER and subject.sold_by else buyer.marketplace.name


def _groups(buyer: Buyer, subject: Subject, topics: list[Topic], chosen: str) -> list[dict[str, Any]]:
    """The topics by who answers them (S2–S9, S36), each with the reason."""
    groups: dict[str, dict[str, Any]] = {
        party: {"party": party, "name": _name_of(buyer, subject, party), "topics": []}
        for party in _parties(subject, topics)
    }
    for topic in topics:
        answer = responsible_for(topic.key, subject.order)
        shown = {"key": topic.key, "label": topic.label, "reason": answer.reason, "chosen": topic.key == chosen}
        groups[answer.party]["topics"].append(shown)
    return list(groups.values())


def steps_ahead(buyer: Buyer, subject: Subject, party: str, profile: Profile, now: datetime) -> list[dict[str, Any]]:
    """What happens after sending: until when an answer is due and from when the next step is open (S27, S91)."""
    steps: list[dict[str, Any]] = [
        {"what": "You write", "state": "now", "when": "now"},
        {
            "what": f"{_name_of(buyer, subject, party)} answers",
            "at": now + timedelta(hours=profile.reply_hours),
            "detail": f"within {profile.reply_hours} hours, at the latest",
            "state": "todo",
        },
    ]
    if party == Side.SELLER:
        steps.append(
            {
                "what": f"No answer, or not settled? Ask {buyer.marketplace.name} to step in",
                "at": now + timedelta(hours=profile.escalation_hours),
                "detail": "from",
                "state": "todo",
            }
        )
    return steps


def sent_view(buyer: Buyer, message: Message) -> dict[str, Any]:
    """The input of ``buyer/contact_sent.html``: what became of the message and what happens next (S67)."""
    conversation = message.conversation
    profile = profile_in_force(buyer.marketplace.profile, message.sent_at.date())
    with_seller = conversation.addressee == Side.SELLER and conversation.seller
    subject = Subject(order=conversation.order, listing=conversation.listing, seller=conversation.seller)
    ahead = steps_ahead(buyer, subject, conversation.addressee, profile, message.sent_at)
    first = {"what": "You wrote", "at": message.sent_at, "state": "done"}
    held = {"what": f"A person at {buyer.marketplace.name} reads it", "at": message.held_until, "state": "now"}
    return {
        "message": message,
        "held": message.state == State.HELD,
        "answers": conversation.seller.name if with_seller and conversation.seller else buyer.marketplace.name,
        "topic": topic_label(message.topic),
        "steps": [first, held] if message.state == State.HELD else [first, *ahead[1:]],
        "reply_hours": profile.reply_hours,
    }
