"""Files that a form takes rows from: each format is read into the same nodes, ``root`` with an ``item`` for each row.

Touches no file: bytes come in. What cannot be read is refused with the file's name.
"""

from collections.abc import Mapping

from dialogues.forms.external.csv_files import read_csv
from dialogues.forms.external.geojson import read_geojson
from dialogues.forms.external.refusing import refusal
from dialogues.forms.external.xml_files import read_rows
from dialogues.forms.xpath.sources import Source

__all__ = ["LAST_SAVED", "MAX_FILE", "file_name", "find_file", "read_file"]

MAX_FILE = 20_000_000
"""Bytes of one file."""

LAST_SAVED = "jr://instance/last-saved"
"""Where the form means the same person's response before this one: that is no file."""

_READERS = {"csv": read_csv, "geojson": read_geojson, "xml": read_rows}


def file_name(address: str) -> str:
    """The bare name of the file at an address such as ``jr://file-csv/trees.csv``."""
    return address.rstrip("/").rpartition("/")[2]


def find_file(files: Mapping[str, bytes], address: str) -> str | None:
    """The name under which a file is at hand: as the form says, else in other letters, or with .csv once more or less.

    ``pulldata('trees.csv', …)`` makes the converter ask for trees.csv.csv.
    """
    wanted = file_name(address)
    folded = {name.casefold(): name for name in sorted(files, reverse=True)}
    bare = wanted.casefold()
    while bare.endswith(".csv"):
        bare = bare.removesuffix(".csv")
    if wanted in files:
        return wanted
    usual = (wanted.casefold(), f"{bare}.csv", bare) if wanted.casefold() != bare else (bare, f"{bare}.csv")
    return next((folded[name] for name in usual if name in folded), None)


def read_file(name: str, data: bytes, address: str = "") -> Source:
    """The rows of a file.

    Args:
        name: the file's; it is said where something is wrong with it.
        data: what is in it.
        address: where the form looks for it; ``jr://file-csv/`` means CSV whatever the name ends with.

    Raises:
        FormError: it is too large, or not what its name says.
    """
    if len(data) > MAX_FILE:
        raise refusal(name, "It is larger than {number} MB.", number=MAX_FILE // 1_000_000)
    source = Source(of_file=True)
    for top in _READERS[_format(name, data, address)](name, data):
        source.add(top)
    return source


def _format(name: str, data: bytes, address: str) -> str:
    ending = name.rpartition(".")[2].casefold()
    if ending in {"csv", "tsv", "txt"} or address.startswith("jr://file-csv/"):
        return "csv"
    if ending in {"geojson", "json"}:
        return "geojson"
    if ending == "xml":
        return "xml"
    begin = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    return {b"<": "xml", b"{": "geojson"}.get(begin, "csv")
