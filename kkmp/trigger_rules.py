"""Which rules the database's triggers keep: kinds of rule, and the one list that `kkmp.triggers` installs."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AppendOnly:
    """Rows are added and never changed or deleted, but for fields that are filled together, once, from empty."""

    model: str
    filled_once: tuple[str, ...] = ()


@dataclass(frozen=True)
class SameOwner:
    """The row behind `field` has the same `owner` as this row."""

    model: str
    field: str
    owner: str


@dataclass(frozen=True)
class Fixed:
    """`field` keeps its first value for ever; other rows rely on it."""

    model: str
    field: str


@dataclass(frozen=True)
class SameOwnerThrough:
    """The row behind `field` has the same `owner` as the row behind `via`."""

    model: str
    field: str
    via: str
    owner: str


@dataclass(frozen=True)
class Locked:
    """Rows in this state stay as they are for ever, but for fields that are filled once, from empty."""

    model: str
    field: str
    value: str
    filled_once: tuple[str, ...] = ()


@dataclass(frozen=True)
class LockedWith:
    """Rows that hang, over `path`, on a locked row are neither added, changed nor deleted."""

    model: str
    path: tuple[str, ...]
    field: str
    value: str


@dataclass(frozen=True)
class Stamped:
    """Any write to the table, also one past Django, changes the data version (see `kkmp.conditional`)."""

    model: str


Refusing = AppendOnly | SameOwner | Fixed | SameOwnerThrough | Locked | LockedWith
Rule = Refusing | Stamped
# On SQLite no table can be remade while a trigger of another table names it.
REACHING = (SameOwner, SameOwnerThrough, LockedWith)

DECLARED: tuple[Refusing, ...] = (
    AppendOnly("accounts.AccessEvent"),
    AppendOnly("outlets.StatusChange", filled_once=("retracted_at", "retracted_by", "retract_note")),
    AppendOnly("partners.StageChange"),
    SameOwner("outlets.StatusChange", field="outlet", owner="cooperative"),
    Fixed("outlets.Outlet", field="cooperative"),
    # A verified report is what its status changes lean on; a correction is a revision of its own.
    Locked("outlets.MonthlyReport", field="state", value="verified", filled_once=("superseded_at",)),
    LockedWith("outlets.ReportLine", path=("report",), field="state", value="verified"),
    LockedWith("outlets.Evidence", path=("line", "report"), field="state", value="verified"),
    AppendOnly("outlets.ReportStep"),
    Fixed("outlets.MonthlyReport", field="cooperative"),
    Fixed("outlets.ReportLine", field="report"),
    Fixed("outlets.Evidence", field="line"),
    Fixed("outlets.Evidence", field="visit"),
    Fixed("outlets.Visit", field="cooperative"),
    SameOwner("outlets.Visit", field="outlet", owner="cooperative"),
    SameOwnerThrough("outlets.ReportLine", field="outlet", via="report", owner="cooperative"),
    SameOwner("outlets.StatusChange", field="report", owner="cooperative"),
    SameOwner("outlets.CapitalNeed", field="closed_by_change", owner="outlet"),
)
