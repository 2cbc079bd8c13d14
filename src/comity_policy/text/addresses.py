"""Web and mail addresses as they are written, plain or lightly disguised."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from comity_policy.text.fold import View
from comity_policy.text.patterns import CHARACTER, Match, pattern, span_of
from comity_policy.text.spoken import Spoken

_SUFFIX_LIST = Path(__file__).parents[1] / "data" / "public_suffix_list.dat"
# Names set aside for documentation and tests (RFC 2606, RFC 6761) and for hidden services (RFC 7686).
_RESERVED = frozenset({"example", "test", "invalid", "onion"})
# Endings that are file types first: "photo.zip" is an address only with a scheme, "www" or a path.
_FILE_TYPES = frozenset({"zip", "mov", "md", "py", "sh", "pl", "rs", "ps", "ai", "so", "app", "cab", "mobi", "id"})
# Endings taken without further evidence; others are also words or rare, and need some (see _has_evidence).
_COMMON = frozenset(
    [
        "com",
        "net",
        "org",
        "shop",
        "store",
        "biz",
        "info",
        "eu",
        "io",
        "de",
        "fr",
        "uk",
        "nl",
        "pl",
        "ch",
        "ru",
        "cn",
        "jp",
        "ca",
        "au",
        "br",
        "se",
        "dk",
        "fi",
        "cz",
        "pt",
        "gr",
        "hu",
        "ie",
        "nz",
        "mx",
        "online",
        "xyz",
        "site",
        "website",
        "co",
        "tv",
        "club",
        "example",
        "ly",
        "ee",
        "top",
    ]
)

_LABEL = rf"[{CHARACTER}](?:[{CHARACTER}_-]*[{CHARACTER}])?"
_USER = rf"[{CHARACTER}._~%+-]"
_HOST = pattern(
    rf"(?P<scheme>\bh(?:tt|xx|\*\*)ps?://(?:{_USER}+(?::{_USER}*)?@)?)?"
    rf"(?P<host>(?:{_LABEL}(?:\.|\[\.\]|\(\.\)))+(?P<end>[{CHARACTER}][{CHARACTER}-]*[{CHARACTER}])|(?:\d{{1,3}}\.){{3}}\d{{1,3}})"
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
    for match in _HOST.finditer(folded.text):
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
    if not match["end"] or not is_public_host(host):
        return host.startswith("www.") and bool(match["end"])
    return _has_evidence(folded, match, host, path)


def _has_evidence(folded: View, match: Match, host: str, path: str) -> bool:
    """Tell an address from a missing space ("arrived.It"), a file name or a number ("5.com")."""
    labels = host.split(".")
    ending = labels[-1]
    if labels[0] == "www" or len(path) > 1:
        return True
    if ending in _FILE_TYPES or (labels[-2].isdigit() and len(labels[-2]) < 3):
        return False
    after_dot = folded.starts[span_of(match, "end")[0]]
    written = folded.original[after_dot : after_dot + 2]
    if written[:1].isupper() and not written.isupper():
        return False
    return ending in _COMMON or len(labels) > 2 or _is_cued(folded.text[: match.start()]) or "-" in host


_CUE = pattern(
    r"\b(?:visit|website|site|www|online|web|url|link|page|shop at|go to|head to|see us|find us)\b[^.!?\n]{0,20}$"
)


def _is_cued(before: str) -> bool:
    return bool(_CUE.search(before[-40:]))


# "www lind de": the dots were left out. "lind,com": commas for dots. "lindatcom": glued together.
_WITHOUT_DOTS = pattern(
    rf"\bwww[ .,]+(?P<host>[{CHARACTER}][{CHARACTER}-]+[ ,]+(?:[a-z]{{2,3}}[ ,])?[a-z]{{2,6}})\b(?P<path>/\S+)?"
)
_COMMAS = pattern(r"\b(?P<host>[a-z0-9][a-z0-9-]{2,},(?:com|net|org|shop|store|info|co,uk))\b(?P<path>/\S+)?")
_GLUED = pattern(r"\b(?P<host>[a-z0-9-]{4,}dot(?:com|net|org|shop|store))\b(?P<path>/\S+)?")
_BACKWARDS = pattern(r"\b(?P<host>(?:moc|ten|gro|ku\.oc|ed)\.[a-z0-9.-]+\.www|moc\.[a-z0-9-]{4,})\b(?P<path>/\S+)?")


def _apart(view: View) -> Iterator[Address]:
    """Yield addresses whose dots are commas, words glued to their neighbours or left out, and some from the back."""
    text = view.text
    rows = [(_COMMAS, ",")] if "," in text else []
    rows += [(_WITHOUT_DOTS, " ")] if "www" in text else []
    rows += [(_GLUED, "dot")] if "dot" in text else []
    for wanted, separator in rows:
        for match in wanted.finditer(text):
            host = ".".join(match["host"].replace(",", " ").split()) if separator != "dot" else match["host"]
            host = host.replace("dot", ".") if separator == "dot" else host
            if host.rsplit(".", 1)[-1] in _COMMON and is_public_host(host):
                yield Address(*view.span(*match.span()), host, match["path"] or "")
    for match in _BACKWARDS.finditer(text) if "moc." in text or ".www" in text else ():
        if is_public_host(host := match["host"][::-1]):
            yield Address(*view.span(*match.span()), host, "")


# Endings that are ordinary words after "punto" or "point": "il punto di ritiro", "el punto es".
_WORDS_AFTER_POINT = frozenset({"de", "es", "co", "ch", "ee", "se", "me", "in", "to", "top", "is", "it"})


_SHORTEST_SAID = 3  # "le point com" is a terminal


def _said(said: Spoken) -> Iterator[Address]:
    """Yield addresses with a dot that is said in words or written round about."""
    if not said.told:
        return
    for match in _HOST.finditer(said.view.text):
        start, end = match.span()
        host, path = _clean_host(match["host"]), (match["path"] or "").rstrip(_TRAILING)
        if not match["end"] or not said.is_told(start, end) or said.view.text[start - 1 : start] in {"@", "&"}:
            continue
        if said.view.text[span_of(match, "host")[1] :][:1] == "@" or host.split(".")[-2].isdigit():
            continue
        ending = host.rsplit(".", 1)[-1]
        if host.count(".") == 1 and host.index(".") < _SHORTEST_SAID:
            continue
        clear = bool(path) or "-" in host or host.count(".") > 1 or ending not in _WORDS_AFTER_POINT
        if ending in _COMMON | {"es", "it"} and is_public_host(host) and (clear or _is_bracketed(said, match)):
            yield Address(*said.view.span(start, end - len(match["path"] or "") + len(path)), host, path)


def _is_bracketed(said: Spoken, match: Match) -> bool:
    """Say whether the last dot was written between brackets or as "dot", which nobody says of a point."""
    dot = span_of(match, "end")[0] - 1
    before, after = said.view.starts[dot - 1], said.view.starts[dot + 1]
    between = said.view.original[before:after]
    return any(sign in between for sign in '()[]{}<>"*') or "d" in between.lower()
