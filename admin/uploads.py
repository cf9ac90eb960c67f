"""What somebody hands over as a questionnaire: a spreadsheet, its files, or one .zip of both; sorted out by name.

Runs in the child of `admin.importing`, the only process that opens a .zip. Judges no content but that of packages.
"""

from __future__ import annotations

import io
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dialogues.forms import FormError
from dialogues.forms.problems import refusal
from dialogues.forms.sheets.workbook import MAX_FILE

MOST_FILES = 300
"""Files of a questionnaire, those of a .zip among them."""
MOST_BYTES = 50_000_000
"""Of all that is handed over, packed and unpacked."""
MOST_OF_ONE = 20_000_000
"""Bytes of one file: what Telegram takes of a bot is more, what people with little data want is less."""
_MOST_NAME = 100
_WORKBOOKS = ("xlsx", "xls", "md")
_SHEETS = (b"survey", b"choices", b"settings")
_NOBODY_MADE = ("__macosx", ".ds_store", "thumbs.db", "desktop.ini")
_ENCRYPTED = 0x1


@dataclass(frozen=True, slots=True)
class Upload:
    """A file with its name: a stranger's, until `clean_name` has seen it."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Sorted:
    """A questionnaire's workbook, and the files beside it under clean names."""

    workbook: Upload
    file_type: str
    files: tuple[Upload, ...]


def sort_out(workbook: Upload, files: Iterable[Upload]) -> Sorted:
    """What is the questionnaire, and what belongs to it.

    Raises:
        FormError: there is none, or several; a .zip is damaged, too large or protected; two files have one name.
    """
    inside: list[Upload] = []
    for each in files:
        inside += _unpacked(each.content) if _type(each.name) == "zip" else [each]
    if _type(workbook.name) == "zip":
        everything = _unpacked(workbook.content)
        workbook = _questionnaire(everything)
        inside += [each for each in everything if each is not workbook]
    return Sorted(workbook, _type(workbook.name), tuple(_cleaned(inside)))


def clean_name(name: str) -> str:
    """A name without folders, without what no name needs, and not too long."""
    base = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in base if letter.isprintable()).strip()[:_MOST_NAME]


def _type(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""


def _unpacked(data: bytes) -> list[Upload]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return list(_entries(package))
    except FormError:
        raise
    except Exception:  # a damaged package makes zipfile raise almost anything
        raise refusal("The file is damaged. Please save the spreadsheet anew as .xlsx.") from None


def _entries(package: zipfile.ZipFile) -> Iterator[Upload]:
    entries = [entry for entry in package.infolist() if not entry.is_dir() and not _is_of_nobody(entry.filename)]
    if len(entries) > MOST_FILES:
        raise refusal("The file contains more than {number} files.", number=MOST_FILES)
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise refusal("The file is larger than {number} MB when unpacked.", number=MOST_BYTES // 1_000_000)
    for entry in entries:
        if entry.flag_bits & _ENCRYPTED:
            raise refusal("The file is protected by a password. Please save it without one.")
        with package.open(entry) as stream:
            yield Upload(entry.filename, stream.read(MOST_BYTES + 1))


def _is_of_nobody(name: str) -> bool:
    """Whether a system has put it there: folders of macOS, previews of Windows."""
    parts = name.lower().replace("\\", "/").split("/")
    return any(part in _NOBODY_MADE or part.startswith("._") for part in parts)


def _questionnaire(files: list[Upload]) -> Upload:
    """The workbook among the files of a .zip: the one that lies highest."""
    found = [each for each in files if _type(each.name) in _WORKBOOKS]
    if not found:
        found = [each for each in files if _type(each.name) == "csv" and _begins_a_sheet(each.content)]
    if not found:
        raise refusal(
            "The file contains no questionnaire. A .zip has one file of the type .xlsx, .xls, .csv or .md in it."
        )
    highest = min(_depth(each) for each in found)
    found = [each for each in found if _depth(each) == highest]
    if len(found) > 1:
        names = ", ".join(sorted(clean_name(each.name) for each in found)[:5])
        raise refusal(
            "The file contains several questionnaires: “{files}”. Please put in only one of them.", files=names
        )
    if len(found[0].content) > MAX_FILE:
        raise refusal("The file is larger than {number} MB.", number=MAX_FILE // 1_000_000)
    return found[0]


def _depth(file: Upload) -> int:
    return file.name.replace("\\", "/").count("/")


def _begins_a_sheet(content: bytes) -> bool:
    begin = content[:200].removeprefix(b"\xef\xbb\xbf").lstrip().lower().lstrip(b'"')
    return begin.startswith(_SHEETS)


def _cleaned(files: Iterable[Upload]) -> Iterator[Upload]:
    taken: set[str] = set()
    number = size = 0
    for each in files:
        name = clean_name(each.name)
        if not name:
            continue
        number, size = number + 1, size + len(each.content)
        if number > MOST_FILES:
            raise refusal("There are more than {number} files.", number=MOST_FILES)
        if size > MOST_BYTES:
            raise refusal("The files have more than {number} MB together.", number=MOST_BYTES // 1_000_000)
        if name.casefold() in taken:
            raise refusal("Two files are called “{file}”. Please rename one of them.", file=name)
        taken.add(name.casefold())
        yield Upload(name, each.content)
