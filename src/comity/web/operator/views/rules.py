"""The rules of a marketplace, to read: what follows from each, and how right it was."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from comity.common import clock
from comity.common.errors import NotFound
from comity.screening.selectors import open_proposal, rules_in_force, versions_of
from comity.web.account.gate import signed_in
from comity.web.desk.desks import operator_for
from comity.web.operator.manage import manage_frame
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


@require_GET
@signed_in
def rule(request: HttpRequest, marketplace: str, rule: str) -> HttpResponse:
    """One rule."""
    staff, now = operator_for(request.user, marketplace, "manage"), clock.now()
    found = next((one for one in rules_in_force(staff.marketplace, now) if one.id == rule), None)
    if found is None:
        raise NotFound(rule)
    context = {
        **manage_frame(staff, "rules"),
        **rule_page(staff.marketplace, found, now),
        "proposal": open_proposal(staff.marketplace),
    }
    return render(request, "operator/rule.html", context)
