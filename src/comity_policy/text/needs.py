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
from functools import lru_cache
from math import fsum, prod
from pathlib import Path
from typing import NamedTuple

SHIPPED = Path(__file__).with_name("needs.json")

# A node is (kind, value): "exact" one of some texts, "branch" alternatives that are not exact, "some" a part that
# must be there among others, "any" whatever. In exact texts _EDGE stands for \b and a space for any non-word.
_EDGE = "\x01"
_FOREIGN = "\x80"  # the need for a character outside ASCII
_MOST = 48  # exact texts kept for one stretch of a pattern
_MOST_GROUPS = 4
_MOST_WAYS = 40  # ways in which one pattern may match, told apart where that makes it rarer
_WORDS = 3  # words of one exact text that are asked for
_SIGNS = frozenset("@#%*")  # signs that are needs of their own
_OFTEN = 0.02  # a share of sentences that is too many
_NEARLY_ALWAYS = 0.25  # a share of sentences so large that asking tells nothing
# How often messages have a word: "25 adresse agora" says that each stands in 25 of 10,000 sentences.
_COMMON = Path(__file__).with_name("common_words.txt")
_UNIT = 10_000
_RARE, _SIGN_SHARE = 0.0003, 0.05  # of a word that is not named there, and of a sign
_LEAST_GAIN = 0.9  # what telling alternatives apart has to bring, else it only lengthens the table
_WORD = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
Group = frozenset[str]
Node = tuple[str, object]
Row = tuple[Node, ...]


Way = tuple[Group, ...]


class Needs(NamedTuple):
    """The ways in which a pattern can match. One word of every group of one way must be in a text in which it does.

    The rarest group of a way comes first. No ways: nothing can be said, and the pattern may match any text.
    ``is_common``: a way begins with a word that stands in so many texts that the pattern may as well be asked at once.
    """

    ways: tuple[Way, ...]
    is_common: bool = False


def needs(pattern: str) -> Needs:
    """Return what ``pattern`` (RE2 syntax, lower case) needs.

    Working it out takes milliseconds, so for the patterns of the package it is shipped.
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
    rows = list(_parse(pattern))
    while grown := min(_grown(rows), key=_expected, default=None):
        if _expected(grown) >= _LEAST_GAIN * _expected(rows):
            break
        rows = grown
    ways = {_way(row) for row in rows}
    if () in ways:
        return Needs(())
    ordered = tuple(sorted(ways, key=lambda way: [sorted(group) for group in way]))
    return Needs(ordered, any(_share(need) > _OFTEN for way in ordered for need in way[0]))


def _way(row: Row) -> Way:
    """Return the groups that ``row`` needs, rarest first; none when nothing can be said."""
    found = set(_row_groups(row, left=False, right=False))
    ordered = sorted(found, key=lambda one: (_weight(one), sorted(one)))[:_MOST_GROUPS]
    return tuple(group for at, group in enumerate(ordered) if at == 0 or _weight(group) < _NEARLY_ALWAYS)


def _grown(rows: list[Row]) -> Iterator[list[Row]]:
    """Yield ``rows`` with the alternatives of one place of the likeliest row told apart, for each of its places."""
    index = max(range(len(rows)), key=lambda at: _likely(_way(rows[at])))
    row = rows[index]
    for place, (kind, value) in enumerate(row):
        if kind == "branch":
            told = [(*row[:place], *inner, *row[place + 1 :]) for inner in value]  # type: ignore[attr-defined]
            if len(rows) + len(told) <= _MOST_WAYS:
                yield [*rows[:index], *told, *rows[index + 1 :]]


def _expected(rows: list[Row]) -> float:
    """Return about how often a text has the words of one of ``rows``."""
    return sum(_likely(_way(row)) for row in rows)


@lru_cache(maxsize=1 << 16)
def _likely(way: Way) -> float:
    return prod(map(_weight, way))


def digest(pattern: str) -> str:
    """Return the name of ``pattern`` in the shipped table."""
    return hashlib.blake2s(pattern.encode(), digest_size=10).hexdigest()


def packed(patterns: Iterable[str]) -> str:
    """Return the table of what ``patterns`` need, as it is shipped: JSON, every group once."""
    found = {digest(pattern): worked_out(pattern) for pattern in patterns}
    groups = sorted({tuple(sorted(group)) for one in found.values() for way in one.ways for group in way})
    places = {group: place for place, group in enumerate(groups)}
    table = {
        name: [one.is_common, [[places[tuple(sorted(group))] for group in way] for way in one.ways]]
        for name, one in sorted(found.items())
    }
    return json.dumps({"groups": groups, "patterns": table}, separators=(",", ":")) + "\n"


@lru_cache(maxsize=1)
def _shipped() -> dict[str, Needs]:
    if not SHIPPED.exists():
        return {}
    table = json.loads(SHIPPED.read_bytes())
    groups = [frozenset(group) for group in table["groups"]]
    return {
        name: Needs(tuple([tuple([groups[place] for place in way]) for way in ways]), is_common)
        for name, (is_common, ways) in table["patterns"].items()
    }


def holds(word: str, need: str) -> bool:
    """Say whether ``word`` satisfies one need, for tests and for words seen for the first time."""
    bare = need.strip("^$")
    if need[0] == "^":
        return word == bare if need[-1] == "$" else word.startswith(bare)
    return word.endswith(bare) if need[-1] == "$" else bare in word


def _weight(group: Group) -> float:
    """Return in about what share of sentences a group is met; a wrong guess costs time and nothing else."""
    return min(1.0, fsum(map(_share, group)))  # the same in whatever order


@lru_cache(maxsize=1 << 16)
def _share(need: str) -> float:
    """Return in about what share of sentences a word satisfies ``need``."""
    if need[0] != "^" and len(need) == 1:
        return _SIGN_SHARE
    words = _common()
    if need[0] == "^" and need[-1] == "$":
        return words.get(need[1:-1], _RARE)
    return _RARE + sum(share for word, share in words.items() if holds(word, need))


@lru_cache(maxsize=1)
def _common() -> dict[str, float]:
    lines = [line.split() for line in _COMMON.read_text().splitlines()]
    return {word: int(share) / _UNIT for share, *words in lines for word in words}


# --- reading a pattern ---------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def _parse(pattern: str) -> tuple[Row, ...]:
    """Return the alternatives of ``pattern``, each a row of nodes."""
    branches: list[Row] = []
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


def _groups(rows: tuple[Row, ...], *, left: bool, right: bool) -> Iterator[Group]:
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


def _row_groups(row: Row, *, left: bool, right: bool) -> Iterator[Group]:
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
    """Yield the groups of the rarest word of each of ``texts``, the next rarest, and so on; none if one has none."""
    told = [_tokens(text, left=left, right=right) for text in texts]
    if all(told):
        for rank in range(min(_WORDS, max(map(len, told), default=0))):
            yield frozenset(tokens[min(rank, len(tokens) - 1)] for tokens in told)


def _tokens(text: str, *, left: bool, right: bool) -> list[str]:
    """Return the words of ``text``, the one that tells most first."""
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
    return sorted(dict.fromkeys(found), key=_share)
