"""SST-2 with a validation split like its test split: `python sst2_by_sentence.py SST2 OUT [N]`.

SST2 holds train.tsv and dev.tsv of GLUE, whose training part is every phrase of every sentence, and
whose development part is whole sentences. A validation split drawn by row would be answered from
phrases of its own sentences. OUT gets validation.tsv, N whole sentences drawn at random, train.tsv,
every row that is no part of one of them, and test.tsv, the development part.
"""

import csv
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

N_SENTENCES = 1500
SEED = 1

Row = dict[str, str]
Words = tuple[str, ...]


def main(arguments: Sequence[str]) -> None:
    """Read SST2, write OUT and say how many rows each split has."""
    source, out = Path(arguments[0]), Path(arguments[1])
    n_sentences = int(arguments[2]) if len(arguments) > 2 else N_SENTENCES
    rows = read(source / "train.tsv")
    train, validation = hold_out(rows, n_sentences)
    out.mkdir(parents=True, exist_ok=True)
    for name, own in (
        ("train", train),
        ("validation", validation),
        ("test", read(source / "dev.tsv")),
    ):
        write(out / f"{name}.tsv", own)
        print(f"{name}: {len(own)} rows")


def hold_out(rows: Sequence[Row], n_sentences: int) -> tuple[list[Row], list[Row]]:
    """Part rows so that nothing that is trained on stands in a sentence held out.

    Returns:
        Rows to train on, in their order, and the sentences held out.

    Raises:
        SystemExit: If there are no more sentences than are to be held out.
    """
    whole = sentences(rows)
    if n_sentences >= len(whole):
        raise SystemExit(f"{n_sentences} sentences are asked for, and there are {len(whole)}")
    held = random.Random(SEED).sample(whole, n_sentences)  # noqa: S311 - a sample, not a secret
    seen = {part for row in held for part in parts(words(row))}
    return [row for row in rows if words(row) not in seen], held


def sentences(rows: Sequence[Row]) -> list[Row]:
    """Rows whose text is no part of a longer one, longest first; of equal texts, the first."""
    found: list[Row] = []
    seen: set[Words] = set()
    for row in sorted(rows, key=lambda row: -len(words(row))):
        if words(row) not in seen:
            found.append(row)
            seen.update(parts(words(row)))
    return found


def parts(text: Words) -> Iterator[Words]:
    """Every run of words in a text, the text included."""
    for start in range(len(text)):
        for stop in range(start + 1, len(text) + 1):
            yield text[start:stop]


def words(row: Row) -> Words:
    """Words of a row's text, as the corpus parts them."""
    return tuple(row["sentence"].split())


def read(path: Path) -> list[Row]:
    """Rows of one of GLUE's files."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def write(path: Path, rows: Sequence[Row]) -> None:
    """Write rows as they were read."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("sentence\tlabel\n")
        file.writelines(f"{row['sentence']}\t{row['label']}\n" for row in rows)


if __name__ == "__main__":
    main(sys.argv[1:])
