"""What an instance says: labels, messages and choices in a language, with its values put in. Changes nothing."""

from collections.abc import Callable

from dialogues.forms.definition import Itemset
from dialogues.forms.form import Form
from dialogues.forms.questions import Choice
from dialogues.forms.tree import Leaf
from dialogues.forms.wording import Quote, Wording
from dialogues.forms.xpath.context import Context
from dialogues.forms.xpath.errors import EvaluationError
from dialogues.forms.xpath.nodes import Node


class Speech:
    """The texts of one instance.

    ``language`` is that of what calculations keep (``jr:choice-name``); a text is said in the one it is asked for.
    """

    def __init__(self, form: Form, context: Callable[[Node], Context]) -> None:
        self.language = form.default_language
        self._form = form
        self._context = context

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
        try:
            return wording.speak(self._context(node), self._form.translations, self.language, form, quote)
        except EvaluationError:
            return ""
        finally:
            self.language = usual

    def choices(self, node: Leaf, language: str, quote: Quote | None = None) -> tuple[Choice, ...]:
        """The choices of a select there are now."""
        control = node.definition.control
        if control is None:
            return ()
        if control.itemset is None:
            return tuple(
                Choice(item.value, self.text(node, item.label, language, quote=quote) or "") for item in control.items
            )
        if not control.itemset.steady:
            return self._found(node, control.itemset, language, quote)
        kept = self._form.kept_choices
        key = (node.definition.ref, self._form.translations.language(language))
        if key not in kept:
            kept[key] = self._found(node, control.itemset, language, None)
        return kept[key]

    def _found(self, node: Leaf, itemset: Itemset, language: str, quote: Quote | None) -> tuple[Choice, ...]:
        choices: list[Choice] = []
        try:
            for item in itemset.nodes(self._context(node)):
                value = itemset.value(self._context(item))
                choices.append(Choice(value, self.text(item, itemset.label, language, quote=quote) or ""))
        except EvaluationError:
            return ()
        return tuple(choices)
