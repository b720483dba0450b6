"""What one kind of file has to tell the engine: its columns, how rows are checked, written and taken back."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Generic, TypeVar

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from cooperatives.models import Cooperative
from kkmp.accounts.models import User
from kkmp.imports.models import ImportBatch, Outcome
from kkmp.tabular.reading import Column
from kkmp.tabular.writing import Heading, OutCell

Text = str | Promise
# What the importer understood of one row, ready to be written.
P = TypeVar("P")
# Label of a model and key of a row that was made, as ImportRow.targets keeps it; what follows is the importer's own, for
# instance the values that stood there before. It must be JSON without an identity number in clear.
Target = tuple[str, int] | tuple[str, int, Mapping[str, object]]


@dataclass(frozen=True)
class GivenRow:
    """One row of the file as text by column key, blank cells left out.

    Cells of identity numbers are in clear here and nowhere else: what an importer puts into `value`, `text`, `effect`
    or a note is masked by the engine before it is kept. A masked cell that nobody could resolve stays as it was typed.
    """

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Problem:
    """What is wrong in a cell, in which column, and what to type instead."""

    column: str
    value: str
    text: str


@dataclass
class CheckedRow(Generic[P]):
    """What will become of a row. `plan` is what `write` needs, None unless the row can be written.

    `cooperative` is the key of the one this row is about, where the file speaks of several: who does not see all of them
    does not see the file.
    """

    given: GivenRow
    outcome: Outcome
    effect: str = ""
    plan: P | None = None
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    cooperative: int | None = None


@dataclass(frozen=True)
class Template:
    """An empty file to fill: heads, the rows already known, and a page that explains each column. `name` has no ending."""

    name: str
    sheet: str
    headings: Sequence[Heading]
    rows: Sequence[Sequence[OutCell]]
    guide: Sequence[Sequence[Text]]


class Importer(ABC, Generic[P]):
    """One kind of file. An instance serves one run; rows come all at once, so that a row can be compared with the others.

    `batch` is the file at hand (None before it is kept), `cooperative` the one it was brought for.
    """

    kind: ClassVar[str]
    # The right to upload, confirm and undo.
    permission: ClassVar[str]
    title: ClassVar[Text]
    lead: ClassVar[Text]
    # What the file needs, a sentence each.
    needs: ClassVar[Sequence[Text]]
    columns: ClassVar[Sequence[Column]]
    max_rows: ClassVar[int]
    # One bad row keeps all others out; else the good rows are written and the bad ones come back in a workbook.
    all_or_nothing: ClassVar[bool] = True
    # The cooperative is chosen on upload.
    of_one_cooperative: ClassVar[bool] = False
    # Which column is which can be corrected on the page, also where no title was understood.
    maps_columns: ClassVar[bool] = False

    def __init__(self, *, cooperative: Cooperative | None = None, batch: ImportBatch | None = None) -> None:
        self.cooperative = cooperative
        self.batch = batch

    @abstractmethod
    def template(self, *, user: User) -> Template: ...

    @abstractmethod
    def lock(self) -> None:
        """Keep others from recording what `check` looks at, until the transaction ends."""

    @abstractmethod
    def check(self, rows: Sequence[GivenRow], *, user: User) -> list[CheckedRow[P]]:
        """Every row with every problem; writes nothing. A fixed number of queries, whatever the number of rows."""

    @abstractmethod
    def write(
        self, rows: Sequence[CheckedRow[P]], *, batch: ImportBatch, by: User
    ) -> dict[int, list[Target]]:
        """Write the rows that have a plan; returns what was made, by row number."""

    @abstractmethod
    def consequences(self, targets: Mapping[str, Sequence[int]]) -> list[str]:
        """What undoing would change, a sentence each."""

    @abstractmethod
    def undo(self, targets: Mapping[str, Sequence[int]], *, note: str, by: User) -> list[str]:
        """Take back what `write` made; returns what had to stay, a sentence each."""


def importer_of(kind: str, *, cooperative: Cooperative | None = None) -> Importer[object]:
    """A fresh importer of this kind of file. Raises KeyError for a kind that nobody imports."""
    importer: Importer[object] = import_string(settings.IMPORTERS[kind])(cooperative=cooperative)
    return importer


def importer_for(batch: ImportBatch) -> Importer[object]:
    """A fresh importer of this file."""
    importer: Importer[object] = import_string(settings.IMPORTERS[batch.kind])(
        cooperative=batch.cooperative, batch=batch
    )
    return importer


def importers_for(user: User) -> list[Importer[object]]:
    """The kinds of file this person may bring."""
    importers = [importer_of(kind) for kind in settings.IMPORTERS]
    return [importer for importer in importers if user.has_perm(importer.permission)]
