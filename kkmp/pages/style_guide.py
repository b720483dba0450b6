"""The style guide: every component with made-up figures, for those who build pages and those who check the look."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kkmp.charts import Lane, Mark, Part, Segment, Series, Tile
from kkmp.columns import Cell, Column, Kind, column
from kkmp.columns import Part as ListPart
from kkmp.history import Entry, FieldChange, History
from kkmp.listing import ListForm, Listing
from kkmp.widgets import DayInput, RupiahInput

DAY = date(2026, 11, 24)
PUBLISHED_ON = date(2025, 9, 22)
STATUSES = {
    "running": "Sudah berjalan",
    "idle": "Ada, belum berjalan",
    "none": "Belum ada gerai",
    "unrecorded": "Belum dicatat",
}

# Column, row, name, kecamatan and a made-up status, on the places of the real map.
PLACES = (
    (4, 1, "Senayan", "Kebayoran Baru", "running"),
    (2, 2, "Gunung", "Kebayoran Baru", "running"),
    (3, 2, "Selong", "Kebayoran Baru", "none"),
    (4, 2, "Rawa Barat", "Kebayoran Baru", "running"),
    (3, 3, "Melawai", "Kebayoran Baru", "running"),
    (4, 3, "Petogogan", "Kebayoran Baru", "idle"),
    (3, 4, "Kramat Pela", "Kebayoran Baru", "running"),
    (4, 4, "Pulo", "Kebayoran Baru", "unrecorded"),
    (3, 5, "Gandaria Utara", "Kebayoran Baru", "none"),
    (4, 5, "Cipete Utara", "Kebayoran Baru", "running"),
    (5, 0, "Setia Budi", "Setiabudi", "idle"),
    (6, 0, "Guntur", "Setiabudi", "none"),
    (7, 0, "Pasar Manggis", "Setiabudi", "idle"),
    (5, 1, "Karet", "Setiabudi", "idle"),
    (6, 1, "Karet Kuningan", "Setiabudi", "none"),
    (7, 1, "Menteng Atas", "Setiabudi", "none"),
    (5, 2, "Karet Semanggi", "Setiabudi", "unrecorded"),
    (6, 2, "Kuningan Timur", "Setiabudi", "none"),
    (5, 3, "Kuningan Barat", "Mampang Prapatan", "idle"),
    (6, 3, "Mampang Prapatan", "Mampang Prapatan", "idle"),
    (5, 4, "Pela Mampang", "Mampang Prapatan", "none"),
    (6, 4, "Tegal Parang", "Mampang Prapatan", ""),
    (5, 5, "Bangka", "Mampang Prapatan", ""),
)


class SampleForm(forms.Form):
    """One field of each kind; sent with GET on purpose, it changes nothing."""

    name = forms.CharField(
        label=gettext_lazy("Nama gerai"),
        max_length=80,
        help_text=gettext_lazy("Seperti tertulis di papan nama."),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Jenis"),
        choices=[("", "—"), ("staples", gettext_lazy("Sembako")), ("pharmacy", gettext_lazy("Apotek"))],
    )
    starts_on = forms.DateField(label=gettext_lazy("Berlaku sejak"), widget=DayInput)
    amount_idr = forms.IntegerField(
        label=gettext_lazy("Kebutuhan modal"),
        widget=RupiahInput,
        required=False,
        help_text=gettext_lazy("Boleh dengan titik: 1.250.000"),
    )
    status = forms.ChoiceField(
        label=gettext_lazy("Status"),
        widget=forms.RadioSelect,
        choices=[("running", gettext_lazy("Berjalan")), ("idle", gettext_lazy("Belum berjalan"))],
    )
    has_power = forms.BooleanField(label=gettext_lazy("Ada listrik"), required=False)
    note = forms.CharField(
        label=gettext_lazy("Catatan"), widget=forms.Textarea(attrs={"rows": 3}), required=False
    )
    sheet = forms.FileField(
        label=gettext_lazy("Berkas"),
        required=False,
        help_text=gettext_lazy("XLSX atau CSV, paling besar 5 MB."),
    )


def style_guide(request: HttpRequest) -> HttpResponse:
    """Open to everybody who is signed in; shows no stored data."""
    return render(
        request,
        "pages/style_guide.html",
        {
            "day": DAY,
            "shows_confirm": request.GET.get("show") == "confirm",
            "parts": sample_parts(),
            "bars": [(area, parts) for area, parts in sample_bars()],
            "series": sample_series(),
            "published": [
                Mark(PUBLISHED_ON, value, tone, _("Diumumkan"))
                for tone, value in (("running", 10), ("idle", 19), ("none", 36))
            ],
            "targets": [Mark(date(2026, 12, 31), 30, "running", _("Target"))],
            "tiles": sample_tiles(),
            "lanes": sample_lanes(),
            "lanes_from": PUBLISHED_ON,
            "spark": [10, 10, 11, 11, 12, 12, 13, 13, 14, 14, 15, 15, 16, 17],
            "areas": [("31.74.07", "Kebayoran Baru"), ("31.74.02", "Setiabudi")],
            "tabs": [
                {"label": _("Semua"), "href": "?tab=all", "is_current": True, "count": 65},
                {"label": _("Berjalan"), "href": "?tab=running", "is_current": False, "count": 17},
                {"label": _("Riwayat"), "href": "?tab=history", "is_current": False, "count": None},
            ],
            "page": Paginator(range(65), 20).page(2),
            "form": SampleForm(initial={"amount_idr": 53_000_000, "starts_on": DAY}),
            "wrong_form": SampleForm(
                {"name": "", "kind": "staples", "starts_on": "31/02/2026", "amount_idr": "5 juta"}
            ),
            "history": sample_history(),
            "listing": sample_listing(request),
            "tones": ["running", "idle", "none", "unrecorded", "accent", "checked", "returned"],
        },
    )


class SampleListForm(ListForm):
    sorts = {"name": (gettext_lazy("Koperasi"), ("name",))}
    columns = (
        Column(
            "name",
            gettext_lazy("Koperasi"),
            (ListPart(gettext_lazy("Koperasi"), "name"), ListPart(gettext_lazy("Kecamatan"), "area")),
            cell=lambda row, _view: Cell(row.name, href=f"?c={row.name}", sub=row.area),
            order=("name",),
        ),
        column(
            "status",
            gettext_lazy("Status"),
            "status",
            cell=lambda row, _view: Cell(str(STATUSES[row.status]), tone=row.status),
        ),
        column("days", gettext_lazy("Hari"), "days", Kind.NUMBER, order=("days",)),
        column("need", gettext_lazy("Kebutuhan modal"), "need", Kind.MONEY, order=("need",)),
    )


def sample_listing(request: HttpRequest) -> Listing:
    rows = [
        SimpleNamespace(
            name="KKMP Grogol Selatan", area="Kebayoran Lama", status="idle", days=428, need=60_000_000
        ),
        SimpleNamespace(name="KKMP Setia Budi", area="Setiabudi", status="running", days=12, need=None),
    ]
    return Listing(SampleListForm.read(request.GET), Paginator(rows, 20).page(1))


def sample_history() -> History:
    """An edit with its reason, a change of status taken back, and how the record began."""
    moments = [datetime(2026, 11, day, 9, 5, tzinfo=UTC) for day in (23, 20, 19, 2)]
    return History(
        [
            Entry(
                moments[0],
                _("Diubah"),
                "Petugas Melawai",
                (
                    FieldChange(_("Alamat"), "Jl. Contoh 1", "Jl. Contoh 1A"),
                    FieldChange(_("Luas (m²)"), "", "42"),
                ),
                reason=_("Diukur ulang"),
                restore_href="",
            ),
            Entry(moments[1], _("Dicabut"), "Staf Sudin Dua", reason=_("Salah gerai"), tone="closed"),
            Entry(
                moments[2],
                STATUSES["running"],
                "Staf Sudin Satu",
                note=_("Keputusan Sudin"),
                tone="running",
                is_retracted=True,
            ),
            Entry(
                moments[3],
                _("Dibuat"),
                "",
                (FieldChange(_("Alamat"), "", "Jl. Contoh 1"),),
                is_first=True,
                restore_href="?restore=1",
            ),
        ],
        is_cut=True,
    )


def sample_parts() -> list[Part]:
    return [
        Part(STATUSES[tone], value, tone, f"?status={tone}")
        for tone, value in (("running", 17), ("idle", 20), ("none", 25), ("unrecorded", 3))
    ]


def sample_bars() -> list[tuple[str, list[Part]]]:
    rows = (("Kebayoran Baru", (6, 1, 2, 1)), ("Setiabudi", (0, 3, 4, 1)), ("Tebet", (0, 2, 5, 0)))
    return [
        (area, [Part(STATUSES[tone], value, tone) for tone, value in zip(STATUSES, values, strict=True)])
        for area, values in rows
    ]


def sample_series() -> list[Series]:
    """Fourteen months from the published figures on."""
    lines = {
        "running": (10, 10, 11, 11, 12, 12, 13, 13, 14, 14, 15, 15, 16, 17, 17),
        "idle": (19, 19, 19, 20, 20, 21, 21, 22, 21, 22, 21, 22, 22, 21, 21),
        "none": (36, 36, 35, 34, 33, 32, 31, 30, 30, 29, 29, 28, 27, 27, 27),
    }
    days = [
        PUBLISHED_ON,
        *(date(2025 + (8 + index) // 12, (8 + index) % 12 + 1, 24) for index in range(1, 15)),
    ]
    return [
        Series(STATUSES[tone], tone, list(zip(days, values, strict=True))) for tone, values in lines.items()
    ]


def sample_tiles() -> list[Tile]:
    return [
        Tile(
            col,
            row,
            area,
            name,
            tone=status,
            status=STATUSES[status],
            href=f"?cooperative={name}",
            is_selected=name == "Melawai",
        )
        if status
        else Tile(col, row, area)
        for col, row, name, area, status in PLACES
    ]


def sample_lanes() -> list[Lane]:
    opened = date(2026, 3, 9)
    day = timedelta(days=1)
    return [
        Lane(
            _("Kelas koperasi"),
            [
                Segment("none", STATUSES["none"], PUBLISHED_ON, date(2025, 12, 1) - day),
                Segment("idle", STATUSES["idle"], date(2025, 12, 1), opened - day),
                Segment("running", STATUSES["running"], opened),
            ],
        ),
        Lane(
            _("Gerai sembako"),
            [
                Segment("preparing", _("Persiapan"), date(2025, 10, 10), date(2025, 12, 1) - day),
                Segment("idle", STATUSES["idle"], date(2025, 12, 1), opened - day, _("Modal usaha")),
                Segment("running", _("Berjalan"), opened),
            ],
            sub=_("Jl. Contoh 1"),
        ),
        Lane(
            _("Apotek"),
            [
                Segment("running", _("Berjalan"), date(2026, 5, 1), date(2026, 8, 14)),
                Segment("closed", _("Tutup"), date(2026, 8, 15)),
            ],
        ),
    ]
