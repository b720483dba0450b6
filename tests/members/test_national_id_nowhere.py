"""A whole visit with planted identity numbers: none is in clear in a page, a file, a log line or a text column."""

import copy
import io
import logging
import logging.config
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.test import Client
from django.urls import reverse

from kkmp.accounts.models import User
from members.models import Member
from tests.factories import CooperativeFactory, UserFactory, officer_of
from tests.member_factories import MemberFactory, synthetic_national_id
from tests.planted import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
STORED, TYPED, BROKEN, FOUND = (synthetic_national_id(number) for number in (101, 102, 103, 104))
PLANTED = (STORED, TYPED, BROKEN, FOUND)
# Written together, in groups, or all but the end: each gives the person away.
CLEAR = re.compile("|".join(r"[ .\-/+]?".join(digits[:12]) for digits in PLANTED))


@pytest.fixture
def log_lines() -> Iterator[io.StringIO]:
    """All that the program logs meanwhile, as the two kinds of line that the settings know."""
    out = io.StringIO()
    made = logging.config.DictConfigurator(copy.deepcopy(settings.LOGGING))
    handlers = []
    for formatter in ("json", "plain"):
        handler = logging.StreamHandler(out)
        handler.setFormatter(made.configure_formatter(made.config["formatters"][formatter]))
        handlers.append(handler)
    root = logging.getLogger()
    former = root.level
    root.setLevel(logging.DEBUG)
    for handler in handlers:
        root.addHandler(handler)
    yield out
    for handler in handlers:
        root.removeHandler(handler)
    root.setLevel(former)


def text_columns() -> Iterator[tuple[str, str]]:
    """Every column that may hold text, of every table; what is binary too: sealed, it holds no digits in clear."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            kinds = (models.CharField, models.TextField, models.JSONField, models.BinaryField)
            if isinstance(field, kinds):
                yield model._meta.db_table, str(field.column)


def in_the_database() -> list[str]:
    found = []
    with connection.cursor() as cursor:
        for table, column in text_columns():
            cursor.execute(f'SELECT "{column}" FROM "{table}" WHERE "{column}" IS NOT NULL')
            for (value,) in cursor.fetchall():
                text = bytes(value).decode("latin-1") if isinstance(value, memoryview | bytes) else str(value)
                if CLEAR.search(text):
                    found.append(f"{table}.{column}")
    return found


def pages_about(member: Member) -> list[str]:
    code = member.cooperative.kelurahan_id
    of_one = ("detail", "edit", "admit", "end", "return", "void", "reveal")
    lists = ("", "?format=csv", "?format=xlsx", "?print=1", "?state=all&columns=national_id")
    columns = "?state=all&columns=national_id,full_name&format="
    return [
        *(reverse(f"members:{name}", args=[member.pk]) for name in of_one),
        *(f"/members/{query}" for query in (*lists, f"{columns}csv", f"{columns}xlsx")),
        *(f"/members/?q={text}" for text in (FOUND, f"{FOUND[:6]}-{FOUND[6:]}")),
        f"/search/?q={FOUND}",
        *("/members/find/", "/members/months/", "/", "/tasks/", "/search/?q=Anggota"),
        reverse("cooperatives:detail", args=[code]),
        reverse("members:add", args=[code]),
        reverse("members:take_over", args=[code]),
        f"{reverse('members:detail', args=[member.pk])}?history=all",
    ]


def post_everything(client: Client, member: Member) -> list[Any]:
    """What somebody types in a visit: well, badly, and in the wrong place."""
    code = member.cooperative.kelurahan_id
    add, find = reverse("members:add", args=[code]), reverse("members:find")
    edit = reverse("members:edit", args=[member.pk])
    row = {
        "number": member.number,
        "full_name": "Nama Baru",
        "kind": "regular",
        "joined_on": "2025-08-01",
        "domicile": "here",
        "ktp_seen_on": "2025-08-01",
    }
    return [
        client.post(
            add, {"full_name": "Calon", "applied_on": "2026-01-05", "national_id": TYPED}, follow=True
        ),
        client.post(edit, {**row, "version": 1, "national_id": FOUND}, follow=True),
        # The second editor is told what the first one changed.
        *(
            without_field(client.post(edit, {**row, "version": 1, "national_id": digits}), digits)
            for digits in (STORED, TYPED)
        ),
        # A broken number comes back in the field that is corrected, nowhere else.
        without_field(client.post(edit, {**row, "version": 2, "national_id": f"{BROKEN}1"}), f"{BROKEN}1"),
        *(client.post(find, {"national_id": text}) for text in (FOUND, STORED, BROKEN, f"{BROKEN}1")),
        client.post(reverse("members:reveal", args=[member.pk]), {"purpose": "", "text": FOUND[:4]}),
    ]


def without_field(response: Any, typed: str) -> Any:
    content = response.content.decode()
    assert content.count(f'value="{typed}"') == 1
    response.content = content.replace(f'value="{typed}"', "").encode()
    return response


def visitors(member: Member) -> dict[str, User]:
    return {
        "sudin": UserFactory.create(sudin=True),
        "officer": officer_of(member.cooperative.kelurahan),
        "other": officer_of(CooperativeFactory.create().kelurahan),
        "leader": UserFactory.create(leader=True),
        "admin": UserFactory.create(admin=True),
    }


def test_no_identity_number_is_in_clear_after_a_whole_visit(log_lines: io.StringIO) -> None:
    member = MemberFactory.create(national_id=STORED, full_name="Anggota Satu", number="A-1")
    MemberFactory.create(
        national_id=FOUND, full_name="Anggota Dua", ended=True, cooperative=member.cooperative
    )
    people = visitors(member)
    answers: list[tuple[str, Any]] = []
    client = Client()
    client.force_login(people["sudin"])
    answers += [("typed", answer) for answer in post_everything(client, member)]
    for name, user in people.items():
        client.force_login(user)
        answers += [(f"{name} {page}", client.get(page, follow=True)) for page in pages_about(member)]
    client.force_login(people["admin"])
    admin = [
        reverse("admin:members_member_changelist"),
        reverse("admin:members_member_change", args=[member.pk]),
        reverse("admin:members_member_history", args=[member.pk]),
        f"{reverse('admin:members_member_changelist')}?q={FOUND}",
        reverse("access:log"),
        f"{reverse('access:log')}?format=csv",
    ]
    answers += [(page, client.get(page, follow=True)) for page in admin]
    assert [where for where, answer in answers if CLEAR.search(text_of(answer))] == []
    assert [address for _where, answer in answers for address, _status in getattr(answer, "redirect_chain", []) if CLEAR.search(address)] == []  # fmt: skip
    assert in_the_database() == []
    assert not CLEAR.search(log_lines.getvalue())
    # The visit did store what was typed: it is only sealed.
    assert [Member.objects.with_national_id(digits).count() for digits in PLANTED] == [0, 1, 0, 2]
