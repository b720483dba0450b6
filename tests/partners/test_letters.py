"""Letters to partners: what stands in one, the numbers of a year, the file as it went out, who reads it."""

import datetime as dt
import io
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import IntegrityError, connection
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pypdf import PdfReader
from pytest_django import DjangoAssertNumQueries

from kkmp.accounts.models import AccessEvent, User, Verb
from kkmp.pdf.paper import as_stored, from_stored
from outlets.models import Outlet
from partners.letter_paper import Subject, letter_paper, read_told
from partners.letter_services import make_letter
from partners.letter_summary import MOST_CHARACTERS
from partners.models import Letter, Stage
from tests import header
from tests.factories import (
    BoardTermFactory,
    CapitalNeedFactory,
    CooperativeFactory,
    OutletFactory,
    PaperFactory,
    SetAsideFactory,
    StatusChangeFactory,
    UserFactory,
    officer_of,
)
from tests.member_factories import MemberFactory
from tests.partner_factories import (
    DisbursementFactory,
    LetterFactory,
    OfferFactory,
    PartnerFactory,
    support_at,
)
from tests.planted import text_of as said_by
from tests.reading import errors_of, lines_of, names_on, page_of, text_of, total_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
LETTERS, ADD = "/partners/letters/", "/partners/letters/add/"


@pytest.fixture
def outlet() -> Outlet:
    """Lacks 30 million for stock, of which 10 arrived and 5 are its own, and 8 for a permit, which are promised."""
    outlet = OutletFactory.create(
        name="Gerai Sembako",
        address="Jalan Contoh 1",
        premises="rw_post",
        cooperative=CooperativeFactory.create(
            kelurahan__name="Melawai",
            kelurahan__kecamatan__name="Kebayoran Baru",
            legal_name="Koperasi Melawai",
            office="Jalan Kantor 2",
            phone="021 000",
        ),
    )
    cooperative = outlet.cooperative
    stock = CapitalNeedFactory.create(outlet=outlet, purpose="stock", text="Beras", amount_idr=30_000_000)
    permit = CapitalNeedFactory.create(outlet=outlet, purpose="permit", text="", amount_idr=8_000_000)
    given = support_at(
        Stage.DISBURSED, cooperative=cooperative, outlet=outlet, need=stock, committed_idr=10_000_000
    )
    DisbursementFactory.create(support=given, amount_idr=10_000_000, verified=True)
    support_at(Stage.COMMITTED, cooperative=cooperative, outlet=outlet, need=permit, committed_idr=8_000_000)
    SetAsideFactory.create(need=stock, amount_idr=5_000_000)
    StatusChangeFactory.create(
        outlet=outlet, idle=True, effective_on=dt.date(2025, 10, 1), note="Kata Ibu Rahasia"
    )
    PaperFactory.create(cooperative=cooperative, kind="nib", number="NOMOR-RAHASIA")
    PaperFactory.create(cooperative=cooperative, kind="deed", expires_on=dt.date(2026, 3, 15))
    MemberFactory.create(cooperative=cooperative, full_name="Anggota Rahasia")
    BoardTermFactory.create(cooperative=cooperative, name="Pengurus Rahasia")
    return outlet


def stored(letter: Letter) -> bytes:
    with letter.file.open() as file:
        content: bytes = file.read()
    return content


def words_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def tables_of(page: BeautifulSoup) -> list[list[str]]:
    return [
        [
            " | ".join(cell.get_text(strip=True) for cell in row.select("td"))
            for row in table.select("tbody tr")
        ]
        for table in page.select(".book-table")
    ]


def test_letter_is_previewed_made_read_and_downloaded(
    sudin_client: Client, sudin: User, outlet: Outlet
) -> None:
    partner = PartnerFactory.create(name="Mitra A")
    offer = OfferFactory.create(partner=partner, title="Hibah 2026")
    asked = {"partner": partner.pk, "outlet": outlet.pk, "offer": offer.pk}
    preview = BeautifulSoup(sudin_client.get(ADD, asked).content, "html.parser")
    assert "…/KKMP/2026" in text_of(preview, ".book")
    assert Letter.objects.count() == 0
    [form] = preview.select("form[method=post].card")
    sent = {str(field["name"]): str(field["value"]) for field in form.select("input")}
    page = BeautifulSoup(sudin_client.post(ADD, sent, follow=True).content, "html.parser")
    letter = Letter.objects.get()
    assert (str(letter), letter.partner, letter.outlet, letter.offer, letter.by) == (
        "001/KKMP/2026", partner, outlet, offer, sudin,
    )  # fmt: skip
    assert tables_of(page) == [
        [
            "Stok barang: Beras | Rp\xa030.000.000 | Rp\xa015.000.000 | Rp\xa00 | Rp\xa015.000.000",
            "Perizinan | Rp\xa08.000.000 | Rp\xa00 | Rp\xa08.000.000 | Rp\xa08.000.000",
            "Jumlah | Rp\xa038.000.000 | Rp\xa015.000.000 | Rp\xa08.000.000 | Rp\xa023.000.000",
        ],
        [
            "Akta pendirian | 2 Juni 2025 | 15 Maret 2026 (sudah berakhir)",
            "NIB | 2 Juni 2025 | tanpa batas",
        ],
        ["1 Oktober 2025 | Ada, belum berjalan | Modal usaha"],
    ]
    reply = sudin_client.get(reverse("partners:letter_file", args=[letter.pk]))
    content = b"".join(reply.streaming_content)  # type: ignore[attr-defined]
    assert reply["Content-Disposition"] == 'attachment; filename="surat-001-KKMP-2026.pdf"'
    told = words_of(content)
    for word in ("001/KKMP/2026", "Mitra A", "Hibah 2026", "Koperasi Melawai", "Jalan Contoh 1", "Pos RW",
                 "Kebayoran Baru", "Jalan Kantor 2", "021 000", "Dibuat oleh Staf Sudin, 16 Maret 2026 12.00",
                 "Halaman 1 dari"):  # fmt: skip
        assert word in told
        assert word.startswith("Halaman") or word in page.select(".book")[0].get_text()
    assert "Rahasia" not in told + page.get_text()
    assert "RAHASIA" not in told + page.get_text()
    logged = AccessEvent.objects.values_list("verb", "user", "target")
    assert list(logged) == [(Verb.DOWNLOADED, sudin.pk, "Surat 001/KKMP/2026 kepada Mitra A, KKMP Melawai")]


def test_file_and_page_stay_as_they_went_out(sudin_client: Client, sudin: User, outlet: Outlet) -> None:
    letter = make_letter(partner=PartnerFactory.create(), outlet=outlet, offer=None, by=sudin)
    address = letter.get_absolute_url()
    before, content = tables_of(page_of(sudin_client, address)), stored(letter)
    CapitalNeedFactory.create(outlet=outlet, amount_idr=99_000_000)
    letter.refresh_from_db()
    assert (tables_of(page_of(sudin_client, address)), stored(letter)) == (before, content)
    assert (len(content), letter.size) == (letter.size, len(content))


def test_letter_is_written_in_the_language_of_the_office(sudin: User, outlet: Outlet) -> None:
    with translation.override("en"):
        letter = make_letter(partner=PartnerFactory.create(), outlet=outlet, offer=None, by=sudin)
    assert letter.content["paper"]["language"] == "id"
    assert "Kekurangan" in words_of(stored(letter))


def test_paper_comes_back_from_the_column_as_it_was(sudin: User, outlet: Outlet) -> None:
    subject = Subject(PartnerFactory.create(), outlet)
    told = read_told(subject, on=dt.date(2026, 3, 16))
    at = dt.datetime(2026, 3, 16, 5, tzinfo=dt.UTC)
    paper = letter_paper(subject, told, reference="001/KKMP/2026", by=sudin, at=at)
    letter = LetterFactory.create(content={"paper": as_stored(paper)})
    letter.refresh_from_db()
    assert from_stored(letter.content["paper"]) == paper


def test_summary_fits_into_a_message(sudin_client: Client, sudin: User, outlet: Outlet) -> None:
    letter = make_letter(partner=PartnerFactory.create(name="Mitra A"), outlet=outlet, offer=None, by=sudin)
    page = page_of(sudin_client, letter.get_absolute_url())
    [box] = page.select("textarea[readonly]")
    assert box.get_text().split("\n") == [
        "Surat 001/KKMP/2026 untuk Mitra A",
        "Gerai Sembako, KKMP Melawai, Kecamatan Kebayoran Baru",
        "Status: Ada, belum berjalan sejak 1 Oktober 2025",
        "Kekurangan: Rp 23.000.000",
        "- Stok barang: Rp 15.000.000",
        "- Perizinan: Rp 8.000.000",
        "Kontak kantor: 021 000",
    ]
    assert "wa.me" not in str(page)


def test_summary_of_much_is_cut_and_says_so(sudin: User) -> None:
    outlet = OutletFactory.create(name="G" * 150, cooperative__email=f"{'e' * 200}@contoh.example")
    for number in range(30):
        CapitalNeedFactory.create(outlet=outlet, amount_idr=1_000_000_000 + number)
    letter = make_letter(partner=PartnerFactory.create(name="M" * 150), outlet=outlet, offer=None, by=sudin)
    summary = letter.content["summary"]
    lines = summary.split("\n")
    items = [line for line in lines if line.startswith("- ")]
    assert MOST_CHARACTERS - 60 < len(summary) <= MOST_CHARACTERS
    assert items[-1] == f"- dan {30 - len(items) + 1} kebutuhan lagi"
    assert lines[-1].startswith("Kontak kantor: ")


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"outlet": ""}, {"outlet": ["Bidang ini tidak boleh kosong."]}),
        ({"partner": ""}, {"partner": ["Bidang ini tidak boleh kosong."]}),
        ({"offer": "of another"}, {"offer": ["Penawaran ini dari Mitra B, bukan dari Mitra A."]}),
    ],
)
def test_bad_letter_is_told_and_takes_no_number(
    sudin_client: Client, outlet: Outlet, changes: dict[str, Any], errors: dict[str, list[str]]
) -> None:
    partner = PartnerFactory.create(name="Mitra A")
    other = OfferFactory.create(partner__name="Mitra B")
    sent = {"partner": partner.pk, "outlet": outlet.pk, "offer": "", **changes}
    if sent["offer"]:
        sent["offer"] = other.pk
    page = BeautifulSoup(sudin_client.post(ADD, sent).content, "html.parser")
    assert (errors_of(page), Letter.objects.count()) == (errors, 0)


@pytest.mark.parametrize(
    "query",
    ["", "partner=1", "outlet=x", "partner=x&outlet=y", "partner=" + "9" * 40 + "&outlet=" + "9" * 40,
     "offer=1"],
)  # fmt: skip
def test_any_question_gives_the_form(sudin_client: Client, query: str) -> None:
    page = page_of(sudin_client, f"{ADD}?{query}")
    assert [len(page.select(selector)) for selector in ("form[method=get].card", ".book")] == [1, 0]


def test_a_number_that_was_refused_is_given_to_the_next(sudin: User, outlet: Outlet) -> None:
    """And its file is taken away with it."""
    stranger = OfferFactory.create()
    partner = PartnerFactory.create()
    first = make_letter(partner=partner, outlet=outlet, offer=None, by=sudin)
    storage = first.file.storage
    with pytest.raises(IntegrityError):
        make_letter(partner=partner, outlet=outlet, offer=stranger, by=sudin)
    second = make_letter(partner=partner, outlet=outlet, offer=None, by=sudin)
    stored = [
        name for folder in storage.listdir("letters")[0] for name in storage.listdir(f"letters/{folder}")[1]
    ]
    assert ([str(first), str(second)], len(stored)) == (["001/KKMP/2026", "002/KKMP/2026"], 2)


def test_numbers_begin_anew_each_year_in_jakarta(sudin: User, outlet: Outlet, time_machine: Any) -> None:
    partner, made = PartnerFactory.create(), []
    for at in ("2026-12-31 16:59", "2026-12-31 17:00", "2027-01-01 05:00"):
        time_machine.move_to(dt.datetime.fromisoformat(f"{at}+00:00"), tick=False)
        made.append(str(make_letter(partner=partner, outlet=outlet, offer=None, by=sudin)))
    assert made == ["001/KKMP/2026", "001/KKMP/2027", "002/KKMP/2027"]


@pytest.mark.django_db(transaction=True)
def test_letters_made_at_once_get_a_number_each(outlet: Outlet) -> None:
    """Real connections; the first of the year has no row to wait for."""
    people = UserFactory.create_batch(4, sudin=True)
    partners = PartnerFactory.create_batch(4)
    together = Barrier(4)

    def make(place: int) -> str:
        together.wait()
        try:
            letters = [
                make_letter(partner=partners[place], outlet=outlet, offer=None, by=people[place])
                for _number in range(2)
            ]
            return " ".join(map(str, letters))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        made = " ".join(pool.map(make, range(4))).split()
    assert sorted(made) == [f"{number:03d}/KKMP/2026" for number in range(1, 9)]
    for letter in Letter.objects.order_by("pk"):
        assert str(letter) in words_of(stored(letter))


def test_officers_and_leaders_read_letters_of_their_area_and_make_none(outlet: Outlet) -> None:
    letter = LetterFactory.create(outlet=outlet)
    theirs = LetterFactory.create()
    seen = {}
    for name, user in {
        "officer": officer_of(outlet.cooperative.kelurahan),
        "leader": UserFactory.create(leader=True),
        "stranger": officer_of(CooperativeFactory.create().kelurahan),
    }.items():
        client = Client()
        client.force_login(user)
        page = page_of(client, LETTERS)
        addresses = [reverse(f"partners:{name}", args=[letter.pk]) for name in ("letter", "letter_file")]
        replies = [client.get(address) for address in [*addresses, ADD]]
        # A download holds its file open until it is read.
        texts = [said_by(reply) for reply in replies]
        assert all(texts)
        seen[name] = (sorted(names_on(page)), [reply.status_code for reply in replies])
    assert seen == {
        "officer": ([str(letter)], [200, 200, 403]),
        "leader": (sorted([str(letter), str(theirs)]), [200, 200, 403]),
        "stranger": ([], [404, 404, 403]),
    }


def test_list_is_filtered_searched_and_exported(sudin_client: Client, outlet: Outlet) -> None:
    alpha, beta = PartnerFactory.create(name="Alpha"), PartnerFactory.create(name="Beta")
    at = dt.datetime(2026, 3, 10, 18, tzinfo=dt.UTC)
    author = UserFactory.create(sudin=True, full_name="Staf Satu")
    rows = {"partner": alpha, "outlet": outlet, "by": author}
    LetterFactory.create(number=7, made_at=at, **rows)
    LetterFactory.create(number=12, partner=beta, made_at=at)
    LetterFactory.create(number=12, year=2025, made_at=at.replace(year=2025), partner=alpha)
    shown = {
        query: names_on(page_of(sudin_client, f"{LETTERS}?{query}"))
        for query in (
            "", "year=2026", "year=2024", f"partner={alpha.pk}", "q=melawai", "q=12", "q=012%2FKKMP%2F2025", "q=alpha",
            "on=2026-03-10", "on=2026-03-11", f"kecamatan={outlet.cooperative.kelurahan.kecamatan_id}",
        )
    }  # fmt: skip
    seven, twelve, old = "007/KKMP/2026", "012/KKMP/2026", "012/KKMP/2025"
    assert shown == {
        "": [twelve, seven, old],
        "year=2026": [twelve, seven],
        "year=2024": [twelve, seven, old],
        f"partner={alpha.pk}": [seven, old],
        "q=melawai": [seven],
        "q=12": [twelve, old],
        "q=012%2FKKMP%2F2025": [old],
        "q=alpha": [seven, old],
        "on=2026-03-10": [old],
        "on=2026-03-11": [twelve, seven, old],
        f"kecamatan={outlet.cooperative.kelurahan.kecamatan_id}": [seven],
    }
    code = outlet.cooperative.kelurahan_id
    assert lines_of(sudin_client, f"{LETTERS}?format=csv&q=melawai")[1:] == [
        "Nomor urut;Tahun;Mitra;Gerai;Kode kelurahan;Kecamatan;Kelurahan;Dibuat pada;Dibuat oleh",
        f"7;2026;Alpha;Gerai Sembako;{code};Kebayoran Baru;Melawai;11/03/2026;Staf Satu",
    ]
    assert total_of(page_of(sudin_client, f"{LETTERS}?print=1")) == 3


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_cost_the_same_for_any_number_of_rows(
    sudin_client: Client,
    sudin: User,
    outlet: Outlet,
    django_assert_num_queries: DjangoAssertNumQueries,
    rows: int,
) -> None:
    for number in range(rows):
        letter = LetterFactory.create()
        CapitalNeedFactory.create(outlet=outlet)
        PaperFactory.create(cooperative=outlet.cooperative, number=f"A{number}")
        OfferFactory.create()
    partner = PartnerFactory.create()
    addresses = {
        LETTERS: 7,
        letter.get_absolute_url(): 4,
        f"{ADD}?partner={partner.pk}&outlet={outlet.pk}": 11,
    }
    for address, queries in addresses.items():
        with django_assert_num_queries(queries + header.SUDIN, info=address):
            page_of(sudin_client, address)


def test_outlet_without_needs_is_told_so(sudin: User) -> None:
    letter = make_letter(partner=PartnerFactory.create(), outlet=OutletFactory.create(), offer=None, by=sudin)
    told = words_of(stored(letter))
    for word in (
        "Tidak ada kebutuhan modal yang terbuka.",
        "Belum ada surat yang tercatat.",
        "belum dicatat",
    ):
        assert word in told


def test_lost_file_is_not_found(sudin_client: Client) -> None:
    letter = LetterFactory.create()
    letter.file.storage.delete(str(letter.file.name))
    assert sudin_client.get(reverse("partners:letter_file", args=[letter.pk])).status_code == 404
