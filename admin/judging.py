"""The child of `admin.importing`: judges a stranger's questionnaire with its files, bounded in time and memory.

``python -m admin.judging`` gets a header and bytes, and gives a line of JSON and bytes (`storage.apart`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from time import monotonic

from admin.importing import MOST_XFORM, SECONDS, Finding, Kept, Report, written
from admin.uploads import Sorted, Upload, sort_out
from dialogues import question_types
from dialogues.forms import Compiled, FormError, Problem, compile_xlsform, every_problem, unaskable
from dialogues.forms.problems import Note
from dialogues.forms.reasons import Reason
from dialogues.forms.sheets.accompanying import (
    DATA_TYPES,
    Mentioned,
    mentioned,
    mentioned_in,
    missing,
    read_table,
)
from dialogues.forms.sheets.columns import columns_of, meaning
from dialogues.forms.sheets.differences import differences
from dialogues.forms.sheets.doubting import doubts
from dialogues.forms.sheets.lacking import completeness, spoken
from dialogues.forms.sheets.spreadsheet import as_xlsx
from dialogues.forms.sheets.titles import titles_of
from dialogues.forms.sheets.workbook import Workbook, read_workbook
from dialogues.forms.wording import language_code
from dialogues.texts import NAMES
from storage.apart import asked

_MOST_FINDINGS = 200
_MOST_LETTERS = 400
_DATA = "data"


def judge(
    data: bytes,
    file_type: str,
    name: str,
    language: str = "",
    *,
    files: Iterable[Upload] = (),
    there: Iterable[str] = (),
    is_asked: bool = True,
) -> Report:
    """What is to be said of a questionnaire, without any bound; see `admin.importing.Importer.check`."""
    late = monotonic() + SECONDS / 4  # from then on, the first thing that is wrong has to do
    try:
        given = sort_out(Upload(f"{name}.{file_type}", data), files)
    except FormError as error:
        return Report(problems=_problems(error.problems))
    if file_type == "zip":
        name = given.workbook.name.rpartition("/")[2].rpartition(".")[0]
    tables = {each.name: _Table.of(each) for each in given.files if _ending(each.name) in DATA_TYPES}
    contents = {called: table.content for called, table in tables.items() if not table.problems}
    workbook = given.workbook.content
    try:
        compiled = compile_xlsform(workbook, given.file_type, name=name, files=contents)
        beside = _beside(given, tables, mentioned(compiled.form), frozenset(there))
        return _judged(compiled, given, beside, name, language, is_asked=is_asked)
    except FormError as error:
        found = every_problem(
            workbook, given.file_type, name=name, first=error, files=contents, is_late=lambda: monotonic() > late
        )
        return _refused(found, given, language=language)
    except RecursionError:
        return Report(
            problems=_problems(
                (Problem(None, None, Reason.of("The questionnaire has too many groups within groups.")),)
            )
        )


def _judged(compiled: Compiled, given: Sorted, beside: _Beside, name: str, language: str, *, is_asked: bool) -> Report:
    sheets = read_workbook(given.workbook.content, given.file_type)
    lost, unseen = missing(mentioned(compiled.form), beside.names, sheets)
    problems = [*lost, *beside.problems, *compiled.textless, *_of_whole(compiled, language)]
    if is_asked:
        problems += unaskable(compiled.form, compiled.rows)
    report = Report(
        problems=_problems(sorted(problems, key=_place)),
        notes=_notes((*compiled.notes, *unseen, *beside.notes)),
        lacking=_notes(compiled.lacking),
        differences=_notes(differences(sheets, compiled.form)),
        doubts=_doubts(sheets),
        languages=tuple(completeness(compiled.form.translations).items()),
        questions=sum(map(question_types.is_asked, compiled.form.questions)),
    )
    if report.problems:
        return report
    return replace(
        report,
        xform=compiled.xform,
        titles=titles_of(sheets, name),
        name=name,
        file_type=given.file_type,
        workbook=given.workbook.content,
        files=tuple(beside.kept),
    )


def _refused(found: Iterable[Problem], given: Sorted, *, language: str) -> Report:
    """What stands against a questionnaire of which there is no form, its files and languages among it."""
    problems = list(found)
    try:
        sheets = read_workbook(given.workbook.content, given.file_type)
    except FormError:
        return Report(problems=_problems(problems))
    names = mentioned_in(sheets)
    lost, _ = missing(names, frozenset(filter(None, (names.called(each.name) for each in given.files))), sheets)
    labels = [column.partition("::")[2] for column in columns_of(sheets, "survey") if meaning(column) == "label"]
    if language and labels and all(labels) and language not in map(language_code, labels):
        problems.append(_no_language(language))
    return Report(problems=_problems(sorted([*problems, *lost], key=_place)), doubts=_doubts(sheets))


def _of_whole(compiled: Compiled, language: str) -> Iterator[Problem]:
    if not compiled.form.questions:
        yield Problem("survey", None, Reason.of("The questionnaire has no questions."))
    if len(compiled.xform) > MOST_XFORM:
        yield Problem(
            None, None, Reason.of("The questionnaire has too many texts. Please make several questionnaires of it.")
        )
    if language and not _speaks(compiled, language):
        yield _no_language(language)


def _no_language(language: str) -> Problem:
    column = f"label::{NAMES[language]} ({language})"
    reason = Reason.of(
        "The town’s own language is missing. Please add the column “{column}” to the sheets “survey” and “choices”.",
        column=column,
    )
    return Problem(None, None, reason)


def _speaks(compiled: Compiled, language: str) -> bool:
    """Whether a language is there; a questionnaire with a language without a name is given the benefit of doubt."""
    codes = {language_code(each) for each in spoken(compiled.form.translations)}
    return not codes or bool(codes & {language, "default"})


def _doubts(sheets: Workbook) -> tuple[Finding, ...]:
    late = monotonic() + SECONDS / 8
    return _notes(doubts(sheets, is_late=lambda: monotonic() > late))


# --- files ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Table:
    """A table that came along, in UTF-8, with what is to be said of it if the questionnaire needs it."""

    content: bytes
    notes: tuple[Note, ...] = ()
    problems: tuple[Problem, ...] = ()

    @classmethod
    def of(cls, upload: Upload) -> _Table:
        try:
            return cls(*read_table(upload.name, upload.content))
        except FormError as error:
            return cls(b"", problems=error.problems)


@dataclass(slots=True)
class _Beside:
    """What came along with a questionnaire: what is kept, and what is to be said."""

    kept: list[Kept] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    names: frozenset[str] = frozenset()
    """Those of the files that the questionnaire mentions, whether they can be kept or not."""


def _beside(given: Sorted, tables: Mapping[str, _Table], names: Mentioned, there: frozenset[str]) -> _Beside:
    found = _Beside()
    seen = set(there)
    for upload in given.files:
        called = names.called(upload.name)
        if called is None:
            reason = Reason.of(
                "The questionnaire does not mention the file “{file}”. It was left out.", file=upload.name
            )
            found.notes.append(Note(None, None, reason))
            continue
        seen.add(called)
        if called in names.data:
            _keep_table(found, called, tables.get(upload.name))
        else:
            _keep_medium(found, called, upload.content)
    found.names = frozenset(seen)
    return found


def _keep_table(found: _Beside, called: str, table: _Table | None) -> None:
    if table is None:
        types = ", ".join(DATA_TYPES)
        reason = Reason.of("The file “{file}” is of another type than {types}.", file=called, types=types)
        found.problems.append(Problem(None, None, reason))
        return
    found.notes += table.notes
    found.problems += table.problems
    found.kept.append(Kept(called, _DATA, table.content))


def _keep_medium(found: _Beside, called: str, content: bytes) -> None:
    from admin.media import take_medium  # with all it needs, half a second that few questionnaires cost

    taken = take_medium(content)
    if taken is None:
        reason = Reason.of(
            "The file “{file}” is no picture, sound or film that a chat can show. It was left out.", file=called
        )
        found.notes.append(Note(None, None, reason))
    else:
        found.kept.append(Kept(called, str(taken[0]), taken[1]))


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower()


# --- what is said -----------------------------------------------------------------------------------------------------


def _place(problem: Problem) -> tuple[int, int]:
    return {"survey": 1, "choices": 2}.get(problem.sheet or "", 3 if problem.sheet else 0), problem.row or 0


def _problems(found: Iterable[Problem]) -> tuple[Finding, ...]:
    return _findings((each.sheet, each.row, each.reason) for each in found)


def _notes(found: Iterable[Note]) -> tuple[Finding, ...]:
    return _findings((each.sheet, each.row, each.text) for each in found)


def _findings(found: Iterable[tuple[str | None, int | None, str]]) -> tuple[Finding, ...]:
    listed = [Finding(sheet, row, _short(text)) for sheet, row, text in found]
    return tuple(listed[:_MOST_FINDINGS])


def _short(text: str) -> str:
    return text.shortened(_MOST_LETTERS) if isinstance(text, Reason) else text[:_MOST_LETTERS]


# --- the process ------------------------------------------------------------------------------------------------------


def main() -> None:
    """Read a header and files from the standard input, write what there is to say of them to the standard output."""
    with asked() as (header, source, out):
        uploads = [Upload(name, source.read(size)) for name, size in header["files"]]
        data = source.read()
        if header["task"] == "convert":
            out.write(as_xlsx(data, header["file_type"]))
            return
        report = judge(
            data,
            header["file_type"],
            header["name"],
            header["language"],
            files=uploads,
            there=header["there"],
            is_asked=header["is_asked"],
        )
        out.writelines(written(report, with_workbook=header["file_type"] == "zip"))


if __name__ == "__main__":
    main()
