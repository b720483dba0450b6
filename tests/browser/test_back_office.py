"""The back office is Django's own: what axe finds there is Django's, and nothing else."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from cooperatives.models import Cooperative
from tests.browser.visit import axe, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

# The search box of a list has a title and no label.
OF_THE_STOCK_ADMIN = {"label-title-only"}


@pytest.mark.usefixtures("sample_city")
def test_findings_are_those_of_the_stock_admin(page: Page) -> None:
    sign_in(page, "admin")
    row = Cooperative.objects.order_by("pk")[0]
    addresses = [
        reverse("admin:index"),
        reverse("admin:cooperatives_cooperative_changelist"),
        reverse("admin:cooperatives_cooperative_change", args=[row.pk]),
        reverse("admin:cooperatives_cooperative_history", args=[row.pk]),
        reverse("admin:outlets_statuschange_changelist"),
        reverse("admin:accounts_user_add"),
    ]
    found = set()
    for address in addresses:
        page.goto(address)
        found |= {finding.split(":", maxsplit=1)[0] for finding in axe(page)}
    assert found == OF_THE_STOCK_ADMIN
