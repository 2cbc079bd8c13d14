"""Lists of conversations: the buyer's Message Center, the inboxes of desks, the held queue.

Each list is a fixed number of queries however many rows it shows; a page number that is none shows the nearest.
An inbox is read in the order of its index and counted no further than people read, so that it costs the same
however much a team has ever answered.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any, Literal

from django.core.paginator import Page, Paginator
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from comity.accounts.models import Buyer, Marketplace, Seller, User
from comity.common.counting import OpenEnded, counted_columns
from comity.common.prepared import Prepared, Value
from comity.messaging.models import Conversation, Label, LabelledConversation, Message, Participant, Side
from comity.messaging.selectors.doors import known_to
from comity.messaging.selectors.teams import Team

View = Literal["to_answer", "waiting", "held", "all"]
PAGE_SIZE = 25
INBOX_PAGE_SIZE = 50
_OTHERS = 5
_SHAPES = 64  # of lists whose SQL is kept; the least used goes first
PageNumber = int | str | None
_WORDS = ("marketplace", "buyer", "seller", "order", "listing__product", "last_message__body")
# What a row of an inbox shows: a wide join costs more to read than to find.
_NAMED = ("buyer", "seller", "order", "listing__product", "last_message__body", "assignee")
_SHOWN = (
    "public_id",
    "addressee",
    "topic",
    "reply_due_at",
    "last_message_at",
    "unread_by_addressee",
    "buyer__name",
    "seller__name",
    "order__number",
    "listing__product__title",
    "last_message__side",
    "last_message__body__text",
    "assignee__name",
)
# The order of every inbox, and of its index: the oldest deadline on top, then what moved last.
_ORDER = (F("reply_due_at").asc(nulls_last=True), "-last_message_at", "-pk")


@dataclass(frozen=True, slots=True)
class Filters:
    """What an inbox shows. ``assignee``: ``me``, ``none`` or a colleague's public id; ``label``: a public id."""

    view: View = "to_answer"
    assignee: str = ""
    label: str = ""
    topic: str = ""
    fulfilment: str = ""
    unread: bool = False

    @property
    def narrow(self) -> bool:
        """Whether anything but the view is chosen."""
        return any((self.assignee, self.label, self.topic, self.fulfilment, self.unread))


@dataclass(frozen=True, slots=True)
class Inbox:
    """One page of a view, the number of rows of every view, and of each saved view that was asked for.

    Counts stop at ``common.counting.COUNTED`` and one more. ``waiting`` is what waits for an answer, unfiltered.
    """

    page: "Page[Any]"
    counts: dict[View, int]
    saved: list[int]
    waiting: int


def inbox_of(
    team: Team, *, user: User | None = None, filters: Filters, page: PageNumber = 1, saved: Sequence[Filters] = ()
) -> Inbox:
    """A page of the team's conversations, with counts: 4 queries, 5 from page 2 on. ``user`` is who “me” is."""
    views = [replace(filters, view=view) for view in _VIEWS]
    counts = _counts(team, user, [*views, *saved, Filters()])
    shown = rows_of(team, user, filters)
    known = counts[_VIEWS.index(filters.view)]
    found: Page[Any] = OpenEnded(shown, INBOX_PAGE_SIZE, page, known).get_page(page)
    found.object_list = _loaded(_keys(team, user, filters, (found.number - 1) * INBOX_PAGE_SIZE), team.side)
    return Inbox(found, dict(zip(_VIEWS, counts, strict=False)), counts[len(_VIEWS) : -1], counts[-1])


def _keys(team: Team, user: User | None, filters: Filters, first: int) -> list[int]:
    if first:  # later pages are seldom asked for, and each would be a query of its own to keep
        return list(rows_of(team, user, filters).values_list("pk", flat=True)[first : first + INBOX_PAGE_SIZE])
    shape = _shape_of(team, user, [filters])
    return [key for (key,) in _prepared_keys(shape, INBOX_PAGE_SIZE).tuples(**shape.values_of(team, user, [filters]))]


def _loaded(keys: list[int], side: Side) -> list[Any]:
    """The rows of one page with all that is shown of them; ``carried`` are the labels of each.

    Not in one statement with the choice of the page: a planner that sees the joins may begin with another table and
    then has to sort everything the team ever answered.
    """
    if not keys:
        return []
    full = dict(zip(_ROWS, [*keys, *(keys[-1:] * (len(_ROWS) - len(keys)))], strict=True))
    rows = _prepared_rows(side)(**full)
    carried: dict[int, list[Label]] = {}
    for one in _carried(**full):
        carried.setdefault(one.conversation_id, []).append(one.label)
    for row in rows:
        row.carried = carried.get(row.pk, [])
    return rows


_ROWS = [f"row{number}" for number in range(INBOX_PAGE_SIZE)]


@cache
def _prepared_rows(side: Side) -> Prepared[Any]:
    def rows(**keys: int) -> QuerySet[Conversation]:
        found = Conversation.objects.filter(pk__in=keys.values())
        found = found.select_related(*_NAMED).only(*_SHOWN)
        return in_order(found.annotate(has_held=Exists(_held_by(side)), unread=F("unread_by_addressee")))

    return Prepared(rows, **dict.fromkeys(_ROWS, int))


_carried = Prepared(
    lambda **keys: (
        LabelledConversation.objects.filter(conversation__in=keys.values())
        .select_related("label")
        .order_by("label__folded")
    ),
    **dict.fromkeys(_ROWS, int),
)


def rows_of(team: Team, user: User | None, filters: Filters) -> QuerySet[Conversation]:
    """Every conversation that ``filters`` show, in the order of the inbox."""
    return in_order(_narrowed(team, user, filters).filter(_condition(filters.view, team.side)))


def in_order(rows: QuerySet[Conversation]) -> QuerySet[Conversation]:
    """``rows`` in the order of every inbox."""
    return rows.order_by(*_ORDER)


def next_in(team: Team, user: User, filters: Filters, conversation: Conversation) -> Conversation | None:
    """The conversation after this one in the list, the first one after the last; None when there is no other."""
    rows = rows_of(team, user, filters).exclude(pk=conversation.pk)
    return rows.filter(_after(conversation)).first() or rows.first()


def _after(conversation: Conversation) -> Q:
    due, last = conversation.reply_due_at, conversation.last_message_at
    behind = Q(last_message_at__lt=last) | Q(last_message_at=last, pk__lt=conversation.pk)
    if due is None:
        return Q(reply_due_at=None) & behind
    return Q(reply_due_at__gt=due) | Q(reply_due_at=None) | (Q(reply_due_at=due) & behind)


def _counts(team: Team, user: User | None, lists: Sequence[Filters]) -> list[int]:
    """How many rows each list has; the same list twice is counted once. One query."""
    distinct = list(dict.fromkeys(lists))
    shape = _shape_of(team, user, distinct)
    (counts,) = _prepared_counts(shape).tuples(**shape.values_of(team, user, distinct))
    return [counts[distinct.index(one)] for one in lists]


_VIEWS: tuple[View, ...] = ("to_answer", "waiting", "held", "all")


def _condition(view: View, side: Side) -> Q:
    # A list of what is held, and not a question to each conversation: little is held, and much is not.
    held = Q(pk__in=Message.objects.filter(side=side, state=Message.State.HELD).values("conversation"))
    conditions: dict[View, Q] = {
        "to_answer": Q(reply_due_at__isnull=False),
        "waiting": Q(reply_due_at__isnull=True) & ~held,
        "held": held,
        "all": Q(),
    }
    return conditions[view]


def _narrowed(team: Team, user: User | None, filters: Filters) -> QuerySet[Conversation]:
    # What one's own side has had held is shown even where nothing has been delivered yet.
    rows = team.conversations(reached=filters.view != "held")
    if team.seller is None and not _names(filters):
        rows = rows.filter(only_notices=False)
    if filters.assignee == "none":
        rows = rows.filter(assignee=None)
    elif filters.assignee == "me":
        rows = rows.filter(assignee=user)
    elif filters.assignee:
        rows = rows.filter(assignee__public_id=filters.assignee)
    if filters.label:
        labelled = LabelledConversation.objects.filter(label__in=team.own(_labels(filters.label)))
        rows = rows.filter(pk__in=labelled.values("conversation"))
    if filters.topic:
        rows = rows.filter(topic=filters.topic)
    if filters.fulfilment:
        rows = rows.filter(order__fulfilment=filters.fulfilment)
    return rows.filter(unread_by_addressee=True) if filters.unread else rows


def _names(filters: Filters) -> bool:
    """Whether a topic, a label or a person is asked for: only then a desk shows what is nobody's work."""
    return bool(filters.topic or filters.label or filters.assignee not in ("", "none"))


def _labels(public_id: str) -> QuerySet[Any]:
    return Label.objects.filter(public_id=public_id)


@dataclass(frozen=True, slots=True)
class _Shape:
    """What lists have in common whose SQL is the same: ``filters`` stand with marks for ids, topics and the like."""

    shop: bool
    user: bool
    filters: tuple[Filters, ...]

    @property
    def types(self) -> dict[str, type[Value]]:
        """The values that the SQL takes."""
        named = {f"{name}{number}": str for number, one in enumerate(self.filters) for name in _marked(one)}
        labels = any(one.label for one in self.filters)
        parties = {"seller": self.shop, "marketplace": labels or not self.shop, "user": self.user}
        return {**named, **{name: int for name, there in parties.items() if there}}

    def lists(self, **marks: Any) -> list[QuerySet[Conversation]]:
        """The queryset of each list."""
        seller = Seller(pk=marks["seller"]) if self.shop else None
        team = Team(Marketplace(pk=marks.get("marketplace")), seller)
        user = User(pk=marks["user"]) if self.user else None
        filled = (
            _filled(one, {name: marks[f"{name}{number}"] for name in _marked(one)})
            for number, one in enumerate(self.filters)
        )
        return [rows_of(team, user, one) for one in filled]

    def values_of(self, team: Team, user: User | None, filters: Sequence[Filters]) -> dict[str, Any]:
        """What stands for the marks."""
        values = {f"{name}{number}": getattr(one, name) for number, one in enumerate(filters) for name in _marked(one)}
        return {**values, "seller": team.seller_id, "marketplace": team.marketplace.pk, "user": user and user.pk}


def _shape_of(team: Team, user: User | None, filters: Sequence[Filters]) -> _Shape:
    shapes = tuple(_filled(one, dict.fromkeys(_marked(one), "?")) for one in filters)
    return _Shape(team.seller is not None, user is not None and any(one.assignee == "me" for one in filters), shapes)


def _filled(filters: Filters, values: dict[str, Any]) -> Filters:
    return replace(filters, **values)


def _marked(filters: Filters) -> list[str]:
    """The names of those filters whose value is told apart by the database alone."""
    found = [name for name in ("label", "topic", "fulfilment") if getattr(filters, name)]
    return found if filters.assignee in ("", "me", "none") else ["assignee", *found]


@lru_cache(maxsize=_SHAPES)
def _prepared_counts(shape: _Shape) -> Prepared[Any]:
    def counts(**marks: Any) -> QuerySet[Any, Any]:
        counted = {f"list{number}": rows for number, rows in enumerate(shape.lists(**marks))}
        one_row = Marketplace.objects.filter(pk=marks["marketplace"])
        return counted_columns(one_row, counted).values_list(*counted)

    return Prepared(counts, **{**shape.types, "marketplace": int})


@lru_cache(maxsize=_SHAPES)
def _prepared_keys(shape: _Shape, end: int) -> Prepared[Any]:
    def keys(**marks: Any) -> QuerySet[Any, Any]:
        (rows,) = shape.lists(**marks)
        return rows.values_list("pk")[:end]

    return Prepared(keys, **shape.types)


def buyer_conversations(*, buyer: Buyer, page: PageNumber = 1) -> "Page[Any]":
    """Everything the buyer has written about, latest first (S90)."""
    rows = with_last_words(Conversation.objects.filter(known_to(Side.BUYER), buyer=buyer), Side.BUYER)
    rows = rows.annotate(has_held=Exists(_held_by(Side.BUYER)))
    return Paginator(rows.order_by("-last_message_at", "-pk"), PAGE_SIZE).get_page(page)


def held_queue(*, marketplace: Marketplace, page: PageNumber = 1) -> "Page[Any]":
    """Held messages, the one that must be ruled on first on top; with findings (3 queries)."""
    held = Message.objects.filter(conversation__marketplace=marketplace, state=Message.State.HELD)
    related = held.select_related(
        "body",
        "author",
        "conversation__buyer",
        "conversation__seller",
        "conversation__order",
        "conversation__listing__product",
    )
    rows = related.prefetch_related("findings").order_by("held_until", "pk")
    return Paginator(rows, PAGE_SIZE).get_page(page)


def others_with_buyer(conversation: Conversation) -> list[Conversation]:
    """Further conversations of the same buyer with the same seller, the latest first and no more than that."""
    return _others(
        buyer=conversation.buyer_id,
        seller=conversation.seller_id,
        addressee=conversation.addressee,
        this=conversation.pk,
    )


def _other_conversations(*, this: int, **parties: Any) -> QuerySet[Conversation]:
    others = Conversation.objects.filter(**parties, last_message__isnull=False).exclude(pk=this)
    return others.select_related("order", "listing__product").order_by("-last_message_at")[:_OTHERS]


_others = Prepared(_other_conversations, buyer=int, seller=int, addressee=str, this=int)


def _held_by(side: Side) -> QuerySet[Message]:
    return Message.objects.filter(conversation=OuterRef("pk"), side=side, state=Message.State.HELD)


def with_last_words(conversations: QuerySet[Conversation], side: Side) -> QuerySet[Conversation]:
    """With the last delivered words, and ``unread``: another side's words, delivered after the seat last looked."""
    read = Participant.objects.filter(conversation=OuterRef("pk"), side=side).values("read_up_to")[:1]
    news = Message.objects.filter(
        conversation=OuterRef("pk"), delivered_position__gt=Coalesce(OuterRef("read_up_to"), 0)
    ).exclude(side=side)
    related = conversations.annotate(read_up_to=Subquery(read)).annotate(unread=Exists(news))
    return related.select_related(*_WORDS)
