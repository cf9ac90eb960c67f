"""The whole path in a browser: residents answer a real questionnaire, in Arabic on a phone and in Bulgarian at a desk.

The demo runs as it does at its second start, and nothing is pressed but what stands on the screen.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import ViewportSize, expect
from sqlalchemy import func, select

from storage.database import Database
from storage.models import Answer, Base, Contact, Interview, Resident, Response, SurveyKey
from storage.queries.turns import pseudonym
from tests.browser.conftest import DESK, PHONE, Pages
from tests.browser.demo import Demo, sign_in
from tests.browser.visitor import Visitor, keep_picture

pytestmark = pytest.mark.asyncio(loop_scope="session")

PATIENCE_MS = 20_000
MOST_RELOADS = 50


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    """The bot writes once a second to one chat, as Telegram wants it, and the machine may be busy."""
    expect.set_options(timeout=PATIENCE_MS)
    yield
    expect.set_options(timeout=None)


@pytest_asyncio.fixture(loop_scope="session")
async def demo(tmp_path: Path, sample_town: Path) -> AsyncIterator[Demo]:
    async with Demo.running(tmp_path, town=sample_town) as demo:
        yield demo


# --- what stands on the screen --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Words:
    """The words of one language, as they stand on the screen: ours, and the questionnaire's."""

    language: str
    agree: str
    are_you_16: str
    yes: str
    back: str
    next: str
    skip: str
    skipped: str
    done: str
    later: str
    go_on: str
    change_language: str
    own_language: str
    your_answers: str
    send: str
    thanks: str
    what_now: str
    likes: tuple[str, str]
    people: str
    space: tuple[str, str]
    problems: str
    damp: str
    noise: str
    cold: str
    safe: tuple[str, str]
    worries: str
    dark: str
    clean: str
    missing: str
    trees: str
    benches: str
    toilet: str
    light: str
    too_many: str
    neighbours: tuple[str, str]
    help: tuple[str, str]
    age: tuple[str, str]
    wish: str


ARABIC = Words(
    language="ar",
    agree="✅ نعم، أوافق",
    are_you_16="هل عمركم 16 سنة أو أكثر؟",
    yes="نعم",
    back="↪️ رجوع",
    next="⏪ التالي",
    skip="⏮️ تخطّي",
    skipped="تم التخطّي",
    done="✔️ تم",
    later="⏸️ المتابعة لاحقًا",
    go_on="▶️ متابعة الاستبيان",
    change_language="🌐 اللغة",
    own_language="العربية",
    your_answers="إجاباتكم",
    send="✅ إرسال إجاباتي",
    thanks="شكرًا لكم! وصلتنا إجاباتكم.",
    what_now="ماذا تريدون أن تفعلوا؟",
    likes=("هل تحبون العيش في حيّكم؟", "نعم، كثيرًا"),
    people="كم شخصًا يسكن في بيتكم؟",
    space=("هل البيت واسع بما يكفي؟", "ضيّق قليلًا"),
    problems="ما المشكلات في بيتكم؟",
    damp="رطوبة أو عفن",
    noise="الضجيج كثير",
    cold="البيت بارد",
    safe=("هل تشعرون بالأمان في الشارع مساءً؟", "نادرًا"),
    worries="ما الذي يقلقكم في الشارع؟",
    dark="المكان مظلم",
    clean="هل الشوارع في حيّكم نظيفة؟",
    missing="ماذا ينقص شوارع حيّكم وساحاته؟",
    trees="أشجار وظل",
    benches="مقاعد",
    toilet="مرحاض عام",
    light="إضاءة أكثر مساءً",
    too_many="اختاروا من فضلكم 3 أشياء على الأكثر.",
    neighbours=("هل تعرفون جيرانكم؟", "نتبادل السلام"),
    help=("هل يساعدكم أحد هنا عند الحاجة؟", "أحيانًا"),
    age=("كم عمركم؟", "من 26 إلى 40 سنة"),
    wish="ماذا تريدون أن يتحسّن في حيّكم؟",
)

BULGARIAN = Words(
    language="bg",
    agree="✅ Да, приемам",
    are_you_16="На 16 или повече години ли сте?",
    yes="Да",
    back="↩️ Назад",
    next="⏩ Напред",
    skip="⏭️ Пропускане",
    skipped="Пропуснато",
    done="✔️ Готово",
    later="⏸️ Продължаване по-късно",
    go_on="▶️ Продължаване на анкетата",
    change_language="🌐 Език",
    own_language="Български",
    your_answers="Вашите отговори",
    send="✅ Изпращане на отговорите",
    thanks="Благодарим Ви! Получихме отговорите Ви.",
    what_now="Какво искате да направите?",
    likes=("Харесва ли Ви да живеете в квартала?", "По-скоро да"),
    people="Колко души живеят във Вашето жилище?",
    space=("Достатъчно голямо ли е то?", "Малко е тясно"),
    problems="Какви проблеми има във Вашето жилище?",
    damp="Влага или мухъл",
    noise="Много е шумно",
    cold="Студено е",
    safe=("Чувствате ли се в безопасност вечер навън?", "Рядко"),
    worries="Какво Ви притеснява навън?",
    dark="Тъмно е",
    clean="Чисти ли са улиците в квартала?",
    missing="Какво липсва навън в квартала?",
    trees="Дървета и сянка",
    benches="Пейки",
    toilet="Обществена тоалетна",
    light="Повече светлина вечер",
    too_many="Моля, изберете най-много 3 неща.",
    neighbours=("Познавате ли съседите си?", "Поздравяваме се"),
    help=("Помага ли Ви някой тук, когато имате нужда?", "Понякога"),
    age=("На колко години сте?", "От 26 до 40 години"),
    wish="Какво искате да стане по-добро в квартала?",
)


@dataclass(frozen=True)
class Person:
    """Who answers, on which screen, and what is written and photographed on the way."""

    name: str
    phone_language: str
    screen: ViewportSize
    words: Words
    people_typed: str
    people_changed: str
    wish_typed: str
    answers_in_german: bool
    screen_name: str
    pictures: frozenset[str]


AMAL = Person(
    name="أمل",
    phone_language="Arabic",
    screen=PHONE,
    words=ARABIC,
    people_typed="٤",
    people_changed="٥",
    wish_typed="مقاعد تحت الأشجار، ومكان آمن للأطفال.",
    answers_in_german=False,
    screen_name="arabic-390",
    pictures=frozenset({"start", "multi-select", "chat", "summary"}),
)
IVAN = Person(
    name="Иван",
    phone_language="Bulgarian",
    screen=DESK,
    words=BULGARIAN,
    people_typed="четири",
    people_changed="5",
    wish_typed="Повече пейки и дървета пред блока.",
    answers_in_german=True,
    screen_name="bulgarian-1280",
    pictures=frozenset({"chat", "summary"}),
)


# --- the path -------------------------------------------------------------------------------------------------------


async def answer_everything(visitor: Visitor, person: Person) -> None:
    await begin(visitor, person)
    await answer_about_the_home(visitor, person)
    await answer_about_outside(visitor, person)
    await answer_about_neighbours(visitor, person)
    await check_and_send(visitor, person)


async def photograph(visitor: Visitor, person: Person, moment: str) -> None:
    if moment in person.pictures:
        await visitor.is_photographed(f"{moment}-{person.screen_name}.png")


async def begin(visitor: Visitor, person: Person) -> None:
    words = person.words
    await expect(visitor.button(words.agree)).to_be_in_viewport()
    await expect(visitor.button(f"✓ {words.own_language}")).to_be_visible()
    await photograph(visitor, person, "start")
    await visitor.taps(words.agree)
    await visitor.answers(words.are_you_16, words.yes)


async def answer_about_the_home(visitor: Visitor, person: Person) -> None:
    words = person.words
    await visitor.answers(*words.likes)
    await visitor.is_asked(words.people)
    await visitor.writes(person.people_typed)
    await visitor.answers(*words.space)
    await visitor.ticks(words.problems, words.damp, words.cold, words.noise, words.cold)
    await photograph(visitor, person, "multi-select")
    await visitor.taps(words.done)


async def answer_about_outside(visitor: Visitor, person: Person) -> None:
    words = person.words
    await visitor.answers(*words.safe)
    await visitor.ticks(words.worries, words.dark)
    await visitor.taps(words.done)
    await visitor.is_asked(words.clean)
    await photograph(visitor, person, "chat")
    await visitor.taps(words.skip)
    await visitor.reads(f"– {words.skipped}")
    await visitor.ticks(words.missing, words.trees, words.benches, words.toilet)
    await visitor.taps(f"☐ {words.light}")
    await expect(visitor.page.locator(".toast")).to_contain_text(words.too_many)
    await visitor.taps(words.done)


async def answer_about_neighbours(visitor: Visitor, person: Person) -> None:
    words = person.words
    await visitor.answers(words.neighbours[0], words.later)
    await visitor.taps(words.go_on)
    await visitor.answers(words.neighbours[0], words.change_language)
    await visitor.taps("Deutsch")
    await visitor.is_asked("Wie gut kennen Sie Ihre Nachbarinnen und Nachbarn?")
    if person.answers_in_german:
        await visitor.taps("Wir grüßen uns")
        await visitor.is_asked("Hilft Ihnen hier jemand, wenn Sie Hilfe brauchen?")
    await visitor.taps("🌐 Sprache")
    await visitor.taps(words.own_language)
    if not person.answers_in_german:
        await visitor.answers(*words.neighbours)
    await visitor.answers(*words.help)
    await visitor.answers(*words.age)
    await visitor.answers(words.wish, words.back)
    await visitor.is_asked(words.age[0])
    await expect(visitor.button(f"✓ {words.age[1]}")).to_be_visible()
    await visitor.taps(words.next)
    await visitor.is_asked(words.wish)
    await visitor.writes(person.wish_typed)


async def check_and_send(visitor: Visitor, person: Person) -> None:
    words = person.words
    await visitor.answers(words.your_answers, "2")
    await visitor.is_asked(words.people)
    await visitor.writes(person.people_changed)
    await visitor.is_asked(words.your_answers)
    await visitor.is_asked(person.wish_typed)
    summary = visitor.open_message
    await expect(summary).to_be_in_viewport()
    await visitor.goes_to_the_newest_message()
    await photograph(visitor, person, "summary")
    await visitor.taps(words.send)
    await visitor.reads(words.thanks)
    await visitor.is_asked(words.what_now)


# --- what is kept of it ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kept:
    """A response as the database has it: whether it is complete, and each answer with the language it was asked in."""

    complete: bool
    answers: dict[str, tuple[str, str]]


async def responses(demo: Demo) -> dict[str, Kept]:
    """The responses of those who have a chat, by the language they were ended in: not the invented residents'."""
    database = Database.in_folder(demo.data)
    try:
        async with database.read() as connection:
            keys = list(await connection.scalars(select(SurveyKey.key)))
            asked = select(Resident.id).join(Contact).where(Contact.prompt > 0)  # not the invented ones
            people = list(await connection.scalars(asked))
            theirs = Response.pseudonym.in_([pseudonym(key, person) for key in keys for person in people])
            rows = await connection.execute(select(Response.id, Response.language, Response.complete).where(theirs))
            kept = {row.id: (row.language, Kept(row.complete, {})) for row in rows}
            answers = select(Answer.response_id, Answer.ref, Answer.value, Answer.language).join(Response).where(theirs)
            for row in await connection.execute(answers.where(Answer.ref.not_like("%/meta/%"))):
                kept[row.response_id][1].answers[row.ref.rsplit("/", 1)[-1]] = (row.value, row.language)
    finally:
        await database.close()
    return dict(kept.values())


async def numbers(demo: Demo) -> dict[type[Base], int]:
    """How many rows of each kind that is held of residents."""
    database = Database.in_folder(demo.data)
    try:
        async with database.read() as connection:
            return {
                table: await connection.scalar(select(func.count()).select_from(table)) or 0
                for table in (Resident, Interview, Response, Answer)
            }
    finally:
        await database.close()


SAME_ANSWERS = {
    "home_people": "5",
    "home_space": "little",
    "home_problems": "damp noise",
    "safe_in_the_evening": "rarely",
    "worries_outside": "dark",
    "missing_outside": "benches trees toilet",
    "know_neighbours": "greet",
    "help_nearby": "sometimes",
    "age_group": "26_to_40",
}


async def test_two_residents_answer_a_survey_in_arabic_and_bulgarian(demo: Demo, pages: Pages) -> None:
    people = (AMAL, IVAN)
    visitors = [
        await Visitor.taken_up(pages, demo, screen=each.screen, name=each.name, language=each.phone_language)
        for each in people
    ]
    await asyncio.gather(*(answer_everything(visitor, each) for visitor, each in zip(visitors, people, strict=True)))

    kept = await responses(demo)
    assert kept.keys() == {"ar", "bg"}
    assert kept["ar"] == Kept(
        complete=True,
        answers={
            **{question: (value, "ar") for question, value in SAME_ANSWERS.items()},
            "likes_living_here": ("very", "ar"),
            "wish_for_the_quarter": (AMAL.wish_typed, "ar"),
        },
    )
    assert kept["bg"] == Kept(
        complete=True,
        answers={
            **{question: (value, "bg") for question, value in SAME_ANSWERS.items()},
            "likes_living_here": ("rather", "bg"),
            "know_neighbours": ("greet", "de"),
            "wish_for_the_quarter": (IVAN.wish_typed, "bg"),
        },
    )
    await the_office_sees_that_all_is_well(demo, pages)


async def the_office_sees_that_all_is_well(demo: Demo, pages: Pages) -> None:
    for screen in (DESK, PHONE):
        page = await pages.open(demo.address, screen=screen, locale="de-DE")
        if screen is DESK:
            await keep_picture(page, "front-1280.png")
        await page.get_by_role("link", name="Als Quartiersbüro").click()
        await sign_in(page)
        survey = page.get_by_role("row", name="Leben in meinem Viertel").first
        await expect(survey.get_by_role("cell").first).to_have_text("läuft")
        for _ in range(MOST_RELOADS):  # what has been read may take a moment to be written down as sent
            if await page.get_by_text("Alles in Ordnung.").count():
                break
            await page.reload()
        await expect(page.get_by_text("Alles in Ordnung.")).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await keep_picture(page, f"admin-{screen['width']}.png", whole=True)


async def test_a_resident_sees_what_is_held_about_her_and_deletes_it(demo: Demo, pages: Pages) -> None:
    before = await numbers(demo)
    ayse = await Visitor.taken_up(pages, demo, screen=PHONE, name="Ayşe", language="Turkish")
    await ayse.taps("✅ Evet, kabul ediyorum")
    await ayse.answers("16 yaşında veya daha büyük müsünüz?", "Evet")
    await ayse.answers("Mahallenizde yaşamayı seviyor musunuz?", "Evet, çok")
    await ayse.is_asked("Evinizde kaç kişi yaşıyor?")
    await ayse.writes("/mydata")
    await ayse.is_asked("Hakkınızda sakladığımız bilgiler")
    await ayse.is_asked("Mahallenizde yaşamayı seviyor musunuz?")
    await ayse.is_asked("Evet, çok")
    [kept] = (await responses(demo)).values()
    assert kept == Kept(complete=False, answers={"likes_living_here": ("very", "tr")})

    await ayse.writes("/delete")
    await ayse.answers("Her şeyi silmek istiyor musunuz?", "🗑 Hepsini sil")
    await expect(ayse.page.locator(".message.other")).to_have_count(1)
    await ayse.is_asked("Verilerinizi sildik.")
    await expect(ayse.button("Yeniden başla")).to_be_visible()
    assert await numbers(demo) == before
