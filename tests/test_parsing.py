from datetime import date, datetime

import pytest

from kkmp.parsing import (
    MAX_IDR,
    area_key,
    choice_key,
    days_named,
    months_named,
    parse_choice,
    parse_count,
    parse_day,
    parse_digits,
    parse_month,
    parse_months,
    parse_rupiah,
)

DAY = date(2025, 9, 22)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Setia Budi", "setiabudi"),
        ("SETIABUDI", "setiabudi"),
        ("Kel. Setia Budi", "setiabudi"),
        ("Kelurahan: Setia-Budi", "setiabudi"),
        ("KKMP Setiabudi", "setiabudi"),
        ("Koperasi Kelurahan Merah Putih Setia Budi", "setiabudi"),
        ("KKMP Kel. Jati\u00a0Padang", "jatipadang"),
        ("Kec. Pasar Minggu", "pasarminggu"),
        ("\uff2d\uff25lawai", "melawai"),
        ("Kelapa Gading", "kelapagading"),
        ("Keluarga", "keluarga"),
        ("", ""),
        ("  -  ", ""),
        ("中文", ""),
    ],
)
def test_area_key_joins_spellings(text: str, key: str) -> None:
    assert area_key(text) == key


@pytest.mark.parametrize(
    "value",
    [
        DAY,
        datetime(2025, 9, 22, 13, 5),  # noqa: DTZ001  # as Excel gives it
        45922.0,
        45922,
        45922.75,
        "2025-09-22",
        "2025-9-22",
        "2025-09-22T00:00:00",
        "2025-09-22 13:05",
        "22/09/2025",
        "22/9/25",
        "22-09-2025",
        "22.09.2025",
        " 22  September 2025 ",
        "22 Sept 2025",
        "22 sep. 2025",
    ],
)
def test_day_is_read_as_people_and_excel_write_it(value: object) -> None:
    assert parse_day(value) == DAY


@pytest.mark.parametrize(
    "text",
    [
        "17-Agu-25",
        "17-Agt-2025",
        "17/Agustus/2025",
        "17 Agt. 2025",
        "17/08/2025 14:33",
        "2025/08/17",
        "2025-08-17T00:00:00",
    ],
)
def test_day_is_read_as_forms_and_csv_of_excel_write_it(text: str) -> None:
    assert parse_day(text) == date(2025, 8, 17)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1 Pebruari 2025", date(2025, 2, 1)),
        ("17 Agustus 2025", date(2025, 8, 17)),
        ("1 Okt 2025", date(2025, 10, 1)),
        ("1 May 2025", date(2025, 5, 1)),
        ("29/02/2024", date(2024, 2, 29)),
        ("Senin, 17 Agustus 2025", date(2025, 8, 17)),
        ("Jum'at, 1 Agt 2025", date(2025, 8, 1)),
        ("17-Agt-2025", date(2025, 8, 17)),
        ("17/Agt/25", date(2025, 8, 17)),
        ("17 Agustus, 2025", date(2025, 8, 17)),
    ],
)
def test_months_have_their_names(text: str, day: date) -> None:
    assert parse_day(text) == day


@pytest.mark.parametrize("value", [None, "", "   ", "\u00a0"])
def test_no_day_is_never_today(value: object) -> None:
    assert parse_day(value) is None


@pytest.mark.parametrize(
    "value",
    ["31/02/2025", "29/02/2025", "09/22/2025", "0/1/2025", "besok", "22", "1 Foo 2025", "2025-13-01", "1/1/0000", "45922", "9" * 10000, "😀", "\u202e22/09/2025", "<script>"],
)  # fmt: skip
def test_what_is_no_day_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match=r"bukan tanggal\. Contoh: 22/09/2025\.$"):
        parse_day(value)


@pytest.mark.parametrize("value", [0, -1, 0.5, 100_000, 1e300, float("nan"), float("inf"), True])
def test_number_that_is_no_day_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="bukan tanggal"):
        parse_day(value)


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        ("Rp 1.250.000,-", 1_250_000),
        ("rp1.250.000,00", 1_250_000),
        ("Rp. 1.250.000", 1_250_000),
        ("Rp 1,250,000", 1_250_000),
        ("750,000", 750_000),
        ("1250000", 1_250_000),
        ("1\u00a0250\u00a0000", 1_250_000),
        (1_250_000, 1_250_000),
        (1_250_000.0, 1_250_000),
        ("0", 0),
        (0, 0),
        (str(MAX_IDR), MAX_IDR),
        ("", None),
        (None, None),
        ("  ", None),
    ],
)
def test_rupiah_is_read_with_its_separators(value: object, amount: int | None) -> None:
    assert parse_rupiah(value) == amount


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("banyak", "“banyak” bukan jumlah rupiah. Contoh: 1.250.000."),
        ("1.25", "“1.25” bukan jumlah rupiah. Contoh: 1.250.000."),
        ("1,25", "“1,25” bukan jumlah rupiah. Contoh: 1.250.000."),
        ("1.250,000", "“1.250,000” bukan jumlah rupiah. Contoh: 1.250.000."),
        ("-5", "“-5” bukan jumlah rupiah. Contoh: 1.250.000."),
        ("9" * 50, f"“{'9' * 40}” bukan jumlah rupiah. Contoh: 1.250.000."),
        ("\u0661\u0662", "“\u0661\u0662” bukan jumlah rupiah. Contoh: 1.250.000."),
        (str(MAX_IDR + 1), "Jumlah rupiah di luar batas yang wajar."),
        (-1, "Jumlah rupiah di luar batas yang wajar."),
        (1e30, "Jumlah rupiah di luar batas yang wajar."),
        (0.5, "Jumlah rupiah harus bulat, tanpa sen."),
        (float("nan"), "Jumlah rupiah harus bulat, tanpa sen."),
        (float("inf"), "Jumlah rupiah harus bulat, tanpa sen."),
        (True, "“True” bukan jumlah rupiah. Contoh: 1.250.000."),
    ],
)
def test_what_is_no_rupiah_is_refused(value: object, told: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011  # the text is compared whole
        parse_rupiah(value)
    assert str(refused.value) == told


@pytest.mark.parametrize(
    ("value", "digits"), [("12.345.678-9", "123456789"), (" 12 34/5 ", "12345"), ("", ""), (None, "")]
)
def test_digits_lose_their_separators(value: object, digits: str) -> None:
    assert parse_digits(value, lengths=(), name="NIB") == digits


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("12a", "NPWP hanya berisi angka."),
        ("\u0661", "NPWP hanya berisi angka."),
        ("1234", "NPWP terdiri dari 15 atau 16 angka, yang ditulis 4."),
    ],
)
def test_digits_that_do_not_fit_are_refused(value: str, told: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011  # the text is compared whole
        parse_digits(value, lengths=(15, 16), name="NPWP")
    assert str(refused.value) == told


WORDS = {
    choice_key(word): value for word, value in {"Ada, belum berjalan": "idle", "Modal": "capital"}.items()
}


@pytest.mark.parametrize(
    ("value", "choice"),
    [("ADA BELUM-BERJALAN", "idle"), (" modal ", "capital"), ("", ""), (None, ""), ("\uff2dodal", "capital")],
)
def test_choice_is_known_by_its_words(value: object, choice: str) -> None:
    assert parse_choice(value, WORDS, offered=["Modal"]) == choice


@pytest.mark.parametrize("value", ["entah", "😀", "?", "x" * 10_000])
def test_unknown_choice_names_what_is_on_offer(value: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011  # the text is compared whole
        parse_choice(value, WORDS, offered=["Modal", "Stok"])
    assert str(refused.value) == f"“{value[:40]}” tidak dikenal. Ketik salah satu: “Modal”, “Stok”."


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("", []),
        ("Januari 2026", ["2026-01"]),
        ("Okt-26", ["2026-10"]),
        ("01/2026", ["2026-01"]),
        ("2026-01", ["2026-01"]),
        ("31/10/2026", ["2026-10"]),
        ("Jan-Mar 2026", ["2026-01", "2026-02", "2026-03"]),
        ("Nov 2025 s.d. Jan 2026", ["2025-11", "2025-12", "2026-01"]),
        ("nov s/d des 2025", ["2025-11", "2025-12"]),
        ("01/2026-03/2026", ["2026-01", "2026-02", "2026-03"]),
        ("Jan, Feb & Apr 2026", ["2026-01", "2026-02", "2026-04"]),
        ("Des 2025, Jan 2026", ["2025-12", "2026-01"]),
    ],
)
def test_months_are_read_as_people_write_them(text: str, months: list[str]) -> None:
    assert [f"{month:%Y-%m}" for month in parse_months(text)] == months


@pytest.mark.parametrize(
    "text", ["Jan", "2026", "13/2026", "6x8", "Mar-Jan 2026", "Nov, Des, Jan 2026", "Jan, Jan 2026", "Jan 1999-Jan 2026"]
)  # fmt: skip
def test_months_are_never_guessed(text: str) -> None:
    with pytest.raises(ValueError, match=f"“{text}” bukan bulan"):
        parse_months(text)


def test_one_month_is_one() -> None:
    assert (parse_month(""), parse_month("Oktober 2026")) == (None, date(2026, 10, 1))
    with pytest.raises(ValueError, match="bukan bulan dengan tahunnya"):
        parse_month("Jan-Mar 2026")


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("REKAP KKMP BULAN OKTOBER 2026", ["2026-10"]),
        ("per 31 Okt 2026", ["2026-10"]),
        ("Sep 2026 sampai Okt-2026", ["2026-09", "2026-10"]),
        ("Rekap 2026, gedung 3000", []),
    ],
)
def test_months_of_a_title(text: str, months: list[str]) -> None:
    assert [f"{month:%Y-%m}" for month in sorted(months_named(text))] == months


def test_counts_are_whole() -> None:
    assert [parse_count(text) for text in ("", "0", 0, "1.250", "40")] == [None, 0, 0, 1250, 40]
    for text in ("1,5", "-3", "banyak", "9999999"):
        with pytest.raises(ValueError, match="umlah"):
            parse_count(text)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("SALDO SIMPANAN PER 31 OKTOBER 2026", {date(2026, 10, 31)}),
        ("Per 31/12/2025, dicetak 5-1-2026", {date(2025, 12, 31), date(2026, 1, 5)}),
        ("31 Februari 2026, Oktober 2026, 31 Oktober", set()),
    ],
)
def test_days_that_a_title_names(text: str, days: set[date]) -> None:
    assert days_named(text) == days
