r"""What a text must hold before a pattern can match it: sets of words of which one each has to be there.

Asking hundreds of patterns costs more than everything else, so a pattern is asked only where its words stand.
The words are read out of the pattern itself: ``\b(?:send|give)\b.*\bcode\b`` needs "send" or "give", and
"code". A word is a run of ASCII letters, digits and "_", as ``\\b`` has it. It may have to be whole, begin
with something, end with it or only hold it, written ``^code$``, ``^bewertung``, ``mail$`` and ``mail``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

SHIPPED = Path(__file__).with_name("needs.json")

# A node is (kind, value): "exact" one of some texts, "branch" alternatives that are not exact, "some" a part that
# must be there among others, "any" whatever. In exact texts _EDGE stands for \b and a space for any non-word.
_EDGE = "\x01"
_FOREIGN = "\x80"  # the need for a character outside ASCII
_MOST = 48  # exact texts kept for one stretch of a pattern
_MOST_GROUPS = 4
_SIGNS = frozenset("@#")  # signs that are needs of their own
_MARKS = frozenset("^@#\x80")
_SHORT = 4
_OFTEN = 12.0  # weight of the twenty commonest words, and of a few letters that may stand anywhere
_WORD = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
# The commonest words of messages, commonest first: a need for one of them says little.
_COMMON_WORDS = """
the you it a i and is for to in on your of s with t one we that if can at please no my so from this me have order as
not or by be d ve m are there was do our two us has only all back don ll about send here like page hello 2 review 5
but refund need hi 3 what good return dear new re out would thank up before will just days number 1 now sorry same an
then first they box right them see 4 could take want says card shop get left parcel yes tell after when off know still
label go free way been got 12 listing come keep three more today cm orders how under day price both write too put
leave pay should time 20 through marketplace thanks name does asked since because nothing post next goes other its
again which until small any u also than money de la le que un en e et il est por para con per der die und ich das ist
mit ein sie nicht pour vous je les des pas une mi su el los lo una di che si non o os da em um uma nao com se
"""
_COMMON = {word: rank for rank, word in enumerate(_COMMON_WORDS.split())}
Group = frozenset[str]
Node = tuple[str, object]


@dataclass(frozen=True, slots=True)
class Needs:
    """One word of every group must be in a text in which the pattern matches; the rarest group comes first."""

    groups: tuple[Group, ...]


def needs(pattern: str) -> Needs:
    """Return what ``pattern`` (RE2 syntax, lower case) needs; no groups when nothing can be said.

    Working it out takes about a millisecond, so for the patterns of the package it is shipped.
    """
    known = _shipped().get(digest(pattern))
    if known is not None:
        return known
    return Needs(()) if _is_beyond(pattern) else worked_out(pattern)


# What is not read here: flags, quoted stretches, named classes, letters by their number, repeats without a least.
_BEYOND = ("(?i", "(?s", "(?m", "(?U", "(?-", "\\Q", "[[:", "[^[:", "[\\]", "[^\\]", "{,")


def _is_beyond(pattern: str) -> bool:
    """Say whether ``pattern`` is written in a way that is not read, so that nothing can be said of its words."""
    by_number = any(
        before == "\\" and (sign in "01234567" or (sign == "x" and after != "{"))
        for before, sign, after in zip(pattern, pattern[1:], pattern[2:] + " ", strict=False)
    )
    return by_number or any(sign in pattern for sign in _BEYOND)


def worked_out(pattern: str) -> Needs:
    """Return what ``pattern`` needs, read out of the pattern itself."""
    found = set(_groups(_parse(pattern), left=False, right=False))
    # Words that may stand inside others say little when they are short.
    telling = {group for group in found if all(need[0] in _MARKS or len(need) > _SHORT for need in group)}
    ordered = sorted(telling or found, key=lambda one: (_weight(one), sorted(one)))
    return Needs(tuple(ordered[:_MOST_GROUPS]))


def digest(pattern: str) -> str:
    """Return the name of ``pattern`` in the shipped table."""
    return hashlib.blake2s(pattern.encode(), digest_size=10).hexdigest()


def packed(patterns: Iterable[str]) -> str:
    """Return the table of what ``patterns`` need, as it is shipped: JSON, every group once."""
    found = {digest(pattern): worked_out(pattern).groups for pattern in patterns}
    groups = sorted({tuple(sorted(group)) for needed in found.values() for group in needed})
    places = {group: place for place, group in enumerate(groups)}
    table = {name: [places[tuple(sorted(group))] for group in needed] for name, needed in sorted(found.items())}
    return json.dumps({"groups": groups, "patterns": table}, separators=(",", ":")) + "\n"


@lru_cache(maxsize=1)
def _shipped() -> dict[str, Needs]:
    if not SHIPPED.exists():
        return {}
    table = json.loads(SHIPPED.read_bytes())
    groups = [frozenset(group) for group in table["groups"]]
    return {name: Needs(tuple(groups[place] for place in places)) for name, places in table["patterns"].items()}


def is_anchored(pattern: str) -> bool:
    """Say whether ``pattern`` asks for the beginning or the end of a text; sometimes also when it does not."""
    bare = pattern.replace("[^", "").replace("\\^", "").replace("\\$", "")
    return "^" in bare or bare.endswith("$") or "$)" in bare or "$|" in bare


def holds(word: str, need: str) -> bool:
    """Say whether ``word`` satisfies one need, for tests and for words seen for the first time."""
    bare = need.strip("^$")
    if need[0] == "^":
        return word == bare if need[-1] == "$" else word.startswith(bare)
    return word.endswith(bare) if need[-1] == "$" else bare in word


def is_common(group: Group) -> bool:
    """Say whether a word of ``group`` stands in so many texts that a pattern may as well be asked at once."""
    return any(_token_weight(need) > _OFTEN for need in group)


def _weight(group: Group) -> float:
    """Return about how often a group is met; it only orders groups, so a wrong guess costs time and nothing else."""
    return sum(_token_weight(token) for token in group)


def _token_weight(token: str) -> float:
    bare = token.strip("^$")
    if token in _SIGNS or token == _FOREIGN:
        return 10.0
    loose = 3.0 if len(bare) > 3 else 30.0
    whole = token[0] == "^" and token[-1] == "$"
    return 1.0 + 300.0 / (_COMMON.get(bare, 300) + 4) if whole else loose


# --- reading a pattern ---------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def _parse(pattern: str) -> tuple[tuple[Node, ...], ...]:
    """Return the alternatives of ``pattern``, each a row of nodes."""
    branches: list[tuple[Node, ...]] = []
    row: list[Node] = []
    at = 0
    while at < len(pattern):
        if pattern[at] == "|":
            branches.append(tuple(row))
            row, at = [], at + 1
            continue
        node, at = _node(pattern, at)
        repeat, at = _repeat(pattern, at)
        row.append(_repeated(node, repeat))
    branches.append(tuple(row))
    return tuple(branches)


def _node(pattern: str, at: int) -> tuple[Node, int]:
    character = pattern[at]
    if character == "(":
        end = _closing(pattern, at)
        inner = pattern[at + 1 : end]
        if inner.startswith("?"):
            inner = inner[inner.index(">" if inner.startswith("?P<") else ":") + 1 :]
        return _group_node(inner), end + 1
    if character == "[":
        end = _class_end(pattern, at)
        return _class_node(pattern[at + 1 : end]), end + 1
    if character == "\\":
        return _escape(pattern, at)
    if character in ".^$":
        return ("any", None), at + 1
    return ("exact", (character if character in _WORD | _SIGNS or character >= "\x80" else " ",)), at + 1


def _group_node(inner: str) -> Node:
    rows = _parse(inner)
    texts: set[str] = set()
    for row in rows:
        product: Iterable[str] | None = {""}
        for kind, value in row:
            product = _cross(product, value) if kind == "exact" and product is not None else None
            if product is None or len(texts) > 8 * _MOST:
                return ("branch", rows)
        texts |= set(product or ())
    return ("exact", tuple(sorted(texts)))


def _cross(left: Iterable[str], right: object) -> set[str] | None:
    product = {one + two for one in left for two in right}  # type: ignore[attr-defined]
    return product if len(product) <= 8 * _MOST else None


def _closing(pattern: str, at: int) -> int:
    depth = 0
    while True:
        character = pattern[at]
        if character == "\\":
            at += 1
        elif character == "[":
            at = _class_end(pattern, at)
        elif character == "(":
            depth += 1
        elif character == ")":
            depth -= 1
            if not depth:
                return at
        at += 1


def _class_end(pattern: str, at: int) -> int:
    at += 2 if pattern[at + 1] == "^" else 1
    at += 1  # a "]" that comes first is a member
    while pattern[at] != "]":
        at += 2 if pattern[at] == "\\" else 1
    return at


def _class_node(inside: str) -> Node:
    if inside[0] == "^" or "\\" in inside or "-" in inside[1:-1] or not inside.isascii():
        return ("any", None)
    members = {one if one in _WORD else " " for one in inside}
    return ("exact", tuple(sorted(members))) if len(members) <= 6 else ("any", None)


def _escape(pattern: str, at: int) -> tuple[Node, int]:
    kind = pattern[at + 1]
    if kind == "x" and pattern[at + 2] == "{":
        end = pattern.index("}", at)
        character = chr(int(pattern[at + 3 : end], 16))
        return ("exact", (character if character >= "\x80" or character in _WORD else " ",)), end + 1
    if kind in "pP":
        return ("any", None), (pattern.index("}", at) + 1 if pattern[at + 2] == "{" else at + 3)
    if kind == "b":
        return ("exact", (_EDGE,)), at + 2
    if kind == "s":
        return ("exact", (" ",)), at + 2
    return (("any", None) if kind.isalnum() else ("exact", (" ",))), at + 2


def _repeat(pattern: str, at: int) -> tuple[tuple[bool, bool], int]:
    """Return whether a node may be left out and whether it may come again, and where the pattern goes on."""
    optional = again = False
    if pattern[at : at + 1] in {"?", "*", "+"}:
        optional, again = pattern[at] in "?*", pattern[at] in "*+"
        at += 1
    elif pattern[at : at + 1] == "{":
        end = pattern.index("}", at)
        low, comma, high = pattern[at + 1 : end].partition(",")
        optional, again = int(low) == 0, bool(comma and high != low) or int(low) > 1
        at = end + 1
    else:
        return (False, False), at
    return (optional, again), at + (pattern[at : at + 1] == "?")


def _repeated(node: Node, repeat: tuple[bool, bool]) -> Node:
    optional, again = repeat
    kind, value = node
    if again and not (kind == "exact" and all(not one.strip(" ") for one in value)):  # type: ignore[attr-defined]
        return ("any", None) if optional else ("some", node)
    if not optional:
        return node
    return ("exact", ("", *value)) if kind == "exact" else ("any", None)  # type: ignore[misc]


# --- what its nodes need -------------------------------------------------------------------------------------------


def _groups(rows: tuple[tuple[Node, ...], ...], *, left: bool, right: bool) -> Iterator[Group]:
    """Yield the groups that every one of ``rows`` needs; ``left`` and ``right`` say whether a word ends there."""
    if len(rows) == 1:
        yield from _row_groups(rows[0], left=left, right=right)
        return
    union: set[str] = set()
    for row in rows:
        best = min(_row_groups(row, left=left, right=right), key=_weight, default=None)
        if best is None:
            return
        union |= best
    yield frozenset(union)


def _row_groups(row: tuple[Node, ...], *, left: bool, right: bool) -> Iterator[Group]:
    run: set[str] = {""}
    begun = left
    for index, (kind, value) in enumerate(row):
        if kind == "exact":
            product = {one + two for one in run for two in value}  # type: ignore[attr-defined]
            if len(product) <= _MOST:
                run = product
                continue
            yield from _flush(run, left=begun, right=_begins(value))
            begun, run = _ends(run, before=begun), set(value)  # type: ignore[call-overload]
            continue
        after = row[index + 1] if index + 1 < len(row) else None
        bounded = right if after is None else after[0] == "exact" and _begins(after[1])
        yield from _flush(run, left=begun, right=False)
        if kind == "branch":
            yield from _groups(value, left=_ends(run, before=begun), right=bounded)  # type: ignore[arg-type]
        elif kind == "some":
            yield from _groups(((value,),), left=False, right=False)  # type: ignore[arg-type]
        run, begun = {""}, False
    yield from _flush(run, left=begun, right=right)


def _begins(texts: object) -> bool:
    """Say whether whatever stands before ``texts`` ends there as a word."""
    return all(text and text[0] not in _WORD for text in texts)  # type: ignore[attr-defined]


def _ends(texts: Iterable[str], *, before: bool) -> bool:
    return all(text[-1] not in _WORD if text else before for text in texts)


def _flush(texts: Iterable[str], *, left: bool, right: bool) -> Iterator[Group]:
    """Yield the group of one word for each of ``texts``; nothing when one of them has none."""
    tokens = set()
    for text in texts:
        token = _token(text, left=left, right=right)
        if token is None:
            return
        tokens.add(token)
    yield frozenset(tokens)


def _token(text: str, *, left: bool, right: bool) -> str | None:
    """Return the word of ``text`` that tells most."""
    found = [sign for sign in (*_SIGNS, _FOREIGN) if sign in text or (sign == _FOREIGN and not text.isascii())]
    at, size = 0, len(text)
    while at < size:
        if text[at] not in _WORD:
            at += 1
            continue
        end = at
        while end < size and text[end] in _WORD:
            end += 1
        begins, ends = at > 0 or left, end < size or right
        found.append(("^" if begins else "") + text[at:end] + ("$" if ends else ""))
        at = end
    return min(found, key=_token_weight, default=None)
