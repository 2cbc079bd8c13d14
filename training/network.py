"""The network of the second reader while it learns: the packaged encoder, and what it says of each sentence."""

from __future__ import annotations

from typing import Any

from training.encoder import Encoder
from training.learn import needed

torch = needed("torch", "train-reader")
nn, functional = torch.nn, torch.nn.functional
Module: Any = nn.Module
WIDTH, HEADS, INNER = 384, 12, 1536
FIXED = 6  # layers at the bottom that do not learn: what they make of a passage is worked out once
_CLOSE = 1e-12


class Layer(Module):  # type: ignore[misc]
    """One layer of the encoder."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.asked = nn.Linear(WIDTH, 3 * WIDTH)
        self.told = nn.Linear(WIDTH, WIDTH)
        self.told_norm = nn.LayerNorm(WIDTH, _CLOSE)
        self.up = nn.Linear(WIDTH, INNER)
        self.down = nn.Linear(INNER, WIDTH)
        self.down_norm = nn.LayerNorm(WIDTH, _CLOSE)
        self.drop = nn.Dropout(dropout)

    def forward(self, x: Any, mask: Any) -> Any:
        count, length, _ = x.shape
        query, key, value = (
            part.view(count, length, HEADS, WIDTH // HEADS).transpose(1, 2) for part in self.asked(x).chunk(3, dim=-1)
        )
        seen = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        x = self.told_norm(x + self.drop(self.told(seen.transpose(1, 2).reshape(count, length, WIDTH))))
        return self.down_norm(x + self.drop(self.down(functional.gelu(self.up(x)))))


class Network(Module):  # type: ignore[misc]
    """Tokens to, for each sentence, the log odds that it breaks a rule and what speaks for each rule."""

    def __init__(self, vocabulary: int, longest: int, layers: int, rules: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.words = nn.Embedding(vocabulary, WIDTH)
        self.places = nn.Embedding(longest, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, _CLOSE)
        self.layers = nn.ModuleList(Layer(dropout) for _ in range(layers))
        self.drop = nn.Dropout(dropout)
        self.sentence = nn.Linear(WIDTH, 1 + rules)
        self.message = nn.Linear(WIDTH, 1)

    def below(self, tokens: Any, mask: Any) -> Any:
        """Return what the lower layers, which do not learn, make of ``tokens``."""
        x = self.norm(self.words(tokens) + self.places.weight[: tokens.shape[1]])
        for layer in self.layers[:FIXED]:
            x = layer(x, mask)
        return x

    def above(self, x: Any, mask: Any, pool: Any) -> tuple[Any, Any]:
        """Return what is said of sentences and of messages; ``pool`` has a row a sentence that sums to one."""
        for layer in self.layers[FIXED:]:
            x = layer(x, mask)
        pooled = pool @ x.reshape(-1, WIDTH)
        return self.sentence(self.drop(pooled)), self.message(self.drop(x[:, 0])).squeeze(-1)

    def forward(self, tokens: Any, mask: Any, pool: Any) -> tuple[Any, Any]:
        return self.above(self.below(tokens, mask), mask, pool)

    def learning(self) -> list[Any]:
        """Return the weights that learn, but for those of the two heads."""
        return [*self.layers[FIXED:].parameters()]

    def heads(self) -> list[Any]:
        return [*self.sentence.parameters(), *self.message.parameters()]


def begun(encoder: Encoder, chosen: list[int], longest: int, layers: list[int], rules: int) -> Network:
    """Return a network with the weights of the encoder, for the pieces ``chosen``."""
    network = Network(len(chosen), longest, len(layers), rules)
    stored = encoder.tensors
    kind = stored["emb.type"][:WIDTH]
    state = {
        "words.weight": tensor(encoder.words(chosen, WIDTH)),
        "places.weight": tensor(stored["emb.pos"].reshape(-1, WIDTH)[:longest] + kind),
        "norm.weight": tensor(stored["emb.ln.w"]),
        "norm.bias": tensor(stored["emb.ln.b"]),
    }
    for at, layer in enumerate(layers):
        state |= {f"layers.{at}.{name}": value for name, value in _layer(encoder, f"l{layer}").items()}
    network.load_state_dict(state, strict=False)  # the heads begin by chance
    return network


def tensor(array: Any) -> Any:
    return torch.tensor(array, dtype=torch.float32)


def _layer(encoder: Encoder, name: str) -> dict[str, Any]:
    """Return the weights of one layer by our names."""
    stored, parts = encoder.tensors, [f"{name}.{part}" for part in "qkv"]
    state = {
        "asked.weight": torch.cat([tensor(encoder.rows(f"{part}.w", WIDTH)) for part in parts]),
        "asked.bias": torch.cat([tensor(stored[f"{part}.b"]) for part in parts]),
    }
    for ours, theirs, width in (("told", "ao", WIDTH), ("up", "fi", WIDTH), ("down", "fo", INNER)):
        state[f"{ours}.weight"] = tensor(encoder.rows(f"{name}.{theirs}.w", width))
        state[f"{ours}.bias"] = tensor(stored[f"{name}.{theirs}.b"])
    for ours, theirs in (("told_norm", "aln"), ("down_norm", "oln")):
        state[f"{ours}.weight"] = tensor(stored[f"{name}.{theirs}.w"])
        state[f"{ours}.bias"] = tensor(stored[f"{name}.{theirs}.b"])
    return state
