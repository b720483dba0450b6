"""Reference rows: what every installation starts with, added once and left to people afterwards."""

import datetime as dt
from collections import Counter

import pytest

from cooperatives.models import Cooperative, Kelurahan, PublicFact, PublishedFigure
from kkmp.pages.demo.plan import MELAWAI
from kkmp.pages.reference import read_csv
from partners.models import Attendance, Event, Partner, PartnerCategory
from tests.seeded import AUTUMN, CODES, START, counts_on, row_counts, run

pytestmark = pytest.mark.django_db


def test_reference_adds_the_rows_once() -> None:
    first = run("seed_reference")
    rows = row_counts()
    second = run("seed_reference")
    assert (first, second) == (
        "Data acuan ditambahkan: 10 kecamatan, 65 kelurahan, 65 koperasi, 26 fakta publik, 1 angka resmi, 5 mitra, 1 acara.\n",
        "Data acuan sudah lengkap.\n",
    )
    assert row_counts() == rows
    assert {name: count for name, count in rows.items() if count} == {
        "Kecamatan": 10,
        "Kelurahan": 65,
        "Cooperative": 65,
        "Cooperative history": 65,
        "PublicFact": 26,
        "PublishedFigure": 1,
        "Partner": 5,
        "Partner history": 5,
        "Event": 1,
        "Event history": 1,
        "Attendance": 5,
    }


def test_reference_leaves_what_people_changed(reference: None) -> None:
    partner = Partner.objects.get(name="Bank Mandiri")
    partner.name, partner.version = "PT Bank Mandiri (Persero) Tbk", 2
    partner.save()
    event = Event.objects.get()
    event.title = "Sosialisasi KKMP"
    event.save()
    Attendance.objects.filter(partner=partner).delete()
    Kelurahan.objects.filter(pk=MELAWAI).update(aliases="Blok M")
    PublicFact.objects.filter(key="melawai-pemasok").update(note="Diperiksa")
    rows = row_counts()
    run("seed_reference")
    assert row_counts() == rows
    assert {
        "partner": Partner.objects.get(pk=partner.pk).name,
        "event": Event.objects.get().title,
        "aliases": Kelurahan.objects.get(pk=MELAWAI).aliases,
        "note": PublicFact.objects.get(key="melawai-pemasok").note,
    } == {
        "partner": "PT Bank Mandiri (Persero) Tbk",
        "event": "Sosialisasi KKMP",
        "aliases": "Blok M",
        "note": "Diperiksa",
    }


def test_reference_mends_what_is_missing(reference: None) -> None:
    PublicFact.objects.filter(key="jakarta-bimtek-fgd").delete()
    assert run("seed_reference") == "Data acuan ditambahkan: 1 fakta publik.\n"


def test_reference_knows_the_territory(reference: None) -> None:
    sizes = Counter(Kelurahan.objects.order_by("pk").values_list("kecamatan__name", flat=True))
    assert sizes == {
        "Kebayoran Baru": 10,
        "Setiabudi": 8,
        "Tebet": 7,
        "Pasar Minggu": 7,
        "Kebayoran Lama": 6,
        "Pancoran": 6,
        "Jagakarsa": 6,
        "Mampang Prapatan": 5,
        "Cilandak": 5,
        "Pesanggrahan": 5,
    }
    setia_budi = Kelurahan.objects.get(pk="31.74.02.1001")
    assert (setia_budi.name, setia_budi.aliases, setia_budi.search_key) == (
        "Setia Budi",
        "Setiabudi",
        "setiabudi",
    )
    assert [str(found) for found in Cooperative.objects.search("Kel. Rawa Jati")] == ["KKMP Rawajati"]


def test_reference_keeps_each_fact_with_its_source(reference: None) -> None:
    figure = PublishedFigure.objects.get()
    assert (figure.on, figure.running, figure.idle, figure.none, figure.total) == (START, 10, 19, 36, 65)
    assert Counter(fact.cooperative_id is None for fact in PublicFact.objects.all()) == {True: 12, False: 14}
    assert all(fact.source.startswith("https://") and fact.confidence for fact in PublicFact.objects.all())
    ranged = PublicFact.objects.exclude(until=None)
    assert [(fact.key, fact.on, fact.until) for fact in ranged] == [
        ("jakarta-bimtek-fgd", dt.date(2025, 9, 2), dt.date(2025, 9, 3))
    ]
    melawai = PublicFact.objects.filter(cooperative__kelurahan=MELAWAI)
    assert "Gerai berada di Blok M Hub, Kebayoran Baru." in {fact.text for fact in melawai}


def test_reference_knows_who_was_at_the_event(reference: None) -> None:
    event = Event.objects.get()
    assert (event.held_on, event.place) == (START, "Ruang Dirgantara, Kantor Wali Kota Jakarta Selatan")
    assert {row.partner.name: row.partner.category for row in event.attendances.all() if row.partner} == {
        "Bank Mandiri": PartnerCategory.BANK,
        "BPJS Ketenagakerjaan Cabang Kebayoran Baru": PartnerCategory.SOCIAL_SECURITY,
        "PT Pertamina": PartnerCategory.BUMN,
        "PT Toco Ramai Digital": PartnerCategory.PLATFORM,
        "PT Food Station Tjipinang Jaya": PartnerCategory.BUMD,
    }


def test_reference_alone_says_that_nothing_is_recorded(reference: None) -> None:
    assert (counts_on(START), counts_on(AUTUMN)) == ([0, 0, 0, 65], [0, 0, 0, 65])


def test_neighbours_are_known_kelurahan_each_pair_once() -> None:
    pairs = [(row["code_a"], row["code_b"]) for row in read_csv("adjacency.csv")]
    assert all(first < second for first, second in pairs)
    assert len(set(pairs)) == len(pairs)
    assert {code for pair in pairs for code in pair} == set(CODES)
