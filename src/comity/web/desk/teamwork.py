"""What a team sees of its own work beside a conversation, and the pages on which it keeps labels and views."""

from typing import Any

from comity.common.errors import Refused
from comity.messaging.models import Label, Note
from comity.messaging.selectors.doors import Seat
from comity.messaging.selectors.teams import labels_with_use, notes_seen_by, saved_views_of
from comity.web.desk.desks import Desk


def team_panel(desk: Desk, seat: Seat, *, text: str = "", error: str = "") -> dict[str, Any]:
    """Assignment, labels and the form for a private note; ``text`` and ``error`` of a note that came back."""
    conversation = seat.conversation
    carried = list(conversation.labels.all())
    return {
        "assignee": conversation.assignee,
        "mine": conversation.assignee_id == desk.user.pk,
        "people": desk.people,
        "assign_url": desk.url("assign", conversation),
        "labels": carried,
        "more_labels": [label for label in desk.labels if label not in carried],
        "label_url": desk.url("put-label", conversation),
        "labels_href": desk.url("labels"),
        "note_url": desk.url("notes", conversation),
        "text": text,
        "error": error,
    }


def note_views(desk: Desk, seat: Seat) -> list[dict[str, Any]]:
    """The team's notes as the conversation shows them, in order of time."""
    return [_note(desk, seat, note) for note in notes_seen_by(seat)]


def _note(desk: Desk, seat: Seat, note: Note) -> dict[str, Any]:
    mine = note.author_id == desk.user.pk and note.removed_at is None and desk.writes
    return {
        "kind": "note",
        "private": True,
        "id": note.public_id,
        "author": note.author.name,
        "author_note": "Private note",
        "at": note.written_at,
        "text": note.text,
        "removed_at": note.removed_at,
        "remove_url": desk.url("note-remove", seat.conversation, note=note.public_id) if mine else "",
    }


def labels_page(desk: Desk, *, typed: dict[str, str] | None = None, refused: Refused | None = None) -> dict[str, Any]:
    """The team's labels with their use, and the form for a new one, perhaps one that came back."""
    return {
        **desk.frame(),
        "rows": [
            {
                "label": label,
                "use": label.use,
                "href": desk.url("label", label=label.public_id),
                "list_href": f"{desk.home_of_inbox}?view=all&label={label.public_id}",
            }
            for label in labels_with_use(desk.team)
        ],
        "writes": desk.writes,
        "inbox_href": desk.url("inbox"),
        "form": label_form(desk.url("labels"), typed or {"colour": Label.Colour.ACCENT}, refused),
    }


def label_form(action: str, typed: dict[str, str], refused: Refused | None = None) -> dict[str, Any]:
    """The form in which a label gets its name and colour."""
    errors = {refused.field if refused.field in typed else "form": refused.sentence} if refused else {}
    return {"action": action, "colours": Label.Colour.choices, **typed, "errors": errors}


def views_page(desk: Desk, *, query: str, typed: dict[str, Any] | None = None, error: str = "") -> dict[str, Any]:
    """The views that this person finds, and the form to save the filters in ``query`` as one."""
    return {
        **desk.frame(),
        "rows": [
            {
                "view": view,
                "mine": view.owner == desk.user,
                "href": f"{desk.home_of_inbox}?{view.query}",
                "delete_url": desk.url("view-delete", saved_view=view.public_id),
            }
            for view in saved_views_of(desk.team, desk.user)
        ],
        "writes": desk.writes,
        "inbox_href": desk.url("inbox"),
        "query": query,
        "form": {"action": desk.url("views"), **(typed or {}), "error": error},
    }
