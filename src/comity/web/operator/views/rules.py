"""The rules of a marketplace, as text."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from comity.common import clock
from comity.common.errors import NotFound
from comity.web.account.gate import signed_in
from comity.web.desk.desks import operator_for
from comity.web.operator.manage import manage_frame
from comity.web.operator.rules_view import rule_page, rules_page


@require_GET
@signed_in
def rules(request: HttpRequest, marketplace: str) -> HttpResponse:
    """The rulebook in force, and how each of its rules fares."""
    staff = operator_for(request.user, marketplace, "manage")
    context = {**manage_frame(staff, "rules"), **rules_page(staff.marketplace, clock.now())}
    return render(request, "operator/rules.html", context)


@require_GET
@signed_in
def rule(request: HttpRequest, marketplace: str, rule: str) -> HttpResponse:
    """One rule: why, what follows for whom, and how it fares."""
    staff = operator_for(request.user, marketplace, "manage")
    page = rule_page(staff.marketplace, rule, clock.now())
    if page is None:
        raise NotFound(rule)
    return render(request, "operator/rule.html", {**manage_frame(staff, "rules"), **page})
