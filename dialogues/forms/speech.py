"""What an instance says: labels, messages and choices in a language, with its values put in. Changes nothing."""

from collections.abc import Callable

from dialogues.forms.definition import Control, Itemset
from dialogues.forms.form import Form
from dialogues.forms.questions import Choice, Medium
from dialogues.forms.tree import Leaf
from dialogues.forms.wording import Quote, Wording
from dialogues.forms.xpath.context import Context
from dialogues.forms.xpath.errors import EvaluationError
from dialogues.forms.xpath.nodes import Node

MAX_TEXTS_IN_TEXTS = 10
"""How often a text or a list of choices may quote another one, which quotes another one, …"""


class Speech:
    """The texts of one instance.

    ``language`` is that of what calculations keep (``jr:choice-name``); a text is said in the one it is asked for.
    """

    def __init__(self, form: Form, context: Callable[[Node], Context]) -> None:
        self.language = form.default_language
        self._form = form
        self._context = context
        self._depth = 0

    def text(
        self, node: Node, wording: Wording | None, language: str, form: str = "", quote: Quote | None = None
    ) -> str | None:
        """A text in a language of the form; None if there is none of that form. What cannot be worked out is empty.

        Args:
            node: where its values are looked for.
            wording: the text.
            language: by the form's own name for it, or by its code.
            form: ``""`` what is read, or ``guidance``, ``image``, ``audio``, ``video``.
            quote: what is done to values that are put in.
        """
        if wording is None:
            return None
        usual = self.language
        self.language = self._form.translations.language(language)
        self._depth += 1
        try:
            self._check_depth()
            return wording.speak(self._context(node), self._form.translations, self.language, form, quote)
        except EvaluationError:
            return ""
        finally:
            self._depth -= 1
            self.language = usual

    def _check_depth(self) -> None:
        if self._depth > MAX_TEXTS_IN_TEXTS:
            raise EvaluationError("the questionnaire's texts quote each other in a circle")

    def media(self, node: Node, wording: Wording | None, language: str) -> tuple[Medium, ...]:
        """What is shown or played with a text in a language; of a picture in two sizes the large one."""
        if wording is None or not self._form.translations.illustrated:
            return ()
        spoken = self._form.translations.language(language)
        try:
            found = dict(wording.media(self._context(node), self._form.translations, spoken))
        except EvaluationError:
            return ()
        if "big-image" in found:
            found["image"] = found.pop("big-image")
        return tuple(Medium(kind, found[kind]) for kind in ("image", "audio", "video") if kind in found)

    def choices(self, node: Leaf, language: str, quote: Quote | None = None) -> tuple[Choice, ...]:
        """The choices of a select there are now.

        Raises:
            EvaluationError: they are looked at in order to find them out.
        """
        control = node.definition.control
        if control is None:
            return ()
        self._depth += 1
        try:
            self._check_depth()
            return self._offered(node, control, language, quote)
        finally:
            self._depth -= 1

    def _offered(self, node: Leaf, control: Control, language: str, quote: Quote | None) -> tuple[Choice, ...]:
        if control.itemset is None:
            return tuple(self._choice(node, item.value, item.label, language, quote) for item in control.items)
        if not control.itemset.steady:
            return self._found(node, control.itemset, language, quote)
        kept = self._form.kept_choices
        key = (node.definition.ref, self._form.translations.language(language))
        found = kept.get(key) or self._found(node, control.itemset, language, None)
        if self._depth == 1:
            kept[key] = found
        return found

    def offers(self, node: Leaf) -> bool:
        """Whether a select has any choice now: they may depend on other answers, or come from an empty file."""
        control = node.definition.control
        if control is None or control.itemset is None:
            return True
        if control.itemset.steady:
            return bool(
                self._form.kept_choices.get((node.definition.ref, self.language)) or self.choices(node, self.language)
            )
        try:
            return bool(control.itemset.nodes(self._context(node)))
        except EvaluationError:
            return False

    def _found(self, node: Leaf, itemset: Itemset, language: str, quote: Quote | None) -> tuple[Choice, ...]:
        choices: list[Choice] = []
        try:
            for item in itemset.nodes(self._context(node)):
                value = itemset.value(self._context(item))
                choices.append(self._choice(item, value, itemset.label, language, quote))
        except EvaluationError:
            return ()
        return tuple(choices)

    def _choice(self, at: Node, value: str, label: Wording, language: str, quote: Quote | None) -> Choice:
        text = self.text(at, label, language, quote=quote) or ""
        return Choice(value, text, self.media(at, label, language))
