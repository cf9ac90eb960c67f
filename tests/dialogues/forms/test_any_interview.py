"""Whatever is answered, in whatever order: the instance is at rest, and stored values give it again."""

from hypothesis import given, settings
from hypothesis import strategies as st

from dialogues.forms import Instance
from tests.dialogues.forms.tables import form, interview

ANYTHING = """
| survey |
|        | type              | name   | label                   | relevant                | calculation                | choice_filter  | repeat_count | constraint | required       |
|        | select_one yesno  | first  | First?                  |                         |                            |                |              |            |                |
|        | integer           | number | How many?               | ${first} = 'yes'        |                            |                |              | . < 4      | ${first} = 'yes' |
|        | begin_repeat      | child  | Child                   |                         |                            |                | ${number}    |            |                |
|        | text              | name   | Name of ${place}?       |                         |                            |                |              |            |                |
|        | select_one town   | town   | Town of ${name}?        | ${name} != ''           |                            |                |              |            |                |
|        | select_one street | street | Street?                 |                         |                            | town = ${town} |              |            |                |
|        | calculate         | place  |                         |                         | position(..)               |                |              |            |                |
|        | end_repeat        |        |                         |                         |                            |                |              |            |                |
|        | calculate         | names  |                         |                         | join(' ', ${name})         |                |              |            |                |
|        | calculate         | lot    |                         | ${first} = 'yes'        | once(random())             |                |              |            |                |
|        | select_multiple yesno | both | Both?                 | count-selected(${names}) > 1 |                       |                |              |            |                |
|        | note              | said   | So ${names}.            | selected(${both}, 'no') |                            |                |              |            |                |
| choices |
|         | list_name | name | label | town |
|         | yesno     | yes  | Yes   |      |
|         | yesno     | no   | No    |      |
|         | town      | h    | Hamm  |      |
|         | town      | u    | Unna  |      |
|         | street    | elm  | Elm   | h    |
|         | street    | oak  | Oak   | u    |
"""  # noqa: E501

refs = st.sampled_from(
    ["/data/first", "/data/number", "/data/both"]
    + [f"/data/child[{place}]/{name}" for place in (1, 2, 3) for name in ("name", "town", "street")]
)
words = st.sampled_from(["yes", "no", "yes no", "", "1", "2", "3", "9", "h", "u", "elm", "oak", "Ada", "<b>", "\u202e"])


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(refs, words), max_size=12))
def test_stored_values_always_give_the_same_interview(answers: list[tuple[str, str]]) -> None:
    resident: Instance = interview(form(ANYTHING))
    for ref, word in answers:
        try:
            resident.answer(ref, word)
        except KeyError:
            continue
        again = interview(form(ANYTHING), resident.values(), seed=7)
        assert again.snapshot() == resident.snapshot()
        assert again.submission() == resident.submission()
        assert again.values() == resident.values()
        assert set(resident.submission().items()) <= set(resident.values().items())
        assert all(resident.relevant(question.ref) for question in resident.asked())
        resident = again


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(refs, words), max_size=8))
def test_an_answer_given_twice_changes_nothing_the_second_time(answers: list[tuple[str, str]]) -> None:
    resident = interview(form(ANYTHING))
    for ref, word in answers:
        try:
            resident.answer(ref, word)
        except KeyError:
            continue
        before = resident.snapshot()
        resident.answer(ref, word)
        assert resident.snapshot() == before
