"""The views of a team's work: assign, label, note, keep labels and views. Called like those in ``views``."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from comity.common import clock
from comity.common.errors import Refused
from comity.messaging.selectors.doors import Seat
from comity.messaging.selectors.teams import get_label, use_of
from comity.messaging.services.assignments import assign as give
from comity.messaging.services.labels import change_label, create_label, delete_label, put_label, take_label
from comity.messaging.services.notes import remove_note, write_note
from comity.messaging.services.saved_views import delete_view, save_view
from comity.web.desk.desks import Desk
from comity.web.desk.filters import query_of
from comity.web.desk.pages import conversation_page
from comity.web.desk.teamwork import label_form, labels_page, team_panel, views_page


def assign(request: HttpRequest, desk: Desk, conversation_id: str) -> HttpResponse:
    """Give the conversation to a colleague, to oneself or to nobody."""
    to = desk.user.public_id if request.POST.get("assignee") == "me" else request.POST.get("assignee", "")
    seat = desk.seat(conversation_id)
    return _changed(request, desk, seat, lambda: give(seat=seat, to=to, now=clock.now()), "assigned")


def put_or_take_label(request: HttpRequest, desk: Desk, conversation_id: str) -> HttpResponse:
    """Put a label on, or take it off: ``put`` or ``take`` is its id."""
    seat, now = desk.seat(conversation_id), clock.now()
    if taken := request.POST.get("take", ""):
        return _changed(request, desk, seat, lambda: take_label(seat=seat, label_id=taken, now=now), "unlabelled")
    put = request.POST.get("put", "")
    return _changed(request, desk, seat, lambda: put_label(seat=seat, label_id=put, now=now), "labelled")


def note(request: HttpRequest, desk: Desk, conversation_id: str) -> HttpResponse:
    """Leave a private note. One that cannot be kept comes back in its form."""
    now = clock.now()
    seat = desk.seat(conversation_id)
    text = request.POST.get("note", "")
    try:
        _, told = write_note(seat=seat, text=text, now=now)
    except Refused as refusal:
        page = conversation_page(desk, request, seat, now=now)
        page["team"] = team_panel(desk, seat, text=text.replace("\0", "\u2400"), error=refusal.sentence)
        return render(request, "desk/conversation.html", page, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _back(desk, seat, "noted_told" if told else "noted")


def take_note_back(request: HttpRequest, desk: Desk, conversation_id: str, note_id: str) -> HttpResponse:
    """Remove one's own note."""
    seat = desk.seat(conversation_id)
    return _changed(request, desk, seat, lambda: remove_note(seat=seat, note_id=note_id, now=clock.now()), "unnoted")


def labels(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The team's labels; posted: a new one."""
    if request.method != "POST":
        return render(request, "desk/labels.html", labels_page(desk))
    name, colour = request.POST.get("name", ""), request.POST.get("colour", "")
    try:
        create_label(staff=desk.staff, name=name, colour=colour, now=clock.now())
    except Refused as refusal:
        page = labels_page(desk, typed={"name": name, "colour": colour}, refused=refusal)
        return render(request, "desk/labels.html", page, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return HttpResponseRedirect(desk.url("labels"))


def label(request: HttpRequest, desk: Desk, label_id: str) -> HttpResponse:
    """One label: rename, recolour, or delete it after reading how many conversations carry it."""
    found = get_label(desk.team, label_id)
    typed = {"name": found.name, "colour": found.colour}
    refused = None
    if request.method == "POST":
        typed = {name: request.POST.get(name, "") for name in typed}
        try:
            _change(request, desk, label_id, typed)
        except Refused as refusal:
            refused = refusal
        else:
            return HttpResponseRedirect(desk.url("labels"))
    form = label_form(desk.url("label", label=label_id), typed, refused)
    page = {**desk.frame(), "label": found, "use": use_of(found), "writes": desk.writes, "form": form}
    page["labels_href"] = desk.url("labels")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    return render(request, "desk/label.html", page, status=status)


def _change(request: HttpRequest, desk: Desk, label_id: str, typed: dict[str, str]) -> None:
    now = clock.now()
    if request.POST.get("action") == "delete":
        delete_label(staff=desk.staff, label_id=label_id, now=now)
    else:
        change_label(staff=desk.staff, label_id=label_id, name=typed["name"], colour=typed["colour"], now=now)


def saved_views(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The views that this person finds; posted: the filters in the address under a name."""
    query = query_of(desk.filters)
    if request.method != "POST":
        return render(request, "desk/views.html", views_page(desk, query=query))
    name, shared = request.POST.get("name", ""), request.POST.get("shared") == "1"
    try:
        save_view(staff=desk.staff, name=name, query=query, shared=shared, now=clock.now())
    except Refused as refusal:
        typed = {"name": name, "shared": shared}
        page = views_page(desk, query=query, typed=typed, error=refusal.sentence)
        return render(request, "desk/views.html", page, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return HttpResponseRedirect(desk.url("inbox"))


def drop_view(request: HttpRequest, desk: Desk, view_id: str) -> HttpResponse:
    """Forget a saved view."""
    try:
        delete_view(staff=desk.staff, view_id=view_id, now=clock.now())
    except Refused as refusal:
        page = views_page(desk, query=query_of(desk.filters), error=refusal.sentence)
        return render(request, "desk/views.html", page, status=HTTPStatus.CONFLICT)
    return HttpResponseRedirect(desk.url("views"))


def _changed(request: HttpRequest, desk: Desk, seat: Seat, change: Callable[[], object], done: str) -> HttpResponse:
    """Make the change and show the conversation again; what was refused says why, above it."""
    try:
        change()
    except Refused as refusal:
        page = conversation_page(desk, request, seat, now=clock.now()) | {"refusal": refusal.sentence}
        return render(request, "desk/conversation.html", page, status=HTTPStatus.CONFLICT)
    return _back(desk, seat, done)


def _back(desk: Desk, seat: Seat, done: str) -> HttpResponseRedirect:
    address = desk.url("conversation", seat.conversation)
    return HttpResponseRedirect(f"{address}{'&' if '?' in address else '?'}done={done}#newest")
