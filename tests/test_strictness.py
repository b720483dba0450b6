import random

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.template import Context, Engine, Origin, Template

from kkmp import triggers
from tests.environment import ROOT
from tests.strictness import UndefinedVariableError


def render(source: str, path: str = "templates/page.html", **context: object) -> str:
    engine = Engine(libraries={"i18n": "django.templatetags.i18n"}, builtins=["django.templatetags.i18n"])
    return Template(source, origin=Origin(str(ROOT / path)), engine=engine).render(Context(context))


@pytest.mark.parametrize(
    "source",
    [
        "{{ nmae }}",
        "{{ nmae|upper }}",
        "{{ member.nmae }}",
        "{% for row in nmae %}{% endfor %}",
        "{% with other=nmae %}{% endwith %}",
        "{% blocktranslate %}Halo {{ nmae }}{% endblocktranslate %}",
        "{% blocktranslate count n=rows|length %}{{ n }} {{ nmae }}{% plural %}{{ n }}{% endblocktranslate %}",
    ],
)
def test_undefined_name_in_our_template_fails(source: str) -> None:
    with pytest.raises(UndefinedVariableError, match="nmae"):
        render(source, member={"name": "Sari"}, rows=[1])


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ name }}", "Sari"),
        ("{{ nothing }}", "None"),
        ("{{ hint|default:'–' }}", "–"),
        ("{% if hint %}x{% endif %}", ""),
        ("{% for row in rows %}{{ forloop.counter }}{{ row }}{% endfor %}", "1a2b"),
        ("{% blocktranslate with who=name %}Halo {{ who }}{% endblocktranslate %}", "Halo Sari"),
        (
            "{% blocktranslate count n=rows|length %}satu {{ n }}{% plural %}{{ n }} baris{% endblocktranslate %}",
            "2 baris",
        ),
    ],
)
def test_defined_and_optional_names_pass(source: str, expected: str) -> None:
    assert render(source, name="Sari", rows=["a", "b"], nothing=None) == expected


@pytest.mark.parametrize(
    "path", ["templates/admin/base.html", ".venv/lib/package/page.html", "/usr/lib/elsewhere.html"]
)
def test_templates_of_packages_stay_lenient(path: str) -> None:
    assert render("[{{ nmae }}]", path) == "[]"


@pytest.mark.django_db
def test_unordered_rows_come_in_chance_order_and_ordered_ones_do_not() -> None:
    random.seed(1)
    unordered = Permission.objects.order_by()
    ordered = Permission.objects.order_by("pk")
    assert not unordered.ordered
    assert [row.pk for row in ordered] == sorted(row.pk for row in unordered)
    assert [row.pk for row in unordered.all()] != [row.pk for row in ordered]
    assert [row.pk for row in unordered.iterator()] != [row.pk for row in ordered]


@pytest.mark.django_db(transaction=True)
def test_triggers_are_there_before_a_flush() -> None:
    assert_declared_triggers_are_held()


@pytest.mark.django_db(transaction=True)
def test_triggers_are_back_after_a_flush() -> None:
    assert_declared_triggers_are_held()


def assert_declared_triggers_are_held() -> None:
    assert triggers.held(connection) == sorted(triggers.expected(connection))
