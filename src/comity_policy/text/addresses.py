"""Web and mail addresses as they are written, plain or lightly disguised."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from comity_policy.text.fold import View
from comity_policy.text.patterns import CHARACTER, pattern, span_of

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
    rf"(?P<scheme>\bh(?:tt|xx)ps?://(?:{_USER}+(?::{_USER}*)?@)?)?"
    rf"(?P<host>(?:{_LABEL}(?:\.|\[\.\]|\(\.\)))+(?P<end>[{CHARACTER}][{CHARACTER}-]*[{CHARACTER}])|(?:\d{{1,3}}\.){{3}}\d{{1,3}})"
    r"(?P<port>:\d{2,5})?(?P<path>[/?#][^\s<>\"'“”«»]*)?"
)
_SPELLED = pattern(
    rf"(?P<host>{_LABEL}(?:\s*(?:\(dot\)|\[dot\]|\{{dot\}}|\(punto\)|\[punto\]|\[punkt\]|\(punkt\)|-dot-|\[\.\]|\(\.\)"
    rf"|\bd[o0]t\b|\bpunto\b|\bpunkt\b| \. )\s*{_LABEL}){{1,4}})(?P<path>\s*/\s*[{CHARACTER}/_-]+)?"
)
_SPELLED_DOT = pattern(r"\s*(?:[(\[{](?:dot|punto|punkt|\.)[)\]}]|-dot-|\bd[o0]t\b|\bpunto\b|\bpunkt\b| \. )\s*")
# A host written as a number is an address only after a scheme: IPv6 in brackets (RFC 3986, 3.2.2), and IPv4 in one to
# four decimal, octal or hexadecimal parts, as browsers take it (WHATWG URL, host parsing).
_PART = r"(?:0x[0-9a-f]{1,8}|\d{1,12})"
_NUMBERED = pattern(
    rf"\bh(?:tt|xx)ps?://(?:{_USER}+(?::{_USER}*)?@)?(?P<host>\[[0-9a-f:.]+(?:%[^\]\s]*)?\]|{_PART}(?:\.{_PART}){{0,3}}\b)"
    r"(?::\d{1,5})?(?P<path>[/?#][^\s<>\"'“”«»]*)?"
)
_TRAILING = ".,;:!?)]}'\"*"


@dataclass(frozen=True, slots=True)
class Address:
    """A host with its path, at an original span; ``host`` is folded and has ASCII dots."""

    start: int
    end: int
    host: str
    path: str

    def is_within(self, places: frozenset[str] | tuple[str, ...]) -> bool:
        """Say whether this is one of ``places`` (a host with its subdomains, or a host with a leading path)."""
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
    text = files("comity_policy").joinpath("data/public_suffix_list.dat").read_text("utf-8")
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


def web_addresses(folded: View) -> Iterator[Address]:
    """Yield the web addresses of a text, each once, in no particular order; mail hosts are not among them."""
    found = list(_plain(folded))
    yield from found
    for address in (*_numbered(folded), *_spelled(folded)):
        if not any(address.start < other.end and other.start < address.end for other in found):
            yield address


def _plain(folded: View) -> Iterator[Address]:
    for match in _HOST.finditer(folded.text):
        host, path = _clean_host(match["host"]), (match["path"] or "").rstrip(_TRAILING)
        if _is_web(folded, match, host, path):
            end = span_of(match, "path")[1] - len(match["path"]) + len(path) if path else span_of(match, "host")[1]
            yield Address(*folded.span(match.start(), end), host, path)


def _numbered(folded: View) -> Iterator[Address]:
    for match in _NUMBERED.finditer(folded.text):
        path = (match["path"] or "").rstrip(_TRAILING)
        end = match.end() - len(match["path"] or "") + len(path)
        yield Address(*folded.span(match.start(), end), match["host"], path)


def _clean_host(written: str) -> str:
    return written.replace("[.]", ".").replace("(.)", ".")


def _is_web(folded: View, match: Any, host: str, path: str) -> bool:
    text, start, end = folded.text, match.start(), span_of(match, "host")[1]
    if text[start - 1 : start] in {"@", "&"} or (text[end : end + 1] in {"@", "-"} and not path):
        return False
    if match["scheme"]:
        return True
    if not match["end"] or not is_public_host(host):
        return host.startswith("www.") and bool(match["end"])
    return _has_evidence(folded, match, host, path)


def _has_evidence(folded: View, match: Any, host: str, path: str) -> bool:
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


def _spelled(folded: View) -> Iterator[Address]:
    if (
        "dot" not in folded.text
        and "punkt" not in folded.text
        and "." not in folded.text
        and "punto" not in folded.text
    ):
        return
    for match in _SPELLED.finditer(folded.text):
        host = _SPELLED_DOT.sub(".", match["host"])
        ending = host.rsplit(".", 1)[-1]
        before = folded.text[: match.start()].rstrip()[-1:]
        if "punto de" in match.group():  # Spanish for "point of"
            continue
        if before != "@" and ending in _COMMON and is_public_host(host) and not host.split(".")[-2].isdigit():
            yield Address(*folded.span(*match.span()), host, match["path"] or "")
