"""The views of saved replies, whoever's desk it is. The views of seller and operator open the desk and call these."""

from dataclasses import replace
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from comity.common import clock
from comity.common.errors import Refused
from comity.messaging.models import SavedReply
from comity.messaging.selectors.saved_replies import get_saved_reply, home_language
from comity.messaging.services.saved_replies import SavedText, Stale, delete_reply, is_language, save_reply
from comity.web.desk.desks import Desk
from comity.web.desk.saved_pages import Page, edit_page, list_page, opened, preview

_DONE = {"saved": "Saved. It stands in the composer from now on.", "deleted": "Deleted."}


def saved_replies(request: HttpRequest, desk: Desk) -> HttpResponse:
    """All saved replies of the team, by name."""
    done = _DONE.get(request.GET.get("done", ""), "")
    return render(request, "desk/saved_replies.html", {**list_page(desk, request), "done": done})


def saved_reply(request: HttpRequest, desk: Desk, saved: str = "") -> HttpResponse:
    """One saved reply, or a new one: the text in one language, to read, change and save."""
    known = get_saved_reply(staff=desk.staff, saved_id=saved) if saved else None
    if request.method == "POST":
        return _save(request, desk, known)
    home = home_language(desk.staff)
    asked = request.GET.get("language", "")
    language = asked if is_language(asked) else _first_language(known, home) if known else home
    return _show(request, desk, known, opened(known, language.lower(), home))


def try_out(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What the typed text would say: alone for the page's script, else the form again with it beside."""
    page = _read(request)
    if "HX-Request" in request.headers:
        context = {"preview": preview(desk, page, now=clock.now()) if page.typed.text.strip() else None}
        return render(request, "desk/saved_preview.html", context)
    saved = request.POST.get("saved", "")
    known = get_saved_reply(staff=desk.staff, saved_id=saved) if saved else None
    return _show(request, desk, known, page)


def remove(request: HttpRequest, desk: Desk, saved: str) -> HttpResponse:
    """Delete one text, or the whole saved reply."""
    known = get_saved_reply(staff=desk.staff, saved_id=saved)
    try:
        gone = delete_reply(
            staff=desk.staff, saved_reply=known, language=request.POST.get("language", ""), now=clock.now()
        )
    except Refused as refusal:
        page = opened(known, home_language(desk.staff), "").refused(refusal)
        return _show(request, desk, known, page, HTTPStatus.UNPROCESSABLE_ENTITY)
    address = desk.url("saved-replies") if gone else desk.url("saved-reply", saved=saved)
    return HttpResponseRedirect(f"{address}{'&' if '?' in address else '?'}done=deleted")


def _save(request: HttpRequest, desk: Desk, known: SavedReply | None) -> HttpResponse:
    page = _read(request)
    try:
        done = save_reply(staff=desk.staff, saved_reply=known, form=page.typed, now=clock.now())
    except Refused as refusal:
        stale = isinstance(refusal, Stale)
        status = HTTPStatus.CONFLICT if stale else HTTPStatus.UNPROCESSABLE_ENTITY
        return _show(request, desk, known, page.refused(refusal), status)
    if done.kind != "saved":
        status = HTTPStatus.UNPROCESSABLE_ENTITY if done.kind == "blocked" else HTTPStatus.OK
        return _show(request, desk, known, replace(page, verdict=done.verdict), status)
    return HttpResponseRedirect(f"{desk.url('saved-replies')}?done=saved")


def _show(
    request: HttpRequest, desk: Desk, known: SavedReply | None, page: Page, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    done = _DONE.get(request.GET.get("done", ""), "")
    context = {**edit_page(desk, known, page, now=clock.now()), "done": done}
    return render(request, "desk/saved_reply.html", context, status=status)


def _read(request: HttpRequest) -> Page:
    posted = {name: request.POST.get(name, "") for name in ("name", "language", "text", "confirmed", "seen")}
    posted["language"] = posted["language"].replace("\0", "\u2400")
    posted["text"] = posted["text"].replace("\r\n", "\n").replace("\0", "\u2400")
    return Page(SavedText(**posted), order=request.POST.get("order", "").replace("\0", ""))


def _first_language(saved: SavedReply, home: str) -> str:
    """The shop's own language where there is a text in it, else the first by code."""
    codes = set(saved.texts.values_list("language", flat=True))
    return home if home in codes or not codes else min(codes)
