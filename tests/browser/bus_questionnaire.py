"""A small questionnaire for the tests in a browser: each kind of question that results tell apart, five languages."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO

from openpyxl import Workbook

from tests.browser.residents import Question

LANGUAGES = {"de": "Deutsch", "ar": "العربية", "bg": "Български", "ro": "Română", "tr": "Türkçe"}


def _said(*words: str) -> Mapping[str, str]:
    return dict(zip(LANGUAGES, words, strict=True))


TITLES = _said("Bus und Wege", "الحافلة والطرق", "Автобус и пътища", "Autobuz și drumuri", "Otobüs ve yollar")

QUESTIONS = (
    Question(
        "by_bus",
        "select_one",
        _said(
            "Fahren Sie mit dem Bus?",
            "هل تركبون الحافلة؟",
            "Пътувате ли с автобус?",
            "Mergeți cu autobuzul?",
            "Otobüse biniyor musunuz?",
        ),
        {
            "often": _said("Oft", "كثيرًا", "Често", "Des", "Sık sık"),
            "sometimes": _said("Manchmal", "أحيانًا", "Понякога", "Uneori", "Bazen"),
            "never": _said("Nie", "أبدًا", "Никога", "Niciodată", "Hiç"),
        },
    ),
    Question(
        "stop_lacks",
        "select_multiple",
        _said(
            "Was fehlt an Ihrer Haltestelle?",
            "ماذا ينقص موقفكم؟",
            "Какво липсва на Вашата спирка?",
            "Ce lipsește la stația dumneavoastră?",
            "Durağınızda ne eksik?",
        ),
        {
            "bench": _said("Eine Bank", "مقعد", "Пейка", "O bancă", "Bir bank"),
            "roof": _said("Ein Dach", "سقف", "Покрив", "Un acoperiș", "Bir çatı"),
            "light": _said("Licht", "إضاءة", "Осветление", "Lumină", "Işık"),
        },
    ),
    Question(
        "age_group",
        "select_one",
        _said("Wie alt sind Sie?", "كم عمركم؟", "На колко години сте?", "Ce vârstă aveți?", "Kaç yaşındasınız?"),
        {
            "16_to_40": _said("16 bis 40 Jahre", "من 16 إلى 40 سنة", "От 16 до 40 години", "16–40 de ani", "16–40 yaş"),
            "41_and_older": _said(
                "41 Jahre oder älter", "41 سنة أو أكثر", "41 или повече години", "41 de ani sau peste", "41 yaş ve üstü"
            ),
        },
    ),
    Question(
        "wish",
        "text",
        _said("Was wünschen Sie sich?", "ماذا تتمنون؟", "Какво искате?", "Ce vă doriți?", "Ne istersiniz?"),
        {},
    ),
)


def workbook() -> bytes:
    """The questionnaire as a spreadsheet."""
    book = Workbook()
    labels = [f"label::{name} ({code})" for code, name in LANGUAGES.items()]
    survey = book.active
    assert survey is not None
    survey.title = "survey"
    survey.append(["type", "name", *labels])
    choices = book.create_sheet("choices")
    choices.append(["list_name", "name", *labels])
    for question in QUESTIONS:
        kind = f"{question.kind} {question.name}s" if question.options else question.kind
        survey.append([kind, question.name, *question.words.values()])
        for value, words in question.options.items():
            choices.append([f"{question.name}s", value, *words.values()])
    settings = book.create_sheet("settings")
    settings.append(["form_title", "default_language", *(f"resident_title::{n} ({c})" for c, n in LANGUAGES.items())])
    settings.append([TITLES["de"], "Deutsch (de)", *TITLES.values()])
    out = BytesIO()
    book.save(out)
    return out.getvalue()
