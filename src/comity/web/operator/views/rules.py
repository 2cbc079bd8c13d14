"""The rules of a marketplace: read, and changed by two people, the first of whom sees what it would have done."""

from dataclasses import replace
from datetime import UTC, datetime, time
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from comity.accounts.models import OperatorStaff
from comity.common import clock
from comity.common.errors import NotFound
from comity.screening.selectors import RuleInForce, open_proposal, rules_in_force, versions_of
from comity.screening.services.drafting import Drafted, RulesRefused, draft_change, earliest_day
from comity.screening.services.versions import RulesMoved, propose, version_of
from comity.web.account.gate import signed_in
from comity.web.desk.desks import operator_for
from comity.web.operator.manage import manage_frame
from comity.web.operator.rule_forms import (
    RuleForm,
    error_list,
    form_fields,
    hidden_fields,
    meaning,
    present_form,
    read_form,
)
from comity.web.operator.rules_view import rule_page, rules_page

DONE = {
    "withdrawn": "The proposal is taken back.",
    "refused": "The proposal is refused.",
    "published": "The new version is published.",
    "proposed": "Proposed. Somebody else has to approve it.",
}


@require_GET
@signed_in
def rules(request: HttpRequest, marketplace: str) -> HttpResponse:
    """The rulebook in force, how each of its rules fares, and its versions."""
    staff = operator_for(request.user, marketplace, "manage")
    page = versions_of(staff.marketplace, request.GET.get("page"))
    context = {
        **manage_frame(staff, "rules"),
        **rules_page(staff.marketplace, clock.now()),
        "proposal": open_proposal(staff.marketplace),
        "page": page,
        "done": DONE.get(request.GET.get("done", ""), ""),
    }
    return render(request, "operator/rules.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def rule(request: HttpRequest, marketplace: str, rule: str) -> HttpResponse:
    """One rule, and a form to change it; what is posted is looked at first, and proposed with ``step=propose``."""
    staff, now = operator_for(request.user, marketplace, "manage"), clock.now()
    found = next((one for one in rules_in_force(staff.marketplace, now) if one.id == rule), None)
    if found is None:
        raise NotFound(rule)
    if request.method != "POST":
        return _rule_page(request, staff, found, present_form(_coming(staff, found, now)), now)
    return _change(request, staff, found, read_form(request, rule, earliest_day(staff.marketplace, now)), now)


def _coming(staff: OperatorStaff, rule: RuleInForce, now: datetime) -> RuleInForce:
    """The rule as the next change meets it: a version may be published and still to come."""
    at = datetime.combine(earliest_day(staff.marketplace, now), time(), tzinfo=UTC)
    return next((one for one in rules_in_force(staff.marketplace, at) if one.id == rule.id), rule)


def _change(
    request: HttpRequest, staff: OperatorStaff, rule: RuleInForce, form: RuleForm, now: datetime
) -> HttpResponse:
    step = request.POST.get("step", "")
    if step == "edit":
        return _rule_page(request, staff, rule, form, now)
    try:
        drafted = draft_change(staff.marketplace, form.change, now=now)
    except RulesRefused as refused:
        return _wrong(request, staff, rule, replace(form, errors=refused.errors), now)
    if step == "propose":
        return _propose(request, staff, rule, form, drafted)
    return _look(request, staff, rule, replace(form, seen=version_of(staff.marketplace)), drafted)


def _propose(
    request: HttpRequest, staff: OperatorStaff, rule: RuleInForce, form: RuleForm, drafted: Drafted
) -> HttpResponse:
    place = staff.marketplace
    try:
        version = propose(
            marketplace=place, by=staff.user, drafted=drafted, why=form.why, seen=form.seen, now=clock.now()
        )
    except RulesRefused as refused:
        return _look(
            request, staff, rule, replace(form, errors=refused.errors), drafted, HTTPStatus.UNPROCESSABLE_ENTITY
        )
    except RulesMoved as moved:
        again = replace(form, errors={"form": moved.sentence}, seen=version_of(place))
        return _look(request, staff, rule, again, drafted, HTTPStatus.CONFLICT)
    return HttpResponseRedirect(f"{reverse('operator-rulebook', args=[place.slug, version.public_id])}?done=proposed")


def _wrong(
    request: HttpRequest, staff: OperatorStaff, rule: RuleInForce, form: RuleForm, now: datetime
) -> HttpResponse:
    """The rule's page again; or, where only the day is wrong, the page before proposing, which asks for it."""
    if set(form.errors) == {"day"}:
        earliest = replace(form.change, day=earliest_day(staff.marketplace, now).isoformat())
        try:
            drafted = draft_change(staff.marketplace, earliest, now=now)
        except RulesRefused:
            return _rule_page(request, staff, rule, form, now)
        return _look(request, staff, rule, form, drafted, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _rule_page(request, staff, rule, form, now)


def _look(
    request: HttpRequest,
    staff: OperatorStaff,
    rule: RuleInForce,
    form: RuleForm,
    drafted: Drafted,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    context = {
        **manage_frame(staff, "rules"),
        **meaning(staff.marketplace, drafted.before, drafted.after),
        **error_list(form.errors),
        "crumb": rule.title,
        "form": form,
        "day": form.change.day,
        "hidden": hidden_fields(form),
        "editable": True,
    }
    return render(request, "operator/rules_check.html", context, status=status)


def _rule_page(
    request: HttpRequest, staff: OperatorStaff, rule: RuleInForce, form: RuleForm, now: datetime
) -> HttpResponse:
    context = {
        **manage_frame(staff, "rules"),
        **rule_page(staff.marketplace, rule, now),
        **form_fields(rule, form),
        "proposal": open_proposal(staff.marketplace),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "operator/rule.html", context, status=status)
