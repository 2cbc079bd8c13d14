"""A notice as its author and the operator see it: who gets it before, what became of it after."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest

from comity.accounts.profiles import profile_in_force
from comity.messaging.models import Notice, Side
from comity.messaging.selectors.agreements import who_sends
from comity.messaging.selectors.audience import audience_counts, orders_meant, orders_to_stop
from comity.messaging.selectors.notices import kind_of, results_of
from comity.messaging.services.agreements import side_of
from comity.messaging.services.notices import stamp
from comity.screening.services import rulebook_date
from comity.web.desk.offices import Office

State = Notice.State
_PAGE = 25
# Owners from whom on it is told as a number how many are left out. Of fewer, whom a shop knows from its orders, one
# more or less would be somebody: a draft costs nothing, and would show from day to day who has just blocked it.
_ENOUGH = 5
_RELEASED = (State.APPROVED, State.SENDING, State.SENT, State.STOPPED, State.CLOSED)
# Under which of the known looks a state stands.
_LOOKS: Mapping[str, str] = {
    State.AWAITING: "held",
    State.APPROVED: "accepted",
    State.SENDING: "accepted",
    State.SENT: "delivered",
    State.STOPPED: "blocked",
    State.DISCARDED: "withdrawn",
}
_FILTERS = (
    ("", "Sent"),
    ("unread", "Not read"),
    ("unacknowledged", "Not acknowledged"),
)
_STOPPED = "The shop was restricted while it was being sent. Buyers it will not reach any more: {}."
DONE = {
    "written": "Kept as a draft. Nobody has seen it yet: look at it, then confirm it below.",
    "submit": "Confirmed.",
    "approve": "Approved. It is being sent.",
    "return": "Returned to its author, who is told why.",
    "discard": "Discarded.",
    "close": "Closed: no banner any more, nobody is reminded.",
}


def row(office: Office, notice: Notice) -> dict[str, Any]:
    """A notice as a row of the list."""
    return {
        "href": office.url("detail", notice.public_id),
        "notice": notice,
        "kind": notice.get_kind_display(),
        "by": speaker(notice),
        "look": _LOOKS.get(notice.state, notice.state),
        "state": notice.get_state_display(),
    }


def speaker(notice: Notice) -> str:
    """Whose words they are."""
    return notice.seller.name if notice.side == Side.SELLER and notice.seller else notice.marketplace.name


def detail(office: Office, request: HttpRequest, notice: Notice, *, now: datetime) -> dict[str, Any]:
    """The page of one notice."""
    mine = notice.side == side_of(office.staff)
    writes = office.writes and mine
    shown = row(office, notice)
    del shown["href"]  # it is this page
    return {
        **shown,
        "mine": mine,
        "findings": notice.findings,
        "rulebook_on": rulebook_date(notice.rulebook_digest),
        "steps": _steps(notice),
        "stamp": stamp(notice),
        "edit_href": office.url("edit", notice.public_id) if writes and notice.is_editable else "",
        "may_submit": writes and notice.is_editable,
        "may_close": writes and notice.is_recall and notice.state == State.SENT,
        "may_decide": office.is_operator and office.writes and notice.state == State.AWAITING,
        "had_a_part": office.staff.user_id in (notice.author_id, notice.submitted_by_id),
        "waits_for_approval": notice.is_recall or notice.outcome == "hold",
        "reminded_after": profile_in_force(notice.marketplace, now).recall_reminder_days,
        **(_results(request, notice) if notice.state in _RELEASED else _preview(request, notice, now=now)),
    }


def senders_of(office: Office, now: datetime) -> dict[str, bool]:
    """Which kinds of notice the seller sends by agreement; one query each."""
    if office.seller is None:
        return {}
    kinds = Notice.Kind.values
    return {kind: who_sends(office.seller, kind, now).party == Side.SELLER for kind in kinds}


def _preview(request: HttpRequest, notice: Notice, *, now: datetime) -> dict[str, Any]:
    """Before it is released: how many get it, how many are left out, and for a recall which orders it concerns.

    Who is left out, and why, is not told: one of the reasons is that they have blocked the shop. Of few owners not
    even how many: ``at_most`` then says that ``gets`` counts them all.
    """
    critical = kind_of(notice, now).critical
    counts = audience_counts(notice, critical=critical)
    gets, asked = counts.get("", 0), sum(counts.values())
    few = 0 < asked < _ENOUGH and not critical
    shown: dict[str, Any] = {"gets": asked if few else gets, "left_out": asked - gets, "at_most": few}
    if not notice.is_recall:
        return shown
    orders = orders_meant(notice).select_related("buyer", "seller").order_by("-placed_at", "-pk")
    return {**shown, "orders": _page(request, orders), "to_stop": orders_to_stop(notice).count()}


def _results(request: HttpRequest, notice: Notice) -> dict[str, Any]:
    only = request.GET.get("only", "")
    results = results_of(notice, only=only, page=request.GET.get("page"))
    wanted = [(name, label) for name, label in _FILTERS if notice.is_recall or name != "unacknowledged"]
    tabs = [
        {
            "label": label,
            "href": f"?only={name}" if name else "?",
            "count": results.counts[name or "sent"],
            "current": name == (only if only in dict(wanted) else ""),
        }
        for name, label in wanted
        if not name or results.counts[name] or name == only
    ]
    query = f"only={only}&" if only and only in dict(wanted) else ""
    asked = sum(results.counts[name] for name in ("sent", "unreached", "restricted"))
    stopped = _STOPPED.format(results.counts["restricted"]) if notice.state == State.STOPPED else ""
    return {
        "results": results,
        "page": results.page,
        "result_tabs": tabs,
        "page_query": query,
        "stopped": stopped,
        "in_numbers": asked >= _ENOUGH,
    }


def _page(request: HttpRequest, rows: Any) -> "Page[Any]":
    return Paginator(rows, _PAGE).get_page(request.GET.get("page"))


def _steps(notice: Notice) -> list[dict[str, Any]]:
    """What has happened to it, for the timeline."""
    steps: list[dict[str, Any]] = [{"what": "Written", "at": notice.written_at, "detail": notice.author.name}]
    if notice.submitted_at and notice.submitted_by:
        what = "Submitted" if notice.is_recall or notice.outcome == "hold" else "Confirmed"
        steps.append({"what": what, "at": notice.submitted_at, "detail": notice.submitted_by.name})
    if notice.decided_at and notice.decided_by and notice.state != State.AWAITING:
        what = "Returned" if notice.reason else "Approved"
        steps.append({"what": what, "at": notice.decided_at, "detail": notice.decided_by.name})
    if notice.sent_at:
        steps.append({"what": "Sent to everybody", "at": notice.sent_at})
    if notice.closed_at:
        steps.append({"what": notice.get_state_display(), "at": notice.closed_at})
    return steps
