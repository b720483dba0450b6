"""Makes the leader's sheet of a question: the facts of the day put into words, once, for every form it takes."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from cooperatives.asof import View
from cooperatives.targets import Verdict
from kkmp.charts import Part
from kkmp.pages.area_figures import Row, counts_by_area, shown_classes, tile_of
from kkmp.pages.sheet.definition import (
    AreaLine,
    Big,
    Block,
    Figure,
    Head,
    Key,
    Line,
    MapTile,
    RiskLine,
    Sheet,
    Table,
)
from kkmp.pages.sheet.facts import Facts, read_facts
from kkmp.pages.sheet.risks import RULES, Risk, top_risks
from kkmp.pages.sheet.tiles import tile_lines
from kkmp.pages.target_progress import Line as AimLine
from kkmp.tabular.writing import sample_marker
from kkmp.templatetags.ui import (
    UNKNOWN,
    bulan,
    number,
    rupiah_short,
    share,
    signed,
    tanggal,
    tanggal_short,
    waktu,
)
from outlets.outlet_class import OutletClass
from outlets.report_figures import Completeness

# Of the moves between classes; the dashboard has them all.
MOVES_SHOWN = 4


def make_sheet(view: View, *, printed_at: datetime) -> Sheet:
    facts = read_facts(view)
    shown = shown_classes(facts.rows)
    counts = Counter(row.after.outlet_class for row in facts.rows)
    total = len(facts.rows)
    risks = top_risks(facts)
    return Sheet(
        kind=_("Lembar Pimpinan"),
        title=_title(facts.rows),
        area=area_in_words(view, facts.rows),
        day=_("per %(day)s") % {"day": tanggal(view.on)},
        compared=_("dibandingkan %(day)s") % {"day": tanggal(view.since)},
        sample=sample_marker(),
        problems=view.problems,
        bigs=[*_class_figures(facts, shown), _gap_figure(facts)],
        keys=[Key(f"{one.label} {number(counts[one])}", one.value) for one in shown],
        risks_title=_("Risiko terbesar"),
        decisions_title=_("Keputusan yang diminta") if risks else "",
        risks=[_risk(place, risk) for place, risk in enumerate(risks, start=1)],
        no_risk=""
        if risks
        else _("Tidak satu pun dari %(n)s aturan risiko terpenuhi.") % {"n": number(len(RULES))},
        map_title=_("Peta kelurahan"),
        map=[_tile(view, row) for row in facts.rows],
        areas=_areas(view, facts, shown),
        blocks=[_target(facts), _moves(facts), _reports(facts), *_published(facts, counts)],
        source=_source(view),
        printed=_("Dicetak oleh %(user)s, %(moment)s.") % {"user": view.user, "moment": waktu(printed_at)},
        page=_("Halaman %(page)s dari %(pages)s") % {"page": 1, "pages": 1},
        parts=[Part(str(one.label), counts[one], one.value) for one in shown],
        on=view.on,
        language=get_language() or "",
        total=total,
    )


def _title(rows: Sequence[Row]) -> str:
    if len(rows) == 1:
        return _("Status gerai %(cooperative)s") % {"cooperative": rows[0].cooperative}
    return _("Status gerai %(total)s KKMP") % {"total": number(len(rows))}


def area_in_words(view: View, rows: Sequence[Row]) -> str:
    """Which area exactly: an officer's part of a kecamatan is named as that part."""
    if view.kecamatan is None and view.is_whole_city:
        return _("Kota Administrasi Jakarta Selatan")
    if len(rows) == 1:
        return _("Kelurahan %(name)s") % {"name": rows[0].cooperative.kelurahan.name}
    names = sorted({row.cooperative.kelurahan.kecamatan.name for row in rows})
    if not names:
        return view.area_in_words
    return _("%(n)s kelurahan di Kecamatan %(names)s") % {"n": number(len(rows)), "names": ", ".join(names)}


# --- large figures ------------------------------------------------------------


def _class_figures(facts: Facts, shown: Iterable[OutletClass]) -> Iterator[Big]:
    now = Counter(row.after.outlet_class for row in facts.rows)
    before = Counter(row.before.outlet_class for row in facts.rows)
    total = len(facts.rows)
    for outlet_class in shown:
        change = now[outlet_class] - before[outlet_class]
        notes = [
            _("%(share)s dari %(total)s")
            % {"share": share(now[outlet_class], total), "total": number(total)},
            (_("%(change)s sejak %(day)s") if change else _("tetap sejak %(day)s"))
            % {"change": signed(change), "day": tanggal_short(facts.since)},
        ]
        for_capital = sum(row.is_idle_for_capital for row in facts.rows)
        if outlet_class == OutletClass.IDLE and for_capital:
            notes.append(_("%(n)s karena modal usaha") % {"n": number(for_capital)})
        yield Big(str(outlet_class.label), _figure(now[outlet_class]), notes, outlet_class.value)


def _gap_figure(facts: Facts) -> Big:
    gap = facts.gap
    notes = [
        ngettext("dari %(amount)s di %(n)s gerai", "dari %(amount)s di %(n)s gerai", gap.outlet_count)
        % {"amount": rupiah_short(gap.amount_idr), "n": number(gap.outlet_count)},
        _("%(amount)s dijanjikan") % {"amount": rupiah_short(gap.promised_idr)},
    ]
    return Big(_("Kekurangan modal"), Figure(rupiah_short(gap.gap_idr), gap.gap_idr), notes, "accent")


def _figure(value: int | None) -> Figure:
    return Figure(number(value), value)


# --- risks, map, table --------------------------------------------------------


def _risk(place: int, risk: Risk) -> RiskLine:
    found = risk.finding
    return RiskLine(
        number(place), found.title, found.evidence, risk.rule_in_words, found.decision, count=found.count
    )


def _tile(view: View, row: Row) -> MapTile:
    tile = tile_of(view, row)
    return MapTile(
        tile.col,
        tile.row,
        tile_lines(tile.label),
        tone=tile.tone,
        name=tile.label,
        group=tile.group,
        status=tile.status,
        note=tile.note,
    )


def _areas(view: View, facts: Facts, shown: Sequence[OutletClass]) -> Table:
    """A line a kecamatan: classes, reports of the last due month, the gap, and the target where there is one."""
    by_area = counts_by_area(facts.rows)
    gaps: dict[str, int] = {}
    for row in facts.rows:
        if row.cooperative.pk in facts.gaps:
            code = row.cooperative.kelurahan.kecamatan_id
            gaps[code] = gaps.get(code, 0) + facts.gaps[row.cooperative.pk].gap_idr
    inner = {
        code: aim.running for code, aim in facts.aims.items() if code in by_area and aim is not facts.aim
    }

    def line(
        name: str,
        counts: Counter[OutletClass],
        reports: Completeness | None,
        gap: int | None,
        aim: AimLine | None,
    ) -> AreaLine:
        cells = [*(_figure(counts[one]) for one in shown), _sent(reports), _gap(gap)]
        return AreaLine(name, [*cells, *([_aimed(aim)] if inner else [])])

    whole = sum(by_area.values(), Counter[OutletClass]())
    return Table(
        _("Per kecamatan"),
        [
            Head(_("Kecamatan")),
            *(Head(str(one.label), one.value) for one in shown),
            Head(pgettext("plural", "Laporan")),
            Head(_("Kekurangan")),
            *([Head(_("Target"))] if inner else []),
        ],
        [
            line(
                kecamatan.name,
                by_area[kecamatan.pk],
                facts.reports[kecamatan.pk].latest if kecamatan.pk in facts.reports else None,
                gaps.get(kecamatan.pk),
                inner.get(kecamatan.pk),
            )
            for kecamatan in view.kecamatan_list
            if kecamatan.pk in by_area
        ],
        line(
            _("Seluruhnya"),
            whole,
            facts.latest,
            facts.gap.gap_idr if facts.gap.need_count else None,
            facts.aim.running if facts.aim else None,
        ),
    )


def _sent(reports: Completeness | None) -> Figure:
    """“6/7”; a month that nobody was asked for is not told as zero."""
    if reports is None or not reports.expected:
        return Figure(UNKNOWN)
    return Figure(f"{number(reports.sent)}/{number(reports.expected)}", reports.sent)


def _gap(amount_idr: int | None) -> Figure:
    """Where no need is recorded nothing is known, which is not a gap of zero."""
    return Figure(UNKNOWN) if amount_idr is None else Figure(rupiah_short(amount_idr), amount_idr)


def _aimed(line: AimLine | None) -> Figure:
    return Figure(f"{number(line.count)}/{number(line.goal)}", line.count) if line else Figure(UNKNOWN)


# --- blocks -------------------------------------------------------------------


def _target(facts: Facts) -> Block:
    aim = facts.aim
    verdicts = Counter(one.running.verdict for code, one in facts.aims.items() if code and one is not aim)
    told = ", ".join(f"{one.label} {number(verdicts[one])}" for one in Verdict if one in verdicts)
    note = _("Kecamatan: %(verdicts)s.") % {"verdicts": told} if told else ""
    if aim is None:
        return Block(_("Target"), [], note or _("Belum ada target untuk wilayah ini."))
    title = _("Target per %(day)s") % {"day": tanggal(aim.target.on)}
    return Block(title, [_aim_line(line) for line in aim.lines], note)


def _aim_line(line: AimLine) -> Line:
    words = {"count": number(line.count), "goal": number(line.goal)}
    text = (_("%(count)s, paling banyak %(goal)s") if line.at_most else _("%(count)s dari %(goal)s")) % words
    note = str(line.verdict.label)
    if line.asks_more:
        path = _("jalurnya paling banyak %(n)s") if line.at_most else _("jalurnya sedikitnya %(n)s")
        note = f"{note}; {path % {'n': number(line.expected)}}"
    return Line(str(line.outlet_class.label), Figure(text, line.count), note)


def _moves(facts: Facts) -> Block:
    stayed = sum(row.before.outlet_class == row.after.outlet_class for row in facts.rows)
    lines = [
        Line(f"{move.before.label} → {move.after.label}", _figure(move.count), move.causes_in_words)
        for move in facts.moves[:MOVES_SHOWN]
    ]
    others = sum(move.count for move in facts.moves[MOVES_SHOWN:])
    if others:
        lines.append(Line(_("Perpindahan lain"), _figure(others)))
    title = _("Perpindahan sejak %(day)s") % {"day": tanggal(facts.since)}
    return Block(title, [*lines, Line(_("Tetap"), _figure(stayed))])


def _reports(facts: Facts) -> Block:
    latest, before = facts.latest, facts.before
    if latest is None or not latest.expected:
        return Block(_("Laporan bulanan"), [], _("Belum ada bulan yang diminta laporannya."))
    title = _("Laporan %(month)s, jatuh tempo %(day)s") % {
        "month": bulan(latest.month),
        "day": date_format(latest.due_on, "j F"),
    }
    lines = [
        Line(_("Masuk"), _of(latest.sent, latest)),
        Line(_("Tepat waktu"), _of(latest.in_time, latest)),
        Line(_("Diverifikasi"), _figure(latest.verified)),
        Line(_("Belum lapor"), _figure(latest.missing)),
    ]
    if latest.returned:
        lines.append(Line(_("Dikembalikan"), _figure(latest.returned)))
    note = ""
    if before and before.expected:
        note = _("%(month)s: %(sent)s dari %(expected)s masuk.") % {
            "month": bulan(before.month),
            "sent": number(before.sent),
            "expected": number(before.expected),
        }
    return Block(title, lines, note)


def _of(value: int, reports: Completeness) -> Figure:
    words = {"n": number(value), "of": number(reports.expected), "share": share(value, reports.expected)}
    return Figure(_("%(n)s dari %(of)s (%(share)s)") % words, value)


def _published(facts: Facts, counts: Counter[OutletClass]) -> list[Block]:
    """What the office announced stands beside ours until all are recorded."""
    figure = facts.published
    if figure is None or not counts[OutletClass.UNRECORDED]:
        return []
    pairs = (
        (OutletClass.RUNNING, figure.running),
        (OutletClass.IDLE, figure.idle),
        (OutletClass.NONE, figure.none),
    )
    note = ngettext(
        "%(n)s koperasi belum dicatat di sini.",
        "%(n)s koperasi belum dicatat di sini.",
        counts[OutletClass.UNRECORDED],
    )
    return [
        Block(
            _("Angka resmi %(day)s") % {"day": tanggal(figure.on)},
            [
                Line(str(one.label), _figure(value), _("catatan kami %(n)s") % {"n": number(counts[one])})
                for one, value in pairs
            ],
            note % {"n": number(counts[OutletClass.UNRECORDED])},
        )
    ]


# --- foot ---------------------------------------------------------------------


def _source(view: View) -> str:
    known = _("Sumber: aplikasi KKMP Jakarta Selatan, menurut catatan hari ini.")
    if view.known:
        known = _(
            "Sumber: aplikasi KKMP Jakarta Selatan; status gerai menurut catatan sampai akhir %(day)s, angka lain menurut catatan hari ini."
        ) % {"day": tanggal(view.known)}
    return known
