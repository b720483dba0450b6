"""Invented names of persons, put together from parts that many people share."""

from random import Random

from cooperatives.models import Gender

FIRST = {
    Gender.FEMALE: (
        "Aisyah Ajeng Anggun Arini Asih Ayu Citra Desi Dian Dini Eka Endah Fitri Hana Indah Intan Kartika Laras Lilis Maya "
        "Mira Murni Nia Nining Nur Nurul Puspa Putri Rani Ratih Ratna Rina Rini Siti Sri Tari Tuti Umi Wati Wulan Yanti Yuli"
    ),
    Gender.MALE: (
        "Ade Adi Agung Agus Ahmad Andi Anton Arif Asep Bambang Bayu Budi Cahyo Dadang Darma Dedi Edi Eko Endang Fajar Galih "
        "Hadi Hendra Heru Imam Indra Irfan Iwan Jaka Joni Kurnia Maman Mulyadi Rahmat Rizal Rudi Slamet Sugeng Tono Wahyu Yudi"
    ),
}
SECOND = {
    Gender.FEMALE: (
        "Agustina Anggraini Astuti Aulia Damayanti Fauziah Handayani Hasanah Kusuma Lestari Maharani Marlina Maulida Nirmala "
        "Novita Nuraini Oktaviani Permata Pertiwi Puspita Rahayu Rahmawati Safitri Saraswati Sulastri Susanti Wahyuni Wijayanti"
    ),
    Gender.MALE: (
        "Anwar Aprianto Budiman Darmawan Firmansyah Gunadi Hakim Hermawan Hidayat Irawan Iskandar Kurniawan Maulana Mulyono "
        "Nugraha Permana Prakoso Pranoto Purnomo Rahman Ramdani Saputra Setiadi Sudrajat Suherman Suryana Sutrisno Wibisono"
    ),
}


def person_name(dice: Random, gender: Gender) -> str:
    return f"{dice.choice(FIRST[gender].split())} {dice.choice(SECOND[gender].split())}"
