"""What the help says: chapters by role, the glossary, ways to sign in, keys. Pictures are named here, made elsewhere."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from kkmp.accounts.models import Role
from kkmp.tabular.writing import Text


@dataclass(frozen=True)
class Step:
    """One thing to do. `picture` is a file of static/help without its ending, `alt` what it shows in words."""

    title: Text
    text: Text
    picture: str
    alt: Text
    url_name: str
    action: Text


@dataclass(frozen=True)
class Chapter:
    role: Role
    lead: Text
    steps: tuple[Step, ...]


_DASHBOARD_ALT = _(
    "Dasbor: tiga kotak angka untuk sudah berjalan, ada tetapi belum berjalan, dan belum ada gerai; di bawahnya "
    "peta petak dan tabel kecamatan."
)

CHAPTERS: dict[Role, Chapter] = {
    Role.OFFICER: Chapter(
        Role.OFFICER,
        _("Anda menjaga data koperasi di wilayah tugas Anda: profil, gerai, kebutuhan modal, dan anggota."),
        (
            Step(
                _("Lihat wilayah Anda"),
                _(
                    "Dasbor hanya memuat wilayah tugas Anda. Setiap angka dapat diketuk dan membuka daftarnya. "
                    "Kosong? Buka Akses saya: mungkin wilayah tugas Anda belum mulai."
                ),
                "dashboard",
                _DASHBOARD_ALT,
                "dashboard",
                _("Buka dasbor"),
            ),
            Step(
                _("Lengkapi profil koperasi"),
                _(
                    "Buka koperasinya, lalu Ubah data. Isi yang Anda tahu; yang belum tahu boleh kosong dan "
                    "tertulis “belum diisi”, bukan nol."
                ),
                "cooperative",
                _(
                    "Halaman satu koperasi: nama, status dengan tandanya, garis waktu status, dan daftar gerai."
                ),
                "cooperatives:list",
                _("Buka daftar koperasi"),
            ),
            Step(
                _("Catat gerai"),
                _(
                    "Di halaman koperasi tekan Tambah gerai. Cukup jenis dan namanya; sisanya menyusul. Statusnya "
                    "ditetapkan Sudin."
                ),
                "outlet-form",
                _("Formulir gerai: jenis, nama, alamat, tempat, dan status lahan."),
                "outlets:list",
                _("Buka daftar gerai"),
            ),
            Step(
                _("Catat kebutuhan modal"),
                _(
                    "Gerai belum berjalan karena modal? Di halaman gerai tekan Tambah kebutuhan: untuk apa, berapa "
                    "rupiah, sejak kapan. Dari sinilah bantuan dicarikan. Ada mitra yang mau? Usulkan bantuannya, dan "
                    "catat yang tiba dengan buktinya."
                ),
                "need-form",
                _("Formulir kebutuhan modal: untuk apa, jumlah rupiah, dan sejak kapan."),
                "outlets:needs",
                _("Buka kebutuhan modal"),
            ),
            Step(
                _("Catat anggota"),
                _(
                    "Pilih koperasinya, lalu Tambah anggota. Nomor berikutnya sudah terisi. Anggota yang keluar tidak "
                    "dihapus: isi tanggal keluarnya."
                ),
                "members",
                _("Daftar anggota satu koperasi dengan nomor, jenis kelamin, dan tanggal masuk."),
                "members:list",
                _("Buka anggota"),
            ),
        ),
    ),
    Role.SUDIN: Chapter(
        Role.SUDIN,
        _(
            "Anda melihat ke-65 koperasi, menetapkan status gerai, mengelola mitra dan bantuan, dan mendampingi petugas."
        ),
        (
            Step(
                _("Masukkan data awal"),
                _(
                    "Unduh lembar yang sudah berisi 65 kelurahan, isi status, sejak kapan, dan sebabnya, lalu unggah. "
                    "Sebelum disimpan Anda melihat semua kesalahan sekaligus; seluruh impor dapat dibatalkan."
                ),
                "import",
                _("Halaman impor: tombol unduh lembar, kotak unggah berkas, dan daftar impor sebelumnya."),
                "imports:list",
                _("Buka impor"),
            ),
            Step(
                _("Tetapkan status gerai"),
                _(
                    "Di halaman gerai tekan Tetapkan status: status baru, sejak tanggal berapa, dan alasan Anda. Tanggal "
                    "lampau boleh. Keliru? Perbaiki atau cabut; catatan lama tetap terbaca."
                ),
                "decide",
                _("Formulir penetapan status: pilihan status, sebab, tanggal berlaku, dan alasan."),
                "outlets:list",
                _("Buka daftar gerai"),
            ),
            Step(
                _("Beri petugas tautan masuk"),
                _(
                    "Petugas tanpa kata sandi atau lupa? Buat tautan, lalu serahkan langsung kepadanya. Tautan berlaku "
                    "48 jam dan satu kali."
                ),
                "links",
                _("Daftar orang dengan peran, wilayah tugas, dan tombol Buat tautan."),
                "accounts:people",
                _("Buka orang dan tautan masuk"),
            ),
            Step(
                _("Catat mitra dan bantuan"),
                _(
                    "Catat mitra dan penawarannya, cari gerai yang cocok, lalu usulkan. Setelah ada komitmen, catat tahapnya. "
                    "Yang tiba dicatat dengan bukti dan diperiksa rekan Anda; sejak itu kekurangan gerai berkurang."
                ),
                "supports",
                _("Daftar bantuan dengan mitra, koperasi, bentuk, nilai komitmen, dan tahap."),
                "partners:supports",
                _("Buka bantuan"),
            ),
            Step(
                _("Periksa siapa melihat apa"),
                _(
                    "Lihat menurut orang atau menurut koperasi, pada hari mana pun. Saringan “Tanpa petugas” "
                    "menunjukkan kelurahan yang belum ada petugasnya."
                ),
                "access",
                _("Daftar orang dengan peran, wilayah, dan jumlah koperasi yang terlihat."),
                "access:people",
                _("Buka siapa melihat apa"),
            ),
        ),
    ),
    Role.LEADER: Chapter(
        Role.LEADER,
        _(
            "Anda membaca ringkasan seluruh kota dan halaman setiap koperasi. Data perorangan anggota tidak ditampilkan."
        ),
        (
            Step(
                _("Baca dasbor"),
                _(
                    "Tiga angka teratas selalu berjumlah semua koperasi bersama “belum dicatat”. Panah dan selisih "
                    "membandingkan dengan sebulan sebelumnya."
                ),
                "dashboard",
                _DASHBOARD_ALT,
                "dashboard",
                _("Buka dasbor"),
            ),
            Step(
                _("Tanya hari lain"),
                _(
                    "Ubah Per tanggal di atas halaman: semua angka, peta, dan daftar dihitung ulang untuk hari itu. "
                    "Pilih kecamatan untuk melihat sebagian."
                ),
                "day",
                _("Bagian atas dasbor dengan pilihan tanggal dan kecamatan."),
                "dashboard",
                _("Buka dasbor"),
            ),
            Step(
                _("Buka daftar di balik angka"),
                _(
                    "Ketuk angka mana pun: daftarnya memuat persis sebanyak angka itu, untuk hari dan wilayah yang sama."
                ),
                "list",
                _("Daftar koperasi dengan saringan, jumlah baris, status, sebab, dan kebutuhan."),
                "cooperatives:list",
                _("Buka daftar koperasi"),
            ),
            Step(
                _("Baca halaman satu koperasi"),
                _(
                    "Garis waktunya menunjukkan sejak kapan gerai berjalan atau berhenti dan mengapa; di bawahnya "
                    "kebutuhan, bantuan, dan fakta publik dengan sumbernya."
                ),
                "cooperative",
                _(
                    "Halaman satu koperasi: nama, status dengan tandanya, garis waktu status, dan daftar gerai."
                ),
                "cooperatives:list",
                _("Buka daftar koperasi"),
            ),
            Step(
                _("Unduh atau cetak"),
                _(
                    "Di atas setiap daftar: Unduh Excel, Unduh CSV, dan Cetak. Isinya sama dengan yang sedang Anda "
                    "lihat, termasuk saringan dan tanggalnya."
                ),
                "export",
                _("Bagian atas daftar dengan jumlah baris dan tombol Unduh Excel, Unduh CSV, dan Cetak."),
                "cooperatives:list",
                _("Buka daftar koperasi"),
            ),
        ),
    ),
    Role.ADMIN: Chapter(
        Role.ADMIN,
        _(
            "Anda mengurus akun, wilayah tugas, dan data acuan, dan membaca log akses. Status gerai tidak Anda tetapkan."
        ),
        (
            Step(
                _("Buat akun"),
                _(
                    "Di Admin, Pengguna: nama, nama pengguna, dan peran. Kata sandi tidak perlu; pemiliknya membuatnya "
                    "sendiri. Akun tidak dihapus, hanya dinonaktifkan."
                ),
                "account-form",
                _("Formulir akun baru di Admin: nama lengkap, nama pengguna, peran, dan nomor telepon."),
                "admin:accounts_user_add",
                _("Buat akun"),
            ),
            Step(
                _("Beri wilayah tugas"),
                _(
                    "Petugas wilayah hanya melihat wilayah tugasnya: satu kecamatan atau satu kelurahan, sejak dan sampai "
                    "tanggal tertentu. Satu orang boleh memegang beberapa."
                ),
                "grant-form",
                _(
                    "Formulir wilayah tugas di Admin: petugas, kecamatan atau kelurahan, mulai, dan hari terakhir."
                ),
                "admin:cooperatives_areagrant_add",
                _("Beri wilayah tugas"),
            ),
            Step(
                _("Serahkan tautan masuk"),
                _(
                    "Buat tautan untuk akun baru atau yang lupa kata sandi, lalu serahkan langsung kepada orangnya."
                ),
                "links",
                _("Daftar orang dengan peran, wilayah tugas, dan tombol Buat tautan."),
                "accounts:people",
                _("Buka orang dan tautan masuk"),
            ),
            Step(
                _("Serah terima"),
                _(
                    "Petugas berganti? Serah terima mengakhiri wilayah yang lama dan memulai yang baru sekaligus. Keduanya "
                    "boleh tumpang tindih beberapa hari, dan Anda melihat akibatnya sebelum menyimpan."
                ),
                "hand-over",
                _("Formulir serah terima: wilayah yang diserahkan, penerima, dan kedua tanggal."),
                "access:hand_over",
                _("Buka serah terima"),
            ),
            Step(
                _("Baca log akses"),
                _(
                    "Siapa masuk, mengunduh, melihat data orang, atau mengubah hak. Saring menurut orang, peristiwa, dan "
                    "tanggal; pengunduhan log juga tercatat."
                ),
                "access-log",
                _("Log akses: waktu, pengguna, peristiwa, sasaran, dan alamat IP."),
                "access:log",
                _("Buka log akses"),
            ),
        ),
    ),
}

SIGN_IN: tuple[tuple[Text, Text], ...] = (
    (
        _("Dengan tautan"),
        _(
            "Buka tautan yang Anda terima dari Sudin atau admin, lalu tekan Masuk. Tautan berlaku 48 jam dan hanya satu "
            "kali. Sesudah itu buat kata sandi, agar lain kali tidak perlu tautan."
        ),
    ),
    (
        _("Dengan kata sandi"),
        _(
            "Tulis nama pengguna dan kata sandi. Lima kali keliru: tunggu lima menit. Lupa kata sandi: mintalah tautan "
            "baru, tidak perlu e-mail."
        ),
    ),
    (
        _("Kode sekali pakai"),
        _(
            "Staf Sudin dan admin memakai aplikasi kode di ponsel. Ponsel hilang: pakai kode cadangan, atau mintalah admin "
            "menghapus kode yang lama."
        ),
    ),
)

WORDS: tuple[tuple[Text, Text], ...] = (
    (_("KKMP"), _("Koperasi Kelurahan Merah Putih: tepat satu di setiap kelurahan.")),
    (_("Gerai"), _("Tempat koperasi berjualan atau melayani: sembako, apotek, klinik, dan lain-lain.")),
    (_("Sudah berjalan"), _("Paling sedikit satu gerai koperasi itu berjalan pada hari yang dilihat.")),
    (
        _("Ada, belum berjalan"),
        _("Ada gerai, tetapi tidak satu pun berjalan; sebabnya selalu dicatat, misalnya modal usaha."),
    ),
    (_("Belum ada gerai"), _("Sudah diperiksa: koperasi itu tidak mempunyai gerai.")),
    (_("Belum dicatat"), _("Kami belum tahu. Ini bukan berarti tidak ada gerai.")),
    (_("Per tanggal"), _("Hari yang dijawab halaman itu. Bawaannya hari ini; hari lampau boleh.")),
    (
        _("Menurut catatan sampai"),
        _("Jawaban dari apa yang sudah tercatat pada hari itu, sebelum dilengkapi atau diperbaiki kemudian."),
    ),
    (_("Cabut"), _("Menarik kembali catatan yang keliru. Tidak ada yang dihapus: catatannya tetap terbaca.")),
    (
        _("Kebutuhan modal"),
        _("Rupiah yang kurang agar gerai dapat buka atau terus berjalan, sampai terpenuhi."),
    ),
    (_("Mitra dan bantuan"), _("Pihak yang membantu, dan apa yang dijanjikannya kepada satu koperasi.")),
    (_("Tahap"), _("Sejauh mana bantuan: dari penjajakan sampai selesai, atau batal dengan alasan.")),
    (_("Angka resmi"), _("Angka yang pernah diumumkan, dengan sumbernya, di samping angka dari catatan.")),
    (
        _("Fakta publik"),
        _("Pernyataan tentang koperasi di sumber umum, dengan sumber dan tingkat keyakinannya."),
    ),
    (
        _("Data awal"),
        _("Satu lembar berisi 65 koperasi, yang diimpor saat kantor mulai memakai aplikasi ini."),
    ),
    (
        _("Wilayah tugas"),
        _("Kecamatan atau kelurahan yang dilihat petugas, dari hari pertama sampai hari terakhir."),
    ),
    (
        _("Serah terima"),
        _("Wilayah tugas berpindah dari satu petugas ke petugas lain; boleh tumpang tindih."),
    ),
    (_("Log akses"), _("Catatan siapa masuk, melihat, mengunduh, dan mengubah hak. Tidak dapat diubah.")),
)

KEYS: tuple[tuple[Text, Text], ...] = (
    (
        _("Tab"),
        _("Ke tautan atau isian berikutnya; dengan Shift ke yang sebelumnya. Yang pertama: langsung ke isi."),
    ),
    (_("Enter"), _("Membuka tautan, mengirim formulir atau saringan.")),
    (_("Spasi"), _("Menekan tombol, mencentang pilihan, membuka menu.")),
    (_("Esc"), _("Menutup menu yang terbuka.")),
    ("/", _("Membuka pencarian koperasi, gerai, anggota, dan mitra.")),
    (_("Panah"), _("Berpindah petak di peta, dan pilihan di daftar pilihan.")),
)
