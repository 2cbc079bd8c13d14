"""Versions of a marketplace's rulebook: approved by a second person, kept for good, brought back."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from comity.accounts.models import OperatorStaff
from comity.common import clock
from comity.common.errors import NotFound, Refused
from comity.screening.models import RulebookVersion
from comity.screening.selectors import get_version, open_proposal, rulebook_before
from comity.screening.services import book_of
from comity.screening.services.drafting import Drafted, RulesRefused, draft_again, earliest_day
from comity.screening.services.versions import (
    RulesMoved,
    approve,
    hindrance,
    propose,
    refuse,
    version_of,
    withdraw,
)
from comity.web.account.gate import signed_in
from comity.web.desk.desks import operator_for
from comity.web.operator.manage import manage_frame
from comity.web.operator.rule_effects import meaning
from comity.web.operator.rule_forms import error_list, read_seen
from comity.web.operator.views.rules import DONE

State = RulebookVersion.State
AS_PUBLISHED = "published"  # stands for the rulebook of the release, without changes of one's own
form_page = require_http_methods(["GET", "HEAD", "POST"])


@form_page
@signed_in
def rulebook(request: HttpRequest, marketplace: str, version: str) -> HttpResponse:
    """One version: what it changes and, while it waits, what it would have done; a decision is posted here."""
    staff = operator_for(request.user, marketplace, "manage")
    if request.method != "POST":
        return _page(request, staff, version)
    do, reason = request.POST.get("do", ""), request.POST.get("reason", "")
    try:
        _decide(staff, version, do, reason)
    except RulesMoved as moved:
        return _page(request, staff, version, {"form": moved.sentence}, HTTPStatus.CONFLICT)
    except Refused as refused:
        return _page(
            request, staff, version, {refused.field or "form": refused.sentence}, HTTPStatus.UNPROCESSABLE_ENTITY
        )
    return HttpResponseRedirect(f"{reverse('operator-rules', args=[marketplace])}?done={do}")


@form_page
@signed_in
def again(request: HttpRequest, marketplace: str, version: str) -> HttpResponse:
    """Propose an earlier version, or the published rulebook as it is, as a new version."""
    staff = operator_for(request.user, marketplace, "manage")
    earlier = None if version == AS_PUBLISHED else get_version(staff.marketplace, version)
    if earlier is not None and earlier.state != State.PUBLISHED:
        raise NotFound(version)
    day = request.POST.get("day", earliest_day(staff.marketplace, clock.now()).isoformat())
    try:
        drafted = draft_again(staff.marketplace, earlier, day, now=clock.now())
    except RulesRefused as refused:
        return _again_page(request, staff, day, None, refused.errors, HTTPStatus.UNPROCESSABLE_ENTITY)
    if request.method != "POST":
        return _again_page(request, staff, day, drafted, {})
    return _propose_again(request, staff, day, drafted)


def _propose_again(request: HttpRequest, staff: OperatorStaff, day: str, drafted: Drafted) -> HttpResponse:
    place, why, seen = staff.marketplace, request.POST.get("why", ""), read_seen(request)
    try:
        made = propose(marketplace=place, by=staff.user, drafted=drafted, why=why, seen=seen, now=clock.now())
    except RulesRefused as refused:
        return _again_page(request, staff, day, drafted, refused.errors, HTTPStatus.UNPROCESSABLE_ENTITY)
    except RulesMoved as moved:
        return _again_page(request, staff, day, drafted, {"form": moved.sentence}, HTTPStatus.CONFLICT)
    return HttpResponseRedirect(f"{reverse('operator-rulebook', args=[place.slug, made.public_id])}?done=proposed")


def _decide(staff: OperatorStaff, version: str, do: str, reason: str) -> None:
    about: dict[str, Any] = {
        "marketplace": staff.marketplace,
        "by": staff.user,
        "version_id": version,
        "now": clock.now(),
    }
    if do == State.PUBLISHED:
        approve(**about)
    elif do == State.REFUSED:
        refuse(**about, reason=reason)
    elif do == State.WITHDRAWN:
        withdraw(**about)
    else:
        raise Refused("action", "Press one of the buttons of this page.")


def _page(
    request: HttpRequest, staff: OperatorStaff, version_id: str, errors: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    version, errors = get_version(staff.marketplace, version_id), errors or {}
    waits = version.state == State.PROPOSED
    context = {
        **manage_frame(staff, "rules"),
        **meaning(staff.marketplace, rulebook_before(version), book_of(version.content), effect=waits),
        **error_list(errors),
        "version": version,
        "own": version.proposed_by_id == staff.user_id,
        "hindrance": hindrance(staff.marketplace, version, clock.now()) if waits else "",
        "refusal": errors,
        "reason": request.POST.get("reason", ""),
        "done": DONE.get(request.GET.get("done", "")),
    }
    return render(request, "operator/rulebook.html", context, status=status)


def _again_page(
    request: HttpRequest,
    staff: OperatorStaff,
    day: str,
    drafted: Drafted | None,
    errors: dict[str, str],
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    shown = meaning(staff.marketplace, drafted.before, drafted.after) if drafted else {"differences": []}
    why = request.POST.get("why", "")
    context = {
        **manage_frame(staff, "rules"),
        **shown,
        **error_list(errors),
        "crumb": "An earlier version",
        "form": {"errors": errors, "seen": version_of(staff.marketplace), "why": why, "day": day},
        "proposal": open_proposal(staff.marketplace),
    }
    return render(request, "operator/rules_check.html", context, status=status)
