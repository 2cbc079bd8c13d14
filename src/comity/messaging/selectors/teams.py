"""The team of a desk, and what its members share: colleagues, labels, saved views, private notes."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import OuterRef, Q, QuerySet

from comity.accounts.models import Marketplace, OperatorStaff, Seller, Staff, User
from comity.accounts.selectors.seats import lock_seat, people_of
from comity.common.counting import COUNTED, CappedCount
from comity.common.errors import NotFound
from comity.common.prepared import Prepared
from comity.messaging.models import Conversation, Label, LabelledConversation, Note, SavedView, Side
from comity.messaging.selectors.doors import Seat


@dataclass(frozen=True, slots=True)
class Team:
    """Who works a desk together: a seller's staff, or the people who serve for the marketplace."""

    marketplace: Marketplace
    seller: Seller | None = None

    @property
    def side(self) -> Side:
        """The side for which the team writes."""
        return Side.SELLER if self.seller else Side.MARKETPLACE

    @property
    def seller_id(self) -> int | None:
        """The key of the shop, None at the marketplace's own desk."""
        return self.seller.pk if self.seller else None

    def own(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Those of ``rows`` that are this team's: labels or saved views."""
        return rows.filter(marketplace=self.marketplace, seller=self.seller)

    def conversations(self, *, reached: bool = True) -> QuerySet[Conversation]:
        """The conversations that the team answers; unless said otherwise, those in which something was delivered."""
        whose = {"seller": self.seller} if self.seller else {"marketplace": self.marketplace}
        rows = Conversation.objects.filter(**whose, addressee=self.side)
        return rows.filter(last_message__isnull=False) if reached else rows


def team_of(staff: Staff | OperatorStaff) -> Team:
    """The team in which ``staff`` works."""
    return Team(staff.seller.marketplace, staff.seller) if isinstance(staff, Staff) else Team(staff.marketplace)


def colleagues(team: Team) -> list[User]:
    """Everybody who may answer for the team, by name. One query."""
    return _colleagues(team.seller_id is not None)(party=team.seller_id or team.marketplace.pk)


@cache
def _colleagues(shop: bool) -> Prepared[User]:  # noqa: FBT001 - one prepared query each
    def people(party: int) -> QuerySet[User]:
        team = Team(Marketplace(), Seller(pk=party)) if shop else Team(Marketplace(pk=party))
        return _answering(team).order_by("name", "pk")

    return Prepared(people, party=int)


def is_colleague(team: Team, user: User) -> bool:
    """Whether ``user`` is one of them. One query."""
    return _answering(team).filter(pk=user.pk).exists()


def lock_colleague(team: Team, user_id: str) -> User | None:
    """The colleague with that public id, who keeps the seat until the transaction ends. One query."""
    user_id = _known(user_id)
    return lock_seat(team.seller, "reply", user_id) if team.seller else lock_seat(team.marketplace, "serve", user_id)


def _answering(team: Team) -> QuerySet[User]:
    return people_of(team.seller, "reply") if team.seller else people_of(team.marketplace, "serve")


def labels_of(team: Team) -> list[Label]:
    """The team's labels by name. One query."""
    return _labels(marketplace=team.marketplace.pk, seller=team.seller_id)


_labels = Prepared(
    lambda marketplace, seller: Label.objects.filter(marketplace=marketplace, seller=seller),
    marketplace=int,
    seller=int,
)


def labels_with_use(team: Team) -> list[Any]:
    """The same, each with ``use``: how many conversations carry it, counted as far as ``COUNTED`` and one more."""
    carried = LabelledConversation.objects.filter(label=OuterRef("pk")).values("pk")[: COUNTED + 1]
    return list(team.own(Label.objects.annotate(use=CappedCount(carried))))


def get_label(team: Team, label_id: str, *, lock: bool = False) -> Label:
    """A label of the team; ``lock``: nobody deletes it before the transaction ends. Raises ``NotFound``."""
    rows = Label.objects.select_for_update() if lock else Label.objects.all()
    found: Label | None = team.own(rows.filter(public_id=_known(label_id))).first()
    if found is None:
        raise NotFound(label_id)
    return found


def use_of(label: Label) -> int:
    """How many conversations carry the label, exactly."""
    return LabelledConversation.objects.filter(label=label).count()


def saved_views_of(team: Team, user: User) -> list[SavedView]:
    """What ``user`` finds under “Views”: their own and those that are for the whole team. One query."""
    return _saved_views(marketplace=team.marketplace.pk, seller=team.seller_id, user=user.pk)


_saved_views = Prepared(
    lambda marketplace, seller, user: SavedView.objects.filter(
        Q(owner=user) | Q(shared=True), marketplace=marketplace, seller=seller
    ).select_related("owner"),
    marketplace=int,
    seller=int,
    user=int,
)


def get_saved_view(team: Team, user: User, view_id: str) -> SavedView:
    """A view that ``user`` finds. Raises ``NotFound`` for any other."""
    found = next((view for view in saved_views_of(team, user) if view.public_id == view_id), None)
    if found is None:
        raise NotFound(view_id)
    return found


def notes_seen_by(seat: Seat) -> list[Note]:
    """The private notes of the seat's team on its conversation, in order of time; none for anybody else. One query.

    Neither the buyer nor the other side, nor who investigates for the marketplace: what colleagues tell each other
    is no message and was sent to nobody.
    """
    if not works_here(seat):
        return []
    return _notes(conversation=seat.conversation.pk, side=str(seat.side))


_notes = Prepared(
    lambda conversation, side: (
        Note.objects.filter(conversation=conversation, side=side).select_related("author").order_by("written_at", "pk")
    ),
    conversation=int,
    side=str,
)


def works_here(seat: Seat) -> bool:
    """Whether the person in ``seat`` is of the team that answers this conversation."""
    return seat.staff is not None and seat.side == seat.conversation.addressee


def get_note(seat: Seat, note_id: str) -> Note:
    """A note that the seat sees. Raises ``NotFound``."""
    found = next((note for note in notes_seen_by(seat) if note.public_id == note_id), None)
    if found is None:
        raise NotFound(note_id)
    return found


def _known(public_id: str) -> str:
    return public_id if public_id.isprintable() else ""  # a NUL would make PostgreSQL raise
