"""“Why can I, or can I not, see this?” in words, for an address or a kelurahan.

Says nothing about stored rows: which kelurahan there are is public, whether a member or an outlet exists is not.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cooperatives.grants import area_in_words, state_on
from cooperatives.models import AreaGrant, Kecamatan, Kelurahan
from kkmp.accounts.models import User
from kkmp.accounts.permissions import sees_whole_city
from kkmp.accounts.rights_in_words import right_in_words
from kkmp.imports.importer import importer_of
from kkmp.parsing import area_key
from kkmp.templatetags.ui import MOST_ASKED, PLACES
from members.books.shelf import BOOKS

# Which rights a page asks for, where its section's right to read is not enough.
NEEDED: dict[str, tuple[str, ...]] = {
    "cooperatives:edit": ("cooperatives.change_cooperative",),
    "cooperatives:paper_add": ("cooperatives.add_paper",),
    "cooperatives:paper_edit": ("cooperatives.change_paper",),
    "cooperatives:paper_remove": ("cooperatives.change_paper",),
    "cooperatives:paper_restore": ("cooperatives.change_paper",),
    "cooperatives:paper_file": ("cooperatives.download_paper",),
    "cooperatives:paper_former": ("cooperatives.download_paper",),
    "cooperatives:board_add": ("cooperatives.add_boardterm",),
    "cooperatives:board_edit": ("cooperatives.change_boardterm",),
    "cooperatives:board_end": ("cooperatives.change_boardterm",),
    "cooperatives:board_remove": ("cooperatives.change_boardterm",),
    "cooperatives:board_restore": ("cooperatives.change_boardterm",),
    "cooperatives:asset_add": ("cooperatives.add_assetstatement",),
    "cooperatives:asset_edit": ("cooperatives.change_assetstatement",),
    "targets:add": ("cooperatives.add_target",),
    "targets:edit": ("cooperatives.change_target",),
    "outlets:add": ("outlets.add_outlet",),
    "outlets:edit": ("outlets.change_outlet",),
    "outlets:decide": ("outlets.decide_status",),
    "outlets:decide_none": ("outlets.decide_status",),
    "outlets:correct": ("outlets.retract_change",),
    "outlets:retract": ("outlets.retract_change",),
    "outlets:need_add": ("outlets.add_capitalneed",),
    "outlets:need_edit": ("outlets.change_capitalneed",),
    "outlets:set_aside_add": ("outlets.add_setaside",),
    "outlets:set_aside_release": ("outlets.change_setaside",),
    "visits:add": ("outlets.add_visit",),
    "visits:edit": ("outlets.change_visit",),
    "visits:follow_up": ("outlets.change_visit",),
    "visits:remove": ("outlets.change_visit",),
    "visits:restore": ("outlets.change_visit",),
    "reports:form": ("outlets.change_monthlyreport",),
    "reports:withdraw": ("outlets.change_monthlyreport",),
    "reports:correct": ("outlets.change_monthlyreport",),
    "reports:photo": ("outlets.view_evidence",),
    "reports:reminders": ("outlets.change_monthlyreport",),
    "reports:queue": ("outlets.verify_report",),
    "reports:verify_many": ("outlets.verify_report",),
    "reports:review": ("outlets.verify_report",),
    "members:add": ("members.add_member",),
    "members:take_over": ("members.add_member",),
    "members:months": ("cooperatives.view_cooperative",),
    "members:edit": ("members.view_member", "members.change_member"),
    "members:admit": ("members.view_member", "members.change_member"),
    "members:end": ("members.view_member", "members.change_member"),
    "members:return": ("members.view_member", "members.add_member"),
    "members:void": ("members.view_member", "members.change_member"),
    "members:reveal": ("members.view_member", "members.reveal_national_id"),
    "books:savings_book": ("members.view_member", "members.view_savingsentry"),
    "books:letter": ("members.view_member", "members.view_savingsentry"),
    "savings:collect": ("members.add_savingsentry",),
    "savings:record": ("members.add_savingsentry",),
    "savings:withdraw": ("members.add_savingsentry",),
    "savings:refund": ("members.add_savingsentry",),
    "savings:opening": ("members.add_savingsentry",),
    "savings:reverse": ("members.reverse_savingsentry",),
    "savings:rate_add": ("members.add_savingsrate",),
    "savings:rate_edit": ("members.change_savingsrate",),
    "savings:close": ("members.add_monthlock",),
    "savings:reopen": ("members.reopen_month",),
    "members:export_ledger": ("members.view_savingsentry",),
    "partners:add": ("partners.add_partner",),
    "partners:edit": ("partners.change_partner",),
    "partners:support_add": ("partners.propose_support",),
    "partners:disbursement_add": ("partners.add_disbursement",),
    "partners:disbursement_verify": ("partners.verify_disbursement",),
    "partners:disbursement_withdraw": ("partners.withdraw_disbursement",),
    "partners:evidence": ("partners.download_evidence",),
    "partners:offer_add": ("partners.add_offer",),
    "partners:offer_edit": ("partners.change_offer",),
    "partners:support_edit": ("partners.change_support",),
    "partners:support_stage": ("partners.add_stagechange",),
    "partners:match_propose": ("partners.propose_support",),
    "partners:follow_up": ("partners.add_followup",),
    "partners:letter_add": ("partners.add_letter",),
    "partners:allocate": ("partners.view_support",),
    "partners:allocate_propose": ("partners.propose_support",),
    "partners:event_add": ("partners.add_event",),
    "partners:event_edit": ("partners.change_event",),
    "partners:attendance_add": ("partners.add_attendance",),
    "partners:attendance_remove": ("partners.delete_attendance",),
    # Of a member's file; which kind a batch is of only its row tells.
    "imports:columns": ("imports.view_importbatch", "members.import_members"),
    "imports:confirm": ("imports.view_importbatch", "members.import_members"),
    "imports:undo": ("imports.view_importbatch", "members.import_members"),
    "accounts:people": ("accounts.make_officer_sign_in_link",),
    "accounts:link_make": ("accounts.make_officer_sign_in_link",),
    "access:log": ("accounts.view_accessevent",),
    "access:hand_over": ("cooperatives.add_areagrant", "cooperatives.change_areagrant"),
}
# Sections that ask for a right to read; those of the main navigation say theirs there.
SECTIONS = {
    "access": "cooperatives.view_areagrant",
    "admin": "accounts.use_back_office",
    "visits": "outlets.view_visit",
    "books": "cooperatives.view_boardterm",
    "savings": "members.view_savingsentry",
    **{place.url_name.partition(":")[0]: place.permission for place in reversed(PLACES) if place.permission},
}


@dataclass(frozen=True)
class Point:
    """One sentence of the answer: `tone` is running (yes), error (no) or info."""

    tone: str
    text: str


def why(request: HttpRequest) -> HttpResponse:
    """`?about=` is an address of this application, or a kelurahan or kecamatan by name or code."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101  # every page but the listed open ones asks for sign-in
    about = request.GET.get("about", "").strip()[:MOST_ASKED]
    today = timezone.localdate()
    grants = AreaGrant.objects.filter(user=user).select_related("kecamatan", "kelurahan__kecamatan")
    held = list(grants.order_by("starts_on", "pk"))
    reader = Reader(user=user, today=today, grants=held, whole_city=sees_whole_city(user))
    context = {
        "about": about,
        "points": list(reader.answer(about)) if about else [],
        "whole_city": reader.whole_city,
        "areas": [area_in_words(grant) for grant in held if state_on(grant, today) == "active"],
        "most": MOST_ASKED,
    }
    return render(request, "access/why.html", context)


@dataclass(frozen=True)
class Reader:
    """Who asks, with the areas they hold, held or will hold."""

    user: User
    today: date
    grants: list[AreaGrant]
    whole_city: bool

    def answer(self, about: str) -> Iterator[Point]:
        path = _path_of(about)
        if path is None:
            yield from self._about_place(about)
            return
        try:
            match = resolve(path)
        except Resolver404:
            yield Point(
                "error", _("Alamat %(path)s tidak ada di aplikasi ini. Periksa ejaannya.") % {"path": path}
            )
            return
        yield from self._about_rights(match)
        yield from self._about_rows(match)

    # --- rights ---------------------------------------------------------------

    def _about_rights(self, match: ResolverMatch) -> Iterator[Point]:
        role = self.user.get_role_display()
        needed = rights_needed(match)
        if not needed:
            yield Point(
                "running", _("Halaman ini tidak meminta hak khusus: semua yang masuk boleh membukanya.")
            )
        for right in needed:
            words = {"role": role, "right": right_in_words(right)}
            if self.user.has_perm(right):
                yield Point("running", _("Peran Anda (%(role)s) memuat hak “%(right)s”.") % words)
            else:
                yield Point("error", _("Peran Anda (%(role)s) tidak memuat hak “%(right)s”.") % words)

    # --- rows and areas -------------------------------------------------------

    def _about_rows(self, match: ResolverMatch) -> Iterator[Point]:
        if "code" in match.kwargs:
            yield from self._about_code(str(match.kwargs["code"]))
        elif match.namespace == "admin" or not (match.kwargs or match.namespace in SECTIONS):
            return
        elif match.kwargs:
            yield Point(
                "info",
                _(
                    "Alamat ini menunjuk satu data. Ia terbuka bila datanya ada dan, bila milik satu koperasi, koperasi itu "
                    "termasuk wilayah Anda hari ini. Di luar itu jawabannya selalu “tidak ditemukan”, baik datanya "
                    "ada maupun tidak."
                ),
            )
        else:
            yield Point(
                "info",
                _(
                    "Daftar, angka, dan unduhan di halaman ini hanya memuat koperasi di wilayah Anda hari ini."
                ),
            )

    def _about_code(self, code: str) -> Iterator[Point]:
        kelurahan = Kelurahan.objects.select_related("kecamatan").filter(code=code).first()
        if kelurahan is None:
            yield Point("error", _("%(code)s bukan kode kelurahan di Jakarta Selatan.") % {"code": code})
        else:
            yield self._about_kelurahan(kelurahan)

    def _about_place(self, text: str) -> Iterator[Point]:
        """Whole names and codes only: this is an explanation, no search."""
        key = area_key(text)
        found = Q(code=text) | Q(search_key__contains=key) if key else Q(code=text)
        places = [
            place
            for place in Kelurahan.objects.select_related("kecamatan").filter(found)
            if place.code == text or key in place.search_key.split()
        ]
        districts = [
            place
            for place in Kecamatan.objects.all()
            if place.code == text or (key and area_key(place.name) == key)
        ]
        for kecamatan in districts:
            yield self._about_kecamatan(kecamatan)
        for kelurahan in places:
            yield self._about_kelurahan(kelurahan)
        if not (places or districts):
            yield Point(
                "error",
                _(
                    "“%(text)s” bukan alamat di aplikasi ini, dan bukan nama atau kode kelurahan atau kecamatan di "
                    "Jakarta Selatan. Tulis namanya lengkap."
                )
                % {"text": text},
            )

    def _about_kecamatan(self, kecamatan: Kecamatan) -> Point:
        return self._about_area(
            _("Kecamatan %(name)s") % {"name": kecamatan},
            [grant for grant in self.grants if grant.kecamatan_id == kecamatan.pk],
        )

    def _about_kelurahan(self, kelurahan: Kelurahan) -> Point:
        name = _("Kelurahan %(name)s, Kecamatan %(kecamatan)s") % {
            "name": kelurahan.name,
            "kecamatan": kelurahan.kecamatan.name,
        }
        codes = {kelurahan.pk, kelurahan.kecamatan_id}
        return self._about_area(
            name, [grant for grant in self.grants if (grant.kecamatan_id or grant.kelurahan_id) in codes]
        )

    def _about_area(self, name: str, grants: list[AreaGrant]) -> Point:
        """What these grants, of all times, say about the area."""
        if self.whole_city:
            return Point(
                "running", _("%(name)s: terlihat, karena peran Anda melihat seluruh kota.") % {"name": name}
            )
        by_state = {state_on(grant, self.today): grant for grant in grants}
        if grant := by_state.get("active"):
            text = _("%(name)s: terlihat, lewat wilayah tugas Anda %(area)s sejak %(day)s.")
            return Point("running", text % _told(name, grant, grant.starts_on))
        if grant := by_state.get("later"):
            text = _("%(name)s: belum terlihat; wilayah tugas Anda %(area)s baru mulai %(day)s.")
            return Point("error", text % _told(name, grant, grant.starts_on))
        if grant := by_state.get("ended"):
            text = _("%(name)s: tidak terlihat lagi; wilayah tugas Anda %(area)s berakhir %(day)s.")
            return Point("error", text % _told(name, grant, grant.ends_on))
        return Point("error", _("%(name)s: di luar wilayah tugas Anda hari ini.") % {"name": name})


def _told(name: str, grant: AreaGrant, day: date | None) -> dict[str, str]:
    return {"name": name, "area": area_in_words(grant), "day": date_format(day) if day else ""}


def rights_needed(match: ResolverMatch) -> tuple[str, ...]:
    """The rights that the page asks for; none where whoever is signed in may open it."""
    if match.view_name in NEEDED:
        return NEEDED[match.view_name]
    if match.namespace == "imports" and (kind := match.kwargs.get("kind")) in settings.IMPORTERS:
        return (importer_of(kind).permission,)
    if match.view_name == "books:book" and (book := BOOKS.get(str(match.kwargs["number"]))):
        return book.rights
    section = SECTIONS.get(match.namespace)
    return (section,) if section else ()


def _path_of(about: str) -> str | None:
    """The path of an address, also of a whole one copied from the browser; None where the text is no address."""
    if not (about.startswith("/") or "://" in about):
        return None
    try:
        return urlsplit(about).path or "/"
    except ValueError:
        return None
