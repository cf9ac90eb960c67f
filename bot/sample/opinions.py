"""What an invented resident thinks: an answer to every question of our three questionnaires, by its name.

Answers hang together: who lives in a small flat near the harbour says other things than who is happy in the north.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from bot.sample.people import HARBOUR, Person, between_0_and_1, one

Opinion = Callable[[Person, Random], tuple[str, ...]]
"""What somebody would choose, or write; nothing: they skip the question. Where one is to be chosen, it is the first
that is offered."""

_ARABIC_FIGURES = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def _scale(level: float, steps: tuple[str, ...], random: Random, declines: float = 0.02) -> tuple[str, ...]:
    """The step for a level from 1 (the first) to 0 (the last), now and then a neighbour of it or no answer."""
    if random.random() < declines:
        return ("no_answer",)
    felt = between_0_and_1(random, level, 0.15)
    return (steps[min(len(steps) - 1, int((1 - felt) * len(steps)))],)


def _several(random: Random, chances: Mapping[str, float], most: int = 9, otherwise: str = "") -> tuple[str, ...]:
    chosen = [value for value, chance in chances.items() if random.random() < chance]
    random.shuffle(chosen)
    return tuple(chosen[:most]) or ((otherwise,) if otherwise else ())


def _typed(number: int, person: Person, random: Random) -> tuple[str, ...]:
    figures = str(number)
    return (figures.translate(_ARABIC_FIGURES) if person.language == "ar" and random.random() < 0.5 else figures,)


def _age(person: Person, random: Random) -> tuple[str, ...]:
    return ("no_answer",) if random.random() < 0.05 else (person.age,)


# --- living in my quarter -------------------------------------------------------------------------------------------


def _home_problems(person: Person, random: Random) -> tuple[str, ...]:
    bad = 1 - person.content
    harbour = person.area == HARBOUR
    return _several(
        random,
        {
            "rent": 0.25 + 0.3 * bad,
            "cold": 0.25 * bad,
            "damp": 0.45 * bad if harbour else 0.2 * bad,
            "noise": 0.35 if harbour else 0.12,
            "broken": 0.3 * bad,
            "other": 0.05,
        },
        otherwise="none",
    )


def _home_space(person: Person, random: Random) -> tuple[str, ...]:
    return _scale(1.05 - 0.13 * person.household, ("enough", "little", "much_too_little"), random)


def _safe(person: Person, random: Random) -> tuple[str, ...]:
    if person.age == "61_and_older" and random.random() < 0.4:
        return ("at_home",)
    level = 0.25 + 0.6 * person.content - (0.1 if person.area == HARBOUR else 0)
    return _scale(level, ("always", "mostly", "rarely", "never"), random)


def _worries(person: Person, random: Random) -> tuple[str, ...]:
    insults = 0.12 if person.language in ("de", "en") else 0.3
    chances = {"dark": 0.6, "empty": 0.3, "insults": insults, "quarrels": 0.35, "traffic": 0.3, "other": 0.05}
    return _several(random, chances, otherwise="no_answer")


def _clean(person: Person, random: Random) -> tuple[str, ...]:
    if random.random() < 0.03:
        return ("dont_know",)
    return _scale(0.2 + 0.5 * person.content, ("yes", "partly", "no"), random, declines=0)


def _missing_outside(person: Person, random: Random) -> tuple[str, ...]:
    young, old = person.age == "16_to_25", person.age == "61_and_older"
    chances = {
        "benches": 0.6 if old else 0.3,
        "trees": 0.4,
        "playground": 0.5 if person.children else 0.1,
        "sport": 0.45 if young else 0.15,
        "toilet": 0.4 if old or person.children else 0.15,
        "light": 0.4 if person.area == HARBOUR else 0.22,
        "bins": 0.3,
    }
    return _several(random, chances, most=3, otherwise="nothing")


def _neighbours(person: Person, random: Random) -> tuple[str, ...]:
    level = 0.35 + 0.3 * person.content + (0.2 if person.age == "61_and_older" else 0)
    return _scale(level, ("well", "greet", "little", "not"), random)


def _help(person: Person, random: Random) -> tuple[str, ...]:
    if random.random() < 0.12:
        return ("not_needed",)
    return _scale(0.3 + 0.25 * person.german + 0.3 * person.content, ("yes", "sometimes", "no"), random, declines=0)


# --- after the festival ---------------------------------------------------------------------------------------------


def _was_there(person: Person, random: Random) -> tuple[str, ...]:
    far = person.area == HARBOUR
    return (one(random, {"yes": 45, "short": 22, "no": 45 if far else 25}),)


def _why_absent(person: Person, random: Random) -> tuple[str, ...]:
    chances = {
        "unknown": 0.3 + 0.3 * (1 - person.german),
        "time": 0.35,
        "far": 0.25 if person.area == HARBOUR else 0.05,
        "childcare": 0.3 if person.children else 0.0,
        "german": 0.5 * (1 - person.german),
        "alone": 0.2,
        "interest": 0.08,
        "other": 0.05,
    }
    return _several(random, chances, most=3, otherwise="no_answer")


def _heard_from(person: Person, random: Random) -> tuple[str, ...]:
    school = 25 if person.children else 4
    weights = {"message": 20, "poster": 14 + 16 * person.german, "people": 35, "school": school, "passing": 14}
    return (one(random, {**weights, "other": 3}),)


def _companions(person: Person, random: Random) -> tuple[str, ...]:
    return _typed(max(0, person.household - 1 + random.choice((-1, 0, 0, 1, 2))), person, random)


def _liked(person: Person, random: Random) -> tuple[str, ...]:
    return _scale(0.4 + 0.25 * person.german + 0.2 * person.content, ("very", "rather", "little", "not"), random)


def _good(person: Person, random: Random) -> tuple[str, ...]:
    games = 0.55 if person.children else 0.08
    chances = {"food": 0.6, "music": 0.45, "games": games, "people": 0.4, "place": 0.2, "mood": 0.35}
    return _several(random, chances, most=3, otherwise="none")


def _understood(person: Person, random: Random) -> tuple[str, ...]:
    return _scale(person.german, ("all", "most", "little", "nothing"), random)


def _language_help(person: Person, random: Random) -> tuple[str, ...]:  # noqa: ARG001 (an opinion)
    chances = {"interpreter": 0.5, "pictures": 0.4, "leaflets": 0.55, "easy_german": 0.35, "other": 0.03}
    return _several(random, chances, otherwise="leaflets")


def _for_children(person: Person, random: Random) -> tuple[str, ...]:
    if not person.children and random.random() < 0.6:
        return ("dont_know",)
    return _scale(0.62, ("yes", "partly", "no"), random, declines=0)


def _met(person: Person, random: Random) -> tuple[str, ...]:
    return _scale(0.3 + 0.4 * person.german, ("several", "one", "no"), random)


def _come_again(person: Person, random: Random) -> tuple[str, ...]:
    return _scale(0.45 + 0.3 * person.content, ("yes", "maybe", "no"), random, declines=0)


# --- what should happen on the square -------------------------------------------------------------------------------


def _visits(person: Person, random: Random) -> tuple[str, ...]:  # noqa: ARG001 (an opinion)
    return (one(random, {"daily": 30, "weekly": 40, "rarely": 24, "never": 5, "no_answer": 1}),)


def _dislikes(person: Person, random: Random) -> tuple[str, ...]:
    unsafe = 0.4 * (1 - person.content)
    chances = {"seats": 0.4, "noise": 0.2, "cars": 0.35, "dirt": 0.4, "unsafe": unsafe, "far": 0.1, "other": 0.05}
    return _several(random, chances, otherwise="other")


def _wishes(person: Person, random: Random) -> tuple[str, ...]:
    chances = {
        "trees": 0.55,
        "seats": 0.5,
        "playground": 0.5 if person.children else 0.1,
        "sport": 0.4 if person.age == "16_to_25" else 0.1,
        "water": 0.3,
        "market": 0.3,
        "music": 0.2,
        "light": 0.25,
        "toilet": 0.3 if person.age == "61_and_older" else 0.15,
    }
    return _several(random, chances, most=3, otherwise="trees")


def _most_important(person: Person, random: Random) -> tuple[str, ...]:
    wishes = ["trees", "seats", "playground", "sport", "water", "market", "music", "light", "toilet"]
    random.shuffle(wishes)
    return ("playground", *wishes) if person.children and random.random() < 0.5 else tuple(wishes)


def _for_whom(person: Person, random: Random) -> tuple[str, ...]:
    chances = {
        "children": 0.6 if person.children else 0.25,
        "young": 0.5 if person.age == "16_to_25" else 0.2,
        "older": 0.6 if person.age == "61_and_older" else 0.25,
        "disabled": 0.2,
    }
    return _several(random, chances, otherwise="everyone")


def _mood(person: Person, random: Random) -> tuple[str, ...]:
    quiet = 35 if person.age == "61_and_older" else 12
    return (one(random, {"quiet": quiet, "lively": 22, "both": 40, "either": 10}),)


def _parking(person: Person, random: Random) -> tuple[str, ...]:
    return (one(random, {"yes": 12, "few": 30 + 10 * person.content, "no": 42, "dont_know": 6}),)


def _safe_on_the_square(person: Person, random: Random) -> tuple[str, ...]:
    if random.random() < 0.2:
        return ("not_there",)
    return _scale(0.25 + 0.55 * person.content, ("always", "mostly", "rarely", "never"), random)


def _children(person: Person, random: Random) -> tuple[str, ...]:
    return _typed(person.children, person, random)


def _ages_of_children(person: Person, random: Random) -> tuple[str, ...]:
    ages = ["to_3", "4_to_6", "7_to_12", "13_to_17"]
    return tuple(random.sample(ages, min(len(ages), person.children)))


OPINIONS: Mapping[str, Mapping[str, Opinion]] = {
    "living_in_my_quarter": {
        "likes_living_here": lambda person, random: _scale(
            0.2 + 0.7 * person.content, ("very", "rather", "little", "not"), random
        ),
        "home_people": lambda person, random: _typed(person.household, person, random),
        "home_space": _home_space,
        "home_problems": _home_problems,
        "safe_in_the_evening": _safe,
        "worries_outside": _worries,
        "streets_clean": _clean,
        "missing_outside": _missing_outside,
        "know_neighbours": _neighbours,
        "help_nearby": _help,
        "age_group": _age,
    },
    "after_the_festival": {
        "was_there": _was_there,
        "why_absent": _why_absent,
        "heard_from": _heard_from,
        "companions": _companions,
        "liked": _liked,
        "especially_good": _good,
        "understood": _understood,
        "language_help": _language_help,
        "enough_for_children": _for_children,
        "met_people": _met,
        "come_again": _come_again,
        "age_group": _age,
    },
    "what_should_happen_on_the_square": {
        "visits": _visits,
        "dislikes": _dislikes,
        "wishes": _wishes,
        "most_important": _most_important,
        "for_whom": _for_whom,
        "mood": _mood,
        "parking": _parking,
        "safe_in_the_evening": _safe_on_the_square,
        "children": _children,
        "children_age": _ages_of_children,
        "age_group": _age,
    },
}
"""By questionnaire and question. What is written freely stands in `bot.sample.sentences`."""
