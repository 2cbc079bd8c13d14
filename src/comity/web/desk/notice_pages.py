"""The pages of notices and recalls, whoever's office it is; the views of seller and operator call these."""

from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from comity.accounts.models import OperatorStaff
from comity.common import clock
from comity.common.errors import NotFound, Refused
from comity.common.idempotency import KeyReused
from comity.common.ids import new_id
from comity.messaging.models import Notice
from comity.messaging.selectors.notices import get_notice, notices_of_operator, notices_of_seller, skus_of
from comity.messaging.services.notice_writing import Written, write_notice
from comity.messaging.services.notices import approve, close, discard, give_back, submit
from comity.web.desk.notice_forms import NoticeForm, RecallForm, typed_before
from comity.web.desk.notice_view import DONE, detail, row, senders_of
from comity.web.desk.offices import Office

AnyForm = NoticeForm | RecallForm
_STALE = ("state", "changed", "key_reused")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a press on the page of a notice did nothing, with what was typed."""

    sentence: str = ""
    field: str = ""
    reason: str = ""
    status: HTTPStatus = HTTPStatus.OK

    @property
    def errors(self) -> dict[str, str]:
        """The sentence by the field that it is about."""
        return {self.field: self.sentence}


@dataclass(frozen=True, slots=True)
class Page:
    """A form to show: ``written`` has what the rules said to words that were not kept."""

    form: AnyForm
    key: str
    status: HTTPStatus = HTTPStatus.OK
    refusal: str = ""
    written: Written | None = None
    notice: Notice | None = None
    extra: dict[str, Any] = field(default_factory=dict)


def overview(request: HttpRequest, office: Office) -> HttpResponse:
    """What was written, latest first."""
    number = request.GET.get("page")
    page = (
        notices_of_seller(office.seller, number) if office.seller else notices_of_operator(office.marketplace, number)
    )
    context = {
        **office.frame("notices"),
        "now": clock.now(),
        "office": office,
        "page": page,
        "rows": [row(office, notice) for notice in page],
        "new_recall": office.url("recall") if office.writes else "",
        "new_notice": office.url("notice") if office.writes and office.seller else "",
        "done": DONE.get(request.GET.get("done", ""), ""),
    }
    return render(request, "desk/notices.html", context)


def compose(request: HttpRequest, office: Office, form_class: type[AnyForm]) -> HttpResponse:
    """Write a new one."""
    if not office.writes:
        raise NotFound("This role writes no notices.")
    if request.method != "POST":
        initial = {"product": request.GET.get("product", "")[:100]}
        return _form(request, office, Page(form_class(initial=initial, operator=office.is_operator), _new_key()))
    form = form_class(request.POST, operator=office.is_operator)
    return _keep(request, office, Page(form, request.POST.get("key", "")))


def edit(request: HttpRequest, office: Office, notice_id: str) -> HttpResponse:
    """Write a draft again, or what was returned."""
    notice = get_notice(office.staff, notice_id)
    if not office.writes or not notice.is_editable:
        raise NotFound(notice_id)
    form_class: type[AnyForm] = RecallForm if notice.is_recall else NoticeForm
    if request.method != "POST":
        form = form_class(initial=typed_before(notice, _name_of(office, notice)), operator=office.is_operator)
        return _form(request, office, Page(form, _new_key(), notice=notice))
    form = form_class(request.POST, operator=office.is_operator)
    return _keep(request, office, Page(form, request.POST.get("key", ""), notice=notice))


def show(request: HttpRequest, office: Office, notice_id: str) -> HttpResponse:
    """One notice; a press on one of its buttons posts here."""
    if request.method != "POST":
        return _detail(request, office, notice_id, Refusal())
    action = request.POST.get("action", "")
    reason = request.POST.get("reason", "")
    try:
        _act(request, office, notice_id, action)
    except Refused as refused:
        status = HTTPStatus.CONFLICT if refused.code in _STALE else HTTPStatus.UNPROCESSABLE_ENTITY
        return _detail(request, office, notice_id, Refusal(refused.sentence, refused.field, reason, status))
    where = office.url("list") if action == "discard" else office.url("detail", notice_id)
    return HttpResponseRedirect(f"{where}?done={action}")


def _act(request: HttpRequest, office: Office, notice_id: str, action: str) -> None:
    now, staff, posted = clock.now(), office.staff, request.POST
    actions: dict[str, Callable[[], Notice]] = {
        "submit": lambda: submit(staff=staff, notice_id=notice_id, confirmed=posted.get("confirmed", ""), now=now),
        "discard": lambda: discard(staff=staff, notice_id=notice_id, now=now),
        "close": lambda: close(staff=staff, notice_id=notice_id, now=now),
    }
    if isinstance(staff, OperatorStaff):
        seen, reason = posted.get("seen", ""), posted.get("reason", "")
        actions["approve"] = lambda: approve(staff=staff, notice_id=notice_id, seen=seen, now=now)
        actions["return"] = lambda: give_back(staff=staff, notice_id=notice_id, seen=seen, reason=reason, now=now)
    if action not in actions:
        raise Refused("action", "Press one of the buttons of this page.")
    actions[action]()


def _detail(request: HttpRequest, office: Office, notice_id: str, refusal: Refusal) -> HttpResponse:
    now = clock.now()
    notice = get_notice(office.staff, notice_id)
    context = {
        **office.frame("notices"),
        **detail(office, request, notice, now=now),
        "now": now,
        "office": office,
        "list_href": office.url("list"),
        "refusal": refusal,
        "done": DONE.get(request.GET.get("done", ""), ""),
    }
    return render(request, "desk/notice.html", context, status=refusal.status)


def _keep(request: HttpRequest, office: Office, page: Page) -> HttpResponse:
    if not page.form.is_valid():
        return _form(request, office, _again(page, HTTPStatus.UNPROCESSABLE_ENTITY))
    replaces = page.notice.public_id if page.notice else ""
    try:
        written = write_notice(
            staff=office.staff, words=page.form.words(), key=page.key, replaces=replaces, now=clock.now()
        )
    except KeyReused as reused:
        return _form(request, office, _again(page, HTTPStatus.CONFLICT, reused.sentence, key=_new_key()))
    except Refused as refused:
        if refused.field in page.form.fields:
            page.form.add_error(refused.field, refused.sentence)
            return _form(request, office, _again(page, HTTPStatus.UNPROCESSABLE_ENTITY))
        status = HTTPStatus.CONFLICT if refused.code in _STALE else HTTPStatus.UNPROCESSABLE_ENTITY
        return _form(request, office, _again(page, status, refused.sentence))
    if written.notice is None:
        return _form(request, office, _again(page, HTTPStatus.UNPROCESSABLE_ENTITY, written=written))
    return HttpResponseRedirect(f"{office.url('detail', written.notice.public_id)}?done=written")


def _again(page: Page, status: HTTPStatus, refusal: str = "", *, key: str = "", written: Written | None = None) -> Page:
    return Page(page.form, key or page.key, status, refusal, written, page.notice)


def _form(request: HttpRequest, office: Office, page: Page) -> HttpResponse:
    now = clock.now()
    verdict = page.written.verdict if page.written else None
    context = {
        **office.frame("notices"),
        "now": now,
        "office": office,
        "form": page.form,
        "key": page.key,
        "notice": page.notice,
        "refusal": page.refusal,
        "text": page.written.text if page.written else "",
        "findings": verdict.findings if verdict else (),
        "offers": skus_of(office.seller) if office.seller else [],
        "not_yours": [Notice.Kind(kind).label for kind, mine in senders_of(office, now).items() if not mine],
        "back_href": office.url("detail", page.notice.public_id) if page.notice else office.url("list"),
    }
    return render(request, "desk/notice_form.html", context, status=page.status)


def _name_of(office: Office, notice: Notice) -> str:
    """How the office's form names the product: the shop by one of its SKUs, the operator by the product's id."""
    if office.seller is None:
        return str(notice.product.public_id)
    offers = notice.product.listings.filter(seller=office.seller).order_by("pk")
    return str(offers.values_list("sku", flat=True).first() or "")


def _new_key() -> str:
    return new_id("form", clock.now())
