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

NO_QUESTION = "The column “{column}” refers to “${{{name}}}”. There is no question called “{name}”."
NO_QUESTION_BUT = (
    "The column “{column}” refers to “${{{name}}}”. There is no question called “{name}”. Did you mean “{other}”?"
)
NO_END = (
    "Here stands “begin {kind}” with the name “{name}”, but “end {kind}” is missing further "
    "down. Please add a row with this type."
)
OTHER_END = "Here stands “end {kind}”, but the “begin {begun}” of row {row} has not ended yet. Did you mean “{other}”?"
NO_BEGINNING = "Here stands “end {kind}”, but “begin {kind}” is missing before it."
NO_TYPE = "There is no type of question “{kind}”."
NO_TEXT = "The question “{name}” has no text. Please write it into the column “label”."
BAD_CHOICE = (
    "The name “{name}” in the list “{listed}” has a space in it. Where several answers can "
    "be chosen, names have no spaces."
)
BIG_IMAGE_ALONE = "The question “{name}” has something in the column “big-image”, but nothing in the column “image”."
_BAD_NAME = "A name in the column “{column}” begins with a letter. Letters, digits and “_” may follow, but no spaces."
_ENTITIES = (
    "This belongs to “entities”, with which ODK keeps records up to date. A chat has none. "
    "Please remove the sheet “entities” and the column “save_to”."
)
_AUDIT = "The row “audit” is not written as ODK wants it. The chat records nothing of the kind. Please remove the row."
SEARCH = (
    "The question “{name}” uses “search()”. A chat cannot do that. Please use "
    "“select_one_from_file” instead, with a condition in the column “choice_filter”."
)
_TICKS = (
    "“tick_labelset” in the column “parameters” does not fit this scale. It names a list "
    "whose names are numbers of the scale."
)
NO_CHOICES = (
    "The sheet “choices” is missing. It has the answers to choose from, with the columns "
    "“list_name”, “name” and “label”."
)
NO_LIST = (
    "The list “{listed}” is missing in the sheet “choices”. There, the column “list_name” says which list an answer"
    " belongs to."
)
NO_NAME = "This question or group has no name. Please write a short one into the column “name”."
UNNAMED_CHOICE = "This answer has no name. Please write a short one into the column “name”."
NO_CHOICE_TEXT = "This answer has no text in any language. Please write it into the column “label”."
TWO_COLUMNS = "Two columns are called “{column}”. Please remove or rename one of them."
NO_SURVEY = "The sheet “survey” is missing. It has the questions in it. Please give your sheet of questions this name."
CALLED_OTHERWISE = (
    "The sheet “{sheet}” is missing. Is it the one called “{others}”? Then please rename it to “{sheet}”."
)

_TABLE: tuple[tuple[str, str], ...] = (
    # references
    (_VALUE + r"Reference variables must contain a name .* find the name '(?P<name>.+)'\.", NO_QUESTION),
    (
        _VALUE + r"Reference variables must start with .*",
        "The column “{column}” has a reference to a question that is not written as “${{name}}”.",
    ),
    (
        _VALUE + r"Reference variables names must be unique .* The name '(?P<name>.+)' appears more than once\.",
        (
            "The column “{column}” refers to “${{{name}}}”. Several questions are called “{name}”. "
            "Please give each a name of its own."
        ),
    ),
    (
        _VALUE + r"Reference variable lists must have a comma.*",
        "The column “{column}” names several questions. Please write a comma between them.",
    ),
    (
        r"(?:.* )?There is no survey element named '(?P<name>.+)'\.",
        "Somewhere stands “${{{name}}}”. There is no question called “{name}”.",
    ),
    (
        r"(?:.* )?There are multiple survey elements named '(?P<name>.+)'\.",
        ("Somewhere stands “${{{name}}}”. Several questions are called “{name}”. Please give each a name of its own."),
    ),
    (
        r"The question \$\{(?P<name>.+)\} is not user-visible .* for question \$\{(?P<other>.+)\}\.",
        (
            "The question “{other}” has “{name}” in the column “trigger”, but nobody is asked that. "
            "Only an answer can trigger something."
        ),
    ),
    # names
    (
        r"On the '(?:survey|entities)' sheet, the '(?:save_to|list_name)' value is invalid\. Names (?:used|must).*",
        _ENTITIES,
    ),
    (_VALUE + r"Names used here must not .*", _ENTITIES),
    (_VALUE + r"Names must begin with .*", _BAD_NAME),
    (r"The '(?P<column>.+)' value is invalid\. Names must begin with .*", _BAD_NAME),
    (
        r"On the 'survey' sheet, the 'name' value 'meta' is invalid\. .* reserved .*",
        "No question may be called “meta”. Please give it another name.",
    ),
    (
        _SURVEY + r"Repeat names must not be the same as the survey root.*",
        "The repeat “{name}” has the same name as the form itself. Please give it another name.",
    ),
    (
        _SURVEY + r"Repeat names must unique anywhere.*",
        "Two repeats are called “{name}”. Each needs a name of its own.",
    ),
    (_SURVEY + r".* unique .*", "The name “{name}” stands here a second time. Each question needs a name of its own."),
    (
        r"Question or group with no name\..*",
        NO_NAME,
    ),
    (
        r"On the 'choices' sheet, the 'name' value is invalid\. Choices must have a name\. .*",
        UNNAMED_CHOICE,
    ),
    (
        r"On the 'choices' sheet, the 'name' value is invalid\. Choice names must be unique.*",
        "This answer stands twice in its list.",
    ),
    (
        r"Choice names with spaces cannot be added to .*\. See \[(?P<name>.*)\] in \[(?P<listed>.*)\]",
        BAD_CHOICE,
    ),
    (
        r"Survey cannot have an empty id_string",
        "The form has no name. Please write one into the sheet “settings”, column “form_id”.",
    ),
    # sheets and columns
    (r"You must have a sheet named 'survey'\. " + _SIMILAR, CALLED_OTHERWISE),
    (r"You must have a sheet named 'survey'\..*", NO_SURVEY),
    (r"There should be a choices sheet in this xlsform\. " + _SIMILAR, CALLED_OTHERWISE),
    (r"There should be a choices sheet in this xlsform\..*", NO_CHOICES),
    (r"There should be an external_choices sheet in this xlsform\. " + _SIMILAR, CALLED_OTHERWISE),
    (
        r"There should be an external_choices sheet in this xlsform\..*",
        "The sheet “external_choices” is missing. It has the columns “list_name” and “name”.",
    ),
    (r"List name not in choices sheet: (?P<listed>.+)", NO_LIST),
    (r"List name not in columns sheet: (?P<listed>.+)", NO_LIST),
    (
        r"List name not in external choices sheet: (?P<listed>.+)",
        "The list “{listed}” is missing in the sheet “external_choices”.",
    ),
    (
        r"Invalid headers provided for sheet: '(?P<sheet>\w+)'\. One or more .* not found: (?P<columns>.+?)\. .*",
        (
            "In the sheet “{sheet}”, this is missing: the column “{columns}”. The names of the "
            "columns are in the first row."
        ),
    ),
    (
        r"Invalid headers provided for sheet: '(?P<sheet>\w+)'\. Headers that .* found: (?P<columns>'.+', '.+')\. .*",
        ("In the sheet “{sheet}”, two columns mean the same: “{columns}”. Please remove one of them."),
    ),
    (
        r"Invalid headers provided for sheet: '(?P<sheet>\w+)'\. For XLSForms, .*",
        "In the sheet “{sheet}”, the first row does not have the names of the columns.",
    ),
    (
        r"Duplicate column header: (?P<column>.+)",
        TWO_COLUMNS,
    ),
    (
        r"The xls file provided has an invalid date on the .+ sheet, under the (?P<column>.+) column on row number \d+",
        "The column “{column}” has a date that cannot be read. Please write it as text.",
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
    (
        r"Question with no type\..*",
        ("The column “type” is empty. Please say there what kind of question this is, for example “text”."),
    ),
    (r"Missing calculation\.", "This row has the type “calculate”, but nothing in the column “calculation”."),
    (r"Repeat loop without list name\.", "This “loop” names no list of answers."),
    (r"There should be choices for this question\.", "This question has no answers to choose from."),
    (
        r"Choice filter not supported with or_other\.",
        (
            "“or_other” and “choice_filter” do not go together. Please write “other” into the list, "
            "and ask a question of its own about it."
        ),
    ),
    (r"Please specify choices for this 'or other' question\.", "This question has no answers to choose from."),
    (
        r"Choice filter not supported for table-list appearance\.",
        ("“table-list” in the column “appearance” and “choice_filter” do not go together. Please remove one of them."),
    ),
    (
        r"Badly formatted table list, list names don't match: (?P<one>.+) vs\. (?P<other>.+)",
        ("The questions of a “table-list” have the same answers. Here stand the lists “{one}” and “{other}”."),
    ),
    (
        r"For 'background-geopoint' questions, .*",
        (
            "A chat does not record the place by itself. Please remove this row, or ask for the "
            "place with the type “geopoint”."
        ),
    ),
    # media and files
    (
        r"To use big-image, you must also specify an image for the survey element named (?P<name>.+)\.",
        BIG_IMAGE_ALONE,
    ),
    (
        r"Media type: (?P<kind>.+) not supported",
        ("There is no column “media::{kind}”. There are “media::image”, “media::audio” and “media::video”."),
    ),
    (
        r"File name for '\S+ (?P<file>.*)' should end with one of the supported file extensions: (?P<endings>.+)",
        "The name of the file “{file}” should end in one of these: {endings}.",
    ),
    (
        r"The same instance id will be generated for different .*\..* name: '(?P<name>.+?)', .*",
        "Apart from how they end, two files are called “{name}”. Please rename one of them.",
    ),
    (
        r"Instance names must be unique within a form\. The name '(?P<name>.+?)' was found .*",
        "Apart from how they end, two files are called “{name}”. Please rename one of them.",
    ),
    (r"Question '(?P<name>.+)' is a select from file type, using 'search\(\)'\..*", SEARCH),
    (r"Question '(?P<name>.+?)' uses 'search\(\)', and its select type references .*", SEARCH),
    # parameters
    (
        _PARAMETERS + r"Parameters must be in the form .*",
        (
            "In the column “parameters”, please write a name, “=” and a value, and a space before "
            "the next name: “start=1 end=10”."
        ),
    ),
    (
        _PARAMETERS + r"The accepted parameter keys .* are '(?P<accepted>.*)'\. The following .*: '(?P<rejected>.*)'\.",
        ("In the column “parameters”, this type of question takes “{accepted}”, but not “{rejected}”."),
    ),
    (
        _RANGE + r"the parameter '(?P<name>\S+)' must be a number\.",
        "“{name}” in the column “parameters” must be a number, as in “start=1 end=10 step=1”.",
    ),
    (
        _RANGE + r"the parameter '(?P<name>\S+)' must not be '0' .*",
        "“{name}” in the column “parameters” must not be 0.",
    ),
    (
        _RANGE + r"the parameter '(?P<name>\S+)' must not be larger than .*",
        ("“{name}” in the column “parameters” is larger than the whole scale from “start” to “end”."),
    ),
    (
        _RANGE + r"the parameter '(?P<name>\S+)' must be a multiple of 'step'\.",
        "“{name}” in the column “parameters” must be a multiple of “step”.",
    ),
    (
        _RANGE + r"the parameter '(?P<name>\S+)' must be between the 'start' and 'end' values.*",
        "“{name}” in the column “parameters” must lie between “start” and “end”.",
    ),
    (
        _RANGE + r"the parameters 'tick_interval', 'placeholder', and .*",
        ("“tick_interval”, “placeholder” and “tick_labelset” do not go with what stands in the column “appearance”."),
    ),
    (_RANGE + r".*", _TICKS),
    (
        _PARAMETERS + r"The '(?P<name>[\w-]+)' parameter must .*",
        "“{name}” in the column “parameters” is not written as this type of question wants it.",
    ),
    (
        r"(?:.*For geoshape and geotrace questions, the 'incremental' .*|Survey sheet - invalid geo.* '(?P<other>.+)')",
        "The column “parameters” is not written as this type of question wants it.",
    ),
    (
        r"randomize must be set to true or false: '(?P<value>.*)' is an invalid value",
        "“randomize” in the column “parameters” is “true” or “false”, not “{value}”.",
    ),
    (
        r"seed value must be a number or a reference to another field\.",
        "“seed” in the column “parameters” is a number or a reference like “${{name}}”.",
    ),
    (
        r"Parameters must include randomize=true to use a seed\.",
        "“seed” in the column “parameters” goes with “randomize=true” only.",
    ),
    (
        r"Parameter (?P<name>rows|max-pixels) must have an integer value\.",
        "“{name}” in the column “parameters” must be a whole number.",
    ),
    (
        r"Invalid value for quality\.",
        ("“quality” in the column “parameters” is “normal”, “low” or “voice-only”; for a recording, also “external”."),
    ),
    (
        r"Parameter 'app' has an invalid Android package name.*",
        ("“app” in the column “parameters” names no Android app. A chat does not use it. Please remove it."),
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
        (
            "“omit_instanceID” and “public_key” do not go together. Please remove one of these "
            "columns from the sheet “settings”."
        ),
    ),
    (
        r"Found a cascading_select .*",
        (
            "“cascading_select” is no longer used. Please use “select_one” with a condition in the "
            "column “choice_filter”."
        ),
    ),
)
_KNOWN = tuple((re.compile(pattern, re.DOTALL), template) for pattern, template in _TABLE)
UNKNOWN = "The program that reads spreadsheets says in English: “{text}”."


def plainly(said: str, names: Iterable[str] = ()) -> Reason:
    """A message of the converter, its row left out, in plain words. ``names``: those of the questions there are."""
    for pattern, template in _KNOWN:
        found = pattern.fullmatch(said)
        if found is None:
            continue
        values = {name: (each or "").replace("'", "") for name, each in found.groupdict().items()}
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
