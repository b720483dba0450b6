"""How the access log names a member, and who looked at one: the log itself keeps no name of a member."""

from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from cooperatives.models import AreaGrant, Cooperative
from kkmp.accounts.models import AccessEvent, Verb
from members.models import Member

# What is done with one person's data, or with a list that the person stands in.
# Titles of the lists and files that hold members, as the log has them.
LISTS = ("Daftar anggota", "Buku anggota", "Mutasi simpanan", "Saldo dan tunggakan")
TOLD = (Verb.PERSON_VIEWED, Verb.REVEALED, Verb.EXPORTED, Verb.PRINTED, Verb.DOWNLOADED)


def named_in_log(member: Member) -> str:
    """“anggota 012, KKMP Melawai (#345)”; the key stays when the number is corrected or the name taken away."""
    # Never translated: the log is written in the language of the office, and is searched by this.
    who = f"anggota {member.number}" if member.number else "calon anggota"
    return f"{who}, {member.cooperative} {_mark(member)}"


def book_in_log(number: str, cooperative: Cooperative) -> str:
    """“Buku 01, KKMP Melawai (31.74.07.1001)”."""
    return f"Buku {number}, {cooperative} ({cooperative.kelurahan_id})"


def looks_at(member: Member) -> QuerySet[AccessEvent]:
    """Lines of the access log that name this member, the newest first."""
    named = Q(target__contains=_mark(member))
    # The back office knows the key alone.
    named |= Q(target=f"members.member {member.pk}")
    if member.number:
        # As pages named a member before the key was written: a number is given once a cooperative.
        named |= Q(target=f"anggota {member.number}, {member.cooperative}")
    return _told().filter(named)


def lists_with(member: Member) -> QuerySet[AccessEvent]:
    """Copies of the members' register, and files and prints of the cooperative's lists, since the person stood there."""
    since = member.joined_on or member.applied_on
    copied = Q(target__startswith=book_in_log("01", member.cooperative))
    # As lists and whole files are logged: “Buku anggota dengan NIK per 16/03/2026, KKMP Melawai: 60 baris”.
    named = reduce(or_, (Q(target__startswith=title) for title in LISTS))
    there = reduce(or_, (Q(target__contains=f", {area}: ") for area in _areas_of(member.cooperative)))
    copied |= named & there
    copies = _told().filter(copied)
    return copies.filter(at__date__gte=since) if since else copies


def _areas_of(cooperative: Cooperative) -> list[str]:
    """What the log calls the areas whose lists hold this cooperative's members: itself, or a whole area of somebody."""
    kecamatan = cooperative.kelurahan.kecamatan
    granted = AreaGrant.objects.filter(Q(kelurahan=cooperative.kelurahan_id) | Q(kecamatan=kecamatan.pk))
    keepers = granted.order_by("user__username").values_list("user__username", flat=True).distinct()
    return [
        str(cooperative),
        f"Kecamatan {kecamatan}",
        "Jakarta Selatan",
        *(f"Wilayah {username}" for username in keepers),
    ]


def _told() -> QuerySet[AccessEvent]:
    return AccessEvent.objects.filter(verb__in=TOLD).select_related("user").order_by("-at", "-pk")


def _mark(member: Member) -> str:
    return f"(#{member.pk})"
