"""Who sends what: the table in force, what waits for an answer, and the history, the same for both sides."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from comity.accounts.models import OperatorStaff, Seller, Staff
from comity.accounts.selectors.roles import may
from comity.common import clock
from comity.common.errors import Refused
from comity.messaging.models import Agreement, Side
from comity.messaging.selectors.agreements import get_agreement, history_of, message_kinds, proposals_of, table_of
from comity.messaging.services.agreements import accept, decline, propose, side_of, withdraw
from comity.web.desk.notice_forms import ProposalForm

_ANSWERS: Mapping[str, Callable[..., Agreement]] = {"accept": accept, "decline": decline, "withdraw": withdraw}
_DONE = {
    "propose": "Proposed. It counts once the other side has accepted it.",
    "accept": "Accepted. It counts from its day.",
    "decline": "Declined. What holds goes on.",
    "withdraw": "Taken back.",
}


@dataclass(frozen=True, slots=True)
class Table:
    """The seller it is about, who looks at it, the frame of the page; ``routes``: this page and its answers."""

    seller: Seller
    staff: Staff | OperatorStaff
    frame: dict[str, Any]
    routes: tuple[str, str]

    def address(self, agreement: Agreement | None = None) -> str:
        """Where the page stands, or where the answer to ``agreement`` is posted."""
        place = {"marketplace": self.seller.marketplace.slug, "seller": self.seller.public_id}
        if agreement:
            return reverse(self.routes[1], kwargs={**place, "agreement": agreement.public_id})
        return reverse(self.routes[0], kwargs=place)

    def form(self, data: Any = None) -> ProposalForm:
        """The form of a proposal, with the kinds of message that the profile knows."""
        now = clock.now()
        kinds = message_kinds(self.seller.marketplace, now).values()
        return ProposalForm(data, kinds=[(kind.key, kind.label) for kind in kinds], today=now.date())


def show(request: HttpRequest, table: Table) -> HttpResponse:
    """The page; a posted form is a proposal."""
    if request.method != "POST":
        return _render(request, table, table.form())
    form = table.form(request.POST)
    if form.is_valid():
        try:
            propose(seller=table.seller, staff=table.staff, proposal=form.proposal(), now=clock.now())
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.sentence)
        else:
            return HttpResponseRedirect(f"{table.address()}?done=propose")
    return _render(request, table, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def answer(request: HttpRequest, table: Table, agreement_id: str) -> HttpResponse:
    """Accept, decline or take back a proposal; who comes second is told that it was answered (409)."""
    found = get_agreement(table.seller, agreement_id)
    action = request.POST.get("action", "")
    service: Callable[..., Agreement] = _ANSWERS.get(action, _no_answer)
    try:
        service(seller=table.seller, staff=table.staff, agreement_id=found.public_id, now=clock.now())
    except Refused as refused:
        return _render(request, table, table.form(), refusal=refused.sentence, status=HTTPStatus.CONFLICT)
    return HttpResponseRedirect(f"{table.address()}?done={action}")


def _no_answer(**_: Any) -> Agreement:
    raise Refused("action", "Press accept, decline or take back.")


def _render(
    request: HttpRequest,
    table: Table,
    form: ProposalForm,
    *,
    refusal: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    now, seller = clock.now(), table.seller
    rows = table_of(seller, now)
    labels = {row.kind.key: row.kind.label for row in rows}
    history = history_of(seller, request.GET.get("page"))
    context = {
        **table.frame,
        "now": now,
        "shop": seller,
        "table": [{"sender": row, "name": _name(seller, row.party)} for row in rows],
        "proposals": [
            _shown(one, seller, labels) | {"own": one.proposed_side == side_of(table.staff), "href": table.address(one)}
            for one in proposals_of(seller)
        ],
        "history": [_shown(one, seller, labels) for one in history],
        "page": history,
        "manages": may(table.staff, "manage"),
        "form": form,
        "refusal": refusal,
        "done": _DONE.get(request.GET.get("done", ""), ""),
    }
    return render(request, "desk/agreements.html", context, status=status)


def _shown(agreement: Agreement, seller: Seller, labels: dict[str, str]) -> dict[str, Any]:
    return {
        "agreement": agreement,
        "kind": labels.get(agreement.kind, agreement.kind),
        "name": _name(seller, agreement.party),
        "proposer": _name(seller, agreement.proposed_side),
        "look": "delivered" if agreement.state == Agreement.State.ACCEPTED else agreement.state,
    }


def _name(seller: Seller, party: str) -> str:
    return seller.name if party == Side.SELLER else seller.marketplace.name
