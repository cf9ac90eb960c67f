"""The functions of the ODK XForms specification by the parts it orders them in.

Source: https://getodk.github.io/xforms-spec/#xpath-functions, where each is found under ``#fn:`` and its name. It has 70;
``geofence`` is younger (JavaRosa 5.1, ODK Web Forms) and stands in the engines of the field.
"""

FUNCTIONS_OF_THE_SPECIFICATION = {
    "String Functions": (
        "string concat join substr substring-before substring-after translate string-length normalize-space contains "
        "starts-with ends-with uuid digest base64-decode pulldata"
    ).split(),
    "Boolean Functions": (
        "if coalesce once true false boolean boolean-from-string not regex checklist weighted-checklist"
    ).split(),
    "Number Functions": (
        "number random int sum max min round pow log log10 abs sin cos tan asin acos atan atan2 sqrt exp exp10 pi"
    ).split(),
    "Node-set Functions": "count count-non-empty position instance current randomize".split(),
    "Date and Time Functions": "today now format-date format-date-time date decimal-date-time decimal-time".split(),
    "Select Functions": "selected selected-at count-selected jr:choice-name".split(),
    "Translation Functions": ["jr:itext"],
    "Repeat Functions": ["indexed-repeat"],
    "Geographic Functions": ["area", "distance"],
}
YOUNGER = ["geofence"]
