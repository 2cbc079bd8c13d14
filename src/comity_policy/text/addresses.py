"""Web and mail addresses as they are written, plain or lightly disguised."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from comity_policy.text.fold import View
from comity_policy.text.patterns import CHARACTER, Match, pattern, span_of
from comity_policy.text.spoken import Spoken

_SUFFIX_LIST = Path(__file__).parents[1] / "data" / "public_suffix_list.dat"
# Names set aside for documentation and tests (RFC 2606, RFC 6761) and for hidden services (RFC 7686).
_RESERVED = frozenset({"example", "test", "invalid", "onion"})
with Path(__file__).with_name("hosts.toml").open("rb") as _file:
    HOSTS: Mapping[str, Mapping[str, list[str]]] = tomllib.load(_file)
_COMMON = frozenset(HOSTS["endings"]["common"])
_FILE_TYPES = frozenset(HOSTS["endings"]["files"])
_WORDS = frozenset(HOSTS["endings"]["words"])
_FILE_NAMES = frozenset(HOSTS["endings"]["file_names"])
_SHORTEST_BESIDE_FILES = 5  # letters of a name before an ending that is a file type as well

_LABEL = rf"[{CHARACTER}](?:[{CHARACTER}_-]*[{CHARACTER}])?"
_USER = rf"[{CHARACTER}._~%+-]"
_HOST = pattern(
    rf"(?P<scheme>\bh(?:tt|xx|\*\*)ps?(?: ?: ?/ ?/ ?|[:/]{{1,2}}| )(?:{_USER}+(?::{_USER}*)?@)?)?"
    rf"(?P<host>(?:\d{{1,3}}\.){{3}}\d{{1,3}}\b|(?:{_LABEL}(?:\.|\[\.\]|\(\.\)))+(?P<end>[{CHARACTER}][{CHARACTER}-]*[{CHARACTER}]))"
    r"(?P<port>:\d{2,5})?(?P<path>[/?#][^\s<>\"'“”«»]*)?"
)
# A host written as a number is an address only after a scheme: IPv6 in brackets (RFC 3986, 3.2.2), and IPv4 in one to
# four decimal, octal or hexadecimal parts, as browsers take it (WHATWG URL, host parsing).
_PART = r"(?:0x[0-9a-f]{1,8}|\d{1,12})"
_NUMBERED = pattern(
    rf"\bh(?:tt|xx)ps?://(?:{_USER}+(?::{_USER}*)?@)?(?P<host>\[[0-9a-f:.]+(?:%[^\]\s]*)?\]|{_PART}(?:\.{_PART}){{0,3}}\b)"
    r"(?::\d{1,5})?(?P<path>[/?#][^\s<>\"'“”«»]*)?"
)
_LONGEST_AUTHORITY = 300  # characters after the host in which an "@" is looked for; a host name has at most 253
_TRAILING = ".,;:!?)]}'\"*"


@dataclass(frozen=True, slots=True)
class Address:
    """A host with its path, at an original span; ``host`` is folded and has ASCII dots.

    ``clear``: it leads where it seems to. Not so with look-alike letters in the host, with a name and "@" before the
    real host, or with a second address in the path, to which the first may send on.
    """

    start: int
    end: int
    host: str
    path: str
    clear: bool = True

    def is_within(self, places: frozenset[str] | tuple[str, ...]) -> bool:
        """Say whether this clearly is one of ``places`` (a host with its subdomains, or a host with a leading path)."""
        if not self.clear:
            return False
        here = self.host + self.path
        for place in places:
            host, slash, path = place.partition("/")
            same_host = self.host == host or self.host.endswith("." + host)
            if same_host and (not slash or here.split("/", 1)[-1].startswith(path)):
                return True
        return False


@lru_cache(maxsize=1)
def _suffixes() -> frozenset[str]:
    """Return the rules of the public suffix list's ICANN section, wildcards without their star."""
    text = _SUFFIX_LIST.read_text("utf-8")
    icann = text.split("// ===END ICANN DOMAINS===", 1)[0]
    rules = (line.split()[0] for line in icann.splitlines() if line and not line.startswith("//"))
    return frozenset(rule.removeprefix("*.").removeprefix("!") for rule in rules)


def is_public_host(host: str) -> bool:
    """Say whether ``host`` has a known ending and a name of its own before it."""
    labels = host.split(".")
    known = labels[-1] in _RESERVED or _shown(labels[-1]) in _suffixes()
    return known and len(labels) > 1 and host not in _suffixes()


def _shown(ending: str) -> str:
    """Return an ending as the list writes it: "xn--p1ai" as the letters it stands for."""
    try:
        return ending.encode("ascii").decode("idna") if ending.startswith("xn--") else ending
    except UnicodeError:
        return ending


def web_addresses(folded: View, said: Spoken) -> Iterator[Address]:
    """Yield the web addresses of a text, each once, in no particular order; mail hosts are not among them."""
    taken = bytearray(len(folded.original))
    for address in _plain(folded):
        taken[address.start : address.end] = b"\x01" * (address.end - address.start)
        yield address
    for address in (*_numbered(folded), *_apart(said.view), *_said(said)):
        if not any(taken[address.start : address.end]):
            yield address


def _plain(folded: View) -> Iterator[Address]:
    hosts = _HOST.finditer(folded.text)
    for match in hosts:
        host, path = _clean_host(match["host"]), (match["path"] or "").rstrip(_TRAILING)
        if _is_web(folded, match, host, path):
            end = span_of(match, "path")[1] - len(match["path"]) + len(path) if path else span_of(match, "host")[1]
            yield Address(*folded.span(match.start(), end), host, path, _is_clear(folded, match))


# What ends the part of an address that names the host; a backslash does in browsers, and hides the rest from people.
_AUTHORITY = pattern(r"[^/?#\s<>\"'“”«»]*")
_SECOND = pattern(r"://|%3a%2f%2f|=(?:https?|www\.|//)")


def _is_clear(folded: View, match: Match) -> bool:
    start, end = span_of(match, "host")
    first, last = folded.span(start, end)
    rest = _AUTHORITY.search(folded.text[end : end + _LONGEST_AUTHORITY])
    spoofed = "@" in folded.text[match.start() : end] or (rest is not None and "@" in rest.group())
    return folded.original[first:last].isascii() and not spoofed and not _SECOND.search(match["path"] or "")


def _numbered(folded: View) -> Iterator[Address]:
    for match in _NUMBERED.finditer(folded.text):
        path = (match["path"] or "").rstrip(_TRAILING)
        end = match.end() - len(match["path"] or "") + len(path)
        yield Address(*folded.span(match.start(), end), match["host"], path)


def _clean_host(written: str) -> str:
    return written.replace("[.]", ".").replace("(.)", ".")


def _is_web(folded: View, match: Match, host: str, path: str) -> bool:
    text, start, end = folded.text, match.start(), span_of(match, "host")[1]
    if text[start - 1 : start] in {"@", "&"} or (text[end : end + 1] in {"@", "-"} and not path):
        return False
    if match["scheme"]:
        return True
    if not match["end"] or match["end"].isdigit():
        return _is_numbered_host(_before(text, start), host, path, match["port"])
    if not is_public_host(host):
        return host.startswith("www.")
    return _has_evidence(folded, match, host, path)


def _is_numbered_host(before: str, host: str, path: str, port: str | None) -> bool:
    """Say whether four numbers are a host: "1.1.1.1/pay", "go to 185.31.204.9"."""
    octets = host.split(".")
    if len(octets) != 4 or not all(octet.isdigit() and int(octet) < 256 for octet in octets):
        return False
    return bool(port) or path[1:3].isalpha() or _is_cued(before)


def _has_evidence(folded: View, match: Match, host: str, path: str) -> bool:
    """Tell an address from a missing space ("arrived.It"), a file name or a number ("5.com")."""
    labels = host.split(".")
    ending = labels[-1]
    if labels[0] == "www" or len(path) > 1:
        return True
    if (ending in _FILE_TYPES and _is_file(folded.text, match, labels)) or (
        labels[-2].isdigit() and len(labels[-2]) < 3
    ):
        return False
    after_dot = folded.starts[span_of(match, "end")[0]]
    written = folded.original[after_dot : after_dot + 2]
    if written[:1].isupper() and not written.isupper():
        return False
    return ending in _COMMON or len(labels) > 2 or _is_cued(_before(folded.text, match.start())) or "-" in host


# A catalogue is downloaded from a shop too: "download" tells nothing.
_OF_FILES = pattern(
    r"\b(?:files?|adobe|illustrator|formats?|attach\w*|upload\w*|vectors?|svg|eps|pdf|"
    r"dateien|datei|fichiers?|archivos?|arquivos?)\b"
)
_AROUND = 30  # characters beside a name in which such a word tells of a file


def _is_file(text: str, match: Match, labels: list[str]) -> bool:
    name, ending = labels[-2], labels[-1]
    named = ending in _COMMON and len(name) >= _SHORTEST_BESIDE_FILES and name not in _FILE_NAMES
    if not named or len(labels) > 2 or "_" in name:
        return True
    start, end = match.span()
    return bool(_OF_FILES.search(f"{text[max(0, start - _AROUND) : start]} {text[end : end + _AROUND]}"))


_CUE = pattern(
    r"\b(?:visit|website|site|www|online|web|url|link|page|shop at|go to|head to|see us|find us)\b[^.!?\n]{0,20}$"
)


_CUE_WITHIN = 40  # characters


def _before(text: str, start: int) -> str:
    """Return what stands before ``start``, as far as it is read for a cue."""
    return text[max(0, start - _CUE_WITHIN) : start]


def _is_cued(before: str) -> bool:
    return bool(_CUE.search(before))


# "www lind de": the dots were left out. "lind,com": other signs for dots. "lindatcom": glued together. "lind .com".
_WITHOUT_DOTS = pattern(
    rf"\bwww[ .,]+(?P<host>[{CHARACTER}][{CHARACTER}-]+[ ,]+(?:[a-z]{{2,3}}[ ,])?[a-z]{{2,6}})\b(?P<path>/\S+)?"
)
_COMMAS = pattern(
    r"\b(?P<host>[a-z0-9][a-z0-9-]{2,}[,;*|~^=](?:com|net|org|shop|store|info|co[,*|]uk))\b(?P<path>/\S+)?"
)
_GLUED = pattern(r"\b(?P<host>[a-z0-9-]{4,}dot(?:com|net|org|shop|store|xyz|info|biz|online))\b(?P<path>/\S+)?")
_GAPPED = pattern(
    r"\b(?P<host>[a-z0-9-]{2,}(?:\s{1,2}\.(?:com|net|org|co\.uk|de|fr|eu|io|ru|ee|ly)|\.\s{1,2}(?:com|co\.uk)))\b"
    r"(?P<path>\s?/\s?[a-z0-9]\S*)?"
)
_BACKWARDS = pattern(r"\b(?P<host>(?:moc|ten|gro|ku\.oc|ed)\.[a-z0-9.-]+\.www|moc\.[a-z0-9-]{4,})\b(?P<path>/\S+)?")


def _with_dots(written: str, signs: str) -> str:
    """Return a host whose dots were written as one of ``signs``, or have blanks beside them."""
    for sign in signs:
        written = written.replace(sign, ".")
    return ".".join(written.replace(".", " ").split())


def _is_gapped(view: View, match: Match, host: str) -> bool:
    """Tell "lind .com" from "the .com fort" and from "it shows. Com cable", in which a sentence ends."""
    name, ending = host.split(".", 1)
    after_dot = view.starts[span_of(match, "host")[1] - len(ending)]
    return (len(name) >= _SHORTEST_GAPPED or bool(match["path"])) and not view.original[after_dot].isupper()


_SHORTEST_GAPPED = 4


def _apart(view: View) -> Iterator[Address]:
    """Yield addresses whose dots are commas, words glued to their neighbours or left out, and some from the back."""
    text = view.text
    rows = [(_COMMAS, ",;*|~^=")] if "com" in text or "," in text else []
    rows += [(_WITHOUT_DOTS, " ,")] if "www" in text else []
    rows += [(_GLUED, "dot")] if "dot" in text else []
    rows += [(_GAPPED, "")] if " ." in text or "\n." in text or ". co" in text else []
    for wanted, signs in rows:
        for match in wanted.finditer(text):
            host = match["host"].replace("dot", ".") if signs == "dot" else _with_dots(match["host"], signs)
            if signs == "" and not _is_gapped(view, match, host):
                continue
            if host.rsplit(".", 1)[-1] in _COMMON and is_public_host(host):
                yield Address(*view.span(*match.span()), host, match["path"] or "")
    for match in _BACKWARDS.finditer(text) if "moc." in text or ".www" in text else ():
        yield Address(*view.span(*match.span()), match["host"][::-1], "")


_SHORTEST_SAID = 3  # "le point com" is a terminal


def _said(said: Spoken) -> Iterator[Address]:
    """Yield addresses with a dot that is said in words or written round about."""
    if not said.told and len(said.view.text) == len(said.view.original):
        return
    for match in _HOST.finditer(said.view.text):
        start, end = match.span()
        host, path = _clean_host(match["host"]), (match["path"] or "").rstrip(_TRAILING)
        told = said.is_told(start, end) or _is_spelled(said.view, match)
        if not told or said.view.text[start - 1 : start] in {"@", "&"}:
            continue
        if said.view.text[span_of(match, "host")[1] :][:1] != "@" and _is_said_host(said, match, host, path):
            span = said.view.span(start, end - len(match["path"] or "") + len(path))
            yield Address(*span, host, path, _is_as_written(said.view, span, host))


_FEWEST_BLANKS = 4  # in a host whose letters are parted


def _is_spelled(view: View, match: Match) -> bool:
    """Say whether the letters of a host are parted by blanks or signs: "l i n d . c o . u k"."""
    start, end = view.span(*match.span("host"))
    return end - start >= len(match["host"]) + _FEWEST_BLANKS


def _is_said_host(said: Spoken, match: Match, host: str, path: str) -> bool:
    before = _before(said.view.text, match.start())
    if not match["end"] or match["end"].isdigit():
        return bool(match["scheme"]) or _is_numbered_host(before, host, path, match["port"])
    if match["scheme"] or (host.startswith("www.") and host.count(".") > 1):
        return True
    if not is_public_host(host) or host.split(".")[-2].isdigit():
        return False
    short = host.count(".") == 1 and host.index(".") < _SHORTEST_SAID and not path
    return not short and _is_told_clearly(said, match, host, path, before)


def _is_told_clearly(said: Spoken, match: Match, host: str, path: str, before: str) -> bool:
    """Tell an address from words between which "point", "punto" or a full stop between blanks stands."""
    ending = host.rsplit(".", 1)[-1]
    common = ending in _COMMON | {"es", "it"}
    if said.signs(*match.span()) > 1 and "-" in host:
        return True
    if _is_bracketed(said, match) or (path and ending in _COMMON):
        return common or bool(path)
    whole = "-" in host or host.split(".")[-2] in {"com", "co"} or ending not in _WORDS
    return common and (whole or _is_cued(before))


def _is_as_written(view: View, span: tuple[int, int], host: str) -> bool:
    """Say whether the letters of ``host`` are those that were written; a name seen through proves nothing."""
    written = view.original[span[0] : span[1]].lower()
    return written.isascii() and all(label in written for label in host.split("."))


def _is_bracketed(said: Spoken, match: Match) -> bool:
    """Say whether the last dot was written between brackets or as "dot", which nobody says of a point."""
    dot = span_of(match, "end")[0] - 1
    before, after = said.view.starts[dot - 1], said.view.starts[dot + 1]
    between = said.view.original[before:after]
    return any(sign in between for sign in '()[]{}<>"*') or "d" in between.lower()
