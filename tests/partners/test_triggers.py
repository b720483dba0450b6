"""Money and promises once written down, tried past Django in each database's own driver."""

from typing import Any

import pytest
from django.db import connection, models

from outlets.models import CapitalNeed, SetAside
from partners.models import Disbursement, Letter, Offer, Support
from tests.factories import (
    CapitalNeedFactory,
    CooperativeFactory,
    OutletFactory,
    SetAsideFactory,
    UserFactory,
)
from tests.partner_factories import (
    DisbursementFactory,
    LetterFactory,
    OfferFactory,
    PartnerFactory,
    SupportFactory,
)
from tests.past_django import Execute, execute, refused

# Fixtures count where they are named.
__all__ = ["execute"]
IS_POSTGRESQL = connection.vendor == "postgresql"
pytestmark = pytest.mark.django_db(transaction=True)

AT = "'2026-02-01 00:00:00+00:00'" if IS_POSTGRESQL else "'2026-02-01 00:00:00'"
LATER = AT.replace("02-01", "02-02")


def values_of(row: models.Model) -> dict[str, Any]:
    return dict(type(row)._base_manager.filter(pk=row.pk).values().get())


def not_refused(execute: Execute, statements: list[str]) -> list[str]:
    return [statement for statement in statements if not refused(execute, statement)]


def insert_copy(model: type[models.Model], **values: object) -> str:
    """A further row like the one there is, but for its key and these columns."""
    columns = [str(field.column) for field in model._meta.concrete_fields if not field.primary_key]
    told = [str(values.get(column, column)) for column in columns]
    table = model._meta.db_table
    return f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(told)} FROM {table}"


@pytest.mark.parametrize("first", ["verification", "withdrawal", "together"])
def test_money_is_verified_and_withdrawn_once_each(first: str, execute: Execute) -> None:
    disbursement = DisbursementFactory.create()
    one, other = UserFactory.create_batch(2, sudin=True)
    verify = f"verified_by_id = {one.pk}, verified_at = {AT}"
    withdraw = f"withdrawn_by_id = {other.pk}, withdrawn_at = {AT}, withdraw_reason = 'Salah catat'"
    order = {
        "verification": [verify, withdraw],
        "withdrawal": [withdraw, verify],
        "together": [f"{verify}, {withdraw}"],
    }[first]
    table = Disbursement._meta.db_table
    before = values_of(disbursement)
    # Half a group, a group beside something else, nothing at all: before and after the first was filled.
    halves = [
        *verify.split(", "),
        *withdraw.split(", "),
        f"withdrawn_by_id = {other.pk}, withdrawn_at = {AT}",
        f"{verify}, withdraw_reason = 'Salah catat'",
        "verified_at = verified_at",
        "id = id",
    ]
    others = [f"{step}, {more}" for step in order for more in ("amount_idr = 1", "paid_on = '2025-12-01'")]
    assert not_refused(execute, [f"UPDATE {table} SET {fields}" for fields in (*halves, *others)]) == []
    assert values_of(disbursement) == before
    for step in order:
        execute(f"UPDATE {table} SET {step}")
    filled = values_of(disbursement)
    assert {name for name, value in filled.items() if value != before[name]} == {
        *("verified_by_id", "verified_at"),
        *("withdrawn_by_id", "withdrawn_at", "withdraw_reason"),
    }
    again = [
        verify,
        withdraw,
        f"{verify}, {withdraw}",
        f"verified_by_id = {other.pk}, verified_at = {LATER}",
        f"verified_at = {LATER}",
        "withdraw_reason = 'Alasan lain'",
        "verified_by_id = NULL, verified_at = NULL",
        "withdrawn_by_id = NULL, withdrawn_at = NULL, withdraw_reason = ''",
        "verified_by_id = NULL, verified_at = NULL, withdrawn_by_id = NULL, withdrawn_at = NULL, withdraw_reason = ''",
        "id = id",
    ]
    assert not_refused(execute, [f"UPDATE {table} SET {fields}" for fields in again]) == []
    assert values_of(disbursement) == filled


@pytest.mark.parametrize("trait", ["verified", "withdrawn"])
def test_filling_one_group_leaves_the_other_as_it_was(trait: str, execute: Execute) -> None:
    disbursement = DisbursementFactory.create(**{trait: True})
    filled = values_of(disbursement)
    person = UserFactory.create(sudin=True)
    table = Disbursement._meta.db_table
    mine = {
        "verified": f"verified_by_id = {person.pk}, verified_at = {LATER}",
        "withdrawn": f"withdrawn_by_id = {person.pk}, withdrawn_at = {LATER}, withdraw_reason = 'Lain'",
    }
    emptied = {
        "verified": "verified_by_id = NULL, verified_at = NULL",
        "withdrawn": "withdrawn_by_id = NULL, withdrawn_at = NULL, withdraw_reason = ''",
    }
    [other] = set(mine) - {trait}
    statements = [
        f"UPDATE {table} SET {mine[trait]}",
        f"UPDATE {table} SET {emptied[trait]}",
        f"UPDATE {table} SET {mine[other]}, {mine[trait]}",
        f"UPDATE {table} SET {mine[other]}, {emptied[trait]}",
    ]
    assert not_refused(execute, statements) == []
    assert values_of(disbursement) == filled


def test_own_money_is_released_once(execute: Execute) -> None:
    held = SetAsideFactory.create()
    person = UserFactory.create()
    table = SetAside._meta.db_table
    on, by, why = "released_on = '2026-02-01'", f"released_by_id = {person.pk}", "release_reason = 'Dipakai'"
    before = values_of(held)
    statements = [on, by, why, f"{on}, {by}", f"{on}, {why}", f"{by}, {why}"]
    statements += [
        f"{on}, {by}, {why}, amount_idr = 1",
        f"{on}, {by}, {why}, set_on = '2025-09-30'",
        "id = id",
    ]
    assert not_refused(execute, [f"UPDATE {table} SET {fields}" for fields in statements]) == []
    assert values_of(held) == before
    execute(f"UPDATE {table} SET {on}, {by}, {why}")
    released = values_of(held)
    assert {name for name, value in released.items() if value != before[name]} == {
        *("released_on", "released_by_id", "release_reason"),
    }
    again = [
        f"{on}, {by}, {why}",
        "release_reason = 'Alasan lain'",
        "released_on = NULL, released_by_id = NULL, release_reason = ''",
    ]
    assert not_refused(execute, [f"UPDATE {table} SET {fields}" for fields in again]) == []
    assert values_of(held) == released


def test_owners_stay_for_ever(execute: Execute) -> None:
    """A gap follows the need that a support names: neither may wander."""
    need = CapitalNeedFactory.create()
    offer = OfferFactory.create()
    support = SupportFactory.create(cooperative=need.outlet.cooperative)
    sibling = OutletFactory.create(cooperative=need.outlet.cooperative)
    elsewhere, stranger = CooperativeFactory.create(), PartnerFactory.create()
    moves: list[tuple[models.Model, str, int]] = [
        (need, "outlet_id", sibling.pk),
        (support, "cooperative_id", elsewhere.pk),
        (support, "partner_id", stranger.pk),
        (offer, "partner_id", stranger.pk),
    ]
    before = [values_of(row) for row, _column, _key in moves]
    statements = [
        f"UPDATE {row._meta.db_table} SET {column} = {key} WHERE id = {row.pk}" for row, column, key in moves
    ]
    if not IS_POSTGRESQL:
        for row, column, key in moves:
            columns = [str(field.column) for field in row._meta.concrete_fields]
            told = [str(key) if name == column else name for name in columns]
            statements.append(
                f"REPLACE INTO {row._meta.db_table} ({', '.join(columns)}) "
                f"SELECT {', '.join(told)} FROM {row._meta.db_table} WHERE id = {row.pk}"
            )
    assert not_refused(execute, statements) == []
    assert [values_of(row) for row, _column, _key in moves] == before
    execute("UPDATE partners_support SET note = 'Nama lain'")
    execute("UPDATE outlets_capitalneed SET amount_idr = 7")
    execute("UPDATE partners_offer SET title = 'Judul lain'")
    for row in (support, need, offer):
        row.refresh_from_db()
    assert (support.note, need.amount_idr, offer.title) == ("Nama lain", 7, "Judul lain")


def test_a_support_names_what_is_its_own(execute: Execute) -> None:
    """The outlet of its cooperative, a need of that outlet, an offer of its partner; nothing of anybody else."""
    need = CapitalNeedFactory.create()
    outlet = need.outlet
    offer = OfferFactory.create()
    support = SupportFactory.create(
        cooperative=outlet.cooperative, partner=offer.partner, outlet=outlet, need=need, offer=offer
    )
    sibling = CapitalNeedFactory.create(outlet__cooperative=outlet.cooperative)
    theirs, other_offer = CapitalNeedFactory.create(), OfferFactory.create()
    wrong = [
        f"outlet_id = {theirs.outlet_id}",
        f"outlet_id = {theirs.outlet_id}, need_id = {theirs.pk}",
        f"need_id = {theirs.pk}",
        f"need_id = {sibling.pk}",
        f"outlet_id = {sibling.outlet_id}",
        f"offer_id = {other_offer.pk}",
    ]
    before = values_of(support)
    assert not_refused(execute, [f"UPDATE partners_support SET {fields}" for fields in wrong]) == []
    inserts = [
        insert_copy(Support, outlet_id=theirs.outlet_id, need_id="NULL"),
        insert_copy(Support, need_id=sibling.pk),
        insert_copy(Support, offer_id=other_offer.pk),
    ]
    assert not_refused(execute, inserts) == []
    assert list(Support.objects.values()) == [before]
    execute(f"UPDATE partners_support SET outlet_id = {sibling.outlet_id}, need_id = {sibling.pk}")
    execute("UPDATE partners_support SET need_id = NULL, offer_id = NULL")
    execute("UPDATE partners_support SET outlet_id = NULL")
    support.refresh_from_db()
    assert (support.outlet, support.need, support.offer) == (None, None, None)
    assert CapitalNeed.objects.count() == 3


def test_a_letter_answers_an_offer_of_its_partner(execute: Execute) -> None:
    offer, other = OfferFactory.create_batch(2)
    LetterFactory.create(partner=offer.partner, offer=offer)
    before = list(Letter.objects.values())
    assert refused(execute, insert_copy(Letter, offer_id=other.pk, number=901))
    assert list(Letter.objects.values()) == before
    execute(insert_copy(Letter, number=902))
    execute(insert_copy(Letter, number=903, offer_id="NULL") + " WHERE number = 902")
    assert [letter.offer for letter in Letter.objects.order_by("number")][-2:] == [offer, None]
    assert Offer.objects.count() == 2
