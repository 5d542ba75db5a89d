"""Somebody's script: fine-tune a sentence classifier on part of a data set. Knows no breakeven."""

import csv
import json
import random
import sys

import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

model_folder, data_folder, n_rows, out_folder = sys.argv[1:5]


def read(name):
    with open(f"{data_folder}/{name}.tsv") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def batches(rows):
    for i in range(0, len(rows), 32):
        texts = [row["sentence"] for row in rows[i : i + 32]]
        labels = torch.tensor([int(row["label"]) for row in rows[i : i + 32]])
        yield tokenizer(texts, truncation=True, padding=True, return_tensors="pt"), labels


random.seed(1)
torch.manual_seed(1)
train, test = random.sample(read("train"), int(n_rows)), read("dev")
tokenizer = AutoTokenizer.from_pretrained(model_folder)
model = AutoModelForSequenceClassification.from_pretrained(model_folder, num_labels=2)
optimizer = torch.optim.AdamW(model.parameters(), lr=5e-5)
for inputs, labels in batches(train):
    model(**inputs, labels=labels).loss.backward()
    optimizer.step()
    optimizer.zero_grad()
model.eval().save_pretrained(out_folder)
tokenizer.save_pretrained(out_folder)

with torch.no_grad():
    answers = [(model(**inputs).logits.argmax(-1) == gold) for inputs, gold in batches(test)]
n_correct = int(torch.cat(answers).sum())
score = {"value": n_correct / len(test), "n_examples": len(test), "n_correct": n_correct}
result = {"scores": {"accuracy": score}, "output": {"n_examples": len(train)}}
result |= {"n_parameters": model.num_parameters(), "n_labelled_examples": len(train)}
with open("result.json", "w") as file:
    json.dump(result, file)
