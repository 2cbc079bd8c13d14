"""The audit trail: who did what, when, to what."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from comity.accounts.models import OperatorStaff
from comity.accounts.selectors.audit import Deed, Wanted, audit_page, audit_rows
from comity.accounts.services.trail import note_export, note_reading
from comity.common import clock
from comity.messaging.selectors.desk import conversation_of_message
from comity.web.account.gate import signed_in
from comity.web.desk.desks import operator_for, operator_frame
from comity.web.operator.audit_export import as_csv, as_json_lines
from comity.web.operator.deeds import DEEDS, deed, deeds_by_noun

_FILTERS = ("person", "what", "about", "since", "until")
_LONGEST = 254  # characters: an e-mail address
_FORMS = {"csv": (as_csv, "text/csv"), "jsonl": (as_json_lines, "application/x-ndjson")}


@require_GET
@signed_in
def audit(request: HttpRequest, marketplace: str) -> HttpResponse:
    """A page of the trail as the filters in the address want it, newest first."""
    staff = operator_for(request.user, marketplace, "audit")
    typed = _typed(request)
    before = request.GET.get("before", "")
    key = int(before) if before.isdecimal() and len(before) < 18 else 0  # noqa: PLR2004 - fits a bigint
    if not key and request.method == "GET":
        note_reading(marketplace=staff.marketplace, by=staff.user, now=clock.now())
    wanted, errors = _wanted(staff, typed)
    page = audit_page(staff.marketplace, wanted, before=key)
    asked = {"typed": typed, "errors": errors, "filtered": any(typed.values()), "nouns": deeds_by_noun()}
    query = urlencode({name: value for name, value in typed.items() if value})
    rows = [_row(one) for one in page.deeds]
    found = {"rows": rows, "query": query, "older": page.older, "newest": not key}
    context = {**operator_frame(staff, "audit"), **asked, **found}
    return render(request, "operator/audit.html", context, status=422 if errors else 200)


@require_GET
@signed_in
def export(request: HttpRequest, marketplace: str) -> HttpResponse:
    """The same trail with the same filters as a file; taking it away is on the trail."""
    staff = operator_for(request.user, marketplace, "audit")
    form = request.GET.get("form", "")
    wanted, errors = _wanted(staff, _typed(request))
    if form not in _FORMS or errors:
        return HttpResponse(
            "Say form=csv or form=jsonl, and days as 2026-02-28.", status=400, content_type="text/plain"
        )
    note_export(marketplace=staff.marketplace, by=staff.user, form=form, now=clock.now())
    write, content_type = _FORMS[form]
    response = StreamingHttpResponse(
        write(audit_rows(staff.marketplace, wanted)), content_type=f"{content_type}; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="audit-{marketplace}.{form}"'
    return response  # type: ignore[return-value]  # a sibling of HttpResponse; both are answers


def _typed(request: HttpRequest) -> dict[str, str]:
    given = {name: request.GET.get(name, "")[:_LONGEST] for name in _FILTERS}
    return {name: "".join(c for c in value if c.isprintable()).strip() for name, value in given.items()}


def _wanted(staff: OperatorStaff, typed: dict[str, str]) -> tuple[Wanted, dict[str, str]]:
    """What to look for, and a sentence for each day that is none."""
    days: dict[str, date | None] = {}
    errors = {}
    for name in ("since", "until"):
        try:
            days[name] = date.fromisoformat(typed[name]) if typed[name] else None
        except ValueError:
            errors[name] = f"{typed[name]} is no day: write it as 2026-02-28."
    about = typed["about"]
    stream, message = about, ""
    if about.startswith("msg_"):
        stream, message = conversation_of_message(marketplace=staff.marketplace, message_id=about), about
    what = typed["what"] if typed["what"] in DEEDS or "." not in typed["what"] else ""
    return Wanted(typed["person"], what, stream, message, days.get("since"), days.get("until")), errors


def _row(one: Deed) -> dict[str, Any]:
    details = {name: value for name, value in one.event.data.items() if value != one.event.stream}
    return {"event": one.event, "person": one.person, "deed": deed(one.event.name), "details": details}
