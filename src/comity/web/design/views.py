"""The pattern book, its pretended check, and light or dark."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from comity.web.account.gate import same_site
from comity.web.design import samples, work_samples

_YEAR = 365 * 24 * 3600  # seconds


@require_safe
def design(request: HttpRequest) -> HttpResponse:
    """Every component in its states, with invented data and a fixed ``now``."""
    return render(request, "design.html", samples.everything() | work_samples.everything())


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The three panes of a seller or of the marketplace; one at a time on a phone."""
    return render(request, "design_desk.html", samples.desk())


@require_safe
def talk(request: HttpRequest) -> HttpResponse:
    """A buyer's conversation: what was said, the next step, the composer, the rest."""
    return render(request, "design_talk.html", samples.desk())


@require_POST
def sample_check(request: HttpRequest) -> HttpResponse:
    """What a live check answers: the sample's words are found wherever they are typed on the pattern book."""
    return JsonResponse(samples.check(request.POST.get("text", "")))


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep ``theme`` (light, dark; anything else: as the device has it) in a cookie and lead back to ``next``."""
    response = HttpResponseRedirect(same_site(request.POST.get("next", "")) or "/")
    chosen = request.POST.get("theme")
    if chosen in ("light", "dark"):
        response.set_cookie("theme", chosen, max_age=_YEAR, samesite="Lax", secure=request.is_secure(), httponly=True)
    else:
        response.delete_cookie("theme", samesite="Lax")
    return response
