"""What is no questionnaire, by its content, whatever it is called, and what to do: mostly, to save it as .xlsx."""

import io
import zipfile
from collections.abc import Callable

import xlrd
from xlrd.compdoc import SIGNATURE, CompDoc

from dialogues.forms.problems import FormError, refusal

_MOST_MIMETYPE = 200
_SPREADSHEETS = ("xlsx", "xls", "xlsm", "ods", "numbers", "html", "htm", "xml")
_DOCUMENTS = ("doc", "docx", "odt", "rtf", "pages")


def refuse_strangers(data: bytes, file_type: str) -> None:
    """Refuse what is known and is no spreadsheet that we read.

    Raises:
        FormError: says what it is, and what to do.
    """
    if file_type in _DOCUMENTS:
        raise _document()
    if data.startswith(SIGNATURE):
        if _wide("EncryptedPackage") in data:
            raise _protected()
        if file_type in {"xlsx", "xlsm"}:
            raise refusal("The file is really an .xls file. Please save it as .xlsx in Excel or LibreOffice.")
    begin = data[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if file_type in _SPREADSHEETS and (begin.startswith(b"<!doctype html") or b"<html" in begin):
        raise refusal(
            "The file is a web page. In Google Sheets, choose “File”, “Download”, “Microsoft Excel "
            "(.xlsx)”. Then take in the new file."
        )
    if data.startswith(b"PK") and file_type in _SPREADSHEETS and file_type != "xlsx":
        _in_package(data, refuse_other_package)
        if file_type == "xlsm":
            raise refusal("The file contains macros. Please save it without macros, as .xlsx.")
        if file_type == "xls":
            raise refusal("The file is really an .xlsx file. Please give it a name that ends in “.xlsx”.")


def refuse_other_package(package: zipfile.ZipFile) -> None:
    """Refuse a package of another program: LibreOffice's own format, Numbers, a text document.

    Raises:
        FormError: says what it is, and what to do.
    """
    names = set(package.namelist())
    if "mimetype" in names:
        with package.open("mimetype") as stream:
            kind = stream.read(_MOST_MIMETYPE)
        if b"opendocument.text" in kind:
            raise _document()
        if b"opendocument" in kind:
            raise refusal(
                "The file is an OpenDocument spreadsheet (.ods). In LibreOffice, choose “File”, “Save "
                "As” and the file type “Excel (.xlsx)”. Then take in the new file."
            )
    if any(name.endswith(".iwa") or name == "Index.zip" for name in names):
        raise refusal(
            "The file is a Numbers document. In Numbers, choose “File”, “Export To”, “Excel”. Then "
            "take in the new file."
        )
    if any(name.startswith("word/") for name in names):
        raise _document()
    if any(name.startswith("ppt/") for name in names):
        raise no_excel()


def check_old_workbook(data: bytes) -> None:
    """Refuse an .xls file that carries macros, is protected by a password, or could never be read to its end.

    Raises:
        FormError: says which.
    """
    if not data.startswith(SIGNATURE):
        return
    if any(_wide(name) in data for name in ("_VBA_PROJECT", "VBA_PROJECT_CUR")):
        raise refusal("The file contains macros. Please save it without macros, as .xlsx.")
    _refuse_circles(data)
    try:
        xlrd.open_workbook(file_contents=data, on_demand=True, logfile=io.StringIO()).release_resources()
    except xlrd.XLRDError as error:
        if "encrypted" in str(error).lower():
            raise _protected() from None
    except Exception:  # what else is wrong is found by whoever reads it
        return


def _refuse_circles(data: bytes) -> None:
    """No chain of small sectors that comes back to itself: the reader of .xls would follow it for ever."""
    try:
        following = list(CompDoc(data, logfile=io.StringIO()).SSAT)
    except Exception:  # a damaged file makes it raise almost anything
        raise damaged() from None
    done = [False] * len(following)
    for start in range(len(following)):
        here, trail = start, set()
        while 0 <= here < len(following) and not done[here]:
            done[here] = True
            trail.add(here)
            here = following[here]
        if here in trail:
            raise damaged()


def _in_package(data: bytes, look: Callable[[zipfile.ZipFile], None]) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            look(package)
    except FormError:
        raise
    except Exception:  # a damaged package makes zipfile raise almost anything
        raise damaged() from None


def _wide(name: str) -> bytes:
    return name.encode("utf-16-le")


def _document() -> FormError:
    return refusal(
        "The file is a document of a word processor, no table. Please write the questionnaire into a spreadsheet and "
        "save it as .xlsx."
    )


def _protected() -> FormError:
    return refusal("The file is protected by a password. Please save it without one.")


def damaged() -> FormError:
    """What is said of a file that cannot be read at all."""
    return refusal("The file is damaged. Please save the spreadsheet anew as .xlsx.")


def no_excel() -> FormError:
    """What is said of a file that only has the name of a spreadsheet."""
    return refusal("The file is no Excel file. Please save the spreadsheet as .xlsx in Excel or LibreOffice.")
