from datetime import date, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from bs4 import BeautifulSoup
from django.test import Client, RequestFactory
from django.urls import reverse

from kkmp.accounts.models import AccessEvent, Role, User, Verb
from kkmp.accounts.permissions import MATRIX, link_receivers
from kkmp.accounts.rights_in_words import GROUPS, rights_in_words
from kkmp.accounts.services import client_ip, record_access
from tests import header
from tests.factories import AreaGrantFactory, KecamatanFactory, KelurahanFactory, UserFactory


def page_of(client: Client, person: User) -> str:
    client.force_login(person)
    main = BeautifulSoup(client.get(reverse("accounts:my_access")).content, "html.parser").main
    assert main
    return main.get_text(" ", strip=True)


def test_every_right_of_the_matrix_has_its_sentence() -> None:
    covered = {right for group in GROUPS for sentence in group.sentences for right in sentence.covers}
    held = set().union(*MATRIX.values())
    assert {"without a sentence": held - covered, "nobody holds": covered - held} == {
        "without a sentence": set(),
        "nobody holds": set(),
    }


def test_officer_reads_areas_of_every_time(client: Client, db: None, today: date) -> None:
    person = UserFactory.create(full_name="Petugas Satu")
    tebet = KecamatanFactory.create(name="Tebet")
    melawai = KelurahanFactory.create(
        name="Melawai", kecamatan=KecamatanFactory.create(name="Kebayoran Baru")
    )
    AreaGrantFactory.create(user=person, kelurahan=melawai, starts_on=date(2025, 1, 1))
    AreaGrantFactory.create(
        user=person, kecamatan=tebet, starts_on=date(2025, 1, 1), ends_on=today - timedelta(days=1)
    )
    AreaGrantFactory.create(user=person, kecamatan=tebet, starts_on=today + timedelta(days=1))
    AreaGrantFactory.create(kelurahan=KelurahanFactory.create(name="Orang Lain"))
    page = page_of(client, person)
    areas = page.split("Wilayah saya")[1].split("Yang boleh saya lakukan")[0]
    assert [
        areas.count(word) for word in ("Kelurahan Melawai, Kecamatan Kebayoran Baru", "Kecamatan Tebet")
    ] == [1, 2]
    assert [areas.count(f" {word} ") for word in ("berlaku", "berakhir", "belum mulai")] == [2, 1, 1]
    assert "15 Maret 2026" in areas
    assert "Orang Lain" not in page
    assert "Memperbarui profil koperasi" in page
    assert "Memutuskan status" not in page


def test_officer_without_area_is_told_why_everything_is_empty(client: Client, db: None) -> None:
    assert "Belum ada wilayah tugas" in page_of(client, UserFactory.create())


@pytest.mark.parametrize("role", [Role.SUDIN, Role.LEADER, Role.ADMIN])
def test_others_read_that_they_see_the_whole_city(client: Client, db: None, role: Role) -> None:
    page = page_of(client, UserFactory.create(role=role))
    assert "seluruh kota" in page
    assert ("Melihat daftar anggota" in page) == (role != Role.LEADER)


def test_rights_in_words_follow_the_role_and_the_lock(db: None) -> None:
    assert [title for title, _sentences in rights_in_words(UserFactory.build(leader=True))] == [
        "Wilayah dan koperasi",
        "Gerai",
        "Mitra dan bantuan",
    ]
    assert rights_in_words(UserFactory.build(admin=True, is_active=False)) == []


def test_second_factor_and_own_sign_ins_are_shown(client: Client, db: None) -> None:
    person, other = UserFactory.create(), UserFactory.create()
    for who, verb in (
        (person, Verb.SIGNED_IN),
        (person, Verb.SIGN_IN_FAILED),
        (person, Verb.EXPORTED),
        (other, Verb.SIGNED_IN),
    ):
        AccessEvent.objects.create(user=who, verb=verb, ip="10.0.0.7" if who == person else "10.0.0.8")
    page = page_of(client, person)
    assert (page.count("10.0.0.7"), page.count("10.0.0.8"), "gagal masuk" in page) == (2, 0, True)
    assert "belum aktif" in page
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={})
    assert "belum aktif" not in page_of(client, person)


def test_access_page_takes_the_same_queries_for_one_and_three_areas(
    client: Client, db: None, django_assert_num_queries: Any
) -> None:
    person = UserFactory.create()
    client.force_login(person)
    for more in (1, 2):
        for _number in range(more):
            AreaGrantFactory.create(user=person, kelurahan=KelurahanFactory.create())
        with django_assert_num_queries(5 + header.OFFICER_WITHOUT_AREA):
            client.get(reverse("accounts:my_access"))


@pytest.mark.parametrize(
    ("proxies", "forwarded", "remote", "expected"),
    [
        (0, "1.2.3.4", "10.0.0.1", "10.0.0.1"),
        (1, "6.6.6.6, 1.2.3.4", "10.0.0.1", "1.2.3.4"),
        (2, "1.2.3.4, 10.0.0.2", "10.0.0.1", "1.2.3.4"),
        (2, "1.2.3.4", "10.0.0.1", "10.0.0.1"),
        (1, "nonsense", "10.0.0.1", None),
        (1, "2001:db8::1", "10.0.0.1", "2001:db8::1"),
        (0, "", "", None),
    ],
)
def test_address_is_believed_as_far_as_our_proxies_wrote_it(
    settings: Any, proxies: int, forwarded: str, remote: str, expected: str | None
) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies
    request = RequestFactory().get("/", headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR=remote)
    assert client_ip(request) == expected


def test_log_takes_any_text(db: None) -> None:
    record_access(None, Verb.EXPORTED, target="a\x00b\n" + "c" * 500, purpose=" 😀  rapat ")
    assert list(AccessEvent.objects.values_list("target", "purpose")) == [("ab " + "c" * 197, "😀 rapat")]


def test_nobody_receives_links_from_who_holds_no_right(db: None) -> None:
    UserFactory.create()
    assert list(link_receivers(UserFactory.create(leader=True))) == []
