"""What tests of the seeds share: the commands, the rows they may make, the figures that follow."""

import datetime as dt
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.utils import timezone
from simple_history.utils import get_history_manager_for_model

from cooperatives.models import (
    AreaGrant,
    AssetStatement,
    BoardTerm,
    Cooperative,
    Kecamatan,
    Kelurahan,
    Paper,
    PublicFact,
    PublishedFigure,
    Target,
)
from kkmp.accounts.models import User
from kkmp.pages.reference import read_csv
from members.models import Member, MonthLock, SavingsEntry, SavingsRate
from outlets.models import CapitalNeed, Outlet, SetAside, StatusChange
from outlets.standing import class_counts
from partners.models import (
    Attendance,
    Disbursement,
    Event,
    FollowUp,
    Letter,
    Offer,
    Partner,
    StageChange,
    Support,
)

# The day of the published figures, and one that the tests of the sample data call today.
START = dt.date(2025, 9, 22)
AUTUMN = dt.date(2026, 11, 24)
# A register of the size of a test: whoever wants to see the whole one tells it without a database.
FEW = 300
CODES = [row["code"] for row in read_csv("kelurahan.csv")]
SEEDED = (
    *(User, AreaGrant, Kecamatan, Kelurahan, Cooperative, PublicFact, PublishedFigure, Target, Outlet),
    *(Paper, BoardTerm, StatusChange, CapitalNeed, Partner, Support, StageChange, Event, Attendance),
    *(Offer, Disbursement, FollowUp, Letter, SetAside, AssetStatement),
    *(Member, SavingsRate, SavingsEntry, MonthLock),
)


def run(command: str, *arguments: str) -> str:
    out = StringIO()
    few = {"members": FEW} if command == "seed_demo" else {}
    call_command(command, *arguments, stdout=out, **few)
    return out.getvalue()


def row_counts() -> dict[str, int]:
    counts = {model.__name__: model._default_manager.count() for model in SEEDED}
    for model in SEEDED:
        if hasattr(model, "history"):
            counts[f"{model.__name__} history"] = get_history_manager_for_model(model).count()
    return counts


def counts_on(day: dt.date, *, known: dt.date | None = None) -> list[int]:
    """Running, idle, none, unrecorded."""
    known_at = timezone.make_aware(dt.datetime.combine(known, dt.time.max)) if known else None
    return list(class_counts(Cooperative.objects.all(), [day], known_at=known_at)[day].values())


def everything() -> dict[str, list[Any]]:
    """Rows by what they say: keys count on where a first attempt was rolled back."""
    fields = {
        Cooperative: [
            "kelurahan",
            "legal_name",
            "formation",
            "nib",
            "npwp",
            "registry_no",
            "has_bank_account",
        ],
        Outlet: [
            "cooperative__kelurahan",
            "name",
            "kind",
            "premises",
            "tenure",
            "area_m2",
            "internet",
            "water",
        ],
        StatusChange: [
            *("cooperative__kelurahan", "outlet__name", "status", "reason", "note", "effective_on"),
            *("recorded_at", "recorded_by__username", "source", "retracted_at", "retract_note"),
        ],
        CapitalNeed: ["outlet__name", "purpose", "text", "amount_idr", "since_on", "closed_on", "version"],
        Member: [
            *(
                "cooperative__kelurahan",
                "number",
                "full_name",
                "national_id_last",
                "gender",
                "birth_date",
                "phone",
            ),
            *(
                "address",
                "rt",
                "rw",
                "domicile",
                "ktp_seen_on",
                "kind",
                "is_taken_over",
                "applied_on",
                "joined_on",
            ),
            *("ended_on", "end_reason", "voided_on", "void_reason", "version"),
        ],
        SavingsRate: ["cooperative__kelurahan", "kind", "amount_idr", "starts_on", "basis"],
        SavingsEntry: [
            *(
                "cooperative__kelurahan",
                "member__number",
                "kind",
                "movement",
                "amount_idr",
                "value_on",
                "month",
            ),
            *("paid_until", "receipt_no", "receipt_line", "note", "recorded_at", "recorded_by__username"),
            "reversed_by__receipt_no",
        ],
        MonthLock: [
            "cooperative__kelurahan",
            "through_on",
            "locked_at",
            "locked_by__username",
            "reopened_at",
        ],
        Offer: ["partner__name", "kind", "title", "ceiling_idr", "open_from", "open_until", "conditions"],
        Support: [
            *("partner__name", "payer__name", "cooperative__kelurahan", "outlet__name", "need__purpose"),
            *("offer__title", "event__title", "kind", "committed_idr", "agreement_no", "agreement_until"),
            *("accepted_on", "loan_months", "return_due_on", "returned_on", "note", "version"),
        ],
        Disbursement: [
            *("support__cooperative__kelurahan", "amount_idr", "paid_on", "sha256", "recorded_at"),
            *("recorded_by__username", "verified_at", "verified_by__username", "withdrawn_at"),
        ],
        FollowUp: ["support__cooperative__kelurahan", "days", "answer", "checked_on", "by__username"],
        Letter: ["year", "number", "partner__name", "outlet__name", "offer__title", "sha256", "made_at"],
        SetAside: ["need__outlet__name", "amount_idr", "set_on", "released_on", "by__username"],
        AssetStatement: ["cooperative__kelurahan", "on", "amount_idr", "source"],
        StageChange: [
            "support__cooperative__kelurahan",
            "stage",
            "effective_on",
            "recorded_at",
            "by__username",
        ],
        Paper: ["cooperative__kelurahan", "kind", "number", "issued_on", "expires_on", "sha256"],
        BoardTerm: ["cooperative__kelurahan", "body", "position", "name", "gender", "starts_on", "ends_on"],
        AreaGrant: ["user__username", "kecamatan", "kelurahan", "starts_on", "ends_on"],
        Attendance: ["event__title", "partner__name", "cooperative__kelurahan"],
        Target: ["kecamatan", "on", "running", "idle"],
    }
    return {
        model.__name__: list(model._default_manager.order_by("pk").values_list(*names))
        for model, names in fields.items()
    }
