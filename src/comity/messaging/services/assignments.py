"""Who of a team takes care of a conversation."""

from datetime import datetime

from comity.accounts.models import User
from comity.common.errors import Refused
from comity.common.transactions import write
from comity.messaging.selectors.doors import Seat
from comity.messaging.selectors.teams import Team, is_colleague, lock_colleague, team_of
from comity.messaging.services.teamwork import lock_conversation, require_seat, tell, tell_team

_BATCH = 100  # conversations in one transaction: nobody who writes there waits for more


def assign(*, seat: Seat, to: str, now: datetime) -> bool:
    """Give the conversation to the colleague with the public id ``to``, or to nobody; False: it was so already.

    Raises ``Refused``: ``role``, ``not_yours``, ``colleague``.
    """
    require_seat(seat)
    with write():
        conversation = lock_conversation(seat)
        user = _colleague(seat, to)
        if conversation.assignee == user:
            return False
        conversation.assignee = user
        tell(conversation, "conversation.assigned", by=seat.user, now=now, changed=["assignee"], assignee=to)
    return True


def unassign_departed(*, team: Team, user: User, by: User | None, now: datetime) -> None:
    """Take the team's conversations from ``user``, who answers there no more; safe to repeat. Call in a transaction.

    A few at a time: where more are left, an event of the team asks for another round. Nothing happens to those of
    somebody who may answer after all. ``by`` is who took the seat or the role away.
    """
    if is_colleague(team, user):
        return
    who = user.public_id
    mine = team.conversations(reached=False).filter(assignee=user).select_related("marketplace")
    found = list(mine.select_for_update(of=("self",)).order_by("pk")[: _BATCH + 1])
    for conversation in found[:_BATCH]:
        conversation.assignee = None
        tell(conversation, "conversation.unassigned", by=by, now=now, changed=["assignee"], assignee=who)
    if len(found) > _BATCH:
        tell_team(team, "team.conversations_unassigned", by=by, now=now, user=who)


def _colleague(seat: Seat, public_id: str) -> User | None:
    """Who is given the conversation. With the seat locked, whoever leaves waits, and then loses this one as well."""
    if not public_id:
        return None
    assert seat.staff is not None
    found = lock_colleague(team_of(seat.staff), public_id)
    if found is None:
        raise Refused("colleague", "Choose somebody of your team who may answer.", "assignee")
    return found
