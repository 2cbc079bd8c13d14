"""What every service of a team's work begins and ends with: who may, which row is locked, what is told."""

from collections.abc import Sequence
from datetime import datetime

from comity.accounts.models import Marketplace, Seller, User
from comity.accounts.selectors.roles import require_writer
from comity.common.canonical import Json
from comity.common.errors import Refused
from comity.common.outbox import emit
from comity.messaging.models import Conversation
from comity.messaging.selectors.doors import Seat
from comity.messaging.selectors.teams import Team, works_here


def require_seat(seat: Seat) -> None:
    """Raise ``Refused`` unless the person in ``seat`` works in the team that answers its conversation."""
    require_writer(seat.staff)
    if not works_here(seat):
        raise Refused("not_yours", "Another team answers this conversation.")


def lock_conversation(seat: Seat) -> Conversation:
    """The seat's conversation with its parties, the row locked until the transaction ends."""
    rows = Conversation.objects.select_related("marketplace", "seller", "assignee")
    return rows.select_for_update(of=("self",)).get(pk=seat.conversation.pk)


def tell(
    conversation: Conversation, name: str, *, by: User | None, now: datetime, changed: Sequence[str] = (), **data: Json
) -> None:
    """Emit event ``name`` on the stream of ``conversation``, which is locked; saves its event count.

    ``by`` is None for what the system did. The fields in ``changed`` are saved in the same statement: at a second
    one PostgreSQL would ask again for the seller's row, which whoever takes a seat away has locked.
    """
    emit(
        conversation,
        name=name,
        data={"conversation": conversation.public_id, **data},
        stream_id=conversation.public_id,
        marketplace=conversation.marketplace.public_id,
        actor=by.public_id if by else "",
        now=now,
    )
    conversation.save(update_fields=["event_count", *changed])


def lock_team(team: Team) -> Seller | Marketplace:
    """The row of the team's seller or marketplace, locked: what the team shares is changed by one at a time."""
    if team.seller:
        return Seller.objects.select_for_update().get(pk=team.seller.pk)
    return Marketplace.objects.select_for_update().get(pk=team.marketplace.pk)


def tell_team(team: Team, name: str, *, by: User | None, now: datetime, **data: Json) -> None:
    """Emit event ``name`` on the stream of the team's seller or marketplace; locks it, inside a transaction."""
    stream = lock_team(team)
    emit(
        stream,
        name=name,
        data=data,
        stream_id=stream.public_id,
        marketplace=team.marketplace.public_id,
        actor=by.public_id if by else "",
        now=now,
    )
    stream.save(update_fields=["event_count"])
