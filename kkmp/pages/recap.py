"""The monthly recap beside the members' register and the ledger: the importer of outlets, with what members know."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.db.models import Count, Q

from cooperatives.models import Cooperative, Gender
from members.models import Member
from members.savings.figures import BALANCES, with_savings_totals
from outlets.recap import RecapImporter
from outlets.recap_facts import People, Registered


class RecapBesideRegister(RecapImporter):
    """Tells also where the sheet counts other members, or other savings, than are recorded."""

    def registered(self, cooperatives: Iterable[int], *, on: date) -> Mapping[int, Registered]:
        keys = list(cooperatives)
        counted = Member.objects.as_of(on).filter(cooperative__in=keys).order_by().values("cooperative")
        people = {
            row["cooperative"]: People(row["total"], row["male"], row["female"])
            for row in counted.annotate(
                total=Count("pk"),
                male=Count("pk", filter=Q(gender=Gender.MALE)),
                female=Count("pk", filter=Q(gender=Gender.FEMALE)),
            )
        }
        balances = with_savings_totals(Cooperative.objects.filter(pk__in=keys), on=on).order_by()
        # Named: what is not asked for is not summed.
        sums = {key: found for key, *found in balances.values_list("pk", *BALANCES)}
        return {key: Registered(people.get(key, People()), *sums[key]) for key in keys if key in sums}
