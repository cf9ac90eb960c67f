"""The sentences that the check of a questionnaire says, to be translated: each comes from `dialogues.forms` or here.

A sentence that is missing here is shown in English; a test finds it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

Say = Callable[[str], str]


def sentences(_: Say) -> tuple[str, ...]:
    """All of them, said by ``_``; always in the same order."""
    return tuple(sentence for group in (*_SECTIONS, *_OTHERS) for sentence in group(_))


@cache
def section_of(template: str) -> str:
    """The section of the guide on writing questionnaires that helps with what a sentence is about, or ""."""
    return next((section for group, section in _SECTIONS.items() if template in group(str)), "")


def _of_files(_: Say) -> tuple[str, ...]:
    return (
        _("Apart from how they end, two files are called “{name}”. Please rename one of them."),
        _("A questionnaire is a file of the type {types}, not {other}."),
        _("It contains null characters, so it is no text."),
        _("It has more than {number} “features”."),
        _("It has more than {number} values."),
        _("It has more than {rows} rows or {cells} values."),
        _("It is larger than {number} MB."),
        _("It is no GeoJSON of the type “FeatureCollection”."),
        _("It is no table in CSV: “{text}”."),
        _("It is not well-formed JSON."),
        _("It is not written in UTF-8. Please save it as “CSV UTF-8”."),
        _("Its “features” are no list."),
        _("Its first row, with the names of the columns, is missing."),
        _("Number {number} of its “features” is not of the type “Feature”."),
        _("Row {row} has {number} values, the first row {header}."),
        _("The file contains macros. Please save it without macros, as .xlsx."),
        _("The file contains more than {number} files."),
        _("The file contains no questionnaire. A .zip has one file of the type .xlsx, .xls, .csv or .md in it."),
        _("The file contains several questionnaires: “{files}”. Please put in only one of them."),
        _(
            "The file declares a document type or entities. That is not allowed. Please save the spreadsheet "
            "anew as .xlsx."
        ),
        _("The file “{file}” is empty."),
        _("The file “{file}” is missing. Please take it in together with the questionnaire."),
        _(
            "The file “{file}” is missing. Please take it in together with the questionnaire. These rows need "
            "it, too: {rows}."
        ),
        _("The file “{file}” is missing. The question is asked without it."),
        _("The file “{file}” is no GeoJSON with a list of “features”."),
        _("The file “{file}” is no picture, sound or film that a chat can show. It was left out."),
        _("The file “{file}” is no text. Please save it as “CSV UTF-8”."),
        _("The file “{file}” is not written in UTF-8. We read it as Windows writes it (CP1252)."),
        _("The file “{file}” is of another type than {types}."),
        _("The file “{file}”: {reason}"),
        _("The file has a cell with more than {number} characters."),
        _("The file has more than {number} columns."),
        _("The file has more than {number} rows."),
        _(
            "The file is an OpenDocument spreadsheet (.ods). In LibreOffice, choose “File”, “Save As” and the "
            "file type “Excel (.xlsx)”. Then take in the new file."
        ),
        _(
            "The file is a Numbers document. In Numbers, choose “File”, “Export To”, “Excel”. Then take in the "
            "new file."
        ),
        _(
            "The file is a web page. In Google Sheets, choose “File”, “Download”, “Microsoft Excel (.xlsx)”. "
            "Then take in the new file."
        ),
        _(
            "The file is a document of a word processor, no table. Please write the questionnaire into a spreadsheet "
            "and save it as .xlsx."
        ),
        _("The file is damaged. Please save the spreadsheet anew as .xlsx."),
        _("The file is empty."),
        _("The file is larger than {number} MB."),
        _("The file is larger than {number} MB when unpacked."),
        _("The file is no Excel file. Please save the spreadsheet as .xlsx in Excel or LibreOffice."),
        _("The file is not written in UTF-8. Please save it as .xlsx."),
        _("The file is protected by a password. Please save it without one."),
        _("The file is really an .xls file. Please save it as .xlsx in Excel or LibreOffice."),
        _("The file is really an .xlsx file. Please give it a name that ends in “.xlsx”."),
        _("The file “{name}”"),
        _("The files have more than {number} MB together."),
        _(
            "The file takes values from other files. In Excel, choose “Data”, “Edit Links”, “Break Link”, and "
            "save it again."
        ),
        _("The form"),
        _("The form has no model with an instance."),
        _("The name of the file “{file}” should end in one of these: {endings}."),
        _("The questionnaire does not mention the file “{file}”. It was left out."),
        _("There are at least {number} more. Please put these right first."),
        _("There are more than {number} files."),
        _("The sheet in “{file}” has more than {number} cells."),
        _("The sheet in “{file}” has more than {number} columns."),
        _("The sheet in “{file}” has more than {number} rows."),
        _("Two files are called “{file}”. Please rename one of them."),
        _("{what} declares a document type or entities. That is not allowed."),
        _("{what} has more than {number} elements."),
        _("{what} has more than {number} elements within elements."),
        _("{what} is empty."),
        _("{what} is longer than {number} characters."),
        _("{what} is not well-formed XML: “{text}”."),
    )


def _of_sheets(_: Say) -> tuple[str, ...]:
    return (
        _("A name in the column “{column}” begins with a letter. Letters, digits and “_” may follow, but no spaces."),
        _(
            "“cascading_select” is no longer used. Please use “select_one” with a condition in the column "
            "“choice_filter”."
        ),
        _("In the sheet “{sheet}”, the first row does not have the names of the columns."),
        _(
            "In the sheet “{sheet}”, this is missing: the column “{columns}”. The names of the columns are in "
            "the first row."
        ),
        _("In the sheet “{sheet}”, two columns mean the same: “{columns}”. Please remove one of them."),
        _(
            "“omit_instanceID” and “public_key” do not go together. Please remove one of these columns from the "
            "sheet “settings”."
        ),
        _("The column “{column}” has a date that cannot be read. Please write it as text."),
        _(
            "The column “{column}” has an error of the spreadsheet program: “{text}”. A text that begins with "
            "“=” becomes a formula. Please begin it with another character."
        ),
        _("The column “{column}” is missing. Is it the one called “{other}”? Then please rename it to “{column}”."),
        _("The column “{column}” is missing. The first row has the names of the columns."),
        _("The column “{columns}” was left out."),
        _("The form has no name. Please write one into the sheet “settings”, column “form_id”."),
        _("The questionnaire cannot be read. The program says in English: “{text}”."),
        _("The questionnaire has no questions."),
        _("The questionnaire has too many groups within groups."),
        _("The questionnaire has too many texts. Please make several questionnaires of it."),
        _(
            "The question “{name}” uses “search()”. A chat cannot do that. Please use “select_one_from_file” "
            "instead, with a condition in the column “choice_filter”."
        ),
        _(
            "The question “{other}” has “{name}” in the column “trigger”, but nobody is asked that. Only an "
            "answer can trigger something."
        ),
        _("There is no column “media::{kind}”. There are “media::image”, “media::audio” and “media::video”."),
        _("The sheet has more than {number} rows."),
        _("The sheet “{sheet}” is missing. Is it the one called “{others}”? Then please rename it to “{sheet}”."),
        _("The sheet “survey” is missing. It has the questions in it. Please give your sheet of questions this name."),
        _(
            "This belongs to “entities”, with which ODK keeps records up to date. A chat has none. Please remove "
            "the sheet “entities” and the column “save_to”."
        ),
        _("Two columns are called “{column}”. Please remove or rename one of them."),
    )


def _of_names(_: Say) -> tuple[str, ...]:
    return (
        _("A question is called “data”. That does no harm."),
        _(
            "Here stands “begin {kind}” with the name “{name}”, but “end {kind}” is missing further down. Please "
            "add a row with this type."
        ),
        _("No question may be called “meta”. Please give it another name."),
        _(
            "The name “{name}” cannot be used. A name begins with a letter. Letters, digits and “_” may follow, "
            "but no spaces."
        ),
        _(
            "The name “{name}” cannot be used. A name begins with a letter. Letters, digits and “_” may follow, "
            "but no spaces. For example: “{other}”."
        ),
        _("The name “{name}” stands here a second time. Each question needs a name of its own."),
        _("The name “{name}” stands in row {row} already. Each question needs a name of its own."),
        _("The question “{name}” has no text. Please write it into the column “label”."),
        _("The question “{name}” has something in the column “big-image”, but nothing in the column “image”."),
        _("The repeat “{name}” has the same name as the form itself. Please give it another name."),
        _("This “loop” names no list of answers."),
        _("This question or group has no name. Please write a short one into the column “name”."),
        _("Two repeats are called “{name}”. Each needs a name of its own."),
    )


def _of_questions(_: Say) -> tuple[str, ...]:
    return (
        _(
            "A chat does not record the place by itself. Please remove this row, or ask for the place with the "
            "type “geopoint”."
        ),
        _("A matrix has at most {number} questions."),
        _("A rank has at most {number} places."),
        _("Behind “{kind}” stands “{listed}”. The name of a list has no spaces, for example “{other}”."),
        _("Below “{kind}”, only rows of the type “{part}” may stand."),
        _("Here stands “end {kind}”, but “begin {kind}” is missing before it."),
        _("Here stands “end {kind}”, but the “begin {begun}” of row {row} has not ended yet. Did you mean “{other}”?"),
        _("Here stands “{kind}”, but the row that ends it is missing further down."),
        _(
            "In the sheet “{sheet}”, the column is called “{column}”, in the sheet “{name}” “{other}”. Please "
            "call it alike in both, so that the chat finds the texts."
        ),
        _("“{kind}” needs the name of a list of answers in the column “{column}”."),
        _("“{kind}” of KoboToolbox is asked as a group of questions."),
        _(
            "“or_other” and “choice_filter” do not go together. Please write “other” into the list, and ask a "
            "question of its own about it."
        ),
        _(
            "“search()” looks for the answers in a file. A chat cannot do that. Please use "
            "“select_one_from_file” instead."
        ),
        _("So are {number} more texts of this sheet."),
        _("“table-list” in the column “appearance” and “choice_filter” do not go together. Please remove one of them."),
        _("The column “name” is empty. We use the name “{name}”, as KoboToolbox does."),
        _("The column “type” is empty. Please say there what kind of question this is, for example “text”."),
        _("The list “{listed}” is missing in the sheet “choices”. Did you mean “{other}”?"),
        _("The program that reads spreadsheets says in English: “{text}”."),
        _("The questions of a “table-list” have the same answers. Here stand the lists “{one}” and “{other}”."),
        _("There is no type of question “{kind}”."),
        _("There is no type of question “{kind}”. Did you mean “{other}”?"),
        _(
            "The row “audit” is not written as ODK wants it. The chat records nothing of the kind. Please remove "
            "the row."
        ),
        _("This question has no answers to choose from."),
        _("This row has the type “calculate”, but nothing in the column “calculation”."),
    )


def _of_choices(_: Say) -> tuple[str, ...]:
    return (
        _("Behind “{kind}”, the name of a list of the sheet “choices” is missing."),
        _("The answer “{choice}” stands twice in the list “{listed}”."),
        _(
            "The column “list_name” is empty, so this answer belongs to no list and is left out. Please write "
            "the name of the list into every row, also where cells are merged."
        ),
        _(
            "The list “{listed}” is missing in the sheet “choices”. There, the column “list_name” says which "
            "list an answer belongs to."
        ),
        _("The list “{listed}” is missing in the sheet “external_choices”."),
        _(
            "The name “{name}” in the list “{listed}” has a space in it. Where several answers can be chosen, "
            "names have no spaces."
        ),
        _("The sheet “choices” has no column “{name}”, so no answer is offered."),
        _("The sheet “choices” has no column “{name}”, so no answer is offered. Did you mean “{other}”?"),
        _(
            "The sheet “choices” is missing. It has the answers to choose from, with the columns “list_name”, "
            "“name” and “label”."
        ),
        _("The sheet “external_choices” is missing. It has the columns “list_name” and “name”."),
        _("This answer has no name. Please write a short one into the column “name”."),
        _("This answer has no text in any language. Please write it into the column “label”."),
        _("This answer stands twice in its list."),
    )


def _of_languages(_: Say) -> tuple[str, ...]:
    return (
        _(
            "“{name}” and “{other}” count as two languages. If they are the same, please write all columns "
            "alike, for example “{column}”."
        ),
        _("The text is missing in the language “{languages}”: “{text}”."),
        _("The town’s own language is missing. Please add the column “{column}” to the sheets “survey” and “choices”."),
    )


def _of_parameters(_: Say) -> tuple[str, ...]:
    return (
        _("“app” in the column “parameters” names no Android app. A chat does not use it. Please remove it."),
        _(
            "In the column “parameters”, please write a name, “=” and a value, and a space before the next name: "
            "“start=1 end=10”."
        ),
        _("In the column “parameters”, this type of question takes “{accepted}”, but not “{rejected}”."),
        _("“{name}” in the column “parameters” is larger than the whole scale from “start” to “end”."),
        _("“{name}” in the column “parameters” is not written as this type of question wants it."),
        _("“{name}” in the column “parameters” must be a multiple of “step”."),
        _("“{name}” in the column “parameters” must be a number, as in “start=1 end=10 step=1”."),
        _("“{name}” in the column “parameters” must be a whole number."),
        _("“{name}” in the column “parameters” must lie between “start” and “end”."),
        _("“{name}” in the column “parameters” must not be 0."),
        _("“quality” in the column “parameters” is “normal”, “low” or “voice-only”; for a recording, also “external”."),
        _("“randomize” in the column “parameters” is “true” or “false”, not “{value}”."),
        _("“seed” in the column “parameters” goes with “randomize=true” only."),
        _("“seed” in the column “parameters” is a number or a reference like “${{name}}”."),
        _("The column “parameters” is not written as this type of question wants it."),
        _("“tick_interval”, “placeholder” and “tick_labelset” do not go with what stands in the column “appearance”."),
        _(
            "“tick_labelset” in the column “parameters” does not fit this scale. It names a list whose names are "
            "numbers of the scale."
        ),
    )


def _of_expressions(_: Say) -> tuple[str, ...]:
    return (
        _("A bracket “{bracket}” is too many: “{text}”."),
        _("a bracket is not closed"),
        _("a closing bracket too many"),
        _("After the bracket “{bracket}”, the closing bracket is missing: “{text}”."),
        _("A path cannot begin at “{name}”."),
        _("A quotation mark is missing: “{text}”."),
        _("A reference to a question, like “${{name}}”, is needed here, but something else stands there ({kind})."),
        _("Here something is missing at the end: “{text}”."),
        _("it ends too early"),
        _("it looks behind"),
        _("it refers back to a group"),
        _("More than {number} brackets stand within brackets."),
        _("More than {number} comparisons stand in a row."),
        _("“{name}” has no quotation marks, so this never holds. Did you mean “'{name}'” or “${{{name}}}”?"),
        _("nothing to repeat"),
        _("Our check says in English: “{text}”."),
        _("Please leave out the “=” at the beginning: “{text}”."),
        _("Please write “{other}” instead of “{sign}”: “{text}”."),
        _("Please write straight quotation marks, '…', instead of curly ones: “{text}”."),
        _("Somewhere stands “${{{name}}}”. Several questions are called “{name}”. Please give each a name of its own."),
        _("Somewhere stands “${{{name}}}”. There is no question called “{name}”."),
        _("The column “{column}” has a reference to a question that is not written as “${{name}}”."),
        _("The column “{column}” names several questions. Please write a comma between them."),
        _(
            "The column “{column}” refers to “${{{name}}}”. Several questions are called “{name}”. Please give "
            "each a name of its own."
        ),
        _("The column “{column}” refers to “${{{name}}}”. There is no question called “{name}”."),
        _(
            "The column “{column}” refers to “${{{name}}}”. There is no question called “{name}”. Did you mean "
            "“{other}”?"
        ),
        _("The function “{name}()” does not take {count} values in its brackets."),
        _("The pattern is longer than {number} characters."),
        _("The pattern repeats too much."),
        _("There is no function “{name}”."),
        _("There is no function “{name}”. Did you mean “{other}”?"),
        _("There is no function “{name}”. “{other}” stands between two conditions: “… {other} …”."),
        _("These questions wait for each other in a circle: “{questions}”."),
        _("This is longer than {number} characters."),
        _("too many groups within groups"),
        _("“{value}” is no answer to the question “{name}”. Did you mean “{other}”?"),
        _("“{value}” is no answer to the question “{name}”. The list “{listed}” has no such name."),
        _("We cannot use this pattern ({why}): “{text}”."),
        _("We do not know “{name}()” in a path."),
        _("We do not know the axis “{name}::”."),
        _("We do not understand this: “{text}”."),
    )


def _of_differences(_: Say) -> tuple[str, ...]:
    return (
        _("“{appearance}” in the column “appearance” has no effect in the chat."),
        _("In an anonymous survey, “{kind}” is not kept. It could tell whose answers they are."),
        _("Nobody can choose on a map in the chat. “osm” is asked as a text."),
        _(
            "Nobody can draw a line on the map in the chat (“geotrace”). The question is skipped, and people are "
            "told so."
        ),
        _(
            "Nobody can draw an area on the map in the chat (“geoshape”). The question is skipped, and people "
            "are told so."
        ),
        _("People can send any picture or recording, not only one that they make now."),
        _("People send a picture. They cannot draw in the chat."),
        _("People send the place from the map of Telegram."),
        _("The answers are a list in the chat, not parts of a picture."),
        _("The answers are a list in the chat, not places on a map."),
        _("The chat asks for a whole date, with day and month."),
        _("The chat asks for a whole date, with the day."),
        _("The chat does not know this of people. “{kind}” stays empty."),
        _("The chat does not print."),
        _("The chat does not record how somebody goes through the questions. “audit” has no effect."),
        _("The chat keeps no “entities”. This sheet only counts where responses are handed over to a server."),
        _("The chat opens no other app."),
        _("The chat opens no page by itself."),
        _("The chat records nothing in the background. “{kind}” has no effect."),
        _("The code is typed, not scanned."),
        _("The column “public_key” has no effect. Answers are not encrypted with this key."),
        _("The columns “submission_url” and “auto_send” have no effect. Answers stay in Mitsprache."),
        _("The date is typed by the calendar that is common in Germany."),
        _("The number is typed, or chosen on a button."),
        _("The question is read-only. The chat shows it and takes no answer."),
        _("The questions of a “field-list”, here and further down, come one after the other."),
        _("The text is longer than one message of the chat ({number} characters). It comes in several."),
        _("What is typed can be read in the chat."),
        _("What stands in the column “guidance_hint”, here and further down, is not shown in the chat."),
    )


_SECTIONS: dict[Callable[[Say], tuple[str, ...]], str] = {
    _of_sheets: "sheets",
    _of_names: "questions",
    _of_questions: "questions",
    _of_choices: "choices",
    _of_languages: "languages",
    _of_expressions: "conditions",
}
"""Where the guide helps."""
_OTHERS = (_of_files, _of_parameters, _of_differences)
