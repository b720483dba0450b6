"""Which rules the database's triggers keep: kinds of rule, and the one list that `kkmp.triggers` installs."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AppendOnly:
    """Rows are added and never changed or deleted, but for fields that are filled together, once, from empty.

    `or_once` are other such fields, filled at a time of their own.
    """

    model: str
    filled_once: tuple[str, ...] = ()
    or_once: tuple[str, ...] = ()


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
class Closed:
    """No row is added for a day that an open row of `lock` (same `owner`, `reopened` empty) has closed."""

    model: str
    owner: str
    day: str
    lock: str
    through: str
    reopened: str


@dataclass(frozen=True)
class NeverNegative:
    """The sum of `amount` over rows that agree in `by` is never below zero, whatever the order of their days."""

    model: str
    amount: str
    by: tuple[str, ...]


@dataclass(frozen=True)
class Mirrored:
    """The row that `field` names has the opposite `amount`, the same `alike` columns, and says so by `marker` = `value`."""

    model: str
    field: str
    amount: str
    alike: tuple[str, ...]
    marker: str
    value: str


@dataclass(frozen=True)
class Stamped:
    """Any write to the table, also one past Django, changes the data version (see `kkmp.conditional`)."""

    model: str


Refusing = (
    AppendOnly
    | SameOwner
    | Fixed
    | SameOwnerThrough
    | Locked
    | LockedWith
    | Closed
    | NeverNegative
    | Mirrored
)
Rule = Refusing | Stamped
# On SQLite no table can be remade while a trigger of another table names it.
REACHING = (SameOwner, SameOwnerThrough, LockedWith, Closed)

# Rules that look at each new or changed row by itself.
CHECKED = (SameOwner, SameOwnerThrough, Closed, NeverNegative, Mirrored)

DECLARED: tuple[Refusing, ...] = (
    AppendOnly("accounts.AccessEvent"),
    AppendOnly("outlets.StatusChange", filled_once=("retracted_at", "retracted_by", "retract_note")),
    AppendOnly("partners.StageChange"),
    AppendOnly("outlets.SetAside", filled_once=("released_on", "released_by", "release_reason")),
    AppendOnly(
        "partners.Disbursement",
        filled_once=("verified_by", "verified_at"),
        or_once=("withdrawn_by", "withdrawn_at", "withdraw_reason"),
    ),
    AppendOnly("partners.FollowUp"),
    AppendOnly("partners.Letter"),
    # A gap follows the need that a support names: neither may wander to another outlet.
    Fixed("outlets.CapitalNeed", field="outlet"),
    Fixed("partners.Support", field="cooperative"),
    Fixed("partners.Support", field="partner"),
    Fixed("partners.Offer", field="partner"),
    SameOwner("partners.Support", field="outlet", owner="cooperative"),
    SameOwner("partners.Support", field="need", owner="outlet"),
    SameOwner("partners.Support", field="offer", owner="partner"),
    SameOwner("partners.Letter", field="offer", owner="partner"),
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
    Fixed("members.Member", field="cooperative"),
    AppendOnly("members.SavingsEntry", filled_once=("reversed_by",)),
    SameOwner("members.SavingsEntry", field="member", owner="cooperative"),
    NeverNegative("members.SavingsEntry", amount="amount_idr", by=("member", "kind")),
    Mirrored(
        "members.SavingsEntry",
        field="reversed_by",
        amount="amount_idr",
        alike=("member", "kind"),
        marker="movement",
        value="reversal",
    ),
    AppendOnly("members.MonthLock", filled_once=("reopened_at", "reopened_by", "reopen_reason")),
    Closed(
        "members.SavingsEntry",
        owner="cooperative",
        day="value_on",
        lock="members.MonthLock",
        through="through_on",
        reopened="reopened_at",
    ),
)
