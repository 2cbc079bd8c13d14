"""What the shops' teams of the demo have done besides answering: labels, a note, an assignment, a saved view."""

from datetime import datetime, timedelta

from comity.accounts.models import Staff
from comity.messaging.models import Conversation
from comity.messaging.selectors.doors import get_seat_of_staff
from comity.messaging.selectors.inbox import Filters, rows_of
from comity.messaging.selectors.teams import team_of
from comity.messaging.services.assignments import assign
from comity.messaging.services.labels import create_label, put_label
from comity.messaging.services.notes import write_note
from comity.messaging.services.saved_views import save_view

_LABELS = (("Waiting for the carrier", "warn"), ("Replacement sent", "ok"), ("VIP", "accent"))
_NOTE = "I have asked the depot; they look for it by tomorrow noon. @{name} please answer if I am out."


def work_together(now: datetime) -> None:
    """In every shop with an owner and an agent: label, note and assign the conversation that is due first."""
    agents = Staff.objects.select_related("seller__marketplace", "user").filter(role=Staff.Role.AGENT).order_by("pk")
    for agent in agents:
        owner = Staff.objects.select_related("seller__marketplace", "user").filter(
            seller=agent.seller, role=Staff.Role.OWNER
        )
        rows = list(rows_of(team_of(agent), agent.user, Filters())[:2])
        if (boss := owner.first()) and rows:
            _work(agent, boss, rows, now)


def _work(agent: Staff, boss: Staff, rows: list[Conversation], now: datetime) -> None:
    labels = [create_label(staff=boss, name=name, colour=colour, now=now) for name, colour in _LABELS]
    first, last = (
        get_seat_of_staff(staff=agent, user=agent.user, conversation_id=row.public_id) for row in (rows[0], rows[-1])
    )
    put_label(seat=first, label_id=labels[0].public_id, now=now)
    put_label(seat=last, label_id=labels[2].public_id, now=now)
    write_note(seat=first, text=_NOTE.format(name=boss.user.name), now=now - timedelta(minutes=20))
    assign(seat=first, to=agent.user.public_id, now=now)
    save_view(staff=boss, name="With the carrier", query=f"view=all&label={labels[0].public_id}", shared=True, now=now)
