"""The sentences that the check of a questionnaire says, to be translated: each comes from `dialogues.forms` or here.

A sentence that is missing here is shown in English; a test finds it.
"""

from __future__ import annotations

from collections.abc import Callable

Say = Callable[[str], str]


def sentences(_: Say) -> tuple[str, ...]:
    """All of them, said by ``_``; always in the same order."""
    return (
        *_of_files(_),
        *_of_sheets(_),
        *_of_names(_),
        *_of_questions(_),
        *_of_parameters(_),
        *_of_expressions(_),
        *_of_differences(_),
    )


def _of_files(_: Say) -> tuple[str, ...]:
    return (
        _("a questionnaire is a file of type {types}, not {other}"),
        _("the file carries macros; please save it as .xlsx without them"),
        _("the file declares a document type or entities, which is not allowed"),
        _("the file has more than {number} characters in a cell"),
        _("the file has more than {number} columns"),
        _("the file has more than {number} lines"),
        _("the file holds more than {number} files"),
        _("the file holds no questionnaire: a .zip has one file of the type .xlsx, .xls, .csv or .md in it"),
        _("the file holds several questionnaires ({files}); please put only one of them in"),
        _("the file is a Numbers document; in Numbers, choose File, Export To, Excel, and take that"),
        _("the file is a web page; in Google Sheets, choose File, Download, Microsoft Excel (.xlsx), and take that"),
        _("the file is an OpenDocument spreadsheet (.ods); please save it as .xlsx in LibreOffice"),
        _("the file is damaged"),
        _("the file is empty"),
        _("the file is in truth an .xls file; please save it as .xlsx in Excel or LibreOffice"),
        _("the file is in truth an .xlsx file; please give it a name that ends so"),
        _("the file is larger than {number} MB"),
        _("the file is no Excel file; please save the spreadsheet as .xlsx in Excel or LibreOffice"),
        _("the file is not written in UTF-8; please save it as .xlsx"),
        _("the file is protected by a password; please save it without one"),
        _("the file takes values from other files; in Excel, choose Data, Edit Links, Break Link, and save it again"),
        _("the file unpacks to more than {number} MB"),
        _("the file {file} is empty"),
        _("the file {file} is missing: please take it in together with the questionnaire"),
        _("the file {file} is missing: please take it in together with the questionnaire (also for rows {rows})"),
        _("the file {file} is no GeoJSON with a list of features"),
        _("the file {file} is no text: please save it as CSV UTF-8"),
        _("the file {file} is of another type than {types}"),
        _("the files have more than {number} MB together"),
        _("the form"),
        _("the file {name}"),
        _("{what} declares a document type or entities, which is not allowed"),
        _("{what} has more than {number} elements"),
        _("{what} has more than {number} elements within elements"),
        _("{what} is empty"),
        _("{what} is longer than {number} characters"),
        _("{what} is not well-formed XML: {text}"),
        _("the form has no model with an instance"),
        _("the file {file}: {reason}"),
        _("it is no table in CSV ({text})"),
        _("it has no header"),
        _("it has more than {rows} rows or {cells} values"),
        _("row {row} has {number} values, the header {header}"),
        _("it is not written in UTF-8; please save it as “CSV UTF-8”"),
        _("it holds null characters, so it is no text"),
        _("it is larger than {number} MB"),
        _("it is not well-formed JSON"),
        _("it is no GeoJSON of the type FeatureCollection"),
        _("its features are no list"),
        _("it has more than {number} features"),
        _("feature {number} is none of the type Feature"),
        _("it has more than {number} values"),
        _("The name of the file {file} should end in one of these: {endings}."),
        _("the questionnaire does not mention {file}: it was left out"),
        _("the sheet in {file} has more than {number} cells"),
        _("the sheet in {file} has more than {number} columns"),
        _("the sheet in {file} has more than {number} rows"),
        _("there are more than {number} files"),
        _("two files are called {file}; please rename one of them"),
        _("Two files are called {name}, endings apart. Please rename one of them."),
        _("{file} is no picture, sound or film that a chat can show: it was left out"),
        _("{file} is not among the files: the question is asked without it"),
        _("{file} is not written in UTF-8; it was read as Windows writes it (CP1252)"),
    )


def _of_sheets(_: Say) -> tuple[str, ...]:
    return (
        _("a sheet called survey is missing"),
        _("cascading_select is no longer used. Please use select_one with a condition in the column choice_filter."),
        _("In the field {column} stands a date that cannot be read. Please write it as text."),
        _("In the field {column}, a name begins with a letter; letters, digits and “_” may follow, no spaces."),
        _("In the sheet {sheet}, the first row does not name the columns."),
        _("In the sheet {sheet}, these columns are missing: {columns}. Their names stand in the first row."),
        _("In the sheet {sheet}, two columns mean the same: {columns}. Please remove or rename one of them."),
        _("left out: {columns}"),
        _("nothing is written in the town's own language; add the column {column}"),
        _("omit_instanceID and public_key do not go together. Please remove one of them from the sheet settings."),
        _("The field {column} holds a reference that is not written as ${{name}}."),
        _("The field {column} names several questions: please write a comma between them."),
        _("The field {column} refers to {name}; several questions have this name."),
        _("The field {column} refers to {name}; there is no question of this name."),
        _("The field {column} refers to {name}; there is no question of this name. Did you mean {other}?"),
        _("The form has no name: please write one into form_id, sheet settings."),
        _("The list {listed} is not in the sheet choices."),
        _("The list {listed} is not in the sheet external_choices."),
        _(
            "The question {name} uses search(), which a chat cannot do. Please use select_one_from_file instead, "
            "and a condition in the column choice_filter."
        ),
        _("the questionnaire asks nothing"),
        _("the questionnaire cannot be converted ({text})"),
        _("the questionnaire has more texts than a conversation can bear"),
        _("the questionnaire is nested too deeply"),
        _("The sheet choices is missing, or its columns list_name, name and label are."),
        _("The sheet external_choices is missing, or its columns list_name and name are."),
        _("the sheet has more than {number} rows"),
        _("The sheet {sheet} is missing. Is it the one called {others}? Then please rename it."),
        _("the text is missing in {languages}: {text}"),
        _("There is no column media::{kind}. There are media::image, media::audio and media::video."),
        _(
            "This belongs to entities, with which ODK keeps records up to date. A chat has none: please remove "
            "the sheet entities and the column save_to."
        ),
        _("Two columns are called {column}. Please remove or rename one of them."),
        _("{column}: the text is longer than a message of the chat ({number} letters); it comes in several"),
        _(
            "{other} names {name} in the column trigger, but nobody is asked that. Only an answer can trigger "
            "something."
        ),
    )


def _of_names(_: Say) -> tuple[str, ...]:
    return (
        _("a question is called data; the form's own node is called otherwise"),
        _("No question may be called meta."),
        _("Somewhere {name} is referred to; several questions have this name."),
        _("Somewhere {name} is referred to; there is no question of this name."),
        _(
            "The choice {name} of the list {listed} has a space in its name. Where several can be chosen, names "
            "have none."
        ),
        _("The name {name} stands here a second time; each question needs a name of its own."),
        _("The question {name} has a big-image, but no image."),
        _("The question {name} has no text (label)."),
        _("The repeat {name} is called as the form itself: please give it another name."),
        _("The {kind} {name} begins here, but it does not end: “end {kind}” is missing."),
        _("This choice has no name."),
        _("This loop names no list of choices."),
        _("This question or group has no name."),
        _("Two repeats are called {name}; each needs a name of its own, wherever it stands."),
    )


def _of_questions(_: Say) -> tuple[str, ...]:
    return (
        _("A chat takes no place in the background. Please remove this row, or ask for the place (geopoint)."),
        _("{kind} is not closed"),
        _("{kind} needs a list of choices in the column {column}"),
        _("{kind} of KoboToolbox is asked as a group of questions"),
        _("only rows of the type {part} may stand below {kind}"),
        _("a rank has at most {number} places"),
        _("it has no name and is called {name}, as KoboToolbox would"),
        _("its choices are searched for in a file by search(): use select_one_from_file"),
        _("so are {number} more texts of this sheet"),
        _("A {kind} ends here that did not begin: “begin {kind}” is missing."),
        _(
            "or_other and choice_filter do not go together. Please write “other” into the list, and a question "
            "of its own."
        ),
        _("The appearance table-list and choice_filter do not go together. Please remove one of them."),
        _("the choice {choice} stands twice in the list {listed}"),
        _("The converter says: {text}"),
        _("The questions of a table-list have the same choices; here stand the lists {one} and {other}."),
        _(
            "The row audit is not written as ODK wants it. The chat records nothing of the kind: you can remove "
            "the row."
        ),
        _("There is no question type “{kind}”."),
        _("this choice has no text in any language"),
        _("This choice stands twice in its list."),
        _("This question has no choices."),
        _("This question has no type."),
        _("This row of the type calculate has no calculation."),
    )


def _of_parameters(_: Say) -> tuple[str, ...]:
    return (
        _("In the field parameters, this kind of question takes {accepted}, but not {rejected}."),
        _("The field parameters is not written as this kind of question wants it."),
        _("The field parameters is written as name=value, with a space before the next: start=1 end=10."),
        _("The parameter app names no Android app. A chat does not use it: you can remove it."),
        _("The parameter quality is normal, low or voice-only; for a recording, also external."),
        _("The parameter randomize is true or false, not {value}."),
        _("The parameter seed goes with randomize=true only."),
        _("The parameter seed is a number or a reference like ${{name}}."),
        _(
            "The parameter tick_labelset does not fit this scale: it names a list whose values are numbers of "
            "the scale."
        ),
        _("The parameter {name} is larger than the whole scale from start to end."),
        _("The parameter {name} is not written as this kind of question wants it."),
        _("The parameter {name} must be a whole number."),
        _("The parameter {name} of this scale must be a multiple of step."),
        _("The parameter {name} of this scale must be a number, as in start=1 end=10 step=1."),
        _("The parameter {name} of this scale must lie between start and end."),
        _("The parameter {name} of this scale must not be 0."),
        _("tick_interval, placeholder and tick_labelset do not go with the appearance of this scale."),
    )


def _of_expressions(_: Say) -> tuple[str, ...]:
    return (
        _("a bracket is not closed"),
        _("a bracket “{bracket}” closes and did not open: {text}"),
        _("a bracket “{bracket}” opens and does not close: {text}"),
        _("a closing bracket too many"),
        _("a path cannot begin at {name}"),
        _("a quotation mark opens and does not close: {text}"),
        _("a {kind} stands where a path is needed"),
        _("it ends too early"),
        _("it looks behind"),
        _("it refers back to a group"),
        _("more than {number} comparisons stand in a row"),
        _("not a pattern we can use ({why}): {text}"),
        _("not an expression: {text}"),
        _("nothing to repeat"),
        _("our check says: {text}"),
        _("the axis {name}:: is not supported"),
        _("the expression has more than {number} brackets within brackets"),
        _("the expression is longer than {number} characters"),
        _("the function {name} is not known"),
        _("the function {name} is not known; did you mean {other}?"),
        _("the pattern is longer than {number} characters"),
        _("the pattern repeats too much"),
        _("too many groups within groups"),
        _("works itself out in a circle: {questions}"),
        _("write straight quotation marks, '…', instead of curly ones: {text}"),
        _("write {other} instead of {sign}: {text}"),
        _("{name}() does not take {count} arguments"),
        _("{name}() is not supported in a path"),
    )


def _of_differences(_: Say) -> tuple[str, ...]:
    return (
        _("a question of the type {kind} is skipped, and people are told so"),
        _("nothing can be chosen on a map in a chat: osm is asked as a text"),
        _("guidance_hint, here and further down, is not shown in the chat"),
        _("in an anonymous survey, {kind} is not kept: it could tell whose answers they are"),
        _("people can send any picture or recording, not only one that they make now"),
        _("people send a picture: they cannot draw in the chat"),
        _("people send the place from the map of Telegram"),
        _("public_key has no effect: answers are not encrypted with this key"),
        _("read-only: the chat shows the question and takes no answer"),
        _("submission_url and auto_send have no effect: answers stay in Mitsprache"),
        _("the appearance {appearance} has no effect in the chat"),
        _("the chat asks for a whole date, with day and month"),
        _("the chat asks for a whole date, with the day"),
        _("the chat does not know this of people: {kind} stays empty"),
        _("the chat does not print"),
        _("the chat does not record how somebody goes through the questions: audit has no effect"),
        _("the chat keeps no entities: this sheet only counts where responses are handed over to a server"),
        _("the chat opens no other app"),
        _("the chat opens no page by itself"),
        _("the chat records nothing in the background: {kind} has no effect"),
        _("the choices are a list in the chat, not parts of a picture"),
        _("the choices are a list in the chat, not places on a map"),
        _("the code is typed, not scanned"),
        _("the date is typed by the calendar that is common in Germany"),
        _("the number is typed, or chosen on a button"),
        _("the questions of a field-list, here and further down, come one after the other"),
        _("what is typed can be read in the chat"),
    )
