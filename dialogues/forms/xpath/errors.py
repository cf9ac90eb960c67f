"""The two ways an expression can fail: when it is read, and when it is evaluated."""


class ExpressionError(ValueError):
    """The expression cannot be read: not XPath, an unknown function, too many arguments, too long or too deep."""


class EvaluationError(ValueError):
    """A well-formed expression met a value it refuses, or cost more than the bound allows."""
