"""The settings of a marketplace: changed in two steps, the second of which says what it means for whom."""

from dataclasses import replace
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from comity.accounts.models import OperatorStaff
from comity.accounts.selectors.settings import settings_history
from comity.accounts.services.settings import SettingsMoved, SettingsRefused, apply_settings, changes_in, version_of
from comity.common import clock
from comity.orders.selectors.orders import has_orders
from comity.web.account.gate import signed_in
from comity.web.desk.desks import operator_for
from comity.web.operator.manage import manage_frame
from comity.web.operator.settings_view import (
    SettingsForm,
    change_rows,
    hidden_fields,
    history_rows,
    present_form,
    read_form,
    settings_page,
)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def settings(request: HttpRequest, marketplace: str) -> HttpResponse:
    """The page; what is posted is looked at first, and applied with ``step=apply``."""
    staff = operator_for(request.user, marketplace, "manage")
    if request.method != "POST":
        return _form_page(request, staff, present_form(staff.marketplace, clock.now()))
    form = read_form(request)
    step = request.POST.get("step", "")
    if step == "edit":
        return _form_page(request, staff, form)
    return _apply(request, staff, form) if step == "apply" else _look(request, staff, form)


def _look(request: HttpRequest, staff: OperatorStaff, form: SettingsForm, status: int = HTTPStatus.OK) -> HttpResponse:
    orders = has_orders(staff.marketplace)
    place = staff.marketplace
    try:
        changes = changes_in(marketplace=place, typed=form.typed, topics=form.topics, orders=orders, now=clock.now())
    except SettingsRefused as refused:
        return _form_page(request, staff, replace(form, errors=refused.errors))
    if not changes:
        nothing = {"form": "Nothing is different: change a value first."}
        return _form_page(request, staff, replace(form, errors=nothing))
    context = {
        **manage_frame(staff, "settings"),
        "rows": change_rows(changes),
        "hidden": hidden_fields(form),
        "form": form,
    }
    return render(request, "operator/settings_check.html", context, status=status)


def _apply(request: HttpRequest, staff: OperatorStaff, form: SettingsForm) -> HttpResponse:
    try:
        _change(staff, form)
    except SettingsMoved as moved:
        fresh = operator_for(request.user, staff.marketplace.slug, "manage")
        again = replace(form, seen=version_of(fresh.marketplace), errors={"form": moved.sentence})
        return _look(request, fresh, again, HTTPStatus.CONFLICT)
    except SettingsRefused as refused:
        if "why" in refused.errors:
            return _look(request, staff, replace(form, errors=refused.errors), HTTPStatus.UNPROCESSABLE_ENTITY)
        return _form_page(request, staff, replace(form, errors=refused.errors))
    return HttpResponseRedirect(f"{reverse('operator-settings', args=[staff.marketplace.slug])}?done=changed")


def _change(staff: OperatorStaff, form: SettingsForm) -> None:
    apply_settings(
        marketplace=staff.marketplace,
        by=staff.user,
        typed=form.typed,
        topics=form.topics,
        why=form.why,
        seen=form.seen,
        orders=has_orders(staff.marketplace),
        now=clock.now(),
    )


def _form_page(request: HttpRequest, staff: OperatorStaff, form: SettingsForm) -> HttpResponse:
    now = clock.now()
    page = settings_history(staff.marketplace, request.GET.get("page"))
    context = {
        **manage_frame(staff, "settings"),
        **settings_page(staff.marketplace, form, orders=has_orders(staff.marketplace), now=now),
        "page": page,
        "history": history_rows(list(page)),
        "done": "The settings are changed." if request.GET.get("done") == "changed" else "",
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "operator/settings.html", context, status=status)
