import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.forms import Field

from kkmp.fields import DayField, DigitsField, RupiahField


@pytest.mark.usefixtures("today")
@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [
        (DayField(), "22/09/2025", dt.date(2025, 9, 22)),
        (DayField(), "2025-09-22", dt.date(2025, 9, 22)),
        (DayField(required=False), " ", None),
        (DayField(), "2099-01-01", dt.date(2099, 1, 1)),
        (DayField(is_past=True), "2026-03-16", dt.date(2026, 3, 16)),
        (RupiahField(), "Rp 1.250.000,-", 1_250_000),
        (RupiahField(), "0", 0),
        (RupiahField(required=False), "", None),
        (RupiahField(), "9.000.000.000.000.000", 9_000_000_000_000_000),
        (DigitsField(), "09.254.294.3-407.000", "092542943407000"),
        (DigitsField(required=False, lengths=(13,)), "", ""),
    ],
)
def test_field_reads(field: Field, typed: str, value: object) -> None:
    assert field.clean(typed) == value


@pytest.mark.usefixtures("today")
@pytest.mark.parametrize(
    ("field", "typed", "error"),
    [
        (DayField(), "", "Bidang ini tidak boleh kosong."),
        (DayField(), "31/02/2025", "“31/02/2025” bukan tanggal. Contoh: 22/09/2025."),
        (DayField(), "1.000", "“1.000” bukan tanggal. Contoh: 22/09/2025."),
        (DayField(), "17/08/1845", "Periksa tahunnya: tanggal ini sebelum 17 Agustus 1945."),
        (DayField(is_past=True), "2026-03-17", "Tanggal ini belum terjadi; paling akhir hari ini."),
        (RupiahField(), "", "Bidang ini tidak boleh kosong."),
        (RupiahField(), "1,5 juta", "“1,5juta” bukan jumlah rupiah. Contoh: 1.250.000."),
        (RupiahField(), "9.000.000.000.000.001", "Jumlah rupiah di luar batas yang wajar."),
        (
            RupiahField(min_value=1, error_messages={"min_value": "Isi lebih dari nol."}),
            "0",
            "Isi lebih dari nol.",
        ),
        (DigitsField(label="NIB"), "12a", "NIB hanya berisi angka."),
        (DigitsField(label="NIB", lengths=(13,)), "12", "NIB terdiri dari 13 angka, yang ditulis 2."),
    ],
)
def test_field_refuses_in_words(field: Field, typed: str, error: str) -> None:
    with pytest.raises(ValidationError) as refused:
        field.clean(typed)
    assert refused.value.messages == [error]


def test_same_value_in_another_spelling_is_no_change() -> None:
    assert not RupiahField().has_changed(1_250_000, "1.250.000")
    assert not DayField().has_changed(dt.date(2025, 9, 22), "22/09/2025")
    assert RupiahField().has_changed(1_250_000, "abc")
