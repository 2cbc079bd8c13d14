"""A change of some rules: typed, looked at with its effect, and proposed to a second person."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from comity.accounts.models import OperatorStaff
from comity.common import clock
from comity.common.errors import NotFound
from comity.screening.selectors import RuleInForce, open_proposal, rules_in_force
from comity.screening.services.drafting import Drafted, RulesRefused, draft_changes, earliest_day
from comity.screening.services.versions import RulesMoved, propose, version_of
from comity.web.account.gate import signed_in
from comity.web.desk.desks import operator_for
from comity.web.operator.manage import manage_frame
from comity.web.operator.rule_effects import meaning
from comity.web.operator.rule_forms import ChangeForm, error_list, form_fields, hidden_fields, opened, read_form

_Known = dict[str, RuleInForce]


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def change(request: HttpRequest, marketplace: str) -> HttpResponse:
    """The rules of the address with their fields. ``step=look`` shows what a change means, ``propose`` makes it."""
    staff = operator_for(request.user, marketplace, "manage")
    earliest = earliest_day(staff.marketplace, clock.now())
    known = _coming(staff, earliest)
    if request.method == "POST":
        return _change(request, staff, known, read_form(request, known, earliest))
    named = list(dict.fromkeys(request.GET.getlist("rule")))
    if unknown := [rule for rule in named if rule not in known]:
        raise NotFound(unknown[0])
    return _form_page(request, staff, known, opened(tuple(known[rule] for rule in named), earliest))


def _coming(staff: OperatorStaff, earliest: date) -> _Known:
    """The rules as the next change meets them: a version may be published and still to come."""
    at = datetime.combine(earliest, time(), tzinfo=UTC)
    return {rule.id: rule for rule in rules_in_force(staff.marketplace, at)}


def _change(request: HttpRequest, staff: OperatorStaff, known: _Known, form: ChangeForm) -> HttpResponse:
    step = request.POST.get("step", "")
    if step not in ("look", "propose") or request.POST.get("more"):  # a rule that was chosen is shown first
        return _form_page(request, staff, known, form)
    try:
        drafted = draft_changes(staff.marketplace, form.changes, form.day, now=clock.now())
    except RulesRefused as refused:
        return _wrong(request, staff, known, replace(form, errors=refused.errors))
    if step == "propose":
        return _propose(request, staff, form, drafted)
    return _look(request, staff, replace(form, seen=version_of(staff.marketplace)), drafted)


def _propose(request: HttpRequest, staff: OperatorStaff, form: ChangeForm, drafted: Drafted) -> HttpResponse:
    place = staff.marketplace
    try:
        version = propose(
            marketplace=place, by=staff.user, drafted=drafted, why=form.why, seen=form.seen, now=clock.now()
        )
    except RulesRefused as refused:
        wrong = replace(form, errors=refused.errors)
        return _look(request, staff, wrong, drafted, HTTPStatus.UNPROCESSABLE_ENTITY)
    except RulesMoved as moved:
        again = replace(form, errors={"form": moved.sentence}, seen=version_of(place))
        return _look(request, staff, again, drafted, HTTPStatus.CONFLICT)
    return HttpResponseRedirect(f"{reverse('operator-rulebook', args=[place.slug, version.public_id])}?done=proposed")


def _wrong(request: HttpRequest, staff: OperatorStaff, known: _Known, form: ChangeForm) -> HttpResponse:
    """The form again; or, where only the day is wrong, the page before proposing, which asks for it."""
    if set(form.errors) == {"day"}:
        now = clock.now()
        day = earliest_day(staff.marketplace, now).isoformat()
        try:
            drafted = draft_changes(staff.marketplace, form.changes, day, now=now)
        except RulesRefused:
            return _form_page(request, staff, known, form)
        return _look(request, staff, form, drafted, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _form_page(request, staff, known, form)


def _look(
    request: HttpRequest, staff: OperatorStaff, form: ChangeForm, drafted: Drafted, status: int = HTTPStatus.OK
) -> HttpResponse:
    context = {
        **manage_frame(staff, "rules"),
        **meaning(staff.marketplace, drafted.before, drafted.after),
        **error_list(form.errors),
        "crumb": ", ".join(rule.title for rule in form.rules),
        "form": form,
        "hidden": hidden_fields(form),
        "editable": True,
    }
    return render(request, "operator/rules_check.html", context, status=status)


def _form_page(request: HttpRequest, staff: OperatorStaff, known: _Known, form: ChangeForm) -> HttpResponse:
    context = {
        **manage_frame(staff, "rules"),
        **form_fields(form, known),
        "proposal": open_proposal(staff.marketplace),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "operator/rules_change.html", context, status=status)
