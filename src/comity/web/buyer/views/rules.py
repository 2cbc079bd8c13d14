"""What may be written here, for everybody to learn from: the rules in force, and one of them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from comity.common import clock
from comity.web.buyer.frame import frame, visitor
from comity.web.buyer.rule_view import languages_of, rule_shown, rules_shown


@require_safe
def rules(request: HttpRequest, marketplace: str) -> HttpResponse:
    """Every rule with what follows from it."""
    market, buyer = visitor(request, marketplace)
    languages = languages_of(request)
    shown = rules_shown(market, language=languages["language"], now=clock.now())
    context = {**frame(request, market, buyer), **languages, "rules": shown}
    return render(request, "buyer/rules.html", context)


@require_safe
def rule(request: HttpRequest, marketplace: str, rule: str) -> HttpResponse:
    """What one rule forbids and why, with examples and what to do instead."""
    market, buyer = visitor(request, marketplace)
    languages = languages_of(request)
    shown = rule_shown(market, rule, language=languages["language"], now=clock.now())
    context = {**frame(request, market, buyer), **languages, "rule": shown}
    return render(request, "buyer/rule.html", context)
