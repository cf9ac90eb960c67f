"""The functions of the ODK XForms specification by the parts it orders them in, separated by spaces.

Source: https://getodk.github.io/xforms-spec/#xpath-functions, where each is found under ``#fn:`` and its name.
It has 70; ``geofence`` is younger and stands in the engines of the field.
"""

FUNCTIONS_OF_THE_SPECIFICATION = {
    "String Functions": "string concat join substr substring-before substring-after translate string-length"
    " normalize-space contains starts-with ends-with uuid digest base64-decode pulldata",
    "Boolean Functions": "if coalesce once true false boolean boolean-from-string not regex checklist"
    " weighted-checklist",
    "Number Functions": "number random int sum max min round pow log log10 abs sin cos tan asin acos atan atan2 sqrt"
    " exp exp10 pi",
    "Node-set Functions": "count count-non-empty position instance current randomize",
    "Date and Time Functions": "today now format-date format-date-time date decimal-date-time decimal-time",
    "Select Functions": "selected selected-at count-selected jr:choice-name",
    "Translation Functions": "jr:itext",
    "Repeat Functions": "indexed-repeat",
    "Geographic Functions": "area distance",
}
YOUNGER = ["geofence"]
