"""Somebody's script: answer as many sentences as asked for. Knows no breakeven either."""

import csv
import json
import sys
from itertools import cycle, islice

import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

model_folder, data_folder, n_rows = sys.argv[1:4]

with open(f"{data_folder}/dev.tsv") as file:
    rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
texts = [row["sentence"] for row in islice(cycle(rows), int(n_rows))]
tokenizer = AutoTokenizer.from_pretrained(model_folder)
model = AutoModelForSequenceClassification.from_pretrained(model_folder).eval()
n_real = n_padded = 0
with torch.no_grad():
    for i in range(0, len(texts), 32):
        inputs = tokenizer(texts[i : i + 32], truncation=True, padding=True, return_tensors="pt")
        model(**inputs).logits.argmax(-1)
        n_real += int(inputs["attention_mask"].sum())
        n_padded += inputs["input_ids"].numel()
output = {"n_examples": len(texts), "n_real_tokens": n_real, "n_padded_tokens": n_padded}
with open("result.json", "w") as file:
    json.dump({"output": output}, file)
