"""form.attachment: files of a kind, number or size that is not taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from comity_policy.model import Attached, Example, Rule, Span
from comity_policy.reading import Reading
from comity_policy.rules._messages_only import messages_only

_PDF = Attached("pdf", 40_000)


def find(reading: Reading, parameters: Mapping[str, Any]) -> Iterator[Span]:
    """Yield the whole draft when its files are not of a kind, number or size that is taken."""
    files = reading.context.attached or ()
    whole = len(reading.draft.text)
    if files and reading.draft.purpose in parameters["without"]:
        yield Span(0, whole, "none")
        return
    odd = sorted({one.kind for one in files} - set(parameters["kinds"]))
    if odd:
        yield Span(0, whole, detail=", ".join(odd))
    elif len(files) > parameters["most"]:
        yield Span(0, whole, "many", str(parameters["most"]))
    elif sum(one.size for one in files) > parameters["bytes"]:
        yield Span(0, whole, "large", f"{parameters['bytes'] // 1_000_000} MB")


RULE = Rule(
    id="form.attachment",
    title="Files that are not taken",
    since="2026.2",
    source=("S60", "S68", "C8"),
    why="A file may carry what its text does not show. Only kinds that can be looked into are passed on.",
    reasons={
        "plain": "Files of this kind are not taken: {}.",
        "none": "No files are taken with a message of this purpose.",
        "many": "Too many files: up to {} are taken.",
        "large": "The files are too large: up to {} are taken together.",
    },
    advice="Send instructions, a warranty or an invoice as a PDF, pictures as JPEG or PNG; leave out the rest.",
    gate=(),
    find=messages_only(find),
    needs=frozenset({"attached"}),
    parameters={"kinds": list, "most": int, "bytes": int, "without": list},
    flagged=(
        Example("«See the file.»", attached=(Attached("exe", 10),)),
        Example("«See the files.»", attached=(_PDF, Attached("zip", 10))),
        Example("«See the files.»", attached=(_PDF,) * 6),
        Example("«See the file.»", attached=(Attached("pdf", 10_000_001),)),
        Example("«See the page.»", attached=(Attached("html", 10),), role="buyer"),
    ),
    accepted=(
        Example("See the file.", attached=(_PDF,)),
        Example("See the files.", attached=(_PDF,) * 5),
        Example("No file.", attached=()),
        Example("A file.zip was not sent."),
        Example("The broken lid.", attached=(Attached("jpeg", 3_000_000),), role="buyer"),
    ),
    known_miss=(Example("«The invoice is in the picture.»", attached=(Attached("png", 10),)),),
)
