"""Profiles and rulebooks as they were published, kept by the digest that decisions name.

Files come with a release and may be gone or read otherwise with the next one. What a process starts with is therefore
kept in the database, once for each digest, and never changed: a decision finds what it was made under for ever.
"""

from collections.abc import Mapping

from comity.common.models import Published

Kind = Published.Kind


def keep(kind: str, texts: Mapping[str, bytes]) -> None:
    """Keep ``texts``, UTF-8, by their digests; what is kept already stays. Two queries, or one."""
    known = set(Published.objects.filter(kind=kind).values_list("digest", flat=True))
    missing = [digest for digest in texts if digest not in known]
    rows = [Published(kind=kind, digest=digest, text=texts[digest].decode()) for digest in missing]
    if rows:
        Published.objects.bulk_create(rows, ignore_conflicts=True)


def kept(kind: str) -> dict[str, str]:
    """All that was ever published of that kind, by digest, the first one first. One query."""
    return dict(Published.objects.filter(kind=kind).order_by("pk").values_list("digest", "text"))
