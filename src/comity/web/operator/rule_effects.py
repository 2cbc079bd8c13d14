"""What another rulebook means: what it says differently, and what it would have done to the last messages."""

from collections import Counter
from typing import Any

from django.urls import reverse

from comity.accounts.models import Marketplace
from comity.messaging.selectors.replay import Effect, effect_of
from comity.screening.selectors import Difference, differences
from comity.screening.services import Book
from comity.web.desk.talk import author_name, side_name
from comity.web.operator.rules_view import GROUPS, OUTCOMES, purpose_words
from comity_policy.model import Outcome

LAST = 200  # messages that are decided again to show an effect
_SHOWN = 25  # of those that change; the others unfold
_AROUND = 90  # characters shown before and after the words that the rules are about
_LONGEST = 240  # characters of these


def meaning(marketplace: Marketplace, before: Book, after: Book, *, effect: bool = True) -> dict[str, Any]:
    """What another rulebook says differently, and what it would have done to the last messages. Three queries."""
    found = differences(before, after)
    context: dict[str, Any] = {"differences": [_difference(one) for one in found], "extends": after.extends}
    if not effect:
        return context
    effects = effect_of(before, after, marketplace, last=LAST)
    ways = Counter((one.before, one.after) for one in effects.changed)
    rules = {one.rule for one in found}
    changed = [_changed(marketplace, one) for one in effects.changed]
    return context | {
        "asked": effects.asked,
        "changes": len(changed),
        "ways": [(OUTCOMES[was], OUTCOMES[would], count) for (was, would), count in ways.most_common()],
        "changed": changed[:_SHOWN],
        "more": changed[_SHOWN:],
        "tried": [(rule, count) for rule, count in sorted(effects.tried.items()) if rule in rules],
    }


def _difference(one: Difference) -> dict[str, str]:
    words = OUTCOMES if one.who else {"off": "off", **{key: label.lower() for key, (label, _) in GROUPS.items()}}
    return {
        "title": one.title,
        "what": one.told if one.who else "What it does at most",
        "purpose": purpose_words(one.purpose),
        "who": f"{one.who}s" if one.who else "both",
        "before": words[one.before],
        "after": words[one.after],
    }


def _changed(marketplace: Marketplace, one: Effect) -> dict[str, Any]:
    message, (start, end) = one.message, one.words
    text, author = message.text, author_name(one.message.conversation, one.message)
    party = side_name(message.conversation, message.side)
    return {
        "href": reverse("operator-record", args=[marketplace.slug, message.conversation.public_id]),
        "opening": _cut(text[:start], -_AROUND),
        "words": _cut(text[start:end], _LONGEST),
        "closing": _cut(text[end:], _AROUND),
        "warns": max(one.before, one.after) <= Outcome.WARN,
        "author": author,
        "party": f"the {message.side}" if party == author else party,
        "sent_at": message.sent_at,
        "rules": one.rules,
        "before": OUTCOMES[one.before],
        "after": OUTCOMES[one.after],
    }


def _cut(text: str, length: int) -> str:
    """The first ``length`` characters of ``text``, the last for a negative one: cut between words."""
    if len(text) <= abs(length):
        return text
    return f"… {text[length:].partition(' ')[2]}" if length < 0 else f"{text[:length].rpartition(' ')[0]} …"
