"""Whatever the file: it is a questionnaire, or is refused with a reason, soon."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.importing import Importer
from dialogues.forms import FormError, compile_xlsform
from tests.fuzz.files import TABLE, TABLE_PIECES, compound, damaged, packages
from tests.fuzz.trying import bounded, tries


def take(data: bytes, file_type: str) -> None:
    with bounded(), suppress(FormError):
        compile_xlsform(data, file_type, name="x")


@tries(120)
@given(packages())
def test_a_package_with_a_damaged_part_is_taken_or_refused(data: bytes) -> None:
    take(data, "xlsx")


@tries(200)
@given(damaged(st.just(TABLE), TABLE_PIECES), st.sampled_from(["md", "csv"]))
def test_a_damaged_table_is_taken_or_refused(data: bytes, file_type: str) -> None:
    take(data.replace(b"|", b",") if file_type == "csv" else data, file_type)


@tries(150)
@given(
    damaged(st.sampled_from([compound((1, 2, -2)), compound((1, 2, 3, 4, 5, 6, -2))]), (b"\x09\x08", b"\xfe\xff", b""))
)
def test_a_damaged_compound_file_is_refused(data: bytes) -> None:
    with bounded(), pytest.raises(FormError):
        compile_xlsform(data, "xls", name="x")


@pytest.mark.parametrize("small", [(0,), (1, 0), (1, 2, 1)])
def test_a_chain_of_sectors_without_an_end_is_refused(small: tuple[int, ...]) -> None:
    with bounded(), pytest.raises(FormError, match="damaged"):
        compile_xlsform(compound(small), "xls", name="x")


async def test_what_the_reader_of_old_workbooks_remarks_is_no_answer() -> None:
    report = await Importer().check(compound((1, 2, -2), more=b"\0"), "xls", "x")
    assert len(report.problems) == 1
    assert report.trouble is None
