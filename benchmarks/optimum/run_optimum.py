"""optimum-benchmark 0.6.0 by its documented Python calls, in its own environment.

Its generator draws random token ids of a shape. One that returns given ids takes its place, so
that both tools compute on the same; this module is imported again by the child that measures.
"""

import json
import os
import sys
from pathlib import Path

ASKED = json.loads(Path(os.environ["ASKED"]).read_text())
os.environ["LOG_TO_FILE"] = "0"

import torch
from optimum_benchmark import (
    Benchmark,
    BenchmarkConfig,
    InferenceConfig,
    ProcessConfig,
    PyTorchConfig,
)
from optimum_benchmark.generators import input_generator


class Given:
    def __init__(self, shapes, with_labels):
        pass

    def __call__(self):
        ids = torch.tensor(ASKED["ids"])
        return {"input_ids": ids, "attention_mask": torch.ones_like(ids)}


input_generator.TASKS_TO_GENERATORS["text-classification"] = Given
input_generator.MODEL_TYPE_TO_GENERATORS.pop("bert", None)


def main():
    config = BenchmarkConfig(
        name="same",
        launcher=ProcessConfig(),
        scenario=InferenceConfig(
            iterations=ASKED["n_batches"],
            duration=0,
            warmup_runs=ASKED["n_warmup"],
            input_shapes={"batch_size": len(ASKED["ids"]), "sequence_length": len(ASKED["ids"][0])},
        ),
        backend=PyTorchConfig(
            model=ASKED["model"],
            task="text-classification",
            library="transformers",
            device="cpu",
            intra_op_num_threads=1,
            inter_op_num_threads=1,
        ),
    )
    forward = Benchmark.launch(config).to_dict()["forward"]
    print(
        json.dumps(
            {
                "throughput": forward["throughput"]["value"],
                "n_batches": forward["latency"]["count"],
            }
        )
    )


if __name__ == "__main__":
    sys.exit(main())
