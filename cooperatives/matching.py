"""Which cooperative a row of somebody's file means: by code, or by kecamatan and kelurahan in any spelling."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

from django.utils.translation import gettext as _

from cooperatives.models import Cooperative, Kecamatan
from kkmp.parsing import area_key

# Which of the three cells is wrong.
CODE, KECAMATAN, KELURAHAN = "code", "kecamatan", "kelurahan"


class UnknownAreaError(ValueError):
    """The cells name no cooperative in view, or not exactly one; `cell` is the one to mend, the text says how."""

    def __init__(self, cell: str, text: str) -> None:
        super().__init__(text)
        self.cell = cell


def _digits(code: str) -> str:
    return re.sub(r"[\s.\-]", "", code)


class CooperativeIndex:
    """Cooperatives by everything people call their area. Needs `kelurahan__kecamatan` selected; asks no query itself."""

    def __init__(self, cooperatives: Iterable[Cooperative]) -> None:
        self._by_code: dict[str, Cooperative] = {}
        self._by_name: dict[str, dict[str, Cooperative]] = {}
        self._kecamatan: dict[str, Kecamatan] = {}
        for cooperative in cooperatives:
            kelurahan = cooperative.kelurahan
            self._by_code[_digits(kelurahan.code)] = cooperative
            self._kecamatan[area_key(kelurahan.kecamatan.name)] = kelurahan.kecamatan
            for spelling in kelurahan.spellings:
                self._by_name.setdefault(area_key(spelling), {})[kelurahan.kecamatan_id] = cooperative

    def find(self, *, code: str, kecamatan: str, kelurahan: str) -> Cooperative:
        """The code wins over names that nobody knows, but not over those of another area: a row may have slipped.

        Raises UnknownAreaError.
        """
        if code:
            return self._by_given_code(code, kecamatan, kelurahan)
        if not kelurahan:
            raise UnknownAreaError(KELURAHAN, _("Isi kode kelurahan, atau kecamatan dan kelurahan."))
        if not kecamatan:
            raise UnknownAreaError(KECAMATAN, self._which_kecamatan(kelurahan))
        area = self._kecamatan.get(area_key(kecamatan))
        if area is None:
            names = ", ".join(sorted(known.name for known in self._kecamatan.values()))
            raise UnknownAreaError(
                KECAMATAN, _("Kecamatan ini tidak dikenal. Ketik salah satu: %(names)s.") % {"names": names}
            )
        found = self._by_name.get(area_key(kelurahan), {}).get(area.pk)
        if found is None:
            raise UnknownAreaError(KELURAHAN, self._which_kelurahan(kelurahan, area))
        return found

    def knows(self, kelurahan: str) -> bool:
        """Whether any kelurahan in view is called so."""
        return area_key(kelurahan) in self._by_name

    def _by_given_code(self, code: str, kecamatan: str, kelurahan: str) -> Cooperative:
        found = self._by_code.get(_digits(code))
        if found is None:
            raise UnknownAreaError(
                CODE,
                _("Kode ini tidak ada. Contoh: %(code)s. Salin kodenya dari contoh berkas.")
                % {"code": self._example()},
            )
        name, area = found.kelurahan.name, found.kelurahan.kecamatan
        named = self._by_name.get(area_key(kelurahan), {})
        if named and found not in named.values():
            raise UnknownAreaError(
                KELURAHAN,
                _(
                    "Kode %(code)s adalah %(name)s, bukan kelurahan ini. Betulkan kodenya, atau ketik “%(name)s”."
                )
                % {"code": found.kelurahan.code, "name": name},
            )
        named_area = self._kecamatan.get(area_key(kecamatan))
        if named_area and named_area != area:
            raise UnknownAreaError(
                KECAMATAN,
                _("Kode %(code)s ada di kecamatan %(area)s. Betulkan kodenya, atau ketik “%(area)s”.")
                % {"code": found.kelurahan.code, "area": area.name},
            )
        return found

    def _example(self) -> str:
        return min(
            (cooperative.kelurahan.code for cooperative in self._by_code.values()), default="31.74.07.1001"
        )

    def _which_kecamatan(self, kelurahan: str) -> str:
        """What to type where the kecamatan is missing: a name alone is never enough, six are kecamatan's names too."""
        named = self._by_name.get(area_key(kelurahan), {}).values()
        areas = sorted(cooperative.kelurahan.kecamatan.name for cooperative in named)
        if len(areas) == 1:
            return _("Nama kelurahan saja tidak cukup. Ketik kecamatannya: “%(area)s”.") % {"area": areas[0]}
        return _("Nama kelurahan saja tidak cukup. Isi kecamatannya, atau isi kode kelurahan.")

    def _which_kelurahan(self, kelurahan: str, area: Kecamatan) -> str:
        if elsewhere := self._by_name.get(area_key(kelurahan), {}):
            other = min(cooperative.kelurahan.kecamatan.name for cooperative in elsewhere.values())
            return _("Kelurahan ini ada di kecamatan %(other)s, bukan %(area)s. Betulkan salah satu.") % {
                "other": other,
                "area": area.name,
            }
        here = {
            key: found[area.pk].kelurahan.name for key, found in self._by_name.items() if area.pk in found
        }
        close = get_close_matches(area_key(kelurahan), here, n=1)
        if close:
            return _("Kelurahan ini tidak ada di kecamatan %(area)s. Maksudnya “%(name)s”?") % {
                "area": area.name,
                "name": here[close[0]],
            }
        names = ", ".join(sorted(set(here.values())))
        return _("Kelurahan ini tidak ada di kecamatan %(area)s. Ketik salah satu: %(names)s.") % {
            "area": area.name,
            "names": names,
        }
