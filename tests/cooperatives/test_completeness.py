"""What is missing, the one next step, and what ends: for a day, for whoever asks."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cooperatives.board_rules import BOARD_POSTS
from cooperatives.completeness import Completeness, look
from cooperatives.models import NEEDED, BoardTerm, Body, Cooperative, Gender, PaperKind, Position
from kkmp.accounts.models import User
from tests.factories import BoardTermFactory, CooperativeFactory, PaperFactory, UserFactory
from tests.reading import page_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
TODAY = dt.date(2026, 3, 16)
DAY = dt.timedelta(days=1)


@pytest.fixture
def sudin() -> User:
    person: User = UserFactory.create(sudin=True)
    return person


def whole() -> Cooperative:
    """With every paper, post and field."""
    cooperative: Cooperative = CooperativeFactory.create(
        formation="new",
        founded_on=dt.date(2025, 6, 2),
        office="Jalan Contoh",
        registry_no="1",
        nib="2",
        npwp="3",
        has_bank_account=False,
    )
    for kind in NEEDED:
        PaperFactory.create(cooperative=cooperative, kind=kind)
    for post in BOARD_POSTS:
        BoardTermFactory.create(cooperative=cooperative, position=post, gender=Gender.FEMALE)
    BoardTermFactory.create(cooperative=cooperative, body=Body.SUPERVISORS, is_ex_officio=True)
    for _turn in range(2):
        BoardTermFactory.create(cooperative=cooperative, body=Body.SUPERVISORS, position=Position.MEMBER)
    return cooperative


def looked(cooperative: Cooperative, user: User, on: dt.date = TODAY) -> Completeness:
    papers, terms = cooperative.papers.kept(), cooperative.board_terms.kept()
    return look(cooperative, papers=papers, terms=terms, on=on, user=user)


def told(found: Completeness) -> list[tuple[str, dt.date, bool]]:
    return [(deadline.text, deadline.day, deadline.is_over) for deadline in found.deadlines]


def test_nothing_is_missing(sudin: User) -> None:
    found = looked(whole(), sudin)
    assert (found.gaps, found.next_step, found.deadlines, found.findings) == ([], None, [], [])
    assert [
        (found.paper_count, found.needed_count),
        (found.post_count, found.needed_post_count),
        (found.field_count, found.needed_field_count),
    ] == [(7, 7), (7, 7), (8, 8)]


def test_everything_is_missing_in_order(sudin: User) -> None:
    cooperative = CooperativeFactory.create(legal_name="")
    found = looked(cooperative, sudin)
    assert [gap.text for gap in found.gaps] == [
        "Berita acara musyawarah belum tercatat",
        "Akta pendirian belum tercatat",
        "SK AHU belum tercatat",
        "NPWP belum tercatat",
        "Rekening koperasi belum tercatat",
        "NIB belum tercatat",
        "NIK koperasi belum tercatat",
        "Ketua pengurus belum tercatat",
        "Wakil ketua bidang usaha pengurus belum tercatat",
        "Wakil ketua bidang keanggotaan pengurus belum tercatat",
        "Sekretaris pengurus belum tercatat",
        "Bendahara pengurus belum tercatat",
        "Ketua pengawas belum tercatat",
        "Pengawas kurang dari tiga orang",
        "Nama resmi belum diisi",
        "Cara pembentukan belum diisi",
        "Tanggal berdiri belum diisi",
        "Alamat kantor belum diisi",
        "NIK koperasi belum diisi",
        "NIB belum diisi",
        "NPWP belum diisi",
        "Rekening atas nama koperasi belum diisi",
    ]
    assert (found.paper_count, found.post_count, found.field_count) == (0, 0, 0)
    assert found.next_step == found.gaps[0]
    code = cooperative.kelurahan_id
    assert [found.gaps[number].href for number in (0, 7, 14)] == [
        f"/cooperatives/{code}/papers/add/?kind=minutes",
        f"/cooperatives/{code}/board/add/?seat=board-chair",
        f"/cooperatives/{code}/edit/#id_legal_name",
    ]


@pytest.mark.parametrize("role", ["leader"])
def test_links_are_for_those_who_may(role: str) -> None:
    found = looked(CooperativeFactory.create(), UserFactory.create(**{role: True}))
    assert {gap.href for gap in found.gaps} == {""}


def test_a_removed_paper_and_one_of_later_are_missing(sudin: User) -> None:
    cooperative = whole()
    cooperative.papers.filter(kind=PaperKind.NIB).get()
    PaperFactory.create(cooperative=cooperative, kind=PaperKind.OTHER, title="Izin", issued_on=TODAY + DAY)
    deed = cooperative.papers.get(kind=PaperKind.DEED)
    deed.removed_at, deed.removed_by = dt.datetime(2026, 3, 1, tzinfo=dt.UTC), sudin
    deed.save()
    nib = cooperative.papers.get(kind=PaperKind.NIB)
    nib.issued_on = TODAY
    nib.save()
    assert [gap.text for gap in looked(cooperative, sudin).gaps] == ["Akta pendirian belum tercatat"]
    assert [gap.text for gap in looked(cooperative, sudin, on=TODAY - DAY).gaps] == [
        "Akta pendirian belum tercatat",
        "NIB belum tercatat",
    ]


@pytest.mark.parametrize(
    ("days", "expected"),
    [(91, []), (90, [False]), (0, [False]), (-1, [True]), (-400, [True])],
)
def test_a_paper_is_reminded_of_before_it_ends_and_after(
    sudin: User, days: int, expected: list[bool]
) -> None:
    cooperative = whole()
    ends_on = TODAY + days * DAY
    paper = cooperative.papers.get(kind=PaperKind.NIB)
    paper.issued_on, paper.expires_on = None, ends_on
    paper.save()
    found = looked(cooperative, sudin)
    assert told(found) == ([(f"NIB {paper.number}", ends_on, is_over) for is_over in expected])
    assert bool(found.gaps) == any(expected)
    # A renewed one is a row of its own, and ends the reminder; so is one that is issued in a while.
    PaperFactory.create(cooperative=cooperative, kind=PaperKind.NIB, issued_on=TODAY)
    assert (told(looked(cooperative, sudin)), looked(cooperative, sudin).gaps) == ([], [])


def test_permits_renew_each_other_by_name(sudin: User) -> None:
    cooperative = whole()
    permit = {"cooperative": cooperative, "kind": PaperKind.OTHER}
    PaperFactory.create(**permit, title="Izin apotek", number="1", expires_on=TODAY + DAY)
    PaperFactory.create(**permit, title="Izin gudang", number="2")
    assert told(looked(cooperative, sudin)) == [("Izin apotek 1", TODAY + DAY, False)]
    PaperFactory.create(**permit, title="IZIN APOTEK", number="3", expires_on=TODAY + 400 * DAY)
    assert told(looked(cooperative, sudin)) == []


def chair_of(cooperative: Cooperative) -> BoardTerm:
    term: BoardTerm = cooperative.board_terms.get(body=Body.BOARD, position=Position.CHAIR)
    return term


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"ends_on": TODAY + 91 * DAY}, []),
        ({"ends_on": TODAY + 90 * DAY}, [(TODAY + 90 * DAY, False)]),
        ({"ends_on": TODAY - DAY}, [(TODAY - DAY, True)]),
        # No end is set: the law's five years count.
        ({"starts_on": dt.date(2021, 6, 14)}, [(dt.date(2026, 6, 13), False)]),
        ({"starts_on": dt.date(2020, 1, 1)}, [(dt.date(2024, 12, 31), True)]),
        ({"starts_on": TODAY + DAY, "ends_on": TODAY + 2 * DAY}, []),
    ],
)
def test_a_term_is_reminded_of(sudin: User, values: dict[str, Any], expected: list[Any]) -> None:
    cooperative = whole()
    chair = chair_of(cooperative)
    vars(chair).update(values)
    chair.save()
    text = f"Ketua pengurus: {chair.name}"
    assert told(looked(cooperative, sudin)) == [(text, *one) for one in expected]
    BoardTermFactory.create(cooperative=cooperative, position=Position.CHAIR, starts_on=TODAY + 30 * DAY)
    assert told(looked(cooperative, sudin)) == []


def test_somebody_who_left_a_shared_post_is_not_reminded_of(sudin: User) -> None:
    cooperative = whole()
    member = cooperative.board_terms.filter(position=Position.MEMBER).earliest("pk")
    member.ends_on = TODAY + DAY
    member.save()
    assert told(looked(cooperative, sudin)) == [(f"Anggota pengawas: {member.name}", TODAY + DAY, False)]
    # Of a shared post only the same person's next term counts.
    BoardTermFactory.create(
        cooperative=cooperative, body=Body.SUPERVISORS, position=Position.MEMBER, starts_on=TODAY
    )
    assert len(told(looked(cooperative, sudin))) == 1
    assert told(looked(cooperative, sudin, on=TODAY + 2 * DAY)) == []


def test_the_page_says_the_next_step_for_a_day(client: Client, sudin: User) -> None:
    cooperative = whole()
    paper = cooperative.papers.get(kind=PaperKind.DEED)
    paper.expires_on = TODAY - DAY
    paper.save()
    address = reverse("cooperatives:detail", args=[cooperative.kelurahan_id])
    client.force_login(sudin)
    card = "section[aria-labelledby=missing]"
    now, before = page_of(client, address), page_of(client, f"{address}?on=2026-03-15")
    assert "Akta pendirian habis berlaku 15 Maret 2026" in text_of(now, f"{card} .alert")
    [link] = now.select(f"{card} .alert a")
    assert link["href"] == reverse(
        "cooperatives:paper_add", args=[cooperative.kelurahan_id], query={"kind": "deed"}
    )
    assert "Semua surat, jabatan, dan data" in text_of(before, f"{card} .alert")
    assert [item.get_text(" ", strip=True) for item in before.select(f"{card} .history li b")] == [str(paper)]
    assert "kedaluwarsa" in text_of(now, "section[aria-labelledby=papers]")
    assert chair_of(cooperative).name in text_of(now, "section[aria-labelledby=board]")


def test_the_list_tells_whose_papers_are_whole(client: Client, sudin: User) -> None:
    cooperative, other = whole(), CooperativeFactory.create()
    PaperFactory.create(cooperative=other, kind=PaperKind.OTHER, title="Izin")
    PaperFactory.create(cooperative=other, kind=PaperKind.NIB, expires_on=TODAY - DAY)
    PaperFactory.create_batch(2, cooperative=other, kind=PaperKind.DEED)
    client.force_login(sudin)

    def shown(query: str) -> list[tuple[str, str]]:
        page = page_of(client, f"{reverse('cooperatives:list')}?columns=cooperative,papers&{query}")
        return [
            (row.select("th a")[0].get_text(), row.select("td")[0].get_text(strip=True))
            for row in page.select("tbody tr")
        ]

    assert [shown(query) for query in ("papers=whole", "papers=missing", "papers=missing&on=2026-03-15")] == [
        [(str(cooperative), "7")],
        [(str(other), "1")],
        [(str(other), "2")],
    ]
