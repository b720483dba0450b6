"""What is missing of a cooperative's papers, profile and board on a day, the one next step, and what ends soon."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from cooperatives.board_rules import BOARD_POSTS, findings, last_lawful_day, post_name, vacant_posts
from cooperatives.models import (
    NEEDED,
    SHARED_POSITIONS,
    BoardTerm,
    Body,
    Cooperative,
    Paper,
    PaperKind,
    Position,
)
from kkmp.accounts.models import User

# Of the profile; the account counts once somebody has looked, whatever the answer.
FIELDS = ("legal_name", "formation", "founded_on", "office", "registry_no", "nib", "npwp", "has_bank_account")
# Posts of the board, the supervisors' chair, and its other members as one.
POST_COUNT = len(BOARD_POSTS) + 2


@dataclass(frozen=True)
class Gap:
    """Something missing, and where it is filled in; no address for whoever may not."""

    text: str
    href: str
    action: str


@dataclass(frozen=True)
class Deadline:
    """A paper or a term that ends soon or has ended; `is_over` on the day asked about."""

    text: str
    day: date
    is_over: bool
    href: str
    action: str


@dataclass(frozen=True)
class PaperState:
    """One of the needed kinds: the paper in force, else the one that expired last, else none."""

    kind: PaperKind
    paper: Paper | None
    has_expired: bool


@dataclass(frozen=True)
class Completeness:
    papers: list[PaperState]
    paper_gaps: list[Gap]
    post_gaps: list[Gap]
    field_gaps: list[Gap]
    deadlines: list[Deadline] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)

    @property
    def paper_count(self) -> int:
        return sum(state.paper is not None and not state.has_expired for state in self.papers)

    @property
    def needed_count(self) -> int:
        return len(self.papers)

    @property
    def post_count(self) -> int:
        return POST_COUNT - len(self.post_gaps)

    @property
    def needed_post_count(self) -> int:
        return POST_COUNT

    @property
    def field_count(self) -> int:
        return len(FIELDS) - len(self.field_gaps)

    @property
    def needed_field_count(self) -> int:
        return len(FIELDS)

    @property
    def gaps(self) -> list[Gap]:
        """Papers in the order in which they are obtained, then posts, then the profile."""
        return [*self.paper_gaps, *self.post_gaps, *self.field_gaps]

    @property
    def next_step(self) -> Gap | None:
        """One step, so that it gets done: the first paper that is missing or has expired, else a post, else the profile."""
        return next(iter(self.gaps), None)


def with_paper_count(
    cooperatives: QuerySet[Cooperative], *, on: date, name: str = "paper_count"
) -> QuerySet[Cooperative]:
    """Annotate each cooperative with how many of the needed kinds are in force on a day; as `Completeness.paper_count`."""
    # Subquery: joining papers beside other children would multiply both counts.
    in_force = Paper.objects.kept().as_of(on).exclude(expires_on__lt=on)
    needed = in_force.filter(cooperative=OuterRef("pk"), kind__in=NEEDED).order_by()
    counted = needed.values("cooperative").annotate(count=Count("kind", distinct=True)).values("count")
    return cooperatives.annotate(**{name: Coalesce(Subquery(counted, output_field=IntegerField()), 0)})


def look(
    cooperative: Cooperative, *, papers: Iterable[Paper], terms: Iterable[BoardTerm], on: date, user: User
) -> Completeness:
    """Asks no query; links are for what `user` may do.

    `papers` and `terms` are all that are kept of this cooperative: one that begins later succeeds one that ends soon.
    """
    return _Look(cooperative, list(papers), list(terms), on, user).answer()


def ended(
    cooperative: Cooperative, *, papers: Iterable[Paper], terms: Iterable[BoardTerm], on: date, user: User
) -> list[Deadline]:
    """Of the deadlines of `look` those that are over; asks no query."""
    found = _Look(cooperative, list(papers), list(terms), on, user).deadlines()
    return [deadline for deadline in found if deadline.is_over]


class _Look:
    def __init__(
        self, cooperative: Cooperative, papers: list[Paper], terms: list[BoardTerm], on: date, user: User
    ) -> None:
        self.cooperative, self.papers, self.terms, self.on, self.user = cooperative, papers, terms, on, user
        self.horizon = on + timedelta(days=settings.ENDS_SOON_DAYS)

    def answer(self) -> Completeness:
        states = [self._state(kind) for kind in NEEDED]
        in_office = [term for term in self.terms if term.holds_on(self.on)]
        return Completeness(
            papers=states,
            paper_gaps=[self._paper_gap(state) for state in states if not state.paper or state.has_expired],
            post_gaps=[self._post_gap(body, position) for body, position in vacant_posts(in_office)],
            field_gaps=[
                self._field_gap(name) for name in FIELDS if getattr(self.cooperative, name) in ("", None)
            ],
            deadlines=self.deadlines(),
            findings=findings(in_office),
        )

    def deadlines(self) -> list[Deadline]:
        return sorted(
            [*self._of_papers(), *self._of_terms()], key=lambda deadline: (deadline.day, deadline.text)
        )

    def _link(self, right: str, name: str, **query: str) -> str:
        if not self.user.has_perm(f"cooperatives.{right}"):
            return ""
        return reverse(f"cooperatives:{name}", args=[self.cooperative.kelurahan_id], query=query)

    def _state(self, kind: PaperKind) -> PaperState:
        there = [paper for paper in self.papers if paper.kind == kind and paper.is_issued_by(self.on)]
        in_force = [paper for paper in there if not paper.has_expired(self.on)]
        # The latest issued; one without a date stands behind.
        latest = max(
            in_force or there, key=lambda paper: (paper.issued_on or date.min, paper.pk), default=None
        )
        return PaperState(kind, latest, has_expired=latest is not None and latest.has_expired(self.on))

    def _paper_gap(self, state: PaperState) -> Gap:
        text = _("%(paper)s belum tercatat") % {"paper": state.kind.label}
        if state.paper and state.paper.expires_on:
            text = _("%(paper)s habis berlaku %(day)s") % {
                "paper": state.kind.label,
                "day": date_format(state.paper.expires_on),
            }
        return Gap(text, self._link("add_paper", "paper_add", kind=state.kind), _("Tambah surat"))

    def _post_gap(self, body: Body, position: Position) -> Gap:
        name = post_name(body, position)
        text = _("%(post)s belum tercatat") % {"post": name}
        if position in SHARED_POSITIONS:
            text = _("Pengawas kurang dari tiga orang")
        return Gap(
            text,
            self._link("add_boardterm", "board_add", seat=f"{body}-{position}"),
            _("Catat %(post)s") % {"post": name.lower()},
        )

    def _field_gap(self, name: str) -> Gap:
        found: Any = self.cooperative._meta.get_field(name)
        address = self._link("change_cooperative", "edit")
        return Gap(
            _("%(field)s belum diisi") % {"field": capfirst(str(found.verbose_name))},
            f"{address}#id_{name}" if address else "",
            _("Isi data"),
        )

    def _of_papers(self) -> Iterator[Deadline]:
        """Papers that end soon or have ended, unless another one takes over."""
        for paper in self.papers:
            day = paper.expires_on
            if day is None or day > self.horizon or not paper.is_issued_by(self.on):
                continue
            if any(_renews(other, paper, day) for other in self.papers):
                continue
            yield Deadline(
                str(paper),
                day,
                is_over=day < self.on,
                href=self._link("add_paper", "paper_add", kind=paper.kind),
                action=_("Catat yang baru"),
            )

    def _of_terms(self) -> Iterator[Deadline]:
        """Terms that end soon, and the last holder of a post that nobody holds; without a set end, the lawful one counts."""
        for term in self.terms:
            day = _end_of(term)
            if day is None or day > self.horizon or term.starts_on > self.on:
                continue
            has_left = term.ends_on is not None and term.ends_on < self.on
            if has_left and term.position in SHARED_POSITIONS:
                continue
            if any(_succeeds(other, term) for other in self.terms):
                continue
            yield Deadline(
                str(term),
                day,
                is_over=day < self.on,
                href=self._link("add_boardterm", "board_add", seat=term.seat),
                action=_("Catat penggantinya"),
            )


def _renews(other: Paper, paper: Paper, ends_on: date) -> bool:
    """Same kind (and same name), and in force for longer."""
    if other.pk == paper.pk or other.kind != paper.kind or other.title.casefold() != paper.title.casefold():
        return False
    return other.expires_on is None or other.expires_on > ends_on


def _end_of(term: BoardTerm) -> date | None:
    """The end that is set; of the board's people without one, the last day that the law allows."""
    if term.ends_on or term.body != Body.BOARD:
        return term.ends_on
    return last_lawful_day(term)


def _succeeds(other: BoardTerm, term: BoardTerm) -> bool:
    """Holds the same post later; of a shared post only the same person's next term."""
    if other.pk == term.pk or other.seat != term.seat:
        return False
    if term.position in SHARED_POSITIONS and other.name.casefold() != term.name.casefold():
        return False
    return other.starts_on > term.starts_on
