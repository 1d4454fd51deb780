"""Tables for other programs: Parquet files, and a workbook whose numbers are numbers in every language."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from analyzer.data.analysis import Analysis
from analyzer.frontal.results import Frontal
from analyzer.outputs import tables
from analyzer.outputs.frontal import tables as frontal_tables

if TYPE_CHECKING:
    import pandas as pd  # else only where a form is asked for: its import takes a quarter of a second

WIDEST: Final = 48
"""Width of a column of the workbook at most, characters: definitions are longer, and wrap."""


def write_parquet(run: Analysis | Frontal, folder: Path) -> None:
    """Write the tables of a run as Parquet, the types kept: steps, summary, series; or stances, frontal."""
    for name, table in _tables(run).items():
        if name != "columns":
            table.to_parquet(folder / f"{name}.parquet", index=False)


def write_workbook(run: Analysis | Frontal, folder: Path) -> None:
    """Write ``run.xlsx`` with the sheets steps, summary and columns; or stances, frontal and columns."""
    import openpyxl
    import pandas as pd
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = openpyxl.Workbook(write_only=True)
    for name, table in _tables(run).items():
        if name == "series":
            continue
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "B2"
        for i, column in enumerate(table.columns, 1):
            texts = [str(column), *(f"{v:.4g}" if isinstance(v, float) else str(v) for v in table[column])]
            sheet.column_dimensions[get_column_letter(i)].width = min(max(map(len, texts)) + 2, WIDEST)
        head = [WriteOnlyCell(sheet, value=column) for column in table.columns]
        for cell in head:
            cell.font = Font(bold=True)
        sheet.append(head)
        for row in table.itertuples(index=False):
            cells = [WriteOnlyCell(sheet, value=None if pd.isna(value) else value) for value in row]
            for cell in cells:
                if isinstance(cell.value, str):
                    cell.data_type = "s"  # text is text, also where it begins like a formula
            sheet.append(cells)
    book.save(folder / "run.xlsx")


def _tables(run: Analysis | Frontal) -> dict[str, pd.DataFrame]:
    if isinstance(run, Frontal):
        return {
            "stances": frontal_tables.stances_table(run),
            "frontal": frontal_tables.measures_table(run),
            "columns": frontal_tables.columns_table(run),
        }
    return {
        "steps": tables.steps_table(run),
        "summary": tables.summary_table(run),
        "series": tables.series_table(run),
        "columns": tables.columns_table(run),
    }
