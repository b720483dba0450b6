import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from kkmp.accounts.models import AccessEvent, Verb
from members.models import Member
from tests.factories import UserFactory
from tests.member_factories import MemberFactory, synthetic_national_id

pytestmark = pytest.mark.django_db
LIST = "/admin/members/member/"


@pytest.fixture
def admin(client: Client) -> Client:
    client.force_login(UserFactory.create(admin=True))
    return client


def change_address(member: Member) -> str:
    return reverse("admin:members_member_change", args=[member.pk])


def typed(member: Member, **changes: object) -> dict[str, object]:
    return {
        "cooperative": member.cooperative_id,
        "number": member.number,
        "full_name": member.full_name,
        "gender": "",
        "kind": "regular",
        "domicile": "here",
        "ktp_seen_on": "2025-08-01",
        "joined_on": "2025-08-01",
        "ended_on": "",
        "version": member.version,
    } | changes


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_the_same_for_any_number_of_rows(
    admin: Client, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    MemberFactory.create_batch(rows)
    with django_assert_num_queries(7):
        assert admin.get(LIST).status_code == 200


def test_list_finds_by_name_number_and_kelurahan(admin: Client) -> None:
    member = MemberFactory.create(
        full_name="Nama Dicari", number="K-77", cooperative__kelurahan__name="Kelurahan Dicari"
    )
    MemberFactory.create(full_name="Orang Lain")
    for text in ("dicari", "K-77", member.cooperative.kelurahan.name):
        assert list(admin.get(LIST, {"q": text}).context["cl"].result_list) == [member]


def test_correction_is_kept_in_history_and_logged(admin: Client) -> None:
    member = MemberFactory.create(full_name="Salah Tulis")
    assert admin.get(change_address(member)).status_code == 200
    admin.post(change_address(member), typed(member, full_name="Benar Tulis"))
    member.refresh_from_db()
    assert (member.full_name, member.version) == ("Benar Tulis", 2)
    assert [row.full_name for row in member.history.order_by("history_id")] == ["Salah Tulis", "Benar Tulis"]
    logged = AccessEvent.objects.filter(verb=Verb.PERSON_VIEWED).values_list("target", flat=True)
    assert list(logged) == [f"members.member {member.pk}"]


def test_identity_number_stays_masked_and_closed(admin: Client) -> None:
    digits = synthetic_national_id(7)
    member = MemberFactory.create(national_id=digits)
    stored = bytes(member.national_id_cipher or b"")
    history = reverse("admin:members_member_history", args=[member.pk])
    for address in (LIST, change_address(member), history):
        page = admin.get(address).content.decode()
        assert digits not in page
    assert "••••••••••••9007" in admin.get(change_address(member)).content.decode()
    sent = {"national_id": synthetic_national_id(8), "national_id_last": "0000", "masked_national_id": "x"}
    admin.post(change_address(member), typed(member, full_name="Nama Baru", **sent))
    member.refresh_from_db()
    assert (member.full_name, bytes(member.national_id_cipher or b"")) == ("Nama Baru", stored)
    assert member.national_id_last == "9007"
    # No reveal for the back office: it reads the log.
    assert admin.get(reverse("members:reveal", args=[member.pk])).status_code == 403


def test_broken_rule_is_told_not_thrown(admin: Client) -> None:
    member = MemberFactory.create()
    response = admin.post(change_address(member), typed(member, domicile="elsewhere"))
    assert (
        "Anggota baru perlu KTP yang sudah dilihat dan domisili di kelurahan ini" in response.content.decode()
    )
    response = admin.post(change_address(member), typed(member, ended_on="2026-01-01"))
    assert "Tanggal keluar dan sebab keluar diisi keduanya." in response.content.decode()


def test_voided_number_stays_as_it_is(admin: Client) -> None:
    member = MemberFactory.create(voided=True, full_name="Keliru")
    page = admin.get(change_address(member)).content.decode()
    assert "Salah catat" in page
    admin.post(change_address(member), typed(member, full_name="Lain"))
    member.refresh_from_db()
    assert member.full_name == "Keliru"


def test_second_editor_is_told_here_too(admin: Client) -> None:
    member = MemberFactory.create(full_name="Ketikan Lama")
    Member.objects.filter(pk=member.pk).update(full_name="Ketikan Orang Lain", version=2)
    response = admin.post(change_address(member), typed(member, full_name="Ketikan Saya"))
    assert "Nama lengkap sekarang berisi “Ketikan Orang Lain”" in response.content.decode()
    assert 'value="Ketikan Saya"' in response.content.decode()
    member.refresh_from_db()
    assert member.full_name == "Ketikan Orang Lain"


def test_member_is_added_ended_and_never_deleted(admin: Client) -> None:
    member = MemberFactory.create()
    fresh = {name: value for name, value in typed(member, number="NEW").items() if name != "version"}
    admin.post(reverse("admin:members_member_add"), fresh)
    added = Member.objects.get(number="NEW")
    admin.post(change_address(added), typed(added, ended_on="2026-01-01", end_reason="moved"))
    added.refresh_from_db()
    assert added.ended_on == dt.date(2026, 1, 1)
    assert (
        admin.post(reverse("admin:members_member_delete", args=[member.pk]), {"post": "yes"}).status_code
        == 403
    )
    assert Member.objects.count() == 2


@pytest.mark.parametrize("trait", ["sudin", "leader"])
def test_only_admins_have_a_back_office(client: Client, trait: str) -> None:
    MemberFactory.create(full_name="Nama Rahasia")
    client.force_login(UserFactory.create(**{trait: True}))
    response = client.get(LIST)
    assert response.status_code == 403
    assert b"Nama Rahasia" not in response.content
