import io
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command

from kkmp import crypto
from kkmp.accounts.second_factors import seal, unseal
from kkmp.imports import sealing
from kkmp.imports.models import ImportBatch, ImportRow, Outcome
from members.models import NATIONAL_ID, Member
from members.national_ids import open_national_id, renew_seal, renew_seals
from tests.factories import UserFactory
from tests.member_factories import MemberFactory, synthetic_national_id

pytestmark = pytest.mark.django_db
OLD, NEW, OTHER = bytes(range(32)), bytes(range(100, 132)), bytes(range(200, 232))
DIGITS = [synthetic_national_id(number) for number in range(5)]


@pytest.fixture
def rows(settings: Any) -> list[Member]:
    """Five numbers of the former key, one of the current key, one that is still to come."""
    settings.DATA_KEYS = (OLD,)
    former = [MemberFactory.create(national_id=digits) for digits in DIGITS]
    settings.DATA_KEYS = (NEW, OLD)
    return [*former, MemberFactory.create(national_id=synthetic_national_id(9)), MemberFactory.create()]


def run() -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("rotate_keys", stdout=out, stderr=err)
    except CommandError as error:
        return out.getvalue(), f"{err.getvalue()}{error}"
    return out.getvalue(), err.getvalue()


def test_everything_is_sealed_anew_and_the_former_key_may_go(rows: list[Member], settings: Any) -> None:
    settings.DATA_KEYS = (OLD,)
    user = UserFactory.create(sudin=True)
    factor = Authenticator.objects.create(
        user=user, type=Authenticator.Type.TOTP, data={"secret": seal("RAHASIA")}
    )
    batch = ImportBatch.objects.create(kind="members", file_name="anggota.csv", sha256="0" * 64, by=user)
    staged = ImportRow.objects.create(
        batch=batch,
        number=2,
        outcome=Outcome.FAILED,
        sealed=sealing.seal({"A": DIGITS[0]}, batch=batch.pk, row=2),
    )
    settings.DATA_KEYS = (NEW, OLD)
    before = {member.pk: (member.version, member.history.count()) for member in rows}
    out, err = run()
    assert (out.splitlines(), err) == (
        [
            "kode sekali pakai: 1 disegel ulang.",
            "NIK anggota: 5 disegel ulang.",
            "baris impor: 1 disegel ulang.",
            "Tidak ada lagi yang memakai kunci lama: DATA_KEY_PREVIOUS boleh dihapus.",
        ],
        "",
    )
    settings.DATA_KEYS = (NEW,)
    for member, digits in zip(rows, [*DIGITS, synthetic_national_id(9), ""], strict=True):
        member.refresh_from_db()
        assert open_national_id(member) == digits
        assert not digits or Member.objects.with_national_id(digits).get() == member
        # Nothing that anybody could read has changed.
        assert (member.version, member.history.count()) == before[member.pk]
    factor.refresh_from_db()
    assert unseal(factor.data["secret"]) == "RAHASIA"
    staged.refresh_from_db()
    assert sealing.opened(staged) == {"A": DIGITS[0]}


def test_second_run_finds_nothing_to_do(rows: list[Member]) -> None:
    run()
    stored = list(Member.objects.order_by("pk").values_list("national_id_cipher", flat=True))
    out, _err = run()
    assert "NIK anggota: 0 disegel ulang." in out
    assert list(Member.objects.order_by("pk").values_list("national_id_cipher", flat=True)) == stored


@pytest.mark.parametrize("at_a_time", [1, 2, 5, 500])
def test_one_that_was_stopped_goes_on_in_steps_of_any_size(rows: list[Member], at_a_time: int) -> None:
    for member in rows[1:3]:
        renew_seal(member)
        member.save()
    assert renew_seals(at_a_time=at_a_time) == 3
    assert renew_seals(at_a_time=at_a_time) == 0


def test_row_whose_key_is_gone_is_named_and_stops_nobody_else(rows: list[Member], settings: Any) -> None:
    settings.DATA_KEYS = (OTHER,)
    lost = MemberFactory.create(national_id=synthetic_national_id(8))
    settings.DATA_KEYS = (NEW, OLD)
    out, err = run()
    assert f"NIK anggota: members.Member {lost.pk}: the key of their number is not in the ring." in err
    assert "Jangan hapus DATA_KEY_PREVIOUS: NIK anggota memuat segel yang kuncinya tidak ada." in err
    assert "boleh dihapus" not in out
    left = [
        crypto.needs_rotation(bytes(token))
        for token in Member.objects.exclude(pk=lost.pk).values_list("national_id_cipher", flat=True)
        if token
    ]
    assert left == [False] * 6


def test_editor_who_opened_the_page_before_does_not_bring_the_former_seal_back(
    rows: list[Member], client: Any
) -> None:
    member = rows[0]
    client.force_login(UserFactory.create(sudin=True))
    stale = Member.objects.get(pk=member.pk)
    run()
    typed = {
        "number": stale.number,
        "full_name": "Nama Baru",
        "kind": "regular",
        "domicile": "here",
        "ktp_seen_on": "2025-08-01",
        "joined_on": "2025-08-01",
        "version": stale.version,
    }
    assert client.post(f"/members/{stale.pk}/edit/", typed).status_code == 302
    member.refresh_from_db()
    assert member.full_name == "Nama Baru"
    assert bytes(member.national_id_index or b"") == crypto.blind_index(DIGITS[0], purpose=NATIONAL_ID)
