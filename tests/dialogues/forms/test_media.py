"""Pictures, sounds and films that a form shows with its texts."""

from dialogues.forms import Form, Medium
from tests.dialogues.forms.tables import form, interview, model

PARK = """
| survey   |                  |       |           |           |                  |                  |                  |                  |
|          | type             | name  | label::de | label::tr | media::image::de | media::image::tr | media::audio::de | media::video::tr |
|          | begin_group      | park  | Park      | Park      | park.jpg         |                  |                  |                  |
|          | select_one tree  | tree  | Baum?     | Ağaç?     | tree.jpg         | agac.jpg         | tree.mp3         | tree.mp4         |
|          | note             | said  | Danke     | Sağ ol    |                  | sagol.jpg        |                  |                  |
|          | text             | plain | Was?      | Ne?       |                  |                  |                  |                  |
|          | end_group        |       |           |           |                  |                  |                  |                  |
| choices  |                  |       |           |           |                  |                  |                  |                  |
|          | list_name        | name  | label::de | label::tr | media::image::de | media::image::tr |                  |                  |
|          | tree             | oak   | Eiche     | Meşe      | oak.jpg          |                  |                  |                  |
|          | tree             | beech | Buche     | Kayın     |                  |                  |                  |                  |
| settings |                  |       |           |           |                  |                  |                  |                  |
|          | default_language |       |           |           |                  |                  |                  |                  |
|          | de               |       |           |           |                  |                  |                  |                  |
"""  # noqa: E501 - a sheet is as wide as it is


def test_a_question_has_its_media_in_each_language() -> None:
    resident = interview(PARK)
    assert resident.media("/data/park/tree", "de") == (Medium("image", "tree.jpg"), Medium("audio", "tree.mp3"))
    assert resident.media("/data/park/tree", "tr") == (
        Medium("image", "agac.jpg"),
        Medium("audio", "tree.mp3"),
        Medium("video", "tree.mp4"),
    )


def test_a_picture_that_a_language_lacks_is_that_of_the_forms_own_language() -> None:
    resident = interview(PARK)
    assert resident.form.default_language == "de"
    assert resident.media("/data/park", "de") == (Medium("image", "park.jpg"),)
    assert resident.media("/data/park", "tr") == (Medium("image", "park.jpg"),)
    assert resident.media("/data/park", "ar") == (Medium("image", "park.jpg"),)
    assert resident.media("/data/park/said", "de") == ()
    assert resident.media("/data/park/said", "tr") == (Medium("image", "sagol.jpg"),)
    assert resident.media("/data/park/plain", "tr") == ()


def test_choices_have_their_media() -> None:
    oak, beech = interview(PARK).options("/data/park/tree", "tr")
    assert (oak.label, oak.media) == ("Meşe", (Medium("image", "oak.jpg"),))
    assert (beech.label, beech.media) == ("Kayın", ())


def test_a_form_names_all_its_media() -> None:
    found = form(PARK).media_files
    assert found >= {"park.jpg", "agac.jpg", "tree.mp3", "tree.mp4", "sagol.jpg", "oak.jpg"}
    assert "-" not in found


ITEXT = """<itext><translation lang="en"><text id="q"><value>Which?</value>
    <value form="image">jr://images/<output value="/data/a"/></value></text>
    <text id="b"><value>B</value><value form="big-image">jr://images/large.png</value>
    <value form="image">jr://images/small.png</value></text></translation></itext>"""
BODY = """<input ref="/data/q"><label ref="jr:itext('q')"/></input>
    <select1 ref="/data/b"><label>B</label><item><label ref="jr:itext('b')"/><value>1</value></item></select1>"""


def test_the_name_of_a_file_may_depend_on_an_answer() -> None:
    resident = interview(Form.parse(model("<data><a/><q/><b/></data>", body=BODY, more=ITEXT)))
    assert resident.media("/data/q", "en") == ()
    resident.answer("/data/a", "oak.jpg")
    assert resident.media("/data/q", "en") == (Medium("image", "oak.jpg"),)
    assert resident.form.media_files == {"large.png", "small.png"}


def test_of_two_sizes_the_large_one_is_shown() -> None:
    resident = interview(Form.parse(model("<data><a/><q/><b/></data>", body=BODY, more=ITEXT)))
    (choice,) = resident.options("/data/b", "en")
    assert choice.media == (Medium("image", "large.png"),)
