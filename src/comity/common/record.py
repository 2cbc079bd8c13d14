"""The record: chains of entries in which every alteration shows.

    digest = sha256(previous digest ‖ canonical header ‖ body digest),  body digest = sha256(salt ‖ text)

The first entry has an empty previous digest, an entry without text an empty body digest; both are 64 hex
digits otherwise and a header begins with a brace, so no two entries write the same bytes. Canonical form 1: the
header is JSON of ``v``, ``chain``, ``marketplace``, ``position``, ``kind`` and ``facts``, in this order and without
spaces; ``facts`` is canonical JSON, with the moment as ``at``. Only the facts are stored: the rest are columns.

Text and salt lie in a row of their own. ``erase`` deletes that row and appends an *erased* entry that names
the position, so ``verify`` passes and still says what is gone; what else has these words its owner empties
(``Chained.forget``). Words that are ``sealed`` lie there encrypted; the digest is of what they say, so a turned key
leaves it as it is. Who cuts off the last entries and mends the owner's count and head is found by the head log: see
``write_head_log``.
"""

import hashlib
import hmac
import itertools
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac

from comity.common.canonical import Json, canonical
from comity.common.crypto import decrypt, encrypt
from comity.common.models import Chained, RecordBody, RecordEntry, RecordHeadLog
from comity.common.prepared import insert_all

VERSION = 1  # of head logs
UNREADABLE = (InvalidTag, KeyError, ValueError)  # sealed words that were altered, or whose key is gone
Head = tuple[str, int, str]
_SALT_BYTES = 16
_CHAINS_A_QUERY = 200
_ROWS_A_FETCH = 2000


@dataclass(frozen=True, slots=True)
class Entry:
    """Something to put on record: its kind, ids and numbers about it, and the words if there are any.

    ``sealed``: the words are what is stored encrypted elsewhere, too; ``words_of`` reads them.
    """

    kind: str
    facts: Mapping[str, Json] = field(default_factory=dict)
    text: str | None = None
    sealed: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """The first thing wrong in a chain. Position 0 is the head log of the marketplace named by ``chain``."""

    chain: str
    position: int
    what: str


def append(
    owner: Chained, entries: Iterable[Entry], *, chain: str, marketplace: str, now: datetime
) -> list[RecordEntry]:
    """Put ``entries`` on record, in two statements; entries with text come back with ``.body``.

    The owner's row must be locked. Its count and head advance in memory: the caller saves it, in the same
    transaction. Raises ``ValueError`` for a fact named ``at``, which is the moment, or ``sealed``.
    """
    return _append([(owner, entry, chain) for entry in entries], marketplace=marketplace, now=now, keys=True)


def append_all(entries: Iterable[tuple[Chained, Entry, str]], *, marketplace: str, now: datetime) -> None:
    """Put entries of many owners on record, each with its owner and chain: ``append``, in two statements for all.

    Every owner's row must be locked, and one that comes more than once must be the same object.
    """
    _append(entries, marketplace=marketplace, now=now, keys=False)


def _append(
    entries: Iterable[tuple[Chained, Entry, str]], *, marketplace: str, now: datetime, keys: bool
) -> list[RecordEntry]:
    """``keys``: whether the caller needs those of entries without words, too."""
    rows: list[RecordEntry] = []
    texts: list[tuple[RecordEntry, bytes, str]] = []
    at = now.astimezone(UTC).isoformat()
    for owner, entry, chain in entries:
        salt = b"" if entry.text is None else os.urandom(_SALT_BYTES)
        row = _next_row(owner, entry, salt, chain=chain, marketplace=marketplace, at=at)
        rows.append(row)
        if entry.text is not None:
            texts.append((row, salt, encrypt(entry.text) if entry.sealed else entry.text))
    insert_all(rows, keys=keys or bool(texts))
    insert_all([RecordBody(entry=row, salt=salt, text=text) for row, salt, text in texts])
    return rows


def erase(owner: Chained, entry: RecordEntry, *, facts: Mapping[str, Json], now: datetime) -> RecordEntry:
    """Delete the words of ``entry``, wherever they stand, and put on record that they were erased; ``facts`` say why.

    The owner's row must be locked, and the caller saves it. Raises ``RecordBody.DoesNotExist`` when there are
    no words (any more).
    """
    RecordBody.objects.get(entry=entry).delete()
    owner.forget(facts_of(entry.facts))
    erased = Entry(RecordEntry.Kind.ERASED, {**facts, "erases": entry.position})
    return append(owner, [erased], chain=entry.chain, marketplace=entry.marketplace, now=now)[0]


def _next_row(owner: Chained, entry: Entry, salt: bytes, *, chain: str, marketplace: str, at: str) -> RecordEntry:
    if {"at", "sealed"} & entry.facts.keys():
        raise ValueError("facts may not be named at or sealed")
    about = {**entry.facts, "sealed": True} if entry.sealed else entry.facts
    row = RecordEntry(
        chain=chain,
        marketplace=marketplace,
        position=owner.record_count + 1,
        kind=entry.kind,
        facts=canonical({**about, "at": at}),
        body_digest="" if entry.text is None else _body_digest(salt, entry.text),
    )
    row.digest = _digest(owner.record_head, row.header, row.body_digest)
    owner.record_count, owner.record_head = row.position, row.digest
    return row


def _digest(previous: str, header: str, body_digest: str) -> str:
    return hashlib.sha256(f"{previous}{header}{body_digest}".encode()).hexdigest()


def _body_digest(salt: bytes, text: str) -> str:
    return hashlib.sha256(salt + text.encode("utf-8", "surrogatepass")).hexdigest()


def write_head_log(*, marketplace: str, day_on: date, heads: Iterable[Head]) -> RecordHeadLog:
    """Sign count and head of the chains of ``marketplace`` that grew since the log that named them last.

    A second call for the day finds the first log. A chain is named only while it still goes on from what an
    earlier log knows of it; one that was cut or written anew keeps its earlier count and head, so that no later
    log covers it up. Reads the marketplace's earlier logs, and one query per 200 chains that grew.
    """
    if written := RecordHeadLog.objects.filter(marketplace=marketplace, day_on=day_on).first():
        return written
    earlier = RecordHeadLog.objects.filter(marketplace=marketplace, day_on__lt=day_on)
    known = {chain: max(counts.items()) for chain, counts in _known(earlier).items()}
    grown = (one for one in heads if one[1] and one[1:] != known.get(one[0]))
    taken: dict[str, Json] = {}
    while batch := list(itertools.islice(grown, _CHAINS_A_QUERY)):
        going_on = _still_there({chain: known[chain] for chain, _, _ in batch if chain in known})
        taken |= {chain: [count, head] for chain, count, head in batch if chain not in known or chain in going_on}
    signature = _sign(marketplace, day_on, taken)
    return RecordHeadLog.objects.create(marketplace=marketplace, day_on=day_on, heads=taken, signature=signature)


def _still_there(known: Mapping[str, tuple[int, str]]) -> set[str]:
    """The chains whose entry at the known count has the known head as its digest."""
    counts, heads = [count for count, _ in known.values()], [head for _, head in known.values()]
    rows = RecordEntry.objects.filter(chain__in=known, position__in=counts, digest__in=heads)
    return {chain for chain, *found in rows.values_list("chain", "position", "digest") if tuple(found) == known[chain]}


def _known(logs: QuerySet[RecordHeadLog], only: frozenset[str] | None = None) -> dict[str, dict[int, str]]:
    """What genuine ``logs`` say of each chain (or of ``only`` these): count -> head. The earliest word counts."""
    known: dict[str, dict[int, str]] = {}
    for log in logs.order_by("day_on", "id").iterator(1):
        if not _is_genuine(log):
            continue
        for chain in log.heads.keys() if only is None else only & log.heads.keys():
            count, head = log.heads[chain]
            known.setdefault(chain, {}).setdefault(count, head)
    return known


def _sign(marketplace: str, day_on: date, heads: Mapping[str, Json]) -> str:
    text = canonical({"v": VERSION, "marketplace": marketplace, "day_on": day_on.isoformat(), "heads": heads})
    return salted_hmac("comity.common.record.head_log", text, algorithm="sha256").hexdigest()


def verify(heads: Iterable[Head], *, whole: bool = False) -> Iterator[Fault]:
    """Check chains given as (chain, count, head) and name the first fault of each; nothing when all is well.

    Each chain must still hold what every genuine head log says of it. Reads row by row, one query per 200 chains.
    With ``whole`` the heads are all there are: then every head log's signature is checked too, and a chain that
    a log knows and nobody has any more is a fault; what the logs say of all chains is held in memory.
    """
    every = RecordHeadLog.objects.all()
    known = _known(every) if whole else {}
    if whole:
        yield from _altered_logs()
    heads = iter(heads)
    while batch := list(itertools.islice(heads, _CHAINS_A_QUERY)):
        chains = frozenset(chain for chain, _, _ in batch)
        if not whole:
            known = _known(every.filter(heads__has_any_keys=sorted(chains)), chains)
        entries = {chain: _Check(chain, known.pop(chain, {})) for chain in chains}
        rows = RecordEntry.objects.filter(chain__in=chains).select_related("body").order_by("chain", "position")
        for row in rows.iterator(chunk_size=_ROWS_A_FETCH):
            entries[row.chain].take(row)
        for chain, count, head in batch:
            if fault := entries[chain].finish(count, head):
                yield fault
    if whole:
        yield from _gone(known)


def _gone(known: Mapping[str, Mapping[int, str]]) -> Iterator[Fault]:
    for chain, counts in known.items():
        yield Fault(chain, 1, f"the whole chain is missing: there were {max(counts)} entries")


def _altered_logs() -> Iterator[Fault]:
    for log in RecordHeadLog.objects.order_by("marketplace", "day_on").iterator(1):
        if not _is_genuine(log):
            yield Fault(log.marketplace, 0, f"the head log of {log.day_on} has been altered")


class _Check:
    """What is known of one chain while its entries go by; ``logged`` is what head logs say: count -> head."""

    def __init__(self, chain: str, logged: Mapping[int, str]) -> None:
        self.chain = chain
        self.logged = logged
        self.count = 0
        self.head = ""
        self.faults: list[Fault] = []
        self.without_body: set[int] = set()
        self.with_body: set[int] = set()
        self.erased: set[Any] = set()
        self.said_erased: set[Any] = set()

    def take(self, row: RecordEntry) -> None:
        facts = facts_of(row.facts)
        self.said_erased.add(facts.get("erases"))
        if self.faults:
            return  # what follows an altered entry is no evidence against one before it
        self.count += 1
        if what := self._what_is_wrong(row):
            self._fault(self.count, what)
            return
        self.head = row.digest
        if row.body_digest:
            (self.with_body if _body_of(row) else self.without_body).add(self.count)
        if row.kind == RecordEntry.Kind.ERASED:
            self.erased.add(facts.get("erases"))
        if self.logged.get(self.count, self.head) != self.head:
            self._fault(self.count, "the entry is not the one in the head log")

    def _what_is_wrong(self, row: RecordEntry) -> str:
        if row.position != self.count:
            return f"the entry is missing: position {row.position} comes next"
        if row.digest != _digest(self.head, row.header, row.body_digest):
            return "facts, columns, digest or predecessor have been altered"
        try:
            words = words_of(row)
        except UNREADABLE:
            return "the words have been altered, or the key is gone with which they were encrypted"
        if words is not None and _body_digest(bytes(row.body.salt), words) != row.body_digest:
            return "the words have been altered"
        return ""

    def finish(self, count: int, head: str) -> Fault | None:
        """The fault with the lowest position, None when the chain is whole."""
        for position in self.without_body - self.said_erased:
            self._fault(position, "the words are missing and nothing says that they were erased")
        for position in self.erased & self.with_body:
            self._fault(position, "the words are there although they were erased")
        longest = max(count, *self.logged, 0)
        if not self.faults and self.count < longest:
            self._fault(self.count + 1, f"the entry is missing: there were {longest}")
        if not self.faults and (self.count, self.head) != (count, head):
            self._fault(self.count, "its owner knows another count or head")
        return min(self.faults, key=lambda fault: fault.position, default=None)

    def _fault(self, position: int, what: str) -> None:
        self.faults.append(Fault(self.chain, position, what))


def _is_genuine(log: RecordHeadLog) -> bool:
    return hmac.compare_digest(log.signature.encode(), _sign(log.marketplace, log.day_on, log.heads).encode())


def _body_of(row: RecordEntry) -> RecordBody | None:
    return getattr(row, "body", None)


def words_of(row: RecordEntry) -> str | None:
    """The words of an entry, its ``body`` loaded; None where there are none (any more). Raises of ``UNREADABLE``."""
    if (body := _body_of(row)) is None:
        return None
    return decrypt(body.text) if facts_of(row.facts).get("sealed") else body.text


def facts_of(facts: str) -> dict[str, Any]:
    """An entry's facts, read; none when they are no longer JSON (the digest is wrong then, too)."""
    try:
        read = json.loads(facts)
    except (ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}
