"""Labels of a team: made, changed, deleted, put on conversations and taken off."""

from datetime import datetime

from comity.accounts.models import OperatorStaff, Staff
from comity.accounts.selectors.roles import require_writer
from comity.common.errors import Refused
from comity.common.ids import new_id
from comity.common.transactions import write
from comity.messaging.models import Label, LabelledConversation
from comity.messaging.selectors.doors import Seat
from comity.messaging.selectors.teams import Team, get_label, team_of
from comity.messaging.services.teamwork import (
    lock_conversation,
    lock_team,
    require_seat,
    tell,
    tell_team,
)

_LONGEST = 40  # the column
_LONGEST_FOLDED = 60  # folding makes some letters two


def create_label(*, staff: Staff | OperatorStaff, name: str, colour: str, now: datetime) -> Label:
    """A new label of the team. Raises ``Refused``: ``role``, ``name``, ``taken``, ``colour``."""
    require_writer(staff)
    team = team_of(staff)
    name = _name(name)
    with write():
        lock_team(team)
        label = Label(marketplace=team.marketplace, seller=team.seller, public_id=new_id("lab", now))
        _set(team, label, name, colour)
        tell_team(team, "label.created", by=staff.user, now=now, label=label.public_id)
    return label


def change_label(*, staff: Staff | OperatorStaff, label_id: str, name: str, colour: str, now: datetime) -> None:
    """Another name or colour. Raises ``NotFound``, and ``Refused`` as ``create_label``."""
    require_writer(staff)
    team = team_of(staff)
    name = _name(name)
    with write():
        lock_team(team)
        label = get_label(team, label_id)
        _set(team, label, name, colour)
        tell_team(team, "label.changed", by=staff.user, now=now, label=label.public_id)


def delete_label(*, staff: Staff | OperatorStaff, label_id: str, now: datetime) -> None:
    """Take the label off every conversation and forget it. Raises ``NotFound``, ``Refused`` (``role``)."""
    require_writer(staff)
    team = team_of(staff)
    with write():
        lock_team(team)
        get_label(team, label_id, lock=True).delete()
        tell_team(team, "label.deleted", by=staff.user, now=now, label=label_id)


def put_label(*, seat: Seat, label_id: str, now: datetime) -> bool:
    """Put a label of the team on the conversation; False: it carried it already. Raises ``NotFound``, ``Refused``."""
    require_seat(seat)
    with write():
        label = _label(seat, label_id)
        conversation = lock_conversation(seat)
        _, new = LabelledConversation.objects.get_or_create(label=label, conversation=conversation)
        if new:
            tell(conversation, "conversation.labelled", by=seat.user, now=now, label=label.public_id)
    return new


def take_label(*, seat: Seat, label_id: str, now: datetime) -> bool:
    """Take a label off the conversation; False: it did not carry it. Raises ``NotFound``, ``Refused``."""
    require_seat(seat)
    with write():
        label = _label(seat, label_id)
        conversation = lock_conversation(seat)
        taken, _ = LabelledConversation.objects.filter(label=label, conversation=conversation).delete()
        if taken:
            tell(conversation, "conversation.unlabelled", by=seat.user, now=now, label=label.public_id)
    return bool(taken)


def _label(seat: Seat, label_id: str) -> Label:
    assert seat.staff is not None
    return get_label(team_of(seat.staff), label_id, lock=True)


def _name(name: str) -> str:
    name = " ".join("".join(one if one.isprintable() else " " for one in name).split())
    if not name:
        raise Refused("name", "Give the label a name.", "name")
    if len(name) > _LONGEST:
        raise Refused("name", f"A label has up to {_LONGEST} characters; this one has {len(name)}.", "name")
    return name


def _set(team: Team, label: Label, name: str, colour: str) -> None:
    if colour not in Label.Colour.values:
        raise Refused("colour", "Choose one of the colours listed.", "colour")
    folded = name.casefold()[:_LONGEST_FOLDED]
    if team.own(Label.objects.filter(folded=folded)).exclude(pk=label.pk).exists():
        raise Refused("taken", f"There is a label “{name}” already. Choose another name.", "name")
    label.name, label.folded, label.colour = name, folded, colour
    label.save()
