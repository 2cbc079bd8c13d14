"""phishing.not_plain: a mail that should be plain text and is not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from comity_policy.model import Attached, Example, Rule, Span
from comity_policy.reading import Reading
from comity_policy.rules.form.markup import MARKUP


def find(reading: Reading, parameters: Mapping[str, Any]) -> Iterator[Span]:
    """Yield markup in a mail, and the whole mail for a file of a suspect kind."""
    if not reading.context.by_mail:
        return
    for wanted in MARKUP:
        yield from reading.parts(wanted)
    odd = sorted({one.kind for one in reading.context.attached or ()} & set(parameters["suspect"]))
    if odd:
        yield Span(0, len(reading.draft.text), "file", ", ".join(odd))


RULE = Rule(
    id="phishing.not_plain",
    title="Mail that is more than plain text",
    since="2026.2",
    source=("S68", "C8"),
    why="Mail from buyers is plain text. Pictures, forms and programs in it are how accounts are stolen.",
    reasons={
        "plain": "This mail holds markup; mail from here is plain text.",
        "file": "This mail brings a file that may do harm: {}.",
    },
    advice="Do not open files and do not follow links in it; answer here when you know who wrote.",
    gate=(),
    find=find,
    needs=frozenset({"by_mail"}),
    parameters={"suspect": list},
    flagged=(
        Example("Hello «<img src='http://x.example/a.gif'>»", role="buyer", by_mail=True),
        Example("«<form action='http://x.example'>» Name:", role="buyer", by_mail=True),
        Example("«See the file.»", role="buyer", by_mail=True, attached=(Attached("exe", 10),)),
        Example("Look «![lamp](http://x.example/lamp.png)»", role="buyer", by_mail=True),
        Example("«<object data='a.swf'>»", role="buyer", by_mail=True),
    ),
    accepted=(
        Example("Where is my lamp?", role="buyer", by_mail=True),
        Example("Hello <img src='a.gif'>", role="buyer", by_mail=False),
        Example("Hello <img src='a.gif'>", role="buyer"),
        Example("This is how it looks.", role="buyer", by_mail=True, attached=(Attached("jpeg", 10),)),
        Example("It is < 3 cm and > 2 cm.", role="buyer", by_mail=True),
    ),
    known_miss=(Example("«The lamp is in the picture that my nephew sends.»", role="buyer", by_mail=True),),
)
