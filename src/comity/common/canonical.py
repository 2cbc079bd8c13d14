"""One way to write a value as text, so that digests and signatures of equal values are equal."""

import json
from collections.abc import Mapping, Sequence

_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode
Json = str | int | bool | None | Sequence["Json"] | Mapping[str, "Json"]


def canonical(value: Json) -> str:
    """``value`` as ASCII JSON with sorted keys and no spaces. Raises ``ValueError`` for what JSON cannot say."""
    return _encode(value)
