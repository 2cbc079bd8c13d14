"""Saved views: filters of an inbox under a name, for oneself or for the team."""

from datetime import datetime

from comity.accounts.models import OperatorStaff, Staff
from comity.accounts.profiles import profile_in_force
from comity.accounts.selectors.roles import may, require_writer
from comity.common.errors import Refused
from comity.common.ids import new_id
from comity.common.transactions import write
from comity.messaging.models import SavedView
from comity.messaging.selectors.teams import get_saved_view, team_of
from comity.messaging.services.teamwork import lock_team, tell_team

_LONGEST = 40  # the column

_INSTEAD = "Keep this one for yourself, or ask for one of them to be deleted."


def save_view(*, staff: Staff | OperatorStaff, name: str, query: str, shared: bool, now: datetime) -> SavedView:
    """Keep ``query`` under ``name``, in place of one's own view of that name.

    Raises ``Refused``: ``role``, ``name``, ``too_many``, ``too_many_shared``.
    """
    require_writer(staff)
    team = team_of(staff)
    name, most = _name(name), profile_in_force(team.marketplace, now).shared_views
    with write():
        lock_team(team)
        mine = team.own(SavedView.objects.filter(owner=staff.user))
        view = mine.filter(name=name).first()
        if view is None:
            if mine.count() >= most:
                raise Refused("too_many", f"You keep {most} views, which is the most. Delete one first.", "name")
            view = SavedView(marketplace=team.marketplace, seller=team.seller, owner=staff.user, name=name)
            view.public_id = new_id("view", now)
        if shared and team.own(SavedView.objects.filter(shared=True)).exclude(pk=view.pk).count() >= most:
            raise Refused("too_many_shared", f"The team has {most} views, which is the most. {_INSTEAD}", "name")
        view.query, view.shared = query, shared
        view.save()
        tell_team(team, "view.saved", by=staff.user, now=now, view=view.public_id, shared=shared)
    return view


def delete_view(*, staff: Staff | OperatorStaff, view_id: str, now: datetime) -> None:
    """Forget a view: one's own, or as an owner or admin one of the team's. Raises ``NotFound``, ``Refused``."""
    team = team_of(staff)
    get_saved_view(team, staff.user, view_id)
    require_writer(staff)
    with write():
        view = get_saved_view(team, staff.user, view_id)
        if view.owner_id != staff.user_id and not may(staff, "manage"):
            raise Refused("not_owner", "Only who saved a view, or an owner, can delete it.")
        view.delete()
        tell_team(team, "view.deleted", by=staff.user, now=now, view=view_id)


def _name(name: str) -> str:
    name = " ".join("".join(one if one.isprintable() else " " for one in name).split())
    if not 0 < len(name) <= _LONGEST:
        raise Refused("name", f"Give the view a name of up to {_LONGEST} characters.", "name")
    return name
