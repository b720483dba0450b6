import pytest
from django.test import Client
from django.urls import reverse

from partners.models import Attendance, Partner, Stage, StageChange, Support
from tests.factories import KecamatanFactory, UserFactory, officer_of
from tests.partner_factories import EventFactory, PartnerFactory, support_at
from tests.reading import page_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
PARTNERS, SUPPORTS, EVENTS = "/partners/", "/partners/supports/", "/partners/events/"


def test_officer_sees_only_what_concerns_their_area(client: Client) -> None:
    tebet = KecamatanFactory.create()
    partner = PartnerFactory.create(name="Mitra Bersama")
    event = EventFactory.create()
    mine = support_at(
        Stage.OFFERED, partner=partner, cooperative__kelurahan__kecamatan=tebet, committed_idr=1111
    )
    theirs = support_at(Stage.OFFERED, partner=partner, committed_idr=987_654, note="Rahasia tetangga")
    came = [
        Attendance.objects.create(event=event, cooperative=support.cooperative) for support in (mine, theirs)
    ]
    client.force_login(officer_of(tebet))
    addresses = [
        PARTNERS, partner.get_absolute_url(), SUPPORTS, mine.get_absolute_url(), EVENTS, event.get_absolute_url(),
        f"{SUPPORTS}?q=Rahasia", f"{SUPPORTS}?cooperative={theirs.cooperative.kelurahan_id}",
        f"{SUPPORTS}?kecamatan={theirs.cooperative.kelurahan.kecamatan_id}",
        f"{PARTNERS}?format=csv", f"{SUPPORTS}?format=csv", f"{EVENTS}?format=csv",
    ]  # fmt: skip
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 200
        content = b"".join(response).decode()
        leaked = [
            secret
            for secret in (theirs.cooperative.kelurahan.name, "Rahasia tetangga", "987.654", "987654")
            if secret in content
        ]
        # The searched word comes back in its box.
        assert leaked == (["Rahasia tetangga"] if "Rahasia tetangga" in address else [])
    hidden = [theirs.get_absolute_url()]
    hidden += [reverse(f"partners:{name}", args=[theirs.pk]) for name in ("support_edit", "support_stage")]
    hidden += [reverse("partners:attendance_remove", args=[came[1].pk])]
    assert {address: client.get(address).status_code for address in hidden} == dict.fromkeys(hidden, 404)
    assert {address: client.post(address, {}).status_code for address in hidden[1:]} == dict.fromkeys(
        hidden[1:], 404
    )


@pytest.mark.parametrize("trait", ["officer", "leader", "admin"])
def test_whoever_may_only_read_is_refused(client: Client, trait: str) -> None:
    support = support_at(Stage.OFFERED)
    event = EventFactory.create()
    attendance = Attendance.objects.create(event=event, cooperative=support.cooperative)
    user = (
        officer_of(support.cooperative.kelurahan)
        if trait == "officer"
        else UserFactory.create(**{trait: True})
    )
    client.force_login(user)
    reading = [PARTNERS, SUPPORTS, EVENTS, support.get_absolute_url(), support.partner.get_absolute_url(), event.get_absolute_url()]  # fmt: skip
    # Officers propose, and decide no stage.
    proposing = [] if trait == "officer" else [reverse("partners:support_add")]
    writing = [*proposing, reverse("partners:support_stage", args=[support.pk])]
    correcting = [
        reverse("partners:add"),
        reverse("partners:edit", args=[support.partner_id]),
        reverse("partners:support_edit", args=[support.pk]),
        reverse("partners:event_add"),
        reverse("partners:event_edit", args=[event.pk]),
        reverse("partners:attendance_remove", args=[attendance.pk]),
    ]
    # Admins correct rows and start nothing.
    refused = writing if trait == "admin" else writing + correcting
    for address in reading:
        page = page_of(client, address)
        links = {str(link["href"]).partition("?")[0] for link in page.select("main a[href]")}
        assert links & set(refused) == set()
    assert {address: client.get(address).status_code for address in refused} == dict.fromkeys(refused, 403)
    assert {address: client.post(address, {}).status_code for address in refused} == dict.fromkeys(
        refused, 403
    )
    assert (Partner.objects.count(), Support.objects.count(), StageChange.objects.count(), Attendance.objects.count()) == (1, 1, 1, 1)  # fmt: skip
