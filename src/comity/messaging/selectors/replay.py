"""What another rulebook would have said of messages that are on record. Nothing is stored.

What some rules need beside the words, such as the days since delivery, is not on record (``NOT_ASKED``): they are left
out of what is compared, and it is said where they had found something. Order, item and tracking numbers are those that
are known today.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, QuerySet

from comity.accounts.models import Marketplace
from comity.accounts.profiles import profile_in_force
from comity.messaging.models import Conversation, Finding, Message, Side
from comity.messaging.selectors.outreach import purpose_named
from comity.orders.selectors.orders import order_facts
from comity.screening.services import Book, screen_under
from comity_policy.model import PURPOSES, Outcome, Purpose, Role, Verdict, worst

_MESSAGES_A_FETCH = 500
# These rules were told something when the message was sent that is not kept with it.
NOT_ASKED = frozenset({"form.language", "form.repetition", "purpose.expired", "review.repeat"})


@dataclass(frozen=True, slots=True)
class Redecided:
    """A message under two rulebooks. ``gained`` and ``lost`` are rules, ``tried`` those on trial that found something.

    ``quotes``: the words for each rule of ``gained``. ``not_asked``: rules that had found something and are left out
    of all this, because what they were told then is not on record.
    """

    message: str
    before: Outcome
    after: Outcome
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    tried: tuple[str, ...]
    quotes: tuple[str, ...]
    not_asked: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether the message would fare differently, or for other reasons."""
        return self.before != self.after or bool(self.gained or self.lost)


def redecided(rulebook: Book, *, marketplace: str = "", since: datetime | None = None) -> Iterator[Redecided]:
    """Every message that was checked when it was sent, oldest first, decided again under ``rulebook``.

    Of one ``marketplace`` (slug) and sent ``since`` then, where given. Reads 500 messages at a time; messages whose
    words are erased are passed over. What was found in files is not asked again.
    """
    known: tuple[int, frozenset[str]] = (0, frozenset())
    for message in _checked(marketplace, since).iterator(chunk_size=_MESSAGES_A_FETCH):
        if known[0] != message.conversation_id:
            known = message.conversation_id, _known_ids(message.conversation)
        yield _compared(message, _asked_again(message, known[1], rulebook), left_out(rulebook))


def left_out(rulebook: Book) -> frozenset[str]:
    """The rules of ``rulebook`` that cannot be asked again."""
    return NOT_ASKED & {entry.rule.id for entry in rulebook.entries}


@dataclass(frozen=True, slots=True)
class Effect:
    """A message that would have fared otherwise: its outcomes under two rulebooks.

    ``rules``: those that say something else of it. ``words``: where the strictest of that stands in its text.
    """

    message: Message
    before: Outcome
    after: Outcome
    rules: tuple[str, ...]
    words: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Effects:
    """How many messages were decided under both, those that change (latest first), and which rules on trial spoke."""

    asked: int
    changed: list[Effect]
    tried: dict[str, int]


def effect_of(before: Book, after: Book, marketplace: Marketplace, *, last: int) -> Effects:
    """The ``last`` messages of ``marketplace`` decided under both rulebooks. Three queries, nothing is stored.

    Both are asked with what is on record, so rules that need more do not speak under either; nor does the second
    reader, who would take longer than anybody waits for a page.
    """
    rows = _checked(marketplace.slug, None).prefetch_related(None).prefetch_related(*_IDS)
    messages = list(rows.select_related("author", *_PEOPLE).order_by("-pk")[:last])
    changed: list[Effect] = []
    tried: Counter[str] = Counter()
    for message in messages:
        known = _prefetched_ids(message.conversation)
        was, would = (_asked_again(message, known, book, twice=False) for book in (before, after))
        tried.update({finding.rule for finding in would.trials})
        if was.outcome != would.outcome:
            changed.append(_effect(message, was, would))
    return Effects(len(messages), changed, dict(tried))


_IDS = ("conversation__order__lines", "conversation__order__shipments")
_PEOPLE = ("conversation__buyer", "conversation__seller")


def _effect(message: Message, was: Verdict, would: Verdict) -> Effect:
    """How the two verdicts differ, which they do."""
    said, says = ({(one.rule, one.start, one.end, one.outcome) for one in verdict.findings} for verdict in (was, would))
    differing = sorted(said ^ says, key=lambda one: (-one[3].rank, one[1]))
    words = next(((start, end) for _, start, end, _ in differing), (0, 0))
    return Effect(message, was.outcome, would.outcome, tuple(sorted({one[0] for one in differing})), words)


def _prefetched_ids(conversation: Conversation) -> frozenset[str]:
    """What ``_known_ids`` finds, from rows that were fetched for all messages at once."""
    ids = {conversation.listing.sku} if conversation.listing else set()
    if order := conversation.order:
        ids |= {order.number, order.external_id, *(parcel.tracking_number for parcel in order.shipments.all())}
        ids |= {text for line in order.lines.all() for text in (line.sku, line.external_id)}
    return frozenset(ids - {""})


def _checked(marketplace: str, since: datetime | None) -> "QuerySet[Message]":
    rows = Message.objects.exclude(rulebook_digest="").exclude(body=None).exclude(side=Side.MARKETPLACE)
    rows = rows.filter(conversation__marketplace__slug=marketplace) if marketplace else rows
    rows = rows.filter(sent_at__gte=since) if since else rows
    in_words = Finding.objects.filter(attachment=None).only("message", "rule", "outcome")
    related = rows.select_related("body", "conversation__marketplace", "conversation__order", "conversation__listing")
    return related.prefetch_related(Prefetch("findings", queryset=in_words)).order_by("pk")


def _known_ids(conversation: Conversation) -> frozenset[str]:
    ids = order_facts(conversation.order) if conversation.order else frozenset[str]()
    return ids | {conversation.listing.sku} if conversation.listing else ids


def _asked_again(message: Message, known_ids: frozenset[str], rulebook: Book, *, twice: bool = True) -> Verdict:
    conversation = message.conversation
    role: Role = "buyer" if message.side == Side.BUYER else "seller"
    return screen_under(
        rulebook,
        text=message.text,
        role=role,
        purpose=_purpose_of(message),
        language=message.language,
        marketplace=conversation.marketplace,
        known_ids=known_ids,
        twice=twice,
        **({"order_id": conversation.order.number, "shows_order_id": True} if conversation.order else {}),
    )


def _purpose_of(message: Message) -> Purpose:
    """What the rules were told: the purpose itself, or what the profile of that day says for it."""
    named = purpose_named(profile_in_force(message.conversation.marketplace, message.sent_at), message.purpose)
    told = named.checked_as if named else message.purpose
    return told if told in PURPOSES else "reply"


def _compared(message: Message, verdict: Verdict, without: frozenset[str]) -> Redecided:
    every = list(message.findings.all())
    found = [finding for finding in every if finding.rule not in without]
    says = [finding for finding in verdict.findings if finding.rule not in without]
    then = {finding.rule for finding in found}
    now = {finding.rule: finding.quote(message.text) for finding in reversed(says)}
    gained = tuple(sorted(now.keys() - then))
    return Redecided(
        message=message.public_id,
        before=worst(Outcome(finding.outcome) for finding in found),
        after=worst(finding.outcome for finding in says),
        gained=gained,
        lost=tuple(sorted(then - now.keys())),
        tried=tuple(sorted({finding.rule for finding in verdict.trials} - without)),
        quotes=tuple(now[rule] for rule in gained),
        not_asked=tuple(sorted({finding.rule for finding in every} & without)),
    )
