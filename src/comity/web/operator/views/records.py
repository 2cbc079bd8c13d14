"""Conversations as the record has them: every entry, and whether the chain is whole."""

import json

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from comity.common import clock
from comity.messaging.selectors.desk import conversations_on_record, entries_page, exported
from comity.messaging.selectors.doors import get_seat_of_operator
from comity.messaging.selectors.topics import topic_label
from comity.messaging.services.access import note_access
from comity.web.account.gate import signed_in
from comity.web.desk.desks import operator_for, operator_frame
from comity.web.desk.panes import about
from comity.web.operator.view_models import chain, record_rows


@require_GET
@signed_in
def records(request: HttpRequest, marketplace: str) -> HttpResponse:
    """Every conversation of the marketplace, latest first; one is found by order number or id."""
    staff = operator_for(request.user, marketplace, "verify")
    query = request.GET.get("q", "")[:100]
    page = conversations_on_record(marketplace=staff.marketplace, query=query, page=request.GET.get("page"))
    rows = record_rows(page, staff.marketplace.slug)
    context = {**operator_frame(staff, "records"), "page": page, "rows": rows, "query": query}
    return render(request, "operator/records.html", context)


@require_GET
@signed_in
def record(request: HttpRequest, marketplace: str, conversation: str) -> HttpResponse:
    """The entries of one chain, and the check."""
    staff = operator_for(request.user, marketplace, "verify")
    found = get_seat_of_operator(staff=staff, user=staff.user, conversation_id=conversation).conversation
    checked = chain(staff, found)
    if request.method == "GET":
        note_access(conversation=found, name="record.opened", by=staff.user, now=clock.now())
    context = {
        **operator_frame(staff, "records"),
        "conversation": found,
        "topic": topic_label(found.topic),
        "about": about(found),
        "chain": checked,
        "checked_at": clock.now(),
        "page": entries_page(found, request.GET.get("page")),
    }
    return render(request, "operator/record.html", context)


@require_GET
@signed_in
def export(request: HttpRequest, marketplace: str, conversation: str) -> HttpResponse:
    """The chain as JSON Lines: header, salt, words and digests, enough to check it without us."""
    staff = operator_for(request.user, marketplace, "verify")
    found = get_seat_of_operator(staff=staff, user=staff.user, conversation_id=conversation).conversation
    note_access(conversation=found, name="record.exported", by=staff.user, now=clock.now())
    lines = (json.dumps(entry, ensure_ascii=False) + "\n" for entry in exported(found))
    disposition = f'attachment; filename="{found.public_id}.jsonl"'
    return StreamingHttpResponse(  # type: ignore[return-value]  # a sibling of HttpResponse; both are answers
        lines, content_type="application/jsonl; charset=utf-8", headers={"Content-Disposition": disposition}
    )
