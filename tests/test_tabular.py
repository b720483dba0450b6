import csv
import io
import time
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
import xlsxwriter

from kkmp.tabular.reading import Column, FileError, Row, Table, read, read_grid
from kkmp.tabular.writing import Heading, download, write_csv, write_xlsx

COLUMNS = (
    Column("name", "Nama gerai", ("nama", "gerai"), is_required=True),
    Column("since", "Sejak", ("tanggal",), is_required=True, is_day=True),
    Column("need", "Kebutuhan modal (Rp)", ("kebutuhan",)),
)
LIMITS = {"max_bytes": 5_000_000, "max_rows": 500}
ROWS = [
    Row(2, {"name": "Gerai Café", "since": "22/09/2025", "need": "1.250.000"}),
    Row(3, {"name": "Gerai; dua", "since": "23/09/2025"}),
]


def workbook(fill: Callable[[Any], None]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    fill(book)
    book.close()
    return out.getvalue()


def sheet_of(*rows: tuple[Any, ...], name: str = "Data") -> Callable[[Any], None]:
    def fill(book: Any) -> None:
        page = book.add_worksheet(name)
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                if isinstance(cell, date):
                    page.write_datetime(number, place, cell, day)
                elif cell is not None:
                    page.write(number, place, cell)

    return fill


def table(source: bytes) -> Table:
    return read(io.BytesIO(source), COLUMNS, **LIMITS)


def complaint(source: bytes, **limits: int) -> str:
    with pytest.raises(FileError) as refused:
        read(io.BytesIO(source), COLUMNS, **{**LIMITS, **limits})
    return str(refused.value)


def as_csv(separator: str) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator)
    writer.writerow(["Nama gerai", "Sejak", "Kebutuhan modal (Rp)"])
    writer.writerows([["Gerai Café", "22/09/2025", "1.250.000"], ["Gerai; dua", "23/09/2025", ""]])
    return out.getvalue()


# --- text ---------------------------------------------------------------------


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_csv_is_read_in_every_encoding_and_with_every_separator(encoding: str, separator: str) -> None:
    assert table(as_csv(separator).encode(encoding)) == Table(ROWS)


def test_titles_above_blank_rows_and_unknown_columns_are_skipped() -> None:
    text = (
        "DATA CONTOH;;;;\r\nRekap gerai per September;;;;\r\n\r\n"
        "No;NAMA;Tanggal ;Petugas;Kebutuhan\r\n1;A;22/09/2025;x;\r\n;;;;\r\n2; B\u00a0;1/10/2025;y;5\r\n"
    )
    assert table(text.encode()) == Table(
        [
            Row(5, {"name": "A", "since": "22/09/2025"}),
            Row(7, {"name": "B", "since": "1/10/2025", "need": "5"}),
        ],
        ignored=["No", "Petugas"],
    )


def test_the_most_telling_title_wins() -> None:
    text = "Gerai;Nama gerai;Sejak\r\nsalah;benar;22/09/2025\r\n"
    assert table(text.encode()) == Table(
        [Row(2, {"name": "benar", "since": "22/09/2025"})], ignored=["Gerai"]
    )


def test_control_characters_become_spaces() -> None:
    text = "Nama;Sejak\r\nGe\x07rai\x1f\u202f\x0b;22/09/2025\r\n"
    assert table(text.encode()).rows == [Row(2, {"name": "Ge rai", "since": "22/09/2025"})]


def test_two_rows_may_share_one_cell_of_several_lines() -> None:
    text = 'Nama;Sejak\r\n"satu\ndua";22/09/2025\r\ntiga;23/09/2025\r\n'
    assert table(text.encode()).rows == [
        Row(2, {"name": "satu dua", "since": "22/09/2025"}),
        Row(3, {"name": "tiga", "since": "23/09/2025"}),
    ]


# --- workbooks ----------------------------------------------------------------


def test_xlsx_is_read_with_its_types() -> None:
    rows = [
        ("Rekap",),
        (),
        ("Nama gerai", "Sejak", "Kebutuhan modal (Rp)"),
        ("A", date(2025, 9, 22), 5_000_000),
        ("B", 45922, "x"),
    ]
    assert table(workbook(sheet_of(*rows))).rows == [
        Row(4, {"name": "A", "since": date(2025, 9, 22), "need": 5_000_000.0}),
        Row(5, {"name": "B", "since": 45922.0, "need": "x"}),
    ]


def test_hours_stay_with_their_day() -> None:
    source = workbook(sheet_of(("Nama", "Sejak"), ("A", datetime(2025, 9, 22, 13, 5))))  # noqa: DTZ001  # Excel has no zone
    assert table(source).rows == [Row(2, {"name": "A", "since": datetime(2025, 9, 22, 13, 5)})]  # noqa: DTZ001


def test_the_sheet_with_the_head_is_found_and_hidden_sheets_are_not_read() -> None:
    def fill(book: Any) -> None:
        sheet_of(("Petunjuk",), ("Nama gerai", "boleh kosong"), name="Petunjuk")(book)
        sheet_of(("Nama gerai", "Sejak"), ("tersembunyi", "1/1/2025"), name="Lama")(book)
        book.worksheets()[1].hide()
        book.add_worksheet("Kosong")
        sheet_of(("Nama gerai", "Sejak"), ("A", "1/10/2025"), name="Isi")(book)

    assert table(workbook(fill)) == Table([Row(2, {"name": "A", "since": "1/10/2025"})])


def test_ods_is_read() -> None:
    cells = [["Nama gerai", "Sejak"], ["A", "1/10/2025"]]
    rows = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
            for cell in row
        )
        + "</table:table-row>"
        for row in cells
    )
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0"?><office:document-content {names} office:version="1.2"><office:body><office:spreadsheet>'
        f'<table:table table:name="Data">{rows}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", '<?xml version="1.0"?><manifest/>')
        archive.writestr("content.xml", content)
    assert table(out.getvalue()) == Table([Row(2, {"name": "A", "since": "1/10/2025"})])


# --- what cannot be read ------------------------------------------------------

GOOD = workbook(sheet_of(("Nama gerai", "Sejak"), ("A", "1/10/2025")))
BROKEN = "Berkas ini rusak atau tidak lengkap. Buka di Excel, simpan sebagai .xlsx, lalu unggah lagi."
LOCKED = "Berkas ini dikunci kata sandi. Buka di Excel, hapus kata sandinya, simpan, lalu unggah lagi."
NO_TABLE = "Berkas ini bukan Excel dan bukan CSV. Simpan sebagai .xlsx atau .csv, lalu unggah lagi."
TOO_LARGE = "Isi lembar kerja ini terlalu besar. Salin tabelnya saja ke berkas baru, lalu unggah lagi."
TOO_MANY = (
    "Tabelnya lebih dari 500 baris, atau ada isian jauh di bawah tabel. "
    "Salin tabelnya saja ke berkas baru, lalu unggah lagi."
)
OLE = bytes.fromhex("d0cf11e0a1b11ae1")


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (b"", "Berkas ini kosong."),
        (b" \r\n\r\n ", "Berkas ini kosong."),
        (GOOD[: len(GOOD) // 2], BROKEN),
        (b"PK\x03\x04" + b"x" * 500, BROKEN),
        (OLE + bytes(2000), BROKEN),
        (OLE + bytes(500) + "EncryptedPackage".encode("utf-16-le") + bytes(500), LOCKED),
        (b"%PDF-1.7\n\x80\x81\x00\x01" + bytes(range(256)) * 4, NO_TABLE),
        (bytes(range(256)) * 20, NO_TABLE),
        (
            b"\xef\xbb\xbf<html><table><tr><td>Nama gerai</td></tr></table>",
            "Ini halaman web atau XML, bukan lembar kerja. Buka di Excel, simpan sebagai .xlsx, lalu unggah lagi.",
        ),
        (
            b"halo;apa;kabar\r\n1;2;3\r\n",
            "Baris judul tidak ditemukan. Tulis judul kolom di satu baris: Nama gerai, Sejak, Kebutuhan modal (Rp).",
        ),
        (b"Nama gerai;Kebutuhan\r\nA;5\r\n", "Kolom “Sejak” tidak ada."),
        (b"Nama gerai;Sejak;Sejak\r\nA;5;6\r\n", "Kolom “Sejak” ada lebih dari satu: B, C. Sisakan satu."),
        (b"Nama gerai;Sejak\r\n;\r\n", "Di bawah baris judul tidak ada isian."),
        (b'Nama gerai;Sejak\r\n"' + b"x" * 200_000, "CSV ini rusak: tanda kutip tidak berpasangan. Simpan sebagai .xlsx, lalu unggah lagi."),
        (b"Nama gerai;Sejak\r\n" + b"A;1/1/2025\r\n" * 501, TOO_MANY),
        (b"Nama gerai;Sejak\r\n" + b"A;1/1/2025\r\n" * 600, TOO_MANY),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told(source: bytes, told: str) -> None:
    assert complaint(source) == told


def test_a_table_on_two_sheets_is_never_half_read() -> None:
    def fill(book: Any) -> None:
        for name in ("Tebet", "Pancoran"):
            sheet_of(("Nama gerai", "Sejak"), ("A", "1/10/2025"), name=name)(book)

    assert complaint(workbook(fill)) == (
        "Ada beberapa lembar dengan tabel seperti ini: “Tebet”, “Pancoran”. Gabungkan ke satu lembar."
    )


def test_more_bytes_than_allowed_are_not_read() -> None:
    class Endless(io.RawIOBase):
        taken = 0

        def read(self, size: int = -1) -> bytes:
            self.taken += size
            return b"x" * size

    endless = Endless()
    with pytest.raises(FileError) as refused:
        read(endless, COLUMNS, **LIMITS)  # type: ignore[arg-type]
    assert str(refused.value) == (
        "Berkas lebih besar dari 5 MB. Simpan hanya lembar yang diperlukan, lalu unggah lagi."
    )
    assert endless.taken == 5_000_001


def test_two_cells_in_opposite_corners_do_not_eat_the_memory() -> None:
    """The reader would ask for 512 GB."""

    def fill(book: Any) -> None:
        page = book.add_worksheet()
        page.write(0, 0, "Nama gerai")
        page.write(1_048_575, 16_383, "x")

    started = time.monotonic()
    assert complaint(workbook(fill)) == TOO_LARGE
    assert time.monotonic() - started < 20


def test_a_small_archive_with_a_large_sheet_does_not_eat_the_memory() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as good, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb:
        for member in good.infolist():
            content = good.read(member)
            if not member.filename.endswith("sheet1.xml"):
                bomb.writestr(member.filename, content)
                continue
            head, tail = content.split(b"</sheetData>")
            with bomb.open(member.filename, "w") as sheet:
                sheet.write(head)
                for row in range(3, 480):
                    sheet.write(b'<row r="%d"><c r="A%d" t="inlineStr"><is><t>' % (row, row))
                    sheet.write(b"x" * 1_500_000)
                    sheet.write(b"</t></is></c></row>")
                sheet.write(b"</sheetData>" + tail)
    assert len(out.getvalue()) < 1_500_000
    assert complaint(out.getvalue()) == TOO_LARGE


# --- out ----------------------------------------------------------------------

HEADINGS = (
    Heading("Nama", is_text=True),
    Heading("Sejak"),
    Heading("Jumlah"),
    Heading("Status", choices=("Berjalan", "Ada, belum berjalan"), hint="Pilih dari daftar."),
    Heading("Air"),
    Heading("Dicatat"),
)
MOMENT = datetime(2025, 9, 22, 6, 5, tzinfo=UTC)
RECORDS = [
    ("=1+1", date(2025, 9, 22), 1_250_000, "+62 21", True, MOMENT),
    ("https://contoh.id", None, 2.5, "@a", False, None),
    ("-x", None, -5, "\tq", None, None),
]
READ_BACK = tuple(Column(str(heading.title), heading.title) for heading in HEADINGS)


def test_csv_opens_in_indonesian_excel_and_calculates_nothing() -> None:
    assert write_csv(HEADINGS, RECORDS).decode("utf-8") == (
        "\ufeffDATA CONTOH: bukan data resmi\r\n"
        "Nama;Sejak;Jumlah;Status;Air;Dicatat\r\n"
        "'=1+1;22/09/2025;1250000;'+62 21;ya;22/09/2025 13.05\r\n"
        "https://contoh.id;;2,5;'@a;tidak;\r\n"
        "'-x;;-5;'\tq;;\r\n"
    )


def test_csv_of_ours_is_read_back_as_it_was() -> None:
    back = read(io.BytesIO(write_csv(HEADINGS, RECORDS)), READ_BACK, **LIMITS)
    assert [row.cells.get("Nama") for row in back.rows] == ["=1+1", "https://contoh.id", "-x"]


def test_xlsx_holds_typed_cells_and_no_formulas() -> None:
    content = write_xlsx(HEADINGS, RECORDS, sheet="Data", guide=[("Nama", "Apa saja")])
    assert read(io.BytesIO(content), READ_BACK, **LIMITS) == Table(
        [
            Row(
                3,
                {
                    "Nama": "=1+1",
                    "Sejak": date(2025, 9, 22),
                    "Jumlah": 1_250_000.0,
                    "Status": "+62 21",
                    "Air": "ya",
                    "Dicatat": datetime(2025, 9, 22, 13, 5),  # noqa: DTZ001  # Excel has no zone
                },
            ),
            Row(4, {"Nama": "https://contoh.id", "Jumlah": 2.5, "Status": "@a", "Air": "tidak"}),
            Row(5, {"Nama": "-x", "Jumlah": -5.0, "Status": "q"}),
        ]
    )
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert "<formula1>Daftar!$A$1:$A$2</formula1>" in sheet


def test_sample_data_are_marked_only_where_there_are_any(settings: Any) -> None:
    settings.IS_DEMO = False
    assert write_csv(HEADINGS[:1], []).decode("utf-8") == "\ufeffNama\r\n"
    assert table(write_xlsx([Heading("Nama"), Heading("Sejak")], [("A", "x")], sheet="Data")).rows == [
        Row(2, {"name": "A", "since": "x"})
    ]


def test_download_says_what_it_is() -> None:
    response = download(b"x", name="data.csv")
    assert (response["Content-Type"], response["Content-Disposition"]) == (
        "text/csv; charset=utf-8",
        'attachment; filename="data.csv"',
    )


def test_what_is_no_row_is_left_out() -> None:
    """The head once more on each printed page, counted columns, sums; a row that merely begins alike stays."""
    head = ("Nama gerai", "Sejak", "Kebutuhan")
    rows = (
        head,
        (1, 2, 3),
        ("Gerai satu", "22/09/2025", 1),
        head,
        ("(1)", "(2)", "(3)"),
        ("Total Jaya", "23/09/2025", 2),
        ("Sub Total", None, 3),
        ("JUMLAH :", None, 3),
    )
    assert [row.cells["name"] for row in table(workbook(sheet_of(*rows))).rows] == [
        "Gerai satu",
        "Total Jaya",
    ]


def test_two_head_rows_are_one_where_both_together_name_more() -> None:
    upper, lower = ("Nama gerai", "Keadaan", None), (None, "Sejak", "Kebutuhan")
    both = table(workbook(sheet_of(("DAFTAR",), upper, lower, ("Gerai", "22/09/2025", "1"))))
    assert both.rows == [Row(4, {"name": "Gerai", "since": "22/09/2025", "need": "1"})]


def test_columns_keep_their_letters_where_they_may_be_named_later() -> None:
    source = workbook(sheet_of(("Daftar",), ("Siapa", "Kapan"), ("Gerai", "22/09/2025")))
    grid = read_grid(io.BytesIO(source), COLUMNS, **LIMITS, may_be_named_later=True)
    assert (grid.titles, grid.letters) == ({"A": "Siapa", "B": "Kapan"}, {})
    assert grid.rows == [Row(3, {"A": "Gerai", "B": "22/09/2025"})]
    double = "Nama;Sejak;Tanggal lain;Sejak\r\nGerai;1;2;3\r\n"
    grid = read_grid(io.BytesIO(double.encode()), COLUMNS, **LIMITS, may_be_named_later=True)
    # Which of the two is meant somebody has to say.
    assert grid.letters == {"name": "A"}
