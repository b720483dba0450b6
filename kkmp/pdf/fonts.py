"""Our typeface for PDFs: reportlab draws one fixed weight a file, so Regular and Bold are made of the variable font."""

from functools import cache
from pathlib import Path

import fontpkg_plus_jakarta_sans
from django.conf import settings
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont
from reportlab.pdfbase import pdfmetrics, ttfonts

SOURCE = fontpkg_plus_jakarta_sans.ROOT / "files" / "PlusJakartaSans[wght].ttf"
WEIGHTS = {"Regular": 450, "Bold": 750}
REGULAR, BOLD = "KKMP-Regular", "KKMP-Bold"
# The space of this face is narrow; pages add the same by `word-spacing`. In thousandths of the size.
WIDER_SPACE = 45


def font_path(weight: str) -> Path:
    return Path(settings.BASE_DIR) / "static" / "build" / f"plus-jakarta-sans-{weight.lower()}.ttf"


def write_instances() -> list[Path]:
    """Both files, where they are not there yet or older than the package or this module."""
    newest = max(SOURCE.stat().st_mtime, Path(__file__).stat().st_mtime)
    made = []
    for weight, wght in WEIGHTS.items():
        target = font_path(weight)
        if not target.exists() or target.stat().st_mtime < newest:
            _write_instance(target, weight, wght)
            made.append(target)
    return made


def _write_instance(target: Path, weight: str, wght: int) -> None:
    font = instantiateVariableFont(TTFont(SOURCE), {"wght": wght})
    _use_tabular_digits(font)
    advance, bearing = font["hmtx"]["space"]
    font["hmtx"]["space"] = (advance + round(WIDER_SPACE * font["head"].unitsPerEm / 1000), bearing)
    # A name of its own: two weights under one name would be one font to a reader of PDFs.
    for record in font["name"].names:
        if record.nameID in {1, 4, 6}:
            record.string = f"KKMPJakarta-{weight}"
    target.parent.mkdir(parents=True, exist_ok=True)
    # A name of its own while it is written: two starts at once do not read half a file.
    unfinished = target.with_suffix(".tmp")
    font.save(unfinished)
    font.close()
    unfinished.replace(target)


def _use_tabular_digits(font: TTFont) -> None:
    """Reportlab knows no features of fonts: the digits of columns become the digits there are."""
    table = font["GSUB"].table
    lookups = {
        index
        for record in table.FeatureList.FeatureRecord
        if record.FeatureTag == "tnum"
        for index in record.Feature.LookupListIndex
    }
    swapped = {
        plain: tabular
        for index in lookups
        for subtable in table.LookupList.Lookup[index].SubTable
        for plain, tabular in getattr(subtable, "mapping", {}).items()
    }
    for cmap in font["cmap"].tables:
        for code in range(ord("0"), ord("9") + 1):
            if cmap.cmap.get(code) in swapped:
                cmap.cmap[code] = swapped[cmap.cmap[code]]


@cache
def register_fonts() -> None:
    """Once a process; makes the files where nobody has built them."""
    write_instances()
    for name, weight in ((REGULAR, "Regular"), (BOLD, "Bold")):
        pdfmetrics.registerFont(ttfonts.TTFont(name, str(font_path(weight))))
