"""Whether the messages that the pages show are those on record, in the state that the record says.

``common.record.verify`` proves that the record is what was written; this proves that the rows beside it still
agree with it. Each conversation's entries are read as a life of its messages:

    posted -> accepted; screened, ruled -> by outcome or decision; delivered, withdrawn -> what they say

The marketplace's own words are not screened, so they are accepted when they are posted.
"""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from comity.common.models import RecordEntry
from comity.common.record import facts_of
from comity.messaging.models import Attachment, Conversation, Message, Ruling

State = Message.State
Decision = Ruling.Decision
Kind = RecordEntry.Kind

_CONVERSATIONS_A_QUERY = 200
_ROWS_A_FETCH = 2000

# What an entry makes of its message: by the fact named here, or by its kind alone.
_DECIDED_BY = {Kind.SCREENED: "outcome", Kind.RULED: "decision"}
_STATE_AFTER: dict[tuple[str, str], str] = {
    (Kind.POSTED, ""): State.ACCEPTED,
    (Kind.SCREENED, "deliver"): State.ACCEPTED,
    (Kind.SCREENED, "warn"): State.ACCEPTED,
    (Kind.SCREENED, "hold"): State.HELD,
    (Kind.SCREENED, "block"): State.BLOCKED,
    (Kind.RULED, Decision.RELEASE): State.ACCEPTED,
    (Kind.RULED, Decision.RETURN): State.WITHDRAWN,
    (Kind.RULED, Decision.BLOCK): State.BLOCKED,
    (Kind.DELIVERED, ""): State.DELIVERED,
    (Kind.WITHDRAWN, ""): State.WITHDRAWN,
}


@dataclass(frozen=True, slots=True)
class Disagreement:
    """The first message of a conversation that is not as the record says."""

    chain: str
    message: str
    what: str


@dataclass(slots=True)
class _Known:
    """What is said of one message, by the record or by its row. ``body`` is the key of its posted entry."""

    number: int
    state: str
    side: str
    author: str | None
    body: int | None
    files: list[dict[str, Any]] = field(default_factory=list)


def disagreements() -> Iterator[Disagreement]:
    """The first disagreement of every conversation that has one; nothing when rows and record agree.

    Reads 200 conversations at a time, with three queries, four where there are files. A conversation that moved on
    between two of them is asked again, so an installation that is being used raises no false alarm.
    """
    for batch in _batches():
        for key, chain, _ in list(_compare(batch)):
            yield from (again for _, _, again in _compare([(key, chain)]))


def _batches() -> Iterator[list[tuple[int, str]]]:
    last = 0
    while True:
        following = Conversation.objects.filter(pk__gt=last).order_by("pk").values_list("pk", "public_id")
        batch = list(following[:_CONVERSATIONS_A_QUERY])
        if batch:
            yield batch
            last = batch[-1][0]
        if len(batch) < _CONVERSATIONS_A_QUERY:
            return


def _compare(batch: list[tuple[int, str]]) -> Iterator[tuple[int, str, Disagreement]]:
    recorded = _recorded([chain for _, chain in batch])
    shown = _shown([key for key, _ in batch])
    for key, chain in batch:
        if found := _first(chain, recorded.get(chain, {}), shown.get(key, {})):
            yield key, chain, found


def _recorded(chains: list[str]) -> dict[str, dict[str, _Known]]:
    """By chain, its messages in the order in which they were posted."""
    rows = RecordEntry.objects.filter(chain__in=chains).order_by("chain", "position")
    fields = rows.values_list("chain", "position", "kind", "facts", "pk").iterator(chunk_size=_ROWS_A_FETCH)
    return {
        chain: _lives((position, kind, facts_of(facts), key) for _, position, kind, facts, key in entries)
        for chain, entries in itertools.groupby(fields, key=lambda row: row[0])
    }


def _lives(entries: Iterable[tuple[int, str, dict[str, Any], int]]) -> dict[str, _Known]:
    lives: dict[str, _Known] = {}
    posted_at: dict[Any, _Known] = {}
    for position, kind, facts, key in entries:
        message = facts.get("message")
        if kind == Kind.ERASED and facts.get("erases") in posted_at:
            posted_at[facts["erases"]].body = None
        if not isinstance(message, str):
            continue
        state = _STATE_AFTER.get((kind, str(facts.get(_DECIDED_BY.get(Kind(kind), ""), ""))), "")
        if kind == Kind.POSTED:
            life = _Known(len(lives) + 1, state, str(facts.get("side", "")), facts.get("author"), key)
            life.files = facts.get("files") or []
            lives[message] = posted_at[position] = life
        elif message in lives and state:
            lives[message].state = state
    return lives


def _shown(conversations: list[int]) -> dict[int, dict[str, _Known]]:
    """By conversation, its messages as the pages show them, in their order."""
    rows = Message.objects.filter(conversation__in=conversations).order_by("conversation_id", "number")
    fields = ("conversation_id", "public_id", "file_count", "number", "state", "side", "author__public_id", "body_id")
    read = list(rows.values_list(*fields).iterator(chunk_size=_ROWS_A_FETCH))
    shown: dict[int, dict[str, _Known]] = {}
    for key, message, _, *known in read:
        shown.setdefault(key, {})[message] = _Known(*known)
    _add_files(shown, sorted({message for _, message, count, *_ in read if count}))
    return shown


def _add_files(shown: dict[int, dict[str, _Known]], having: list[str]) -> None:
    """The files of those messages; one query, none where there are none."""
    if not having:
        return
    files = Attachment.objects.filter(message__public_id__in=having).select_related("blob", "message")
    for one in files.order_by("message", "position"):
        shown[one.message.conversation_id][one.message.public_id].files.append(one.on_record)


def _first(chain: str, recorded: dict[str, _Known], shown: dict[str, _Known]) -> Disagreement | None:
    for message, life in recorded.items():
        row = shown.get(message)
        if what := _what_differs(life, row) if row else "is on record and is not shown any more":
            return Disagreement(chain, message, what)
    for message in shown.keys() - recorded.keys():
        return Disagreement(chain, message, "is shown and is not on record")
    return None


def _what_differs(life: _Known, row: _Known) -> str:
    for name in ("state", "side", "author", "number"):
        recorded, shown = getattr(life, name), getattr(row, name)
        if recorded != shown:
            return f"is shown with the {name} “{shown or ''}”; the record says “{recorded or ''}”"
    if life.body != row.body:
        return "is shown with other words than its own"
    return "is shown with other files than its own" if life.body and life.files != row.files else ""
