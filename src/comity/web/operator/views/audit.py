"""The audit trail: who did what, when, to what."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from comity.accounts.models import OperatorStaff
from comity.accounts.selectors.audit import Wanted
from comity.accounts.services.trail import note_export, note_reading
from comity.common import clock
from comity.messaging.selectors.desk import conversation_of_message
from comity.web.account.gate import signed_in
from comity.web.desk import trail
from comity.web.desk.deeds import deeds_by_noun
from comity.web.desk.desks import operator_for, operator_frame

_LEDE = "What people did, newest first. Nothing is ever taken out. Reading and exporting the trail are on it, too."


@require_GET
@signed_in
def audit(request: HttpRequest, marketplace: str) -> HttpResponse:
    """A page of the trail as the filters in the address want it, newest first."""
    staff = operator_for(request.user, marketplace, "audit")
    typed, before = trail.typed_filters(request), trail.older_than(request, staff.marketplace)
    if not before and request.method == "GET":
        note_reading(marketplace=staff.marketplace, by=staff.user, now=clock.now())
    wanted, errors = _wanted(staff, typed)
    shown = trail.trail_of(staff.marketplace, wanted, typed, before=before)
    here = {"everything": reverse("operator-audit", args=[marketplace]), "whole": True, "lede": _LEDE}
    here |= {"export": reverse("operator-audit-export", args=[marketplace]), "nouns": deeds_by_noun()}
    context = {**operator_frame(staff, "audit"), **shown, **here, "errors": errors}
    return render(request, "desk/audit.html", context, status=422 if errors else 200)


@require_GET
@signed_in
def export(request: HttpRequest, marketplace: str) -> HttpResponse:
    """The same trail with the same filters as a file; taking it away is on the trail."""
    staff = operator_for(request.user, marketplace, "audit")
    form = request.GET.get("form", "")
    wanted, errors = _wanted(staff, trail.typed_filters(request))
    if form not in trail.FORMS or errors:
        return HttpResponse(trail.UNREADABLE, status=400, content_type="text/plain")
    note_export(party=staff.marketplace, by=staff.user, form=form, now=clock.now())
    return trail.as_file(staff.marketplace, wanted, form, f"audit-{marketplace}")


def _wanted(staff: OperatorStaff, typed: dict[str, str]) -> tuple[Wanted, dict[str, str]]:
    about = typed["about"]
    if about.startswith("msg_"):
        stream = conversation_of_message(marketplace=staff.marketplace, message_id=about)
        return trail.wanted_by(typed, stream=stream, message=about)
    return trail.wanted_by(typed, stream=about)
