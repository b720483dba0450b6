from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from kkmp.accounts.models import AccessEvent, User, Verb
from members.models import Member
from members.who_saw import named_in_log
from tests.factories import KecamatanFactory, UserFactory, officer_of
from tests.member_factories import MemberFactory, synthetic_national_id
from tests.reading import errors_of, page_of, text_of, values_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
FIND = "/members/find/"
FIRST, SECOND = synthetic_national_id(1), synthetic_national_id(2)


@pytest.fixture
def sudin() -> User:
    return UserFactory.create(sudin=True)


@pytest.fixture
def staff(client: Client, sudin: User) -> Client:
    client.force_login(sudin)
    return client


def reveal_of(member: Member) -> str:
    return reverse("members:reveal", args=[member.pk])


def names_found(client: Client, digits: str) -> list[str]:
    response = client.post(FIND, {"national_id": digits})
    assert digits not in response.content.decode()
    page = BeautifulSoup(response.content, "html.parser")
    return [link.get_text(strip=True) for link in page.select("tbody th a")]


def logged(verb: Verb) -> list[tuple[int, str, str]]:
    return list(AccessEvent.objects.filter(verb=verb).order_by("pk").values_list("user", "target", "purpose"))


def test_whole_number_finds_every_membership_in_scope(staff: Client, sudin: User) -> None:
    found = [
        MemberFactory.create(full_name="Hidup", national_id=FIRST),
        MemberFactory.create(full_name="Pernah", national_id=FIRST, ended=True),
    ]
    MemberFactory.create(full_name="Lain", national_id=SECOND)
    assert sorted(names_found(staff, FIRST)) == ["Hidup", "Pernah"]
    assert sorted(names_found(staff, f"{FIRST[:6]}.{FIRST[6:]}")) == ["Hidup", "Pernah"]
    assert names_found(staff, synthetic_national_id(3)) == []
    seen = sorted((sudin.pk, named_in_log(member), "pencarian NIK") for member in found)
    told = logged(Verb.PERSON_VIEWED)
    assert [sorted(told[:2]), sorted(told[2:4]), told[4:]] == [
        *(seen, seen),
        [(sudin.pk, "NIK tidak ditemukan", "pencarian NIK")],
    ]


def test_found_under_either_key_while_keys_are_rotated(staff: Client, settings: Any) -> None:
    old, new = bytes(range(32)), bytes(range(100, 132))
    settings.DATA_KEYS = (old,)
    MemberFactory.create(full_name="Lama", national_id=FIRST)
    settings.DATA_KEYS = (new, old)
    MemberFactory.create(full_name="Baru", national_id=FIRST)
    assert sorted(names_found(staff, FIRST)) == ["Baru", "Lama"]


def test_another_area_answers_as_if_nothing_were_there(client: Client) -> None:
    mine = KecamatanFactory.create()
    MemberFactory.create(full_name="Milik Saya", national_id=FIRST, cooperative__kelurahan__kecamatan=mine)
    MemberFactory.create(full_name="Milik Tetangga", national_id=SECOND)
    client.force_login(officer_of(mine))
    assert names_found(client, FIRST) == ["Milik Saya"]
    theirs = client.post(FIND, {"national_id": SECOND}).content.decode()
    nobodys = client.post(FIND, {"national_id": synthetic_national_id(3)}).content.decode()
    assert "NIK tidak ditemukan" in theirs
    # Beside the token of the form.
    assert text_of(BeautifulSoup(theirs, "html.parser"), "main") == text_of(
        BeautifulSoup(nobodys, "html.parser"), "main"
    )


@pytest.mark.parametrize("typed", ["", "317499", "31749917058090019", "huruf"])
def test_broken_number_is_told_and_not_repeated(staff: Client, typed: str) -> None:
    response = staff.post(FIND, {"national_id": typed})
    page = BeautifulSoup(response.content, "html.parser")
    assert [field.get("value") for field in page.select("#id_national_id")] == [None]
    assert page.select(".errorlist")
    assert not AccessEvent.objects.filter(verb=Verb.PERSON_VIEWED).exists()


@pytest.mark.parametrize("place", ["/members/?q={}", "/search/?q={}", "/members/?q={}&state=all", "/?x={}"])
def test_a_number_never_stays_in_an_address(staff: Client, place: str) -> None:
    MemberFactory.create(national_id=FIRST)
    for text in (FIRST, f"nik {FIRST}", f"{FIRST[:6]}+{FIRST[6:]}", f"{FIRST[:4]}-{FIRST[4:]}"):
        response = staff.get(place.format(text))
        assert response.status_code == 302
        assert FIRST[6:] not in response["Location"]
        page = staff.get(response["Location"]).content.decode()
        assert "NIK tidak dicari di sini" in page
        assert FIRST[6:] not in page


def test_other_questions_of_that_address_are_kept(staff: Client) -> None:
    assert staff.get(f"/members/?state=all&q={FIRST}")["Location"] == "/members/?state=all"
    # Numbers of firms begin with 0; seventeen digits and impossible dates are no identity number.
    for number in ("0123456789012345", f"{FIRST}1", "3174999999999001"):
        assert staff.get(f"/members/?q={number}").status_code == 200


def test_way_to_sign_in_does_not_carry_the_number(client: Client) -> None:
    response = client.get(f"/members/?q={FIRST}", follow=True)
    assert all(FIRST not in address for address, _status in response.redirect_chain)
    assert FIRST not in response.content.decode()


def test_number_opens_once_with_a_purpose_that_is_logged(staff: Client, sudin: User) -> None:
    member = MemberFactory.create(number="007", national_id=FIRST)
    asking = page_of(staff, reveal_of(member))
    assert FIRST not in str(asking)
    answer = staff.post(reveal_of(member), {"purpose": "official", "text": f"Surat 12 untuk {FIRST}"})
    page = BeautifulSoup(answer.content, "html.parser")
    assert [shown.get_text(strip=True) for shown in page.select("[data-national-id]")] == [FIRST]
    assert answer["Cache-Control"] == "private, no-store"
    purpose = "Permintaan resmi instansi: Surat 12 untuk ••••••••••••9001"
    assert logged(Verb.REVEALED) == [(sudin.pk, f"anggota 007, {member.cooperative} (#{member.pk})", purpose)]
    # The next page knows nothing of it.
    assert FIRST not in str(page_of(staff, member.get_absolute_url()))
    assert FIRST not in str(page_of(staff, reveal_of(member)))


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"purpose": ""}, {"purpose": ["Bidang ini tidak boleh kosong."]}),
        ({"purpose": "x"}, {"purpose": ["Masukkan pilihan yang valid. x bukan salah satu dari pilihan yang tersedia."]}),
        ({"purpose": "other"}, {"text": ["Tulis keperluannya."]}),
    ],
)  # fmt: skip
def test_without_a_purpose_nothing_opens(
    staff: Client, typed: dict[str, str], errors: dict[str, list[str]]
) -> None:
    member = MemberFactory.create(national_id=FIRST)
    response = staff.post(reveal_of(member), typed)
    assert errors_of(BeautifulSoup(response.content, "html.parser")) == errors
    assert FIRST not in response.content.decode()
    assert logged(Verb.REVEALED) == []


def test_who_may_open(client: Client) -> None:
    member = MemberFactory.create(national_id=FIRST)
    answers = {}
    for name, user in {
        "officer": officer_of(member.cooperative.kelurahan),
        "other officer": officer_of(KecamatanFactory.create()),
        "admin": UserFactory.create(admin=True),
        "leader": UserFactory.create(leader=True),
    }.items():
        client.force_login(user)
        response = client.post(reveal_of(member), {"purpose": "service"})
        answers[name] = (response.status_code, FIRST in response.content.decode())
    assert answers == {
        "officer": (200, True),
        "other officer": (404, False),
        "admin": (403, False),
        "leader": (403, False),
    }


def test_no_number_nothing_to_open(staff: Client) -> None:
    member = MemberFactory.create()
    assert staff.get(reveal_of(member))["Location"] == member.get_absolute_url()


@pytest.mark.parametrize("action", ["reveal_national_id", "find_national_id"])
def test_too_many_in_an_hour_are_refused(staff: Client, settings: Any, action: str) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {action: "2/h/user"}
    member = MemberFactory.create(national_id=FIRST)
    address, typed = {
        "reveal_national_id": (reveal_of(member), {"purpose": "service"}),
        "find_national_id": (FIND, {"national_id": FIRST}),
    }[action]
    answers = [staff.post(address, typed) for _time in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert FIRST not in answers[2].content.decode()
    assert "Terlalu sering" in answers[2].content.decode()
    assert len(logged(Verb.REVEALED)) == (2 if action == "reveal_national_id" else 0)
    # Somebody else is not held up.
    staff.force_login(UserFactory.create(sudin=True))
    assert staff.post(address, typed).status_code == 200


def test_a_number_whose_key_is_gone_is_told_and_its_page_still_opens(staff: Client, settings: Any) -> None:
    member = MemberFactory.create(full_name="Tersegel", national_id=FIRST)
    settings.DATA_KEYS = (bytes(range(200, 232)),)
    assert "Tersegel" in staff.get(member.get_absolute_url()).content.decode()
    answer = staff.post(reveal_of(member), {"purpose": "service"})
    assert answer.status_code == 503
    assert "Nomor ini tidak dapat dibuka" in answer.content.decode()
    assert logged(Verb.REVEALED) == []


def test_what_is_saved_is_told_as_saved_also_without_its_key(staff: Client, settings: Any) -> None:
    member = MemberFactory.create(full_name="Tersegel", national_id=FIRST)
    settings.DATA_KEYS = (bytes(range(200, 232)),)
    address = reverse("members:edit", args=[member.pk])
    typed = values_of(page_of(staff, address)) | {"phone": "0812-0000-0001"}
    assert staff.post(address, typed).status_code == 302
    member.refresh_from_db()
    assert member.phone == "0812-0000-0001"
