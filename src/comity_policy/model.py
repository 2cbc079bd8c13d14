"""The words of the engine: what is checked, what is known, what is found.

Offsets are code points of the original text unless a name ends in 16.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from functools import lru_cache
from json.encoder import encode_basestring_ascii
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, Self, get_args

if TYPE_CHECKING:
    from comity_policy.reading import Phrase, Reading

Role = Literal["seller", "buyer"]
Purpose = Literal[
    "reply",
    "review_request",
    "shipment",
    "order_problem",
    "return",
    "customisation",
    "proactive",
    "inquiry",
    "claim",
    "insert",
]
# The form of a finding that rests on the sense of a passage alone; every rule may report in it.
MEANT = "meant"
# The form of a finding that stands for a rule which could not be checked.
UNCHECKED = "unchecked"
ROLES: tuple[Role, ...] = get_args(Role)
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)


class Outcome(StrEnum):
    """What happens to a draft; later members are stricter and compare greater."""

    DELIVER = "deliver"
    WARN = "warn"
    HOLD = "hold"
    BLOCK = "block"

    @property
    def rank(self) -> int:
        return _RANK[self.value]

    def __lt__(self, other: str) -> bool:
        return self.rank < Outcome(other).rank

    def __le__(self, other: str) -> bool:
        return self.rank <= Outcome(other).rank

    def __gt__(self, other: str) -> bool:
        return self.rank > Outcome(other).rank

    def __ge__(self, other: str) -> bool:
        return self.rank >= Outcome(other).rank


_RANK = {outcome.value: rank for rank, outcome in enumerate(Outcome)}


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """Return the strictest of ``outcomes``; ``deliver`` when there are none."""
    return max(outcomes, default=Outcome.DELIVER)


@dataclass(frozen=True, slots=True)
class Draft:
    """Text before it is a message: who writes it, and why."""

    text: str
    role: Role
    purpose: Purpose
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Attached:
    """A file with a draft: its kind as told by its content (such as "pdf") and its size in bytes."""

    kind: str
    size: int


@dataclass(frozen=True, slots=True)
class Context:
    """Facts a rule may use. ``None`` means unknown; a rule that needs it then does not fire.

    known_ids             order ids, tracking numbers and SKUs of this conversation, never findings
    trusted_domains       the marketplace's own hosts; their subdomains are trusted too
    region                two-letter country in which a number without prefix would be dialled
    order_id              the order that the draft is about
    shows_order_id        whether whatever shows the draft adds that id by itself
    days                  whole days since the order was "placed", "shipped", "completed" or "delivered", and since the
                          first ("promised_from") and last ("promised_by") promised day of delivery
    kind                  what the draft is, where that is declared: "shipment_confirmation", "order_unavailable" …
    marketplace_sends     kinds of message that only the marketplace sends, as agreed with this seller
    parts                 what a declared kind has to say, by part ("tracking", "carrier" …): spellings, one of which
                          must stand in the draft
    review_requests       made so far about the order for the seller, in whatever way
    follow_ups            messages that the author has sent since the other side last wrote
    alike                 other orders about which the author lately sent nearly the same
    feedback_breaks_rules whether the feedback on the order is of a kind that the marketplace removes
    buyer_language        the language that the buyer prefers
    attached              the files with the draft
    by_mail               whether it came in by mail
    in_file               whether the text is that of a file with a message, and not the message
    """

    known_ids: frozenset[str] | None = None
    trusted_domains: frozenset[str] = frozenset()
    region: str | None = None
    order_id: str | None = None
    shows_order_id: bool | None = None
    days: Mapping[str, int] | None = None
    kind: str | None = None
    marketplace_sends: frozenset[str] | None = None
    parts: Mapping[str, tuple[str, ...]] | None = None
    review_requests: int | None = None
    follow_ups: int | None = None
    alike: int | None = None
    feedback_breaks_rules: bool | None = None
    buyer_language: str | None = None
    attached: tuple[Attached, ...] | None = None
    by_mail: bool | None = None
    in_file: bool | None = None


CONTEXT_FACTS: tuple[str, ...] = tuple(fact.name for fact in fields(Context))


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the original text, and in which of its rule's forms it was found.

    ``detail`` is what the form's sentence leaves open at "{}": a number, an id, a list of what is missing.
    """

    start: int
    end: int
    form: str = "plain"
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule's hit: where, what follows, why, and how to fix it.

    ``form`` and ``detail`` are those of its span: from them it is told in other languages (``comity_policy.told``).
    Without a form it is told only as it stands.
    """

    rule: str
    start: int
    end: int
    outcome: Outcome
    reason: str
    advice: str
    form: str = ""
    detail: str = ""

    def quote(self, text: str) -> str:
        return text[self.start : self.end]

    def offsets16(self, text: str) -> tuple[int, int]:
        """Return start and end in UTF-16 code units, as browsers count."""
        start16 = _length16(text[: self.start])
        return start16, start16 + _length16(self.quote(text))


def _length16(text: str) -> int:
    return len(text) if text.isascii() else len(text) + sum(character > "\uffff" for character in text)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The machine's decision and everything needed to reach it again.

    ``rulebook`` and ``input`` are SHA-256 digests in hex, ``failed`` the rules that could not be checked.
    ``trials``: what rules on trial would have found and led to; nobody is told of it, it is only counted.
    """

    outcome: Outcome
    findings: tuple[Finding, ...]
    rulebook: str
    engine: str
    input: str
    failed: tuple[str, ...] = ()
    trials: tuple[Finding, ...] = ()


FindSpans = Callable[["Reading", Mapping[str, Any]], Iterable[Span]]


class Example(str):
    """A text in a rule's documentation, with what beside the text makes the rule find something or not.

    ``facts`` are those of ``Context``. Without anything it is what a seller replies and nothing else is known.
    """

    __slots__ = ("context", "language", "purpose", "role")
    role: Role
    purpose: Purpose
    language: str | None
    context: Context

    def __new__(
        cls, text: str, *, role: Role = "seller", purpose: Purpose = "reply", language: str | None = None, **facts: Any
    ) -> Self:
        example = super().__new__(cls, text)
        example.role, example.purpose, example.language = role, purpose, language
        example.context = Context(**facts)
        return example


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One prohibition: its detector, its words for people, and its examples.

    ``gate``: the phrases that ``find`` looks for, and RE2 patterns for whatever else it reads out of the folded text
    or its plain words; ``find`` runs only where the words of one of them stand, always when there are none.
    ``reasons``: one sentence for each form in which ``find`` reports; "plain" is always there, "meant" need not be.
    ``meant``: the sentence for the form "meant" of a rule that has none of its own, with "{}" for its title.
    ``names``: what the parts of a detail are called in it, where they are not words already.
    ``parameters``: name and type of what the rulebook must supply to ``find``.
    ``defaults``: for a parameter younger than a published rulebook that names the rule: what it then was.
    ``yields_to``: rules whose overlapping, at least as strict finding replaces this one.
    Examples mark with «…» the spans that must be found; a known miss marks what is not found yet. An ``Example``
    says beside its text who writes, why, and what is known.
    """

    id: str
    title: str
    since: str
    source: tuple[str, ...]
    why: str
    reasons: Mapping[str, str]
    advice: str
    gate: tuple[str | Phrase, ...]
    find: FindSpans
    flagged: tuple[str, ...]
    accepted: tuple[str, ...]
    known_miss: tuple[str, ...]
    needs: frozenset[str] = frozenset()
    yields_to: frozenset[str] = frozenset()
    parameters: Mapping[str, type] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    meant: str = "Read as a whole, this may be what the rule forbids: {}."

    def reason(self, form: str, detail: str = "") -> str:
        """Return the sentence for ``form``; raises ``KeyError`` for one that the rule does not have."""
        if form == MEANT and form not in self.reasons:
            return sentence(self.meant, self.title)
        return sentence(self.reasons[form], detail, self.names)


def sentence(form: str, detail: str, names: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return a form's sentence with ``detail``, whose parts stand between commas, called by their ``names``."""
    if not detail:
        return form
    return form.replace("{}", ", ".join(names.get(part, part) for part in detail.split(", ")))


# Facts that have always been part of what is digested; of the others only those that are known.
_ALWAYS_DIGESTED = ("known_ids", "trusted_domains", "region")
_SELDOM_KNOWN = tuple(fact for fact in CONTEXT_FACTS if fact not in _ALWAYS_DIGESTED)


def input_digest(draft: Draft, context: Context) -> str:
    """Return the SHA-256 of the canonical form (version 1) of what was checked: JSON with its names in order."""
    known = [(fact, value) for fact in _SELDOM_KNOWN if (value := getattr(context, fact)) is not None]
    parts = [
        ("known_ids", context.known_ids),
        ("language", draft.language),
        ("purpose", draft.purpose),
        ("region", context.region),
        ("role", draft.role),
        ("text", draft.text),
        ("trusted_domains", context.trusted_domains),
        *known,
    ]
    if known:
        parts.sort()
    canonical = ", ".join([f'"{name}": {_canonical(value)}' for name, value in parts])
    return hashlib.sha256(f'{{{canonical}, "version": 1}}'.encode("ascii")).hexdigest()


def _canonical(value: Any) -> str:
    """Return ``value`` as JSON, in one way only."""
    if value is None:
        return "null"
    if isinstance(value, str):
        return encode_basestring_ascii(value)
    return _canonical_set(value) if isinstance(value, frozenset) else _encode(value)


@lru_cache(maxsize=1024)
def _canonical_set(values: frozenset[str]) -> str:
    return f"[{', '.join([encode_basestring_ascii(value) for value in sorted(values)])}]"


def _plain(value: Any) -> Any:
    """Return a set, an attached file or any mapping as JSON can hold it, in one order."""
    if isinstance(value, Mapping):
        return dict(value)
    return [value.kind, value.size] if isinstance(value, Attached) else sorted(value)


_encode = json.JSONEncoder(sort_keys=True, default=_plain).encode
