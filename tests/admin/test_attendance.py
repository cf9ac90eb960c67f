"""Tables about an event: the figures, in which nobody is told by their language, and the list for the door."""

from __future__ import annotations

import csv
from io import StringIO

from admin.exports.file_names import in_letters
from admin.site import Site
from storage.services.sign_ups import forget_details
from tests.admin.office import Clock, Office
from tests.admin.test_broadcasts import actions
from tests.admin.test_door import Door, begins
from tests.admin.test_events import ON_ONE_DATABASE, Plan


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(content.decode("utf-8-sig")), delimiter=";"))


async def test_figures_say_how_many_came_and_nobody_by_language(office: Office, site: Site, clock: Clock) -> None:
    plan = await Plan.at(office, site)
    await plan.is_open(repeats="weekly", until="2026-12-12")
    guests = [await plan.come("ar", 1) for _ in range(7)] + [await plan.come("ro", 4, children=2)]
    await begins(plan, clock)
    door = await Door.of(plan)
    await door.look()
    codes = [await door.code(guest) for guest in guests[:-1]]
    await door.sends(
        *({"key": f"arrival-{code}", "code": code, "persons": 0} for code in codes),
        *({"key": f"walk-in-{number}", "language": "bg", "persons": 1} for number in range(6)),
        {"key": "walk-in-one", "language": "tr", "persons": 1},
    )
    answer = await office.get(f"{plan.it}/attendance")
    named = answer.headers["content-disposition"]
    assert named == 'attachment; filename="anmeldungen-gemeinsam-essen-2026-12-05.csv"'
    first, second = table(answer.content)
    assert next(iter(first)) == "Veranstaltung"
    assert first["Veranstaltung"] == second["Veranstaltung"] == "Gemeinsam essen"
    assert (first["Tag"], first["von"], first["bis"], first["abgesagt"]) == ("2026-12-05", "15:00", "17:00", "0")
    assert (first["Anmeldungen"], first["erwartete Personen"], first["davon Kinder"]) == ("8", "11", "2")
    assert (first["erwartet und gekommen"], first["erwartet und nicht gekommen"]) == ("7", "4")
    assert (first["ohne Anmeldung gekommen"], first["gekommene Personen"]) == ("7", "14")
    how = "(gerundet auf 5, unter 5 leer)"
    assert (first[f"Anmeldungen auf Arabisch {how}"], first[f"Anmeldungen auf Rumänisch {how}"]) == ("5", "")
    assert first[f"Anmeldungen auf Deutsch {how}"] == ""  # a few and nobody look the same
    assert first[f"ohne Anmeldung, Bulgarisch {how}"] == "5"
    assert first[f"ohne Anmeldung, Türkisch {how}"] == first[f"ohne Anmeldung, eine andere Sprache {how}"] == ""
    assert (second["Tag"], second["erwartete Personen"], second["gekommene Personen"]) == ("2026-12-12", "0", "")


@ON_ONE_DATABASE
async def test_the_list_of_a_date_can_be_taken_along_and_the_log_says_who_took_it(
    office: Office, site: Site, clock: Clock
) -> None:
    plan = await Plan.at(office, site)
    await plan.is_open()
    door = await Door.of(plan)
    await plan.come("ar", 3, needs=("interpreter", "childcare"), children=1, name='=1+1;"Amina"')
    await plan.come("ro", 2)
    await begins(plan, clock)
    taken = await office.send(f"{plan.it}/dates/{door.date}/list", {})
    assert 'filename="liste-gemeinsam-essen-2026-12-05.csv"' in taken.headers["content-disposition"]
    first, second = table(taken.content)
    assert first["Vorname"] == '\'=1+1;"Amina"'  # no program takes it for a formula
    assert (first["Personen"], first["davon Kinder"], first["Dolmetschen für"]) == ("3", "1", "Arabisch")
    assert (first["Kinderbetreuung"], first["Rollstuhl"], first["gekommen"]) == ("1", "0", "")
    assert (second["Vorname"], second["Dolmetschen für"]) == ("", "")
    assert (await actions(site))[-1] == "event.list"
    gone = await office.send(f"{plan.it}/dates/{door.date + 1}/list", {})
    assert gone.status_code == 404


NEEDS = ("Anmeldungen mit Kinderbetreuung", "Anmeldungen mit Dolmetschen", "Anmeldungen mit Rollstuhl")


async def test_needs_are_exact_while_they_are_kept_and_then_empty(office: Office, site: Site, clock: Clock) -> None:
    plan = await Plan.at(office, site, title="Straßenfest Süd; Şehir / 1 🍲")
    await plan.is_open(repeats="weekly", until="2026-12-12")
    await plan.come("ar", 3, needs=("interpreter", "childcare"), children=1)
    await plan.come("ar", 2, needs=("interpreter",))
    await plan.come("ro", 1, needs=("wheelchair",))
    answer = await office.get(f"{plan.it}/attendance")
    assert answer.headers["content-disposition"] == (
        'attachment; filename="anmeldungen-strassenfest-sued-sehir-1-2026-12-05.csv"'
    )
    first, second = table(answer.content)
    assert [first[each] for each in NEEDS] == ["1", "2", "1"]
    assert [second[each] for each in NEEDS] == ["0", "0", "0"]
    over = (await plan.event()).occasions[0].ends_at
    await plan.waits(clock, (over - clock()).days + 4)
    async with site.database.write() as connection:
        await forget_details(connection, now=clock())
    first, second = table((await office.get(f"{plan.it}/attendance")).content)
    assert (first["Anmeldungen"], first["erwartete Personen"]) == ("3", "6")
    assert [first[each] for each in NEEDS] == ["", "", ""], "nobody knows any more"
    assert [second[each] for each in NEEDS] == ["0", "0", "0"]


def test_a_file_is_called_by_its_title_in_letters_that_fit_into_a_header() -> None:
    assert in_letters('Große "Küche"\r\nX: ../ıç_1') == "grosse-kueche-x-ic-1"
    assert in_letters("مطبخ 🍲") == ""
    assert len(in_letters("x" * 500)) == 60
