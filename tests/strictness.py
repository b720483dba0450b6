"""What Django lets pass in silence and our tests do not: undefined names in templates, rows in chance order."""

import copy
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db.models import QuerySet
from django.template import Origin, Variable, VariableDoesNotExist
from django.template.base import FilterExpression, Parser
from django.template.defaulttags import ForNode
from django.templatetags.i18n import BlockTranslateNode

from tests.environment import ROOT

# These extend pages of packages, whose contexts we do not make.
THEIRS = ("templates/admin", "templates/simple_history")


class UndefinedVariableError(Exception):
    """A template of ours names something its page does not give; optional inputs take `|default` or `{% if %}`."""


def is_ours(origin: Origin) -> bool:
    path = Path(origin.name)
    return (
        path.is_relative_to(ROOT)
        and not path.is_relative_to(ROOT / ".venv")
        and not any(path.is_relative_to(ROOT / folder) for folder in THEIRS)
    )


class StrictVariable(Variable):
    """`lenient` is the same expression as Django made it, for where an undefined name counts as nothing."""

    lenient: FilterExpression | None

    def __init__(self, variable: Variable, origin: Origin, lenient: FilterExpression) -> None:
        super().__init__(variable.var)
        self.origin = origin
        self.lenient = lenient

    def resolve(self, context: Any) -> Any:
        try:
            return super().resolve(context)
        except VariableDoesNotExist as error:
            raise UndefinedVariableError(f"{self.var} in {self.origin.name}") from error


def refuse_undefined_variables(patch: pytest.MonkeyPatch) -> None:
    """Call before any template is parsed. `{% if name %}` stays lenient, as Django means it."""
    original_init, original_resolve = FilterExpression.__init__, FilterExpression.resolve
    original_for, original_translate = ForNode.__init__, BlockTranslateNode.render

    def init(self: Any, token: str, parser: Parser) -> None:
        original_init(self, token, parser)
        has_default = any(function.__name__ in {"default", "default_if_none"} for function, _ in self.filters)
        origin = parser.origin
        if origin and is_ours(origin) and isinstance(self.var, Variable) and not has_default:
            self.var = StrictVariable(self.var, origin, lenient=copy.copy(self))

    def resolve(self: Any, context: Any, ignore_failures: bool = False) -> Any:  # noqa: FBT001, FBT002  as Django's
        lenient = getattr(self.var, "lenient", None)
        return original_resolve(lenient if ignore_failures and lenient else self, context, ignore_failures)

    def init_for(self: Any, loopvars: Any, sequence: Any, *arguments: Any) -> None:
        # Django loops over nothing where the name is undefined: a typing error would look like an empty list.
        if isinstance(sequence.var, StrictVariable):
            sequence.var.lenient = None
        original_for(self, loopvars, sequence, *arguments)

    def translate(self: Any, context: Any, nested: bool = False) -> Any:  # noqa: FBT001, FBT002  as Django's
        if is_ours(self.origin) and not nested:
            _text, names = self.render_token_list([*self.singular, *self.plural])
            given = {*context.flatten(), *self.extra_context, self.countervar}
            undefined = sorted(set(names) - given)
            if undefined:
                raise UndefinedVariableError(f"{', '.join(undefined)} in a translation in {self.origin.name}")
        return original_translate(self, context, nested)

    patch.setattr(FilterExpression, "__init__", init)
    patch.setattr(FilterExpression, "resolve", resolve)
    patch.setattr(ForNode, "__init__", init_for)
    patch.setattr(BlockTranslateNode, "render", translate)


def shuffle_unordered_querysets(patch: pytest.MonkeyPatch) -> None:
    """Rows nobody ordered come in chance order, so that a test that leans on luck fails now and then, not in production.

    In Python, behind the database: ORDER BY RANDOM() would change what DISTINCT, GROUP BY and UNION return.
    """
    queryset: Any = QuerySet
    original_fetch, original_iterate = queryset._fetch_all, queryset._iterator

    def fetch(self: Any) -> None:
        is_new = self._result_cache is None
        original_fetch(self)
        if is_new and len(self._result_cache) > 1 and not self.ordered:
            random.shuffle(self._result_cache)

    def iterate(self: Any, *arguments: Any) -> Iterator[Any]:
        if self.ordered:
            yield from original_iterate(self, *arguments)
        else:
            rows = list(original_iterate(self, *arguments))
            random.shuffle(rows)
            yield from rows

    patch.setattr(QuerySet, "_fetch_all", fetch)
    patch.setattr(QuerySet, "_iterator", iterate)
