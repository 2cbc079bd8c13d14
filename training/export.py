"""From the network that has learnt to the one file that the second reader reads: whole numbers of eight bits."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from training.learn import needed
from training.network import Module, Network

onnx, torch = needed("onnx", "train-reader"), needed("torch", "train-reader")
quantization = needed("onnxruntime.quantization", "train-reader")


class _Alone(Module):  # type: ignore[misc]
    """The network as it reads one window: nothing to mask, and what speaks for the message as one number."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, tokens: Any, pool: Any) -> tuple[Any, Any]:
        said: tuple[Any, Any] = self.network(tokens, None, pool)
        return said


def exported(network: Network, about: Mapping[str, Any]) -> bytes:
    """Return the file of ``network``; ``about`` is kept beside its weights."""
    with tempfile.TemporaryDirectory() as folder:
        plain, small = Path(folder) / "plain.onnx", Path(folder) / "small.onnx"
        tokens, pool = torch.zeros(1, 9, dtype=torch.long), torch.ones(2, 9)
        torch.onnx.export(
            _Alone(network.eval()),
            (tokens, pool),
            str(plain),
            input_names=["tokens", "pool"],
            output_names=["sentences", "message"],
            dynamic_axes={"tokens": {1: "length"}, "pool": {0: "many", 1: "length"}, "sentences": {0: "many"}},
            opset_version=17,
            dynamo=False,
        )
        # Unsigned weights: without newer instructions signed ones are added up in too few bits.
        quantization.quantize_dynamic(
            plain,
            small,
            op_types_to_quantize=["MatMul", "Gather"],
            per_channel=True,
            weight_type=quantization.QuantType.QUInt8,
        )
        model = onnx.load(str(small))
    entry = model.metadata_props.add()
    entry.key, entry.value = "about", json.dumps(about, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    data: bytes = model.SerializeToString(deterministic=True)
    return data
