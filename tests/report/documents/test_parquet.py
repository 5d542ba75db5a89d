"""Parquet: every digit in SI, kinds as columns, missing numbers null."""

import math
import sys

import pytest

from breakeven.errors import MissingExtraError
from breakeven.report.documents.basis import Basis
from breakeven.report.documents.paper import paper_tables
from breakeven.report.documents.parquet import has_parquet, to_parquet
from breakeven.report.kinds import BADGES
from breakeven.report.tables.table import Cell, Column, Table, missing, words

COLUMNS = (
    Column(name="pathway", title="Pathway"),
    Column(name="energy_j", title="Energy", is_number=True, group="Use"),
    Column(name="n_runs", title="Runs", is_number=True, is_plain=True),
)
ROWS = (
    (
        words("=FT"),
        Cell(text="", value=1 / 3, low=0.25, high=math.inf, badges=(BADGES[0], BADGES[4])),
        Cell(text="", value=2**60),
    ),
    (words("TS"), missing("not measured", hint=""), Cell(text="", value=3)),
)
TABLE = Table(name="made", caption="Made up.", columns=COLUMNS, rows=ROWS)


def test_without_pyarrow_one_sentence_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)

    assert not has_parquet()
    with pytest.raises(MissingExtraError, match=r"made\.parquet needs the extra 'paper'"):
        to_parquet(TABLE)


@pytest.mark.nlp
class TestWritten:
    """With pyarrow, which comes with the extra `nlp` too."""

    def test_numbers_keep_every_digit_and_missing_ones_are_null(self) -> None:
        pa = pytest.importorskip("pyarrow")
        parquet = pytest.importorskip("pyarrow.parquet")
        read = parquet.read_table(pa.BufferReader(to_parquet(TABLE)))

        assert read.to_pylist() == [
            {
                "pathway": "=FT",
                "energy_j": 1 / 3,
                "energy_j_low": 0.25,
                "energy_j_high": math.inf,
                "energy_j_kind": "measured+modelled",
                "n_runs": 2**60,
            },
            {
                "pathway": "TS",
                "energy_j": None,
                "energy_j_low": None,
                "energy_j_high": None,
                "energy_j_kind": None,
                "n_runs": 3,
            },
        ]

    def test_the_schema_types_names_and_titles_its_fields(self) -> None:
        pa = pytest.importorskip("pyarrow")
        parquet = pytest.importorskip("pyarrow.parquet")
        schema = parquet.read_schema(pa.BufferReader(to_parquet(TABLE)))

        assert [str(field.type) for field in schema] == [
            "string",
            "double",
            "double",
            "double",
            "string",
            "int64",
        ]
        assert schema.field("energy_j").metadata[b"title"] == b"Use: Energy"
        assert schema.metadata[b"breakeven.caption"] == b"Made up."

    def test_every_table_of_a_paper_is_written_with_kinds_beside_its_numbers(
        self, attacked: Basis
    ) -> None:
        pa = pytest.importorskip("pyarrow")
        parquet = pytest.importorskip("pyarrow.parquet")
        for table in paper_tables(attacked).values():
            read = parquet.read_table(pa.BufferReader(to_parquet(table)))
            assert read.num_rows == len(table.rows)
            for column in table.columns:
                assert set(column.fields) <= set(read.column_names)
                assert column.is_plain or not column.is_number or len(column.fields) == 4


def test_numbers_in_si_end_in_their_unit_or_the_table_names_it(unstated: Basis) -> None:
    units = ("_s", "_j", "_usd", "_eur", "_bytes", "_kgco2e", "flops", "n_parameters")
    of_units = ("CPU time", "Energy", "Wall-clock time", "Latency", "Peak memory")
    nameless = {
        f"{table.name}.{column.name}"
        for table in paper_tables(unstated).values()
        if "resource" not in {column.name for column in table.columns}
        for column in table.columns
        if column.is_number and column.title.startswith(of_units)
        if not column.name.endswith(units)
    }
    assert nameless <= {"serving.per_correct"}
