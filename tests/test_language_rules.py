"""The rules that texts are checked by: each finds what it is there for, and lets a good text pass."""

from __future__ import annotations

import pytest

from tests.language_rules import faults

GOOD = {
    "ar": "اكتبوا من فضلكم رقمًا، مثلًا {example}. هل تريدون المتابعة؟",
    "bg": "Моля, изберете „Готово“. Вашият отговор ни помага.",
    "de": "Bitte wählen Sie „Fertig“. <b>Ihre</b> Antwort hilft uns: /mydata",
    "en": "Please choose “Done”. Nobody sees your name.",
    "ro": "Vă rugăm să alegeți „Gata”. Răspunsul dumneavoastră ajută.",
    "tr": "Lütfen “Tamam” düğmesine dokunun. Şenlik yeri güzel mi?",
}


@pytest.mark.parametrize("language", GOOD)
def test_a_good_text_passes(language: str) -> None:
    assert list(faults(GOOD[language], language)) == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ar", "هل تريدون المتابعة?"),
        ("ar", "نعم, كثيرًا"),
        ("ar", "اكتبوا ٤ من فضلكم"),
        ("bg", "Пазим вашите отговори."),
        ("bg", "Какво ви харесва?"),
        ("bg", "Изберете “Готово”."),
        ("bg", "Haпред"),
        ("de", "Bewohner:innen"),
        ("de", "Was ist deine Idee?"),
        ("de", 'Tippen Sie auf "Fertig".'),
        ("en", "Please wait..."),
        ("en", "Your answers have arrived!"),
        ("en", "One two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen."),
        ("ro", "Ce lipseşte în cartier?"),
        ("ro", "Care este părerea ta?"),
        ("tr", "Sen ne düşünüyorsun?"),
        ("tr", "I\u0307çme suyu"),
        ("en", "Yes  please"),
        ("de", " Ja"),
        ("en", "<b></b>"),
    ],
)
def test_a_fault_is_named(language: str, text: str) -> None:
    assert list(faults(text, language))


def test_a_welcome_may_be_glad() -> None:
    assert list(faults("Welcome!", "en", cheerful=True)) == []
