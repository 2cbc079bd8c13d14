"""form.language: not in the language that the buyer prefers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from comity_policy.model import Example, Rule, Span
from comity_policy.reading import Reading
from comity_policy.rules._messages_only import messages_only
from comity_policy.rules.form._languages import language_of

_ENGLISH = "We have your lamp here and it will leave when you tell us that you are at home to take it from the driver."
_GERMAN = (
    "Wir haben Ihre Lampe hier und schicken sie ab, wenn Sie uns sagen, dass die Farbe stimmt und nicht geändert wird."
)

# Buyers whose language is not here are told of by its code.
_NAMES = {
    "en": "English",
    "de": "German",
    "es": "Spanish",
    "fr": "French",
    "it": "Italian",
    "pt": "Portuguese",
    "nl": "Dutch",
    "pl": "Polish",
    "sv": "Swedish",
    "tr": "Turkish",
    "ja": "Japanese",
    "zh": "Chinese",
}


def find(reading: Reading, parameters: Mapping[str, Any]) -> Iterator[Span]:  # noqa: ARG001
    """Yield the whole draft when it is surely written in another language than the buyer's."""
    wanted = (reading.context.buyer_language or "")[:2].lower()
    written = language_of(reading.folded.text)
    if written and wanted and written != wanted:
        yield Span(0, len(reading.draft.text), detail=wanted)


RULE = Rule(
    id="form.language",
    title="Not in the buyer's language",
    since="2026.2",
    source=("S25", "S92"),
    why="A buyer who cannot read an answer has none.",
    reasons={"plain": "The buyer prefers another language: {}."},
    names=_NAMES,
    advice="Write in the buyer's language, or short and plainly so that it can be translated.",
    gate=(),
    find=messages_only(find),
    needs=frozenset({"buyer_language"}),
    flagged=(
        Example(f"«{_ENGLISH}»", buyer_language="de"),
        Example(f"«{_GERMAN}»", buyer_language="en-GB"),
        Example(
            "«La lampe est arrivée chez nous et nous vous l'envoyons dans les jours qui viennent avec votre facture.»",
            buyer_language="it",
        ),
        Example(
            "«Hemos mirado su pedido y el paquete está en la oficina, pero puede tardar más por las fiestas.»",
            buyer_language="pt",
        ),
        Example(
            "«Abbiamo controllato il suo ordine e non sono più disponibili gli stessi colori della lampada, ma ci sono altri.»",
            buyer_language="de",
        ),
    ),
    accepted=(
        Example(_ENGLISH, buyer_language="en-GB"),
        Example(_GERMAN, buyer_language="de"),
        _ENGLISH,
        Example("DHL 003404, lamp E27, 2 x 40 W", buyer_language="de"),
        Example("Danke! Best regards, Ann", buyer_language="en"),
    ),
    known_miss=(Example("«Danke, kommt morgen.»", buyer_language="en"),),
)
