"""Puts a checked text on record as a message: hops 4 to 6 of a message's way.

The caller holds the conversation's lock inside a transaction and saves the conversation afterwards.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from comity.accounts.models import User
from comity.common.buggify import crash_point
from comity.common.canonical import Json
from comity.common.idempotency import Stored, idempotent
from comity.common.ids import new_id
from comity.common.models import RecordEntry
from comity.common.outbox import emit
from comity.common.prepared import insert
from comity.common.record import Entry, append
from comity.files.services.uploads import Upload
from comity.messaging.models import Attachment, Conversation, Finding, Message, Side, TrialFinding
from comity.messaging.models.outreach import REVIEW_REQUEST
from comity.messaging.selectors.declaring import Declaration
from comity.messaging.selectors.history import History, history_of
from comity.messaging.services import clock
from comity.messaging.services.attachments import (
    attach,
    facts_of,
    findings_in_files,
    judge_files,
    prepare,
    rows_of,
    trial_rows_of,
)
from comity.orders.models import Order
from comity.orders.services.statuses import days_since
from comity.screening.services import screen
from comity.screening.services.recognition import likeness_window
from comity_policy.model import Outcome, Purpose, Role, Verdict

State = Message.State

STATE_AFTER: dict[Outcome, str] = {
    Outcome.DELIVER: State.ACCEPTED,
    Outcome.WARN: State.ACCEPTED,  # confirmed by its author
    Outcome.HOLD: State.HELD,
    Outcome.BLOCK: State.BLOCKED,
}


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody wants to say: a cleaned text and what is known of it.

    ``checked_as``: what the rule engine is told, where that is not the purpose itself. ``undo_until``: once accepted
    it is not delivered before, so that its author may take it back. ``files``: from ``attachments.take_files``.
    ``likeness``: as ``Message`` has it. ``declaration``: what kind of message it is, where a purpose declares one.
    """

    text: str
    side: str
    author: User | None
    purpose: str
    checked_as: str = ""
    language: str = ""
    topic: str = ""
    automatic: bool = False
    replaces: Message | None = None
    undo_until: datetime | None = None
    files: tuple[Upload, ...] = ()
    likeness: int | None = None
    declaration: Declaration | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a text: ``accepted``, ``held``, ``blocked``, or ``confirm``.

    ``confirm``: a warning; nothing is stored and the author is asked once, sending ``verdict.input`` back.
    ``repeated``: this is the answer to an earlier request with the same key; then there is no verdict.
    """

    kind: str
    message: Message | None
    verdict: Verdict | None
    repeated: bool = False


class Unconfirmed(Exception):
    """The rules warn; the author has yet to say "send it anyway"."""

    def __init__(self, verdict: Verdict | None) -> None:
        super().__init__("unconfirmed")
        self.verdict = verdict


def once(
    send: Callable[[], Sent], *, actor: str, route: str, key: str, request: Mapping[str, Json], now: datetime
) -> Sent:
    """Run ``send`` in one transaction, or find what an earlier request with ``key`` became.

    A warning stores nothing and is not remembered, so the same key confirms it.
    """
    sent: list[Sent] = []

    def service() -> Stored:
        sent[:] = [send()]
        message = sent[0].message
        return Stored(status=201, body={"message": message.public_id if message else "", "kind": sent[0].kind})

    try:
        stored = idempotent(service, actor=actor, route=route, key=key, request=request, now=now)
    except Unconfirmed as unconfirmed:
        return Sent("confirm", None, unconfirmed.verdict)
    if not stored.repeated:
        return sent[0]
    message = Message.objects.select_related("conversation").get(public_id=stored.body["message"])
    return Sent(stored.body["kind"], message, None, repeated=True)


def verdict_on(conversation: Conversation, words: Words, *, now: datetime) -> Verdict | None:
    """The machine's verdict, or nothing for the marketplace's own words: the rules bind buyers and sellers."""
    if words.side == Side.MARKETPLACE:
        return None
    role: Role = "buyer" if words.side == Side.BUYER else "seller"
    purpose: Purpose = words.checked_as or words.purpose  # type: ignore[assignment]  # validated by the services that make Words
    history = _history(conversation, words, now)
    known_ids, facts = _known_ids(conversation, history), _facts(conversation, words, history, now)

    def screen_text(text: str, *, in_file: bool | None = True) -> Verdict:
        return screen(
            text=text,
            role=role,
            purpose=purpose,
            language=words.language,
            marketplace=conversation.marketplace,
            known_ids=known_ids,
            now=now,
            in_file=in_file,
            **facts,
        )

    limits = clock.profile_of(conversation, now).attachments
    return judge_files(screen_text(words.text, in_file=None), words.files, limits, screen_text)


def _history(conversation: Conversation, words: Words, now: datetime) -> History:
    window = likeness_window(conversation.marketplace, now) if words.likeness is not None else None
    return history_of(
        conversation,
        words.side,
        likeness=words.likeness if window else None,
        since=now - window if window else now,
    )


def _facts(conversation: Conversation, words: Words, history: History, now: datetime) -> dict[str, Any]:
    """What is known beside the words, by the names of ``comity_policy.Context``.

    The marketplace's own words that ask for a review have taken the order's one request before they are checked, and
    follow nothing up.
    """
    facts: dict[str, Any] = {"buyer_language": conversation.buyer.language or None, "review_requests": 0}
    if words.purpose != REVIEW_REQUEST:
        facts["follow_ups"], facts["alike"] = history.follow_ups, history.alike
        facts["review_requests"] = history.review_requests
    if declared := words.declaration:
        facts |= {"kind": declared.kind, "parts": declared.parts, "marketplace_sends": declared.marketplace_sends}
    return facts | known_of(conversation.order, now) if conversation.order else facts


def known_of(order: Order, now: datetime) -> dict[str, Any]:
    """What is known of ``order`` without asking the database, by the names of ``comity_policy.Context``."""
    return {"order_id": order.number, "shows_order_id": True, "days": days_since(order, now)}


def _known_ids(conversation: Conversation, history: History) -> frozenset[str]:
    return history.ids | {conversation.listing.sku} if conversation.listing else history.ids


def needs_confirmation(verdict: Verdict | None, confirmed: str) -> bool:
    """Whether the author has yet to say "send it anyway" to just these findings."""
    return verdict is not None and verdict.outcome == Outcome.WARN and confirmed != verdict.input


def post(conversation: Conversation, words: Words, verdict: Verdict | None, *, now: datetime) -> Message:
    """Store message, findings, record entries and event; move the clocks. Returns the message."""
    state = STATE_AFTER[verdict.outcome if verdict else Outcome.DELIVER]
    public_id = new_id("msg", now)
    undo_until = words.undo_until if state == State.ACCEPTED else None
    attachments = prepare(words.files, now=now)
    posted, *_ = put_on_record(conversation, _entries(public_id, words, verdict, attachments), now=now)
    crash_point("record_appended")
    conversation.message_count += 1
    message = Message(
        conversation=conversation,
        public_id=public_id,
        number=conversation.message_count,
        side=words.side,
        author=words.author,
        body=posted.body,
        language=words.language,
        purpose=words.purpose,
        topic=words.topic,
        automatic=words.automatic,
        replaces=words.replaces,
        file_count=len(attachments),
        state=state,
        sent_at=now,
        held_until=_held_until(conversation, now) if state == State.HELD else None,
        undo_until=undo_until,
        likeness=words.likeness,
        **_provenance(verdict),
    )
    insert(message)
    attach(message, attachments)
    _record_findings(message, verdict, attachments)
    _move_clocks(conversation, message, now=now)
    announce(conversation, message, f"message.{state}", by=words.author, due_at=undo_until, now=now)
    return message


def put_on_record(conversation: Conversation, entries: list[Entry], *, now: datetime) -> list[RecordEntry]:
    """Append ``entries`` to the conversation's chain; the caller holds its lock and saves it."""
    return append(
        conversation,
        entries,
        chain=conversation.public_id,
        marketplace=conversation.marketplace.public_id,
        now=now,
    )


def announce(
    conversation: Conversation,
    message: Message,
    name: str,
    *,
    by: User | None = None,
    due_at: datetime | None = None,
    now: datetime,
) -> None:
    """Emit event ``name`` about ``message`` on the conversation's stream; ``by``: the person who did it.

    ``due_at``: handed on not before.
    """
    emit(
        conversation,
        name=name,
        data={"message": message.public_id, "side": message.side},
        stream_id=conversation.public_id,
        marketplace=conversation.marketplace.public_id,
        actor=by.public_id if by else "",
        due_at=due_at,
        now=now,
    )


def _move_clocks(conversation: Conversation, message: Message, *, now: datetime) -> None:
    # The other side must not learn from a time when something was written that it does not see.
    conversation.last_message_at = conversation.last_message_at or now
    if message.state != State.BLOCKED:
        clock.begin_wait(conversation, message)
        clock.stop(conversation, message, now=now)


def _entries(public_id: str, words: Words, verdict: Verdict | None, attachments: list[Attachment]) -> list[Entry]:
    facts: dict[str, Any] = {"message": public_id, "side": words.side, "purpose": words.purpose}
    facts |= facts_of(attachments)
    if words.checked_as:
        facts["checked_as"] = words.checked_as
    if words.author:
        facts["author"] = words.author.public_id
    if words.replaces:
        facts["replaces"] = words.replaces.public_id
    entries = [Entry("posted", facts, words.text)]
    if verdict:
        entries.append(Entry("screened", {"message": public_id, **_screened(verdict)}))
    return entries


def _screened(verdict: Verdict) -> dict[str, Any]:
    in_files = findings_in_files(verdict)
    return {
        **({"in_files": in_files} if in_files else {}),
        "outcome": str(verdict.outcome),
        "rulebook": verdict.rulebook,
        "engine": verdict.engine,
        "input": verdict.input,
        "findings": [[found.rule, found.start, found.end, str(found.outcome)] for found in verdict.findings],
        "failed": list(verdict.failed),
    }


def _provenance(verdict: Verdict | None) -> dict[str, str]:
    if verdict is None:
        return {}
    return {
        "rulebook_digest": verdict.rulebook,
        "engine_version": verdict.engine,
    }


def _record_findings(message: Message, verdict: Verdict | None, attachments: list[Attachment]) -> None:
    """Those in the words first: they are numbered in them."""
    in_words = [
        Finding(
            rule=found.rule,
            start=found.start,
            end=found.end,
            outcome=str(found.outcome),
            reason=found.reason,
            advice=found.advice,
            form=found.form,
            detail=found.detail,
        )
        for found in (verdict.findings if verdict else ())
    ]
    rows = [*in_words, *rows_of(verdict, attachments)]
    for position, row in enumerate(rows, start=1):
        row.message, row.position = message, position
    if rows:
        Finding.objects.bulk_create(rows)
    _record_trials(message, verdict, attachments)


def _record_trials(message: Message, verdict: Verdict | None, attachments: list[Attachment]) -> None:
    in_words = [
        TrialFinding(rule=one.rule, start=one.start, end=one.end, outcome=str(one.outcome))
        for one in (verdict.trials if verdict else ())
    ]
    rows = [*in_words, *trial_rows_of(verdict, attachments)]
    for row in rows:
        row.message = message
    if rows:
        TrialFinding.objects.bulk_create(rows)


def _held_until(conversation: Conversation, now: datetime) -> datetime:
    return now + timedelta(hours=clock.profile_of(conversation, now).ruling_hours)
