from datetime import date
from itertools import pairwise

import pytest
from bs4 import BeautifulSoup, Tag
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from kkmp import charts, tilemap
from kkmp.charts import Lane, Mark, Part, Segment, Series, Tile
from kkmp.templatetags import charts as tags
from kkmp.templatetags.tiles import tile_map

FIRST, LAST = date(2025, 9, 22), date(2026, 9, 22)


def only(page: BeautifulSoup, selector: str) -> Tag:
    (found,) = page.select(selector)
    return found


def test_spark_leaves_gaps_for_what_is_not_known() -> None:
    assert charts.spark([10, None, 12, 14]) == charts.Spark("M4 28M62.67 16L92 4", (92, 4))


def test_spark_of_one_value_lies_in_the_middle() -> None:
    assert charts.spark([7, 7]) == charts.Spark("M4 16L92 16", (92, 16))
    assert charts.spark([None]) == charts.Spark("", None)


def test_bar_parts_are_shares_of_the_sum_or_of_a_common_whole() -> None:
    running, none, idle = Part("a", 6, "running"), Part("b", 0, "none"), Part("c", 2, "idle")
    assert charts.bar_segments([running, none, idle]) == [
        charts.BarSegment(running, 0, 75),
        charts.BarSegment(idle, 75, 25),
    ]
    assert [segment.width for segment in charts.bar_segments([running, idle], whole=10)] == [60, 20]
    assert charts.bar_segments([none]) == []


def test_trend_places_points_by_days_and_values_by_round_levels() -> None:
    series = Series("Berjalan", "running", [(FIRST, 10), (LAST, 40)])
    shape = charts.trend([series], published=[Mark(FIRST, 10, "running")], height=100)
    assert shape.levels == [(0, 100), (10, 75), (20, 50), (30, 25), (40, 0)]
    assert shape.lines == [charts.Line(series, "M0 75L1000 0", 40, (100, 0), 0)]
    assert [(mark.x, mark.y) for mark in shape.published] == [(0, 75)]


def test_trend_makes_room_for_a_target_in_the_future() -> None:
    series = Series("Berjalan", "running", [(FIRST, 10), (date(2026, 3, 23), 12)])
    shape = charts.trend([series], targets=[Mark(LAST, 30, "running")])
    assert shape.last == LAST
    assert round(shape.lines[0].end[0]) == 50


def test_trend_without_a_value_is_empty() -> None:
    assert charts.trend([Series("Berjalan", "running", [(FIRST, None)])]).lines == []


@pytest.mark.parametrize(
    ("highest", "levels"),
    [
        (0, [0, 1]),
        (3, [0, 1, 2, 3]),
        (36, [0, 10, 20, 30, 40]),
        (65, [0, 20, 40, 60, 80]),
        (4, [0, 1, 2, 3, 4]),
    ],
)
def test_levels_are_round(highest: int, levels: list[int]) -> None:
    assert charts.level_steps(highest) == levels


@given(st.lists(st.floats(0, 220), min_size=1, max_size=5))
def test_labels_keep_apart_and_inside(wanted: list[float]) -> None:
    placed = sorted(charts.spread(wanted, gap=16, low=0, high=220))
    assert all(0 <= place <= 220 for place in placed)
    assert all(after - before >= 16 - 1e-6 for before, after in pairwise(placed))


def test_lane_is_cut_to_the_days_shown_and_short_stretches_stay_visible() -> None:
    lane = Lane(
        "Gerai",
        [
            Segment("none", "Belum ada", date(2024, 1, 1), date(2024, 12, 31)),
            Segment("idle", "Belum berjalan", date(2025, 1, 1), date(2025, 12, 22)),
            Segment("running", "Berjalan", LAST),
        ],
    )
    placed = charts.lane_segments(lane, first=FIRST, last=LAST)
    assert [(one.segment.tone, round(one.x, 1), round(one.width, 1)) for one in placed] == [
        ("idle", 0, 24.9),
        ("running", 99.2, 0.8),
    ]


def test_long_spans_are_marked_by_years() -> None:
    assert [tick.day for tick in charts.time_ticks(date(2023, 6, 1), date(2026, 6, 1))] == [
        date(2024, 1, 1),
        date(2025, 1, 1),
        date(2026, 1, 1),
    ]
    assert [tick.day.month for tick in charts.time_ticks(FIRST, date(2025, 12, 24))] == [10, 11, 12]


def test_outlines_join_edges_between_groups() -> None:
    groups = {(0, 0): "a", (1, 0): "a", (0, 1): "b", (1, 1): "b"}
    assert tilemap.outlines(groups) == "M0 0H2M0 1H2M0 2H2M0 0V2M2 0V2"
    assert tilemap.outlines(groups, touching=[(0, 0), (1, 0)]) == "M0 0H2M0 1H2M0 0V1M2 0V1"


def test_an_officer_sees_own_tiles_with_their_neighbours_only() -> None:
    tiles = [Tile(col, 0, "Kecamatan", href="?" if col == 5 else "") for col in range(8)]
    assert [(tile.col, tile.href) for tile in tilemap.in_view(tiles)] == [(0, ""), (1, "?"), (2, "")]


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Melawai", "Melawai"),
        ("Kebayoran Lama Utara", "Keb. Lama Ut."),
        ("Pesanggrahan", "Pesanggrahan"),
        ("Tebet Timur", "Tebet Timur"),
    ],
)
def test_names_are_shortened_as_people_here_do(name: str, short: str) -> None:
    assert tilemap.short_name(name) == short


def test_long_words_may_break_at_syllables() -> None:
    assert tilemap.soft_hyphens("Pesanggrahan").replace("\u00ad", "-") == "Pesang-gra-han"
    assert tilemap.soft_hyphens("Bukit Duri") == "Bukit Duri"


def test_codes_differ() -> None:
    names = ["Cipete Utara", "Cipete Selatan", "Cilandak Barat", "Cilandak Timur", "Karet", "Karet", "Ah"]
    codes = tilemap.tile_codes(names)
    assert codes[:4] == ["CPU", "CPS", "CLB", "CLT"]
    assert len(set(codes)) == len(names)
    assert all(len(code) == 3 for code in codes)


def test_coordinates_are_never_localised() -> None:
    assert charts.fmt(12.5) == "12.5"
    with translation.override("id"):
        drawn = tags.stacked_bar([Part("Berjalan", 1, "running"), Part("Belum", 2, "idle")])
    assert 'width="32.73%"' in drawn


def test_map_links_only_to_the_area_of_the_viewer() -> None:
    tiles = [
        Tile(0, 0, "Tebet", "Tebet <Timur>", tone="idle", status="Belum", href="?c=1", is_selected=True),
        Tile(1, 0, "Setiabudi", "Karet Rahasia"),
    ]
    page = BeautifulSoup(tile_map(tiles, label="Peta"), "html.parser")
    assert [(link["href"], link.get("aria-current")) for link in page.select("ul.tilemap a")] == [
        ("?c=1", "true")
    ]
    assert only(page, "ul.tilemap a .tip").get_text(" ") == "Tebet <Timur> Tebet · Belum"
    assert "Karet Rahasia" not in str(page)


def test_every_chart_has_words_and_a_table() -> None:
    trend = BeautifulSoup(
        tags.trend(
            [Series("Berjalan", "running", [(FIRST, 10), (LAST, 17)])],
            [Mark(FIRST, 10, "running", "Diumumkan")],
            title="Dari bulan ke bulan",
        ),
        "html.parser",
    )
    assert only(trend, "svg[role=img]")["aria-label"] == "Dari bulan ke bulan. Berjalan dari 10 menjadi 17"
    assert [[cell.get_text() for cell in row.select("th, td")] for row in trend.select("tbody tr")] == [
        ["22 September 2026", "17"],
        ["22 September 2025", "10"],
        ["22 September 2025 (diumumkan)", "10"],
    ]
    timeline = BeautifulSoup(
        tags.status_timeline(
            [Lane("Gerai", [Segment("idle", "Belum berjalan", FIRST, note="Modal")])], FIRST, LAST
        ),
        "html.parser",
    )
    assert only(timeline, "svg.lane")["aria-label"] == "Gerai: Belum berjalan 22/09/2025–sekarang"
    assert [cell.get_text() for cell in timeline.select("tbody tr *")] == [
        "Gerai",
        "Belum berjalan",
        "22/09/2025",
        "sekarang",
        "Modal",
    ]
