"""Makes the files under static/build/ that come from packages: our typeface for pages, and for PDFs."""

from pathlib import Path
from typing import Any

import fontpkg_plus_jakarta_sans
from django.conf import settings
from django.core.management.base import BaseCommand
from fontTools import subset

from kkmp.pdf.fonts import write_instances

# Basic Latin, Latin-1, Latin Extended-A for names, and the typographic signs our pages use.
UNICODES = [
    *range(0x20, 0x7F),
    *range(0xA0, 0x180),
    *(0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2026, 0x2030, 0x2039, 0x203A),
    *(0x2190, 0x2191, 0x2192, 0x2193, 0x2212, 0x2248, 0x2264, 0x2265),
]
FEATURES = ["ccmp", "kern", "liga", "locl", "mark", "mkmk", "tnum", "lnum", "case"]


class Command(BaseCommand):
    help = "Membuat berkas dari paket: huruf Plus Jakarta Sans untuk halaman (WOFF2) dan PDF (TTF)."

    def handle(self, *args: Any, **options: Any) -> None:
        for made in write_instances():
            self.stdout.write(f"static/build/{made.name}: {made.stat().st_size / 1000:.0f} kB")
        source = fontpkg_plus_jakarta_sans.ROOT / "files" / "PlusJakartaSans[wght].ttf"
        target = Path(settings.BASE_DIR) / "static" / "build" / "plus-jakarta-sans.woff2"
        if target.exists() and target.stat().st_mtime > max(
            source.stat().st_mtime, Path(__file__).stat().st_mtime
        ):
            self.stdout.write("static/build: tidak ada yang berubah")
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        write_subset(source, target)
        self.stdout.write(f"static/build/{target.name}: {target.stat().st_size / 1000:.0f} kB")


def write_subset(source: Path, target: Path) -> None:
    """The variable font, weights kept, with only the letters and features our pages use."""
    options = subset.Options()
    options.flavor = "woff2"
    options.layout_features = FEATURES
    options.hinting = False
    options.desubroutinize = True
    font = subset.load_font(str(source), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=UNICODES)
    subsetter.subset(font)
    # A name of its own while it is written: two starts at once do not read half a file.
    unfinished = target.with_suffix(".tmp")
    subset.save_font(font, str(unfinished), options)
    font.close()
    unfinished.replace(target)
