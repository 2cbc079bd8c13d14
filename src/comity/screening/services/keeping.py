"""Rulebooks of earlier releases: as they were kept in the database, by the digest that verdicts name."""

import hashlib
import tomllib
from collections.abc import Mapping
from typing import Any

from comity.common.published import Kind, keep, kept
from comity_policy.grammar import read_document
from comity_policy.rulebook import Rulebook, RulebookError, parse_rulebook, rulebook_texts


def keep_rulebooks() -> None:
    """Keep the files of this release in the database. Raises ``RulebookError`` when one cannot be used."""
    keep(Kind.RULEBOOK, rulebook_texts())


def kept_rulebook(digest: str, own: str = "") -> Rulebook:
    """The rulebook with that digest, of what was kept and ``own``, a marketplace's TOML. Raises ``RulebookError``."""
    texts = kept(Kind.RULEBOOK) | {one: text.decode() for one, text in rulebook_texts().items()}
    text = own or texts.get(digest, "")
    if not text:
        raise RulebookError(f"No published rulebook has the digest {digest}.")
    head = tomllib.loads(text)
    name, day = head["name"], head["valid_from"]
    book = parse_rulebook(text.encode(), name=name, valid_from=day, base=lambda _: _below(texts, digest, text))
    if book.digest != digest:
        raise RulebookError(f"{book.name}@{book.valid_from} is not what was published as {digest}.")
    return book


def _below(texts: Mapping[str, str], digest: str, text: str) -> tuple[dict[str, Any], str]:
    """What the book with that digest and text extends: document and digest; the digest of a book names both."""
    base = next((one for one in texts if hashlib.sha256((one + text).encode()).hexdigest() == digest), "")
    if not base:
        raise RulebookError(f"It is not what was published as {digest}, or what it extends was not kept.")
    return read_document(texts[base].encode(), base, lambda _: _below(texts, base, texts[base]))
