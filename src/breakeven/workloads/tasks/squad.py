"""SQuAD: questions on paragraphs with all their answers, from the JSON of version 1.1."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from breakeven.errors import DataFileError
from breakeven.workloads.tasks.columns import Row, checked
from breakeven.workloads.tasks.form import Answers
from breakeven.workloads.tasks.lines import Line, Refuse


def read_squad(path: Path, lines: Iterator[Line], refuse: Refuse) -> Iterator[Row]:
    """Yield one row per question; its line is the question's number in the file.

    An answer must stand in the context where it says it begins.

    Raises:
        DataFileError: If the file is not SQuAD's JSON.
    """
    try:
        articles = json.loads("\n".join(text for _, text in lines))["data"]
        asked = [
            (paragraph["context"], question)
            for article in articles
            for paragraph in article["paragraphs"]
            for question in paragraph["qas"]
        ]
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise DataFileError(
            f"{path}: not the JSON of SQuAD v1.1 ({error!r}): data, paragraphs, context and qas "
            "were expected; convert the file, or use JSON lines with question, context and answers"
        ) from error
    for number, (context, question) in enumerate(asked, start=1):
        try:
            row = _row(context, question, where=f"{path}:question {number}", number=number)
        except DataFileError as error:
            refuse(error)
            continue
        yield row


def _row(context: str, question: Mapping[str, Any], *, where: str, number: int) -> Row:
    answers = question.get("answers")
    if not answers:
        raise DataFileError(
            f"{where}: no answer; questions without one (SQuAD v2) are not supported, drop them "
            "or set malformed: skip"
        )
    label = Answers(
        texts=tuple(str(answer["text"]) for answer in answers),
        starts=tuple(int(answer["answer_start"]) for answer in answers),
    )
    row = Row(text=str(question["question"]), pair=context, label=label, line=number)
    return checked(row, where=where, has_pair=True)
