"""Who says what to whom about which goods: the dialogues of the demo with their people, before anything exists."""

import random
from dataclasses import dataclass, replace
from typing import Any

CONVERSATIONS = 60
_OWN = 4  # dialogues of the buyer whose sign-in link is printed
_NEXT = 0.7  # hours until a seller writes again, and until that is ruled on
_OLDER = 26.0  # hours by which a dialogue is moved back each time it is used again


@dataclass(frozen=True, slots=True)
class Role:
    """One dialogue: the shop (as the demo file has it), the number of its good, and the buyer's external id."""

    dialogue: dict[str, Any]
    shop: dict[str, Any]
    good: int
    buyer: str


def cast(data: dict[str, Any], chance: random.Random) -> list[Role]:
    """Sixty roles: the first dialogues for one buyer, the others for everybody else, again and again."""
    own, rest = data["dialogues"][:_OWN], data["dialogues"][_OWN:]
    roles = [_role(dialogue, data, number, ["buyer-0"], chance) for number, dialogue in enumerate(own)]
    for number in range(CONVERSATIONS - len(own)):
        again, index = divmod(number, len(rest))
        dialogue = _again(rest[index], again, data["closings"], chance)
        # Who has written about the same thing before would only go on with that conversation.
        before = {role.buyer for role in roles if role.dialogue["topic"] == dialogue["topic"]}
        roles.append(_role(dialogue, data, number, _speakers(dialogue, data, before), chance))
    settled = (number for number, role in enumerate(roles) if _is_settled(role, data))
    for number, ruled in zip(settled, data["ruled"], strict=False):
        roles[number] = _ruled(roles[number], *ruled)
    return roles


def _is_settled(role: Role, data: dict[str, Any]) -> bool:
    """Whether the seller had the last word about an order of the first marketplace, days ago, in English."""
    dialogue = role.dialogue
    here = role.shop["marketplace"] == data["marketplaces"][0]["slug"] and dialogue["subject"] == "order"
    spoken = dialogue.get("language", "en") == "en" and dialogue.get("fulfilment", "seller") == "seller"
    hours, who, _ = dialogue["steps"][-1]
    return bool(here and spoken and hours > _OLDER and who == "seller")


def _ruled(role: Role, words: str, decision: str, reason: str) -> Role:
    """The role with a further message of the seller's, which is held, and what a person ruled on it."""
    last = role.dialogue["steps"][-1][0]
    more = [[last - _NEXT, "seller", words], [last - 2 * _NEXT, decision, reason]]
    return replace(role, dialogue={**role.dialogue, "steps": [*role.dialogue["steps"], *more]})


def _role(
    dialogue: dict[str, Any], data: dict[str, Any], number: int, buyers: list[str], chance: random.Random
) -> Role:
    buyer = chance.choice(buyers)
    if title := dialogue.get("goods"):
        goods = ((shop, good, name) for shop in data["shops"] for good, (name, _, _) in enumerate(shop["goods"]))
        shop, good = next((shop, good) for shop, good, name in goods if name.startswith(title))
        return Role(dialogue, shop, good, buyer)
    # Everybody shops at the first marketplace, and the first half of the buyers everywhere.
    everywhere = int(buyer.removeprefix("buyer-")) < len(data["buyers"]) // 2
    shops = (
        data["shops"]
        if everywhere
        else [shop for shop in data["shops"] if shop["marketplace"] == data["marketplaces"][0]["slug"]]
    )
    return Role(dialogue, shops[number % len(shops)], number % 7, buyer)


def _speakers(dialogue: dict[str, Any], data: dict[str, Any], before: set[str]) -> list[str]:
    """The buyers who speak the dialogue's language and have something new to say; some shop only at the first place."""
    language, title = dialogue.get("language", "en"), dialogue.get("goods", "")
    first = data["marketplaces"][0]["slug"]
    elsewhere = any(
        name.startswith(title) for shop in data["shops"] if shop["marketplace"] != first for name, _, _ in shop["goods"]
    )
    people = data["buyers"][: len(data["buyers"]) // 2] if title and elsewhere else data["buyers"]
    speakers = [f"buyer-{number}" for number, (_, spoken) in enumerate(people) if number and spoken == language]
    return [buyer for buyer in speakers if buyer not in before] or speakers


def _again(dialogue: dict[str, Any], times: int, closings: list[str], chance: random.Random) -> dict[str, Any]:
    """The dialogue, for its second use and later: longer ago, ruled on if held, and answered if open."""
    if not times:
        return {**dialogue, "steps": [*dialogue["steps"], *dialogue.get("lately", [])]}
    shift = times * _OLDER + chance.uniform(0, 9)
    steps = [[hours + shift, who, words] for hours, who, words in dialogue["steps"]]
    asked = steps[-1][1] == "buyer"
    if dialogue.get("held"):
        steps.append([steps[-1][0] - chance.uniform(1, 6), "release" if asked else "return", ""])
    if asked:
        answers = "operator" if dialogue.get("answered_by") == "marketplace" else "seller"
        steps.append([steps[-1][0] - chance.uniform(1, 20), answers, chance.choice(closings)])
    return {**dialogue, "steps": steps}
