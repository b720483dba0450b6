"""Charts as markup: SVG without inline style, each with its figures as a table beside it."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kkmp import charts
from kkmp.charts import Lane, Mark, Part, Series, fmt
from kkmp.templatetags.tiles import tile_map
from kkmp.templatetags.ui import dot, number, sign, tanggal, tanggal_short, tone

register = template.Library()
register.simple_tag(tile_map)

NOTHING = SafeString("")
MINOR = SafeString(' class="minor"')


def _join(pieces: Iterable[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((piece,) for piece in pieces))


# --- sparkline ----------------------------------------------------------------


@register.simple_tag
def sparkline(values: Sequence[int | None], tone_of: object = "neutral", label: str = "") -> SafeString:
    """A line of 96 × 32 pixels. Without `label` it is decoration, for the same numbers stand nearby."""
    shape = charts.spark(values)
    if shape.end is None:
        return NOTHING
    colour = tone(tone_of)
    name = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html(
        '<svg class="spark" viewBox="0 0 96 32" width="96" height="32" {}>'
        '<path class="line-{}" d="{}"/><circle class="dot-{}" cx="{}" cy="{}" r="3.5"/></svg>',
        name,
        colour,
        shape.path,
        colour,
        fmt(shape.end[0]),
        fmt(shape.end[1]),
    )


# --- stacked bar --------------------------------------------------------------


@register.simple_tag
def stacked_bar(parts: Sequence[Part], whole: int | None = None, *, thin: bool = False) -> SafeString:
    """Parts side by side, each with its number. `whole`: the value of the full width, for bars that share one scale."""
    segments = charts.bar_segments(parts, whole=whole)
    words = ", ".join(f"{part.label} {number(part.value)}" for part in parts)
    height = 10 if thin else 22
    drawn = _join(_bar_segment(segment, height, with_number=not thin) for segment in segments)
    return format_html(
        '<svg class="chart bar{}" height="{}" role="img" aria-label="{}">{}{}</svg>',
        " thin" if thin else "",
        height,
        words,
        format_html('<rect class="bar-empty" width="100%" height="{}" rx="4"/>', height)
        if thin or not segments
        else NOTHING,
        drawn,
    )


def _bar_segment(segment: charts.BarSegment, height: int, *, with_number: bool) -> SafeString:
    colour = tone(segment.part.tone)
    text = (
        format_html(
            '<text x="50%" y="{}" text-anchor="middle">{}</text>', height // 2 + 4, number(segment.part.value)
        )
        if with_number and segment.width >= 5
        else NOTHING
    )
    # A hair less than its share: neighbours stay apart without a stroke.
    return format_html(
        '<svg class="seg on-{}" x="{}%" width="{}%" height="{}"><title>{}: {}</title>{}{}</svg>',
        colour,
        fmt(segment.x),
        fmt(max(segment.width - 0.6, 0.6)),
        height,
        segment.part.label,
        number(segment.part.value),
        _rect(colour, height),
        text,
    )


def _rect(colour: str, height: int) -> SafeString:
    fill = SafeString(' fill="url(#hatch)"') if colour == "unrecorded" else NOTHING
    return format_html('<rect class="fill-{}"{} width="100%" height="{}" rx="4"/>', colour, fill, height)


@register.simple_tag
def legend(parts: Sequence[Part]) -> SafeString:
    """Sign, word and number of each part; a link where the part has one."""
    return format_html('<ul class="legend">{}</ul>', _join(_legend_item(part) for part in parts))


def _legend_item(part: Part) -> SafeString:
    word = (
        format_html('<a href="{}">{}</a>', part.href, part.label)
        if part.href
        else format_html("{}", part.label)
    )
    return format_html("<li>{}<span>{} <b>{}</b></span></li>", dot(part.tone), word, number(part.value))


# --- trend --------------------------------------------------------------------


@register.simple_tag
def trend(
    series: Sequence[Series],
    published: Sequence[Mark] = (),
    targets: Sequence[Mark] = (),
    *,
    title: str = "",
    note: str = "",
) -> SafeString:
    """Lines over months; full circles are published figures, open diamonds targets; the figures as a table below."""
    shape = charts.trend(series, published=published, targets=targets)
    if shape.first is None or shape.last is None:
        return format_html('<p class="muted">{}</p>', _("Belum ada catatan untuk digambar."))
    title = title or _("Perkembangan dari waktu ke waktu")
    plot = _join(
        (
            _trend_levels(shape),
            _trend_ticks(shape),
            format_html(
                '<svg viewBox="0 0 1000 {0}" width="100%" height="{0}" preserveAspectRatio="none" overflow="visible">{1}</svg>',
                fmt(shape.height),
                _join(
                    format_html('<path class="line-{}" d="{}"/>', tone(line.series.tone), line.path)
                    for line in shape.lines
                ),
            ),
            _join(_published(mark) for mark in shape.published),
            _join(_target(mark) for mark in shape.targets),
            _join(_line_end(line) for line in shape.lines),
        )
    )
    return format_html(
        '<figure class="figure"><svg class="chart trend" height="268" role="img" aria-label="{}. {}">'
        '<svg y="12" height="{}" overflow="visible">{}</svg></svg>{}{}</figure>',
        title,
        "; ".join(_line_in_words(line) for line in shape.lines),
        fmt(shape.height),
        plot,
        format_html("<figcaption>{}</figcaption>", note) if note else NOTHING,
        _trend_table(title, series, published, targets),
    )


def _trend_levels(shape: charts.Trend) -> SafeString:
    return format_html_join(
        "",
        '<line class="{}" x1="0" x2="100%" y1="{}" y2="{}"/><text x="-8" y="{}" text-anchor="end">{}</text>',
        (
            ("grid-line" if level else "base-line", fmt(y), fmt(y), fmt(y + 4), number(level))
            for level, y in shape.levels
        ),
    )


def _trend_ticks(shape: charts.Trend) -> SafeString:
    # The year stands below its first month that stays on a narrow screen.
    majors = [tick for tick in shape.ticks if tick.is_major]
    with_year = {
        tick.day
        for index, tick in enumerate(majors)
        if not index or tick.day.year != majors[index - 1].day.year
    }
    months = format_html_join(
        "",
        '<text{} x="{}%" y="{}" text-anchor="middle">{}</text>',
        (
            (
                NOTHING if tick.is_major else MINOR,
                fmt(tick.at),
                fmt(shape.height + 18),
                date_format(tick.day, "M"),
            )
            for tick in shape.ticks
        ),
    )
    years = format_html_join(
        "",
        '<text x="{}%" y="{}" text-anchor="middle">{}</text>',
        (
            (fmt(tick.at), fmt(shape.height + 34), str(tick.day.year))
            for tick in majors
            if tick.day in with_year
        ),
    )
    return months + years


def _mark_name(placed: charts.PlacedMark) -> str:
    mark = placed.mark
    return f"{mark.label} {number(mark.value)}, {tanggal(mark.day)}".strip()


def _published(placed: charts.PlacedMark) -> SafeString:
    return format_html(
        '<circle class="mark mark-{}" cx="{}%" cy="{}" r="6"><title>{}</title></circle>',
        tone(placed.mark.tone),
        fmt(placed.x),
        fmt(placed.y),
        _mark_name(placed),
    )


def _target(placed: charts.PlacedMark) -> SafeString:
    return format_html(
        '<svg x="{}%" y="{}" width="1" height="1" overflow="visible">'
        '<path class="target line-{}" d="M0-6L6 0L0 6L-6 0Z"><title>{}</title></path></svg>',
        fmt(placed.x),
        fmt(placed.y),
        tone(placed.mark.tone),
        _mark_name(placed),
    )


def _line_end(line: charts.Line) -> SafeString:
    return format_html(
        '<circle class="mark mark-{}" cx="{}%" cy="{}" r="4"/>'
        '<text class="strong" x="100%" dx="10" y="{}">{}<tspan class="end-word" dx="5">{}</tspan></text>',
        tone(line.series.tone),
        fmt(line.end[0]),
        fmt(line.end[1]),
        fmt(line.label_y + 4.5),
        number(line.last),
        line.series.label.lower(),
    )


def _line_in_words(line: charts.Line) -> str:
    known = [value for _day, value in line.series.points if value is not None]
    return _("%(label)s dari %(first)s menjadi %(last)s") % {
        "label": line.series.label,
        "first": number(known[0]),
        "last": number(known[-1]),
    }


def _trend_table(
    title: str, series: Sequence[Series], published: Sequence[Mark], targets: Sequence[Mark]
) -> SafeString:
    days = sorted({day for one in series for day, _value in one.points}, reverse=True)
    by_day = [dict(one.points) for one in series]
    rows = [[tanggal(day), *(number(values.get(day)) for values in by_day)] for day in days]
    marks = [(_("diumumkan"), published), (_("target"), targets)]
    for word, group in marks:
        for day, of_day in groupby(sorted(group, key=lambda mark: mark.day), key=lambda mark: mark.day):
            by_tone = {mark.tone: mark.value for mark in of_day}
            rows.append([f"{tanggal(day)} ({word})", *(number(by_tone.get(one.tone)) for one in series)])
    return _table(title, [_("Tanggal"), *(one.label for one in series)], rows)


def _table(
    name: str, head: Sequence[str], rows: Sequence[Sequence[str]], *, is_numeric: bool = True
) -> SafeString:
    cell = '<td class="num">{}</td>' if is_numeric else "<td>{}</td>"
    return format_html(
        '<details class="more"><summary>{}</summary><div class="table-wrap" tabindex="0" role="region" aria-label="{}">'
        '<table class="table tight"><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div></details>',
        _("Lihat sebagai tabel"),
        _("Tabel: %(name)s") % {"name": name},
        format_html_join(
            "",
            '<th scope="col"{}>{}</th>',
            (
                (SafeString(' class="num"') if is_numeric and index else NOTHING, one)
                for index, one in enumerate(head)
            ),
        ),
        format_html_join(
            "",
            '<tr><th scope="row">{}</th>{}</tr>',
            ((row[0], format_html_join("", cell, ((one,) for one in row[1:]))) for row in rows),
        ),
    )


# --- timeline -----------------------------------------------------------------


@register.simple_tag
def status_timeline(lanes: Sequence[Lane], first: date, last: date, *, title: str = "") -> SafeString:
    """One lane an outlet (and one for the class): what held from which day on; the days as a table below."""
    title = title or _("Status dari waktu ke waktu")
    return format_html(
        '<figure class="figure"><div class="timeline">{}{}</div>{}</figure>',
        _join(_lane(lane, first, last) for lane in lanes),
        _axis(first, last),
        _table(
            title,
            [title, _("Status"), _("Sejak"), _("Sampai"), _("Catatan")],
            [
                [lane.label, segment.label, tanggal_short(segment.starts_on), _until(segment), segment.note]
                for lane in lanes
                for segment in lane.segments
            ],
            is_numeric=False,
        ),
    )


def _until(segment: charts.Segment) -> str:
    return tanggal_short(segment.ends_on) if segment.ends_on else _("sekarang")


def _lane(lane: Lane, first: date, last: date) -> SafeString:
    name = (
        format_html('<a href="{}">{}</a>', lane.href, lane.label)
        if lane.href
        else format_html("{}", lane.label)
    )
    words = "; ".join(
        f"{segment.label} {tanggal_short(segment.starts_on)}–{_until(segment)}" for segment in lane.segments
    )
    return format_html(
        '<p class="lane-name">{}{}</p><svg class="chart lane" height="30" role="img" aria-label="{}: {}">'
        '<rect class="lane-ground" width="100%" height="30" rx="6"/>{}</svg>',
        name,
        format_html("<span>{}</span>", lane.sub) if lane.sub else NOTHING,
        lane.label,
        words,
        _join(_segment(placed) for placed in charts.lane_segments(lane, first=first, last=last)),
    )


def _segment(placed: charts.PlacedSegment) -> SafeString:
    segment = placed.segment
    colour = tone(segment.tone)
    inside = NOTHING
    if placed.width >= 7:
        inside = format_html(
            '<svg x="8" y="9" width="12" height="12" overflow="visible">{}</svg>', sign(segment.tone)
        )
    # The word where it fits: in pixels of a narrow lane, or of a wide one only.
    needed = 36 + 7 * len(segment.label)
    if placed.width * 7 >= needed:
        inside += format_html(
            '<text{} x="26" y="19.5">{}</text>',
            NOTHING if placed.width * 3 >= needed else MINOR,
            segment.label,
        )
    return format_html(
        '<svg class="seg on-{}" x="{}%" width="{}%" height="30"><title>{}, {}–{}{}</title>{}{}</svg>',
        colour,
        fmt(placed.x),
        fmt(max(placed.width - 0.25, 0.6)),
        segment.label,
        tanggal_short(segment.starts_on),
        _until(segment),
        f". {segment.note}" if segment.note else "",
        _rect(colour, 30),
        inside,
    )


def _axis(first: date, last: date) -> SafeString:
    long = (last - first).days > 800
    ticks = charts.time_ticks(first, last)
    return format_html(
        '<svg class="chart axis" height="22" aria-hidden="true">{}</svg>',
        format_html_join(
            "",
            '<line x1="{0}%" x2="{0}%" y1="0" y2="4"/><text class="{1}" x="{0}%" y="17" text-anchor="middle">{2}</text>',
            (
                (
                    fmt(tick.at),
                    "" if tick.is_major else "minor",
                    _tick_word(tick, long=long, is_first=not index),
                )
                for index, tick in enumerate(ticks)
                if 1.5 <= tick.at <= 98.5
            ),
        ),
    )


def _tick_word(tick: charts.Tick, *, long: bool, is_first: bool) -> str:
    if long:
        return str(tick.day.year)
    return date_format(tick.day, "M y" if is_first or tick.day.month == 1 else "M")
