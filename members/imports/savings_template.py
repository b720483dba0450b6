"""The empty sheet for savings: opening balances in its first columns, deposits in the others, and a page that explains."""

from django.utils.translation import gettext as _

from kkmp.imports.importer import Template
from kkmp.tabular.writing import Heading
from members.imports.savings_columns import LONG, MEMBER, OF_A_RECEIPT, TITLES, WIDE
from members.models import Movement, SavingsKind

_WIDTHS = {"full_name": 34, "national_id": 22, "kind": 20, "movement": 16, "note": 30}


def empty_sheet() -> Template:
    months = _("Bulan dengan tahunnya. Contoh: Januari 2026 atau Jan-Mar 2026.")
    amount = _("Jumlah penuh dalam rupiah. Contoh: 50.000.")
    hints = {
        "number": _("Seperti di buku anggota."),
        "national_id": _("16 angka, sebagai teks. Boleh kosong bila nomor anggota diisi."),
        "day": _("Hari, bulan, tahun. Untuk saldo awal: per tanggal berapa. Contoh: 31/12/2025."),
        "receipt": _("Boleh kosong: diberi nomor berikutnya."),
        "amount": amount,
        "months": months,
        "months_to": _("Boleh kosong. Contoh: Maret 2026."),
        "paid_until": _("Bulan terakhir yang sudah dibayar menurut saldo awal. Contoh: Desember 2025."),
        "principal": amount,
        "mandatory": amount,
        "voluntary": amount,
    }
    choices = {
        "kind": tuple(SavingsKind.labels),
        "movement": (Movement.DEPOSIT.label, Movement.OPENING.label),
    }
    return Template(
        name=_("simpanan-anggota"),
        sheet=_("Simpanan"),
        # All as text: Excel rounds 16 digits, turns 007 into 7 and 05/09/2025 into May.
        headings=[
            Heading(
                column.title,
                _WIDTHS.get(column.key, 18),
                is_text=True,
                choices=choices.get(column.key, ()),
                hint=hints.get(column.key, ""),
            )
            for column in (*MEMBER, *OF_A_RECEIPT, *WIDE, *LONG)
        ],
        rows=[],
        guide=[
            (
                _("Saldo awal"),
                _(
                    "Satu baris untuk satu anggota: isi simpanan pokok, wajib, sukarela, dan per tanggal berapa."
                ),
            ),
            (TITLES["paid_until"], hints["paid_until"]),
            (
                _("Setoran"),
                _("Satu baris untuk satu setoran: isi jenis simpanan, jumlah, dan tanggalnya."),
            ),
            (TITLES["months"], _("Wajib untuk setoran simpanan wajib. ") + months),
            (TITLES["amount"], _("Untuk beberapa bulan: jumlah seluruhnya, dibagi rata.")),
            (
                TITLES["movement"],
                _("Kosong berarti setoran di kolom jumlah, saldo awal di kolom pokok, wajib, sukarela."),
            ),
            (TITLES["receipt"], hints["receipt"]),
            (
                _("Satu kolom untuk setiap bulan"),
                _("Boleh juga: kolom Jan 2026, Feb 2026, … berisi setoran wajib, dengan tanggal setornya."),
            ),
            ("", _("Yang sudah tercatat sama dilewati; berkas yang sama dua kali tidak mencatat apa pun.")),
        ],
    )
