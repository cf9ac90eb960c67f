"""What the converter of spreadsheets says of a questionnaire, in words for whoever wrote it: what is wrong, what to do.

Goes by the messages of pyxform 4.5. One that is not known is passed on as it is, and said to come from the converter.
"""

import re
from collections.abc import Iterable

from dialogues.forms.reasons import Reason
from dialogues.forms.sheets.faults import close_to

_VALUE = r"On the '(?P<sheet>\w+)' sheet, the '(?P<column>[^']+)' value is invalid\. "
_SURVEY = r"On the 'survey' sheet, the '[^']+' value '(?P<name>.*)' is (?:invalid|problematic)\. "
_RANGE = r"On the 'survey' sheet, the 'parameters' value is invalid\. For the 'range' question type, "
_PARAMETERS = r"On the 'survey' sheet, the 'parameters' value is invalid\. "
_SIMILAR = (
    r"When looking for a sheet named '\w+', the following sheets with similar names were found: (?P<others>.+?)\.( .*)?"
)

NO_QUESTION = "The field {column} refers to {name}; there is no question of this name."
NO_QUESTION_BUT = "The field {column} refers to {name}; there is no question of this name. Did you mean {other}?"
NO_END = "The {kind} {name} begins here, but it does not end: “end {kind}” is missing."
NO_BEGINNING = "A {kind} ends here that did not begin: “begin {kind}” is missing."
NO_TYPE = "There is no question type “{kind}”."
NO_TEXT = "The question {name} has no text (label)."
BAD_CHOICE = (
    "The choice {name} of the list {listed} has a space in its name. Where several can be chosen, names have none."
)
BIG_IMAGE_ALONE = "The question {name} has a big-image, but no image."
_BAD_NAME = "In the field {column}, a name begins with a letter; letters, digits and “_” may follow, no spaces."
_ENTITIES = (
    "This belongs to entities, with which ODK keeps records up to date. A chat has none: please remove the sheet"
    " entities and the column save_to."
)
_AUDIT = "The row audit is not written as ODK wants it. The chat records nothing of the kind: you can remove the row."
SEARCH = (
    "The question {name} uses search(), which a chat cannot do. Please use select_one_from_file instead, and a"
    " condition in the column choice_filter."
)
_TICKS = "The parameter tick_labelset does not fit this scale: it names a list whose values are numbers of the scale."
_NO_CHOICES_SHEET = "The sheet choices is missing, or its columns list_name, name and label are."
NO_SURVEY = "a sheet called survey is missing"
_CALLED_OTHERWISE = "The sheet {sheet} is missing. Is it the one called {others}? Then please rename it."

_TABLE: tuple[tuple[str, str], ...] = (
    # references
    (_VALUE + r"Reference variables must contain a name .* find the name '(?P<name>.+)'\.", NO_QUESTION),
    (
        _VALUE + r"Reference variables must start with .*",
        "The field {column} holds a reference that is not written as ${{name}}.",
    ),
    (
        _VALUE + r"Reference variables names must be unique .* The name '(?P<name>.+)' appears more than once\.",
        "The field {column} refers to {name}; several questions have this name.",
    ),
    (
        _VALUE + r"Reference variable lists must have a comma.*",
        "The field {column} names several questions: please write a comma between them.",
    ),
    (
        r"(?:.* )?There is no survey element named '(?P<name>.+)'\.",
        "Somewhere {name} is referred to; there is no question of this name.",
    ),
    (
        r"(?:.* )?There are multiple survey elements named '(?P<name>.+)'\.",
        "Somewhere {name} is referred to; several questions have this name.",
    ),
    (
        r"The question \$\{(?P<name>.+)\} is not user-visible .* for question \$\{(?P<other>.+)\}\.",
        "{other} names {name} in the column trigger, but nobody is asked that. Only an answer can trigger something.",
    ),
    # names
    (
        r"On the '(?:survey|entities)' sheet, the '(?:save_to|list_name)' value is invalid\. Names (?:used|must).*",
        _ENTITIES,
    ),
    (_VALUE + r"Names used here must not .*", _ENTITIES),
    (_VALUE + r"Names must begin with .*", _BAD_NAME),
    (r"The '(?P<column>.+)' value is invalid\. Names must begin with .*", _BAD_NAME),
    (r"On the 'survey' sheet, the 'name' value 'meta' is invalid\. .* reserved .*", "No question may be called meta."),
    (
        _SURVEY + r"Repeat names must not be the same as the survey root.*",
        "The repeat {name} is called as the form itself: please give it another name.",
    ),
    (
        _SURVEY + r"Repeat names must unique anywhere.*",
        "Two repeats are called {name}; each needs a name of its own, wherever it stands.",
    ),
    (_SURVEY + r".* unique .*", "The name {name} stands here a second time; each question needs a name of its own."),
    (r"Question or group with no name\..*", "This question or group has no name."),
    (
        r"On the 'choices' sheet, the 'name' value is invalid\. Choices must have a name\. .*",
        "This choice has no name.",
    ),
    (
        r"On the 'choices' sheet, the 'name' value is invalid\. Choice names must be unique.*",
        "This choice stands twice in its list.",
    ),
    (
        r"Choice names with spaces cannot be added to .*\. See \[(?P<name>.*)\] in \[(?P<listed>.*)\]",
        BAD_CHOICE,
    ),
    (r"Survey cannot have an empty id_string", "The form has no name: please write one into form_id, sheet settings."),
    # sheets and columns
    (r"You must have a sheet named 'survey'\. " + _SIMILAR, _CALLED_OTHERWISE),
    (r"You must have a sheet named 'survey'\..*", NO_SURVEY),
    (r"There should be a choices sheet in this xlsform\. " + _SIMILAR, _CALLED_OTHERWISE),
    (r"There should be a choices sheet in this xlsform\..*", _NO_CHOICES_SHEET),
    (r"There should be an external_choices sheet in this xlsform\. " + _SIMILAR, _CALLED_OTHERWISE),
    (
        r"There should be an external_choices sheet in this xlsform\..*",
        "The sheet external_choices is missing, or its columns list_name and name are.",
    ),
    (r"List name not in choices sheet: (?P<listed>.+)", "The list {listed} is not in the sheet choices."),
    (r"List name not in columns sheet: (?P<listed>.+)", "The list {listed} is not in the sheet choices."),
    (
        r"List name not in external choices sheet: (?P<listed>.+)",
        "The list {listed} is not in the sheet external_choices.",
    ),
    (
        r"Invalid headers provided for sheet: '(?P<sheet>\w+)'\. One or more .* not found: (?P<columns>.+?)\. .*",
        "In the sheet {sheet}, these columns are missing: {columns}. Their names stand in the first row.",
    ),
    (
        r"Invalid headers provided for sheet: '(?P<sheet>\w+)'\. Headers that .* found: (?P<columns>'.+', '.+')\. .*",
        "In the sheet {sheet}, two columns mean the same: {columns}. Please remove or rename one of them.",
    ),
    (
        r"Invalid headers provided for sheet: '(?P<sheet>\w+)'\. For XLSForms, .*",
        "In the sheet {sheet}, the first row does not name the columns.",
    ),
    (
        r"Duplicate column header: (?P<column>.+)",
        "Two columns are called {column}. Please remove or rename one of them.",
    ),
    (
        r"The xls file provided has an invalid date on the .+ sheet, under the (?P<column>.+) column on row number \d+",
        "In the field {column} stands a date that cannot be read. Please write it as text.",
    ),
    # rows
    (
        r"Unmatched 'begin_(?P<kind>\w+)'\. .* for the name '(?P<name>.+)'\.",
        NO_END,
    ),
    (
        r"Unmatched 'end_(?P<kind>\w+)'\. .*",
        NO_BEGINNING,
    ),
    (r"Unknown question type '(?P<kind>.+)'\.", NO_TYPE),
    (r"The survey element named '(?P<name>.+)' has no label or hint\..*", NO_TEXT),
    (r"Question with no type\..*", "This question has no type."),
    (r"Missing calculation\.", "This row of the type calculate has no calculation."),
    (r"Repeat loop without list name\.", "This loop names no list of choices."),
    (r"There should be choices for this question\.", "This question has no choices."),
    (
        r"Choice filter not supported with or_other\.",
        "or_other and choice_filter do not go together. Please write “other” into the list, and a question of its own.",
    ),
    (r"Please specify choices for this 'or other' question\.", "This question has no choices."),
    (
        r"Choice filter not supported for table-list appearance\.",
        "The appearance table-list and choice_filter do not go together. Please remove one of them.",
    ),
    (
        r"Badly formatted table list, list names don't match: (?P<one>.+) vs\. (?P<other>.+)",
        "The questions of a table-list have the same choices; here stand the lists {one} and {other}.",
    ),
    (
        r"For 'background-geopoint' questions, .*",
        "A chat takes no place in the background. Please remove this row, or ask for the place (geopoint).",
    ),
    # media and files
    (
        r"To use big-image, you must also specify an image for the survey element named (?P<name>.+)\.",
        BIG_IMAGE_ALONE,
    ),
    (
        r"Media type: (?P<kind>.+) not supported",
        "There is no column media::{kind}. There are media::image, media::audio and media::video.",
    ),
    (
        r"File name for '\S+ (?P<file>.*)' should end with one of the supported file extensions: (?P<endings>.+)",
        "The name of the file {file} should end in one of these: {endings}.",
    ),
    (
        r"The same instance id will be generated for different .*\..* name: '(?P<name>.+?)', .*",
        "Two files are called {name}, endings apart. Please rename one of them.",
    ),
    (
        r"Instance names must be unique within a form\. The name '(?P<name>.+?)' was found .*",
        "Two files are called {name}, endings apart. Please rename one of them.",
    ),
    (r"Question '(?P<name>.+)' is a select from file type, using 'search\(\)'\..*", SEARCH),
    (r"Question '(?P<name>.+?)' uses 'search\(\)', and its select type references .*", SEARCH),
    # parameters
    (
        _PARAMETERS + r"Parameters must be in the form .*",
        "The field parameters is written as name=value, with a space before the next: start=1 end=10.",
    ),
    (
        _PARAMETERS + r"The accepted parameter keys .* are '(?P<accepted>.*)'\. The following .*: '(?P<rejected>.*)'\.",
        "In the field parameters, this kind of question takes {accepted}, but not {rejected}.",
    ),
    (
        _RANGE + r"the parameter '(?P<name>\S+)' must be a number\.",
        "The parameter {name} of this scale must be a number, as in start=1 end=10 step=1.",
    ),
    (_RANGE + r"the parameter '(?P<name>\S+)' must not be '0' .*", "The parameter {name} of this scale must not be 0."),
    (
        _RANGE + r"the parameter '(?P<name>\S+)' must not be larger than .*",
        "The parameter {name} is larger than the whole scale from start to end.",
    ),
    (
        _RANGE + r"the parameter '(?P<name>\S+)' must be a multiple of 'step'\.",
        "The parameter {name} of this scale must be a multiple of step.",
    ),
    (
        _RANGE + r"the parameter '(?P<name>\S+)' must be between the 'start' and 'end' values.*",
        "The parameter {name} of this scale must lie between start and end.",
    ),
    (
        _RANGE + r"the parameters 'tick_interval', 'placeholder', and .*",
        "tick_interval, placeholder and tick_labelset do not go with the appearance of this scale.",
    ),
    (_RANGE + r".*", _TICKS),
    (
        _PARAMETERS + r"The '(?P<name>[\w-]+)' parameter must .*",
        "The parameter {name} is not written as this kind of question wants it.",
    ),
    (
        r"(?:.*For geoshape and geotrace questions, the 'incremental' .*|Survey sheet - invalid geo.* '(?P<other>.+)')",
        "The field parameters is not written as this kind of question wants it.",
    ),
    (
        r"randomize must be set to true or false: '(?P<value>.*)' is an invalid value",
        "The parameter randomize is true or false, not {value}.",
    ),
    (
        r"seed value must be a number or a reference to another field\.",
        "The parameter seed is a number or a reference like ${{name}}.",
    ),
    (
        r"Parameters must include randomize=true to use a seed\.",
        "The parameter seed goes with randomize=true only.",
    ),
    (
        r"Parameter (?P<name>rows|max-pixels) must have an integer value\.",
        "The parameter {name} must be a whole number.",
    ),
    (
        r"Invalid value for quality\.",
        "The parameter quality is normal, low or voice-only; for a recording, also external.",
    ),
    (
        r"Parameter 'app' has an invalid Android package name.*",
        "The parameter app names no Android app. A chat does not use it: you can remove it.",
    ),
    # what a chat has not
    (r"On the '(?:survey|entities)' sheet, the 'save_to' value is invalid\. .*", _ENTITIES),
    (r"On the 'entities' sheet, .*", _ENTITIES),
    (r"Audits must always be named 'audit\.' .*", _AUDIT),
    (r"(?:track-changes|track-changes-reasons|identify-user) must be set to .*", _AUDIT),
    (r"Parameter location-[a-z-]+ must .*", _AUDIT),
    (r"To include location information in the audit, .*", _AUDIT),
    (
        r"Cannot omit instanceID, it is required for encryption\.",
        "omit_instanceID and public_key do not go together. Please remove one of them from the sheet settings.",
    ),
    (
        r"Found a cascading_select .*",
        "cascading_select is no longer used. Please use select_one with a condition in the column choice_filter.",
    ),
)
_KNOWN = tuple((re.compile(pattern, re.DOTALL), template) for pattern, template in _TABLE)
UNKNOWN = "The converter says: {text}"


def plainly(said: str, names: Iterable[str] = ()) -> Reason:
    """A message of the converter, its row left out, in plain words. ``names``: those of the questions there are."""
    for pattern, template in _KNOWN:
        found = pattern.fullmatch(said)
        if found is None:
            continue
        values = {name: each or "" for name, each in found.groupdict().items()}
        if "{sheet}" in template:
            values.setdefault("sheet", _sheet_in(said))
        if template == NO_QUESTION:
            other = close_to(values["name"], names)
            if other is not None:
                return Reason.of(NO_QUESTION_BUT, **{**values, "other": f"${{{other}}}"})
        return Reason.of(template, **values)
    return Reason.of(UNKNOWN, text=said)


def _sheet_in(said: str) -> str:
    found = re.search(r"\b(survey|external_choices|choices)\b", said)
    return found[1] if found else ""
