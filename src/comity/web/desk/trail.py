"""What the pages of a trail share, of the marketplace's and of a shop's: filters, rows, files."""

from contextlib import suppress
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from comity.accounts.models import Marketplace, Seller
from comity.accounts.selectors.audit import Deed, Wanted, audit_page, audit_rows
from comity.common import locales
from comity.common.crypto import open_number, seal_number
from comity.web.desk.audit_export import as_csv, as_json_lines
from comity.web.desk.deeds import DEEDS, deed

_FILTERS = ("person", "what", "about", "since", "until")
_LONGEST = 254  # characters: an e-mail address
FORMS = {"csv": (as_csv, "text/csv"), "jsonl": (as_json_lines, "application/x-ndjson")}
UNREADABLE = "Say form=csv or form=jsonl, and days as 2026-02-28."


def typed_filters(request: HttpRequest) -> dict[str, str]:
    """What the address wants, by filter; nothing that cannot be printed."""
    given = {name: request.GET.get(name, "")[:_LONGEST] for name in _FILTERS}
    return {name: "".join(c for c in value if c.isprintable()).strip() for name, value in given.items()}


def wanted_by(typed: dict[str, str], *, stream: str = "", message: str = "") -> tuple[Wanted, dict[str, str]]:
    """What to look for, and a sentence for each day that is none."""
    days: dict[str, date | None] = {}
    errors = {}
    for name in ("since", "until"):
        try:
            days[name] = date.fromisoformat(typed[name]) if typed[name] else None
        except ValueError:
            errors[name] = f"{typed[name]} is no day: write it as 2026-02-28."
    what = typed["what"] if typed["what"] in DEEDS or "." not in typed["what"] else ""
    return Wanted(typed["person"], what, stream, message, days.get("since"), days.get("until")), errors


def older_than(request: HttpRequest, party: Marketplace | Seller) -> int:
    """The key in the address from which the page goes on; 0 for the newest page, and for what no page of theirs made.

    Sealed: the log is one for everybody, and from its bare keys a shop could count what happens elsewhere.
    """
    return open_number(request.GET.get("before", ""), about=_about(party)) or 0


def trail_of(party: Marketplace | Seller, wanted: Wanted, typed: dict[str, str], *, before: int) -> dict[str, Any]:
    """The list in ``desk/audit.html``. Two queries."""
    page = audit_page(party, wanted, before=before)
    query = urlencode({name: value for name, value in typed.items() if value})
    rows = [_row(one) for one in page.deeds]
    older = seal_number(page.older, about=_about(party)) if page.older else ""
    found = {"rows": rows, "query": query, "older": older, "newest": not before}
    return {**found, "typed": typed, "filtered": any(typed.values())}


def as_file(party: Marketplace | Seller, wanted: Wanted, form: str, name: str) -> HttpResponse:
    """The trail as a file ``name`` in one of ``FORMS``, streamed."""
    write, content_type = FORMS[form]
    response = StreamingHttpResponse(write(audit_rows(party, wanted)), content_type=f"{content_type}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response  # type: ignore[return-value]  # a sibling of HttpResponse; both are answers


def _about(party: Marketplace | Seller) -> str:
    return f"{__name__}/{party.public_id}"


def _row(one: Deed) -> dict[str, Any]:
    data = one.event.data
    details = {name.replace("_", " "): told(value) for name, value in data.items() if value != one.event.stream}
    return {"event": one.event, "person": one.person, "deed": deed(one.event.name), "details": details}


def told(value: Any) -> str:
    """A value of an event as people read it: yes and no, lists in a row, moments in the reader's words."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    with suppress(ValueError):
        if isinstance(value, str) and "T" in value and (at := datetime.fromisoformat(value)).tzinfo:
            return locales.moment(at)
    return str(value)
