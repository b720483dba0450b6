"""The matrix in sentences, for the page “Akses saya”; a test holds that every right has its sentence."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kkmp.accounts.models import User
from kkmp.accounts.permissions import permissions_of


@dataclass(frozen=True)
class Sentence:
    """Said to whoever holds any of the rights."""

    text: str | Promise
    covers: tuple[str, ...]


@dataclass(frozen=True)
class Group:
    title: str | Promise
    sentences: tuple[Sentence, ...]


GROUPS = (
    Group(
        _("Wilayah dan koperasi"),
        (
            Sentence(
                _(
                    "Melihat dasbor, peta, dan halaman koperasi dengan angka resmi, target, dan fakta publiknya"
                ),
                (
                    "cooperatives.view_cooperative",
                    "cooperatives.view_kecamatan",
                    "cooperatives.view_kelurahan",
                    "cooperatives.view_publicfact",
                    "cooperatives.view_publishedfigure",
                    "cooperatives.view_target",
                ),
            ),
            Sentence(_("Memperbarui profil koperasi"), ("cooperatives.change_cooperative",)),
            Sentence(
                _("Menetapkan target gerai untuk kota dan kecamatan"),
                ("cooperatives.add_target", "cooperatives.change_target"),
            ),
            Sentence(
                _("Melihat surat apa yang ada, dan siapa pengurus dan pengawasnya"),
                ("cooperatives.view_paper", "cooperatives.view_boardterm"),
            ),
            Sentence(_("Melihat jumlah aset koperasi"), ("cooperatives.view_assetstatement",)),
            Sentence(
                _("Mencatat jumlah aset koperasi"),
                ("cooperatives.add_assetstatement", "cooperatives.change_assetstatement"),
            ),
            Sentence(
                _("Mencatat surat, mengunggah berkasnya, menghapus dan mengembalikannya"),
                ("cooperatives.add_paper", "cooperatives.change_paper"),
            ),
            Sentence(_("Mengunduh berkas surat; setiap unduhan dicatat"), ("cooperatives.download_paper",)),
            Sentence(
                _("Mencatat pengurus, pengawas, dan pengelola"),
                ("cooperatives.add_boardterm", "cooperatives.change_boardterm"),
            ),
        ),
    ),
    Group(
        pgettext_lazy("plural", "Gerai"),
        (
            Sentence(
                _("Melihat gerai, riwayat status, dan kebutuhan modal"),
                (
                    "outlets.view_outlet",
                    "outlets.view_statuschange",
                    "outlets.view_capitalneed",
                    "outlets.view_setaside",
                ),
            ),
            Sentence(_("Menambah dan memperbarui gerai"), ("outlets.add_outlet", "outlets.change_outlet")),
            Sentence(
                _("Mencatat dan memperbarui kebutuhan modal"),
                ("outlets.add_capitalneed", "outlets.change_capitalneed"),
            ),
            Sentence(
                _("Mencatat dana sendiri yang disisihkan untuk kebutuhan modal"),
                ("outlets.add_setaside", "outlets.change_setaside"),
            ),
            Sentence(_("Melihat kunjungan lapangan dan tindak lanjutnya"), ("outlets.view_visit",)),
            Sentence(
                _("Mencatat kunjungan, menandai tindak lanjut selesai, menghapus dan mengembalikannya"),
                ("outlets.add_visit", "outlets.change_visit"),
            ),
            Sentence(
                _("Melihat laporan bulanan dan langkah-langkahnya"),
                ("outlets.view_monthlyreport", "outlets.view_reportline", "outlets.view_reportstep"),
            ),
            Sentence(_("Melihat foto bukti laporan dan kunjungan"), ("outlets.view_evidence",)),
            Sentence(_("Menulis dan mengajukan laporan bulanan"), ("outlets.change_monthlyreport",)),
            Sentence(
                _("Memverifikasi atau mengembalikan laporan yang diajukan orang lain"),
                ("outlets.verify_report",),
            ),
            Sentence(_("Memutuskan status gerai dengan alasan"), ("outlets.decide_status",)),
            Sentence(_("Menarik kembali catatan status yang keliru"), ("outlets.retract_change",)),
        ),
    ),
    Group(
        _("Anggota"),
        (
            Sentence(_("Melihat daftar anggota"), ("members.view_member",)),
            Sentence(_("Menambah dan memperbarui anggota"), ("members.add_member", "members.change_member")),
            Sentence(
                _("Membuka nomor NIK dengan menyebut keperluan; setiap kali tercatat"),
                ("members.reveal_national_id",),
            ),
            Sentence(
                _("Melihat simpanan anggota, besar simpanan, dan bulan yang ditutup"),
                ("members.view_savingsentry", "members.view_savingsrate", "members.view_monthlock"),
            ),
            Sentence(_("Mencatat setoran dan penarikan simpanan"), ("members.add_savingsentry",)),
            Sentence(_("Membatalkan mutasi simpanan yang keliru"), ("members.reverse_savingsentry",)),
            Sentence(
                _("Menetapkan besar simpanan pokok dan wajib"),
                ("members.add_savingsrate", "members.change_savingsrate"),
            ),
            Sentence(_("Menutup bulan simpanan"), ("members.add_monthlock",)),
            Sentence(_("Membuka lagi bulan simpanan yang sudah ditutup"), ("members.reopen_month",)),
        ),
    ),
    Group(
        _("Mitra dan bantuan"),
        (
            Sentence(
                _("Melihat mitra, penawaran, bantuan, penyaluran, dan acara"),
                (
                    "partners.view_partner",
                    "partners.view_offer",
                    "partners.view_support",
                    "partners.view_stagechange",
                    "partners.view_disbursement",
                    "partners.view_followup",
                    "partners.view_letter",
                    "partners.view_event",
                    "partners.view_attendance",
                ),
            ),
            Sentence(_("Mengusulkan bantuan"), ("partners.propose_support",)),
            Sentence(
                _("Mencatat penyaluran bantuan dengan buktinya dan tindak lanjutnya"),
                ("partners.add_disbursement", "partners.add_followup"),
            ),
            Sentence(_("Mengunduh bukti penyaluran; setiap kali tercatat"), ("partners.download_evidence",)),
            Sentence(
                _("Memverifikasi penyaluran yang dicatat orang lain dan membatalkan yang keliru"),
                ("partners.verify_disbursement", "partners.withdraw_disbursement"),
            ),
            Sentence(
                _("Menambah dan memperbarui penawaran mitra"), ("partners.add_offer", "partners.change_offer")
            ),
            Sentence(_("Membuat surat kepada mitra"), ("partners.add_letter",)),
            Sentence(
                _("Menambah dan memperbarui mitra"), ("partners.add_partner", "partners.change_partner")
            ),
            Sentence(
                _("Menambah dan memperbarui bantuan"),
                ("partners.add_support", "partners.change_support"),
            ),
            Sentence(_("Mencatat tahap bantuan"), ("partners.add_stagechange",)),
            Sentence(
                _("Mengelola acara dan daftar hadirnya"),
                (
                    "partners.add_event",
                    "partners.change_event",
                    "partners.add_attendance",
                    "partners.change_attendance",
                    "partners.delete_attendance",
                ),
            ),
        ),
    ),
    Group(
        _("Berkas"),
        (
            Sentence(_("Mengimpor status awal 65 koperasi dari satu lembar"), ("outlets.import_opening",)),
            Sentence(
                _("Mengimpor daftar anggota dan simpanan"),
                ("members.import_members", "members.import_savings"),
            ),
            Sentence(
                _("Melihat impor yang pernah dilakukan"),
                ("imports.view_importbatch", "imports.view_importrow"),
            ),
        ),
    ),
    Group(
        _("Akun dan pengelolaan"),
        (
            Sentence(
                _("Membuat tautan masuk untuk petugas wilayah"), ("accounts.make_officer_sign_in_link",)
            ),
            Sentence(_("Membuat tautan masuk untuk semua pengguna"), ("accounts.make_sign_in_link",)),
            Sentence(_("Membuka Admin"), ("accounts.use_back_office",)),
            Sentence(
                _("Membuat akun dan mengubah peran"),
                ("accounts.view_user", "accounts.add_user", "accounts.change_user"),
            ),
            Sentence(_("Melihat siapa melihat apa dan lewat hak apa"), ("cooperatives.view_areagrant",)),
            Sentence(
                _("Memberi dan mengakhiri wilayah tugas, serah terima"),
                ("cooperatives.add_areagrant", "cooperatives.change_areagrant"),
            ),
            Sentence(
                _("Melihat log akses dan tautan masuk yang pernah dibuat"),
                ("accounts.view_accessevent", "accounts.view_signinlink"),
            ),
            Sentence(
                _("Mematikan kode sekali pakai bila ponsel seseorang hilang"),
                ("mfa.view_authenticator", "mfa.delete_authenticator"),
            ),
            Sentence(
                _("Mengubah parameter, angka resmi, fakta publik, dan data wilayah"),
                (
                    "cooperatives.view_parameter",
                    "cooperatives.add_parameter",
                    "cooperatives.change_parameter",
                    "cooperatives.add_publishedfigure",
                    "cooperatives.change_publishedfigure",
                    "cooperatives.add_publicfact",
                    "cooperatives.change_publicfact",
                    "cooperatives.change_kecamatan",
                    "cooperatives.change_kelurahan",
                ),
            ),
        ),
    ),
)


def right_in_words(codename: str) -> str:
    """The sentence for one right, as “outlets.decide_status”."""
    sentences = (sentence for group in GROUPS for sentence in group.sentences)
    return next(str(sentence.text) for sentence in sentences if codename in sentence.covers)


def rights_in_words(user: User) -> list[tuple[str, list[str]]]:
    """(heading, sentences) of what this person may do; headings without a sentence are left out."""
    held = permissions_of(user)
    groups = [
        (
            str(group.title),
            [str(sentence.text) for sentence in group.sentences if held.intersection(sentence.covers)],
        )
        for group in GROUPS
    ]
    return [(title, sentences) for title, sentences in groups if sentences]
