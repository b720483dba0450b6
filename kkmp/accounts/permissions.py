"""Who may do what: one matrix from role to Django codenames, read by the auth backend and by nobody else."""

from django.db.models import Q, QuerySet

from kkmp.accounts.models import Role, User


def _rights(app: str, actions: str, *models: str) -> set[str]:
    return {f"{app}.{action}_{model}" for action in actions.split() for model in models}


_TERRITORY = _rights(
    "cooperatives", "view", "kecamatan", "kelurahan", "publicfact", "publishedfigure", "target"
)
# Aggregates and cooperative pages: what everybody sees within the area in view.
_READ = (
    _TERRITORY
    | _rights("cooperatives", "view", "cooperative", "paper", "boardterm", "assetstatement")
    | _rights("outlets", "view", "outlet", "statuschange", "capitalneed", "setaside", "visit")
    | _rights("outlets", "view", "monthlyreport", "reportline", "reportstep")
    | _rights("partners", "view", "partner", "offer", "support", "stagechange", "event", "attendance")
    | _rights("partners", "view", "disbursement", "followup", "letter")
)
_SET_TARGETS = _rights("cooperatives", "add change", "target")
_KEEP_AREA = (
    _READ
    | {"cooperatives.change_cooperative"}
    | _rights("cooperatives", "add change", "paper", "boardterm", "assetstatement")
    # Deeds and minutes name private persons: only those who keep the papers open their files.
    | {"cooperatives.download_paper"}
    | _rights("outlets", "add change", "outlet", "capitalneed", "setaside", "visit")
    # Writing a report; photos may show people, so only those who work with them see them.
    | {"outlets.change_monthlyreport", "outlets.view_evidence"}
    | _rights("members", "view add change", "member")
    # An identity number opens only with a purpose that is logged.
    | {"members.reveal_national_id", "members.import_members", "members.import_savings"}
    | _rights("members", "view add reverse", "savingsentry")
    | _rights("members", "view add change", "savingsrate")
    | _rights("members", "view add", "monthlock")
    # Officers propose what partners could do and bring evidence of what arrived; Sudin decides and checks.
    | {"partners.propose_support", "partners.download_evidence"}
    | _rights("partners", "add", "disbursement", "followup")
    # Files that they brought for their cooperatives.
    | _rights("imports", "view", "importbatch")
)
_RUN_CITY = (
    _KEEP_AREA
    | {
        "accounts.make_officer_sign_in_link",
        "outlets.decide_status",
        "outlets.retract_change",
        "outlets.import_opening",
        "outlets.verify_report",
        # Not who closed it: reopening a closed month is somebody else's decision.
        "members.reopen_month",
    }
    # Who sees what: Sudin answers for the areas of its officers. The access log stays with the admin.
    | _rights("cooperatives", "view", "areagrant")
    | _SET_TARGETS
    | {"partners.verify_disbursement", "partners.withdraw_disbursement"}
    | _rights("partners", "add change", "partner", "offer", "support", "event")
    | _rights("partners", "add", "stagechange", "letter")
    | _rights("partners", "add delete", "attendance")
)
# Everything read only, and the back office where rows are corrected. No verification, no status decision.
_BACK_OFFICE = (
    _READ
    | {"accounts.use_back_office", "accounts.make_sign_in_link", "accounts.make_officer_sign_in_link"}
    | _rights("accounts", "view add change", "user")
    | _rights("accounts", "view", "accessevent", "signinlink")
    | _rights("mfa", "view delete", "authenticator")
    | _rights(
        "cooperatives", "view add change", "areagrant", "parameter", "publicfact", "publishedfigure", "target"
    )
    | _rights("cooperatives", "view change", "kecamatan", "kelurahan", "cooperative")
    | _rights("cooperatives", "add change", "paper", "boardterm")
    | _rights("outlets", "view add change", "outlet", "capitalneed", "visit")
    | _rights("outlets", "view", "evidence")
    | _rights("cooperatives", "add change", "assetstatement")
    | _rights("members", "view add change", "member")
    | _rights("members", "view", "savingsentry", "savingsrate", "monthlock")
    | _rights("partners", "view add change", "partner", "offer", "support", "event")
    | _rights("partners", "view add change delete", "attendance")
    | _rights("imports", "view", "importbatch", "importrow")
)

MATRIX: dict[str, frozenset[str]] = {
    Role.OFFICER: frozenset(_KEEP_AREA),
    Role.SUDIN: frozenset(_RUN_CITY),
    Role.LEADER: frozenset(_READ | _SET_TARGETS),
    Role.ADMIN: frozenset(_BACK_OFFICE),
}
# Roles that see the whole city; the others see what is granted to them.
CITY_WIDE = frozenset({Role.SUDIN, Role.LEADER, Role.ADMIN})
NEEDS_MFA = frozenset({Role.SUDIN, Role.ADMIN})


def permissions_of(user: User) -> frozenset[str]:
    """All codenames the user's role holds; none for somebody locked out."""
    return MATRIX[user.role] if user.is_active else frozenset()


def sees_whole_city(user: User) -> bool:
    """Sudin, leaders and admins see all 65; officers only the areas granted to them (design: People)."""
    return user.is_superuser or user.role in CITY_WIDE


def city_wide_people() -> QuerySet[User]:
    """Those who see all 65 by their role."""
    return User.objects.filter(Q(role__in=CITY_WIDE) | Q(is_superuser=True), is_active=True)


def holders_of(permission: str) -> QuerySet[User]:
    """Those whose role holds the right, wherever they see anything."""
    roles = [role for role, rights in MATRIX.items() if permission in rights]
    return User.objects.filter(role__in=roles, is_active=True)


def people_without(permission: str) -> QuerySet[User]:
    """Those whose role lacks the right, locked out or not: what they wrote waits for somebody else to decide."""
    roles = [role for role, rights in MATRIX.items() if permission not in rights]
    return User.objects.filter(role__in=roles, is_superuser=False)


def area_keepers() -> QuerySet[User]:
    """Those who see what is granted to them: areas are granted to nobody else."""
    return User.objects.filter(is_active=True, is_superuser=False).exclude(role__in=CITY_WIDE)


def needs_mfa(user: User) -> bool:
    """Wide rights ask for a second factor (wishes 9); officers may use one."""
    return user.is_superuser or user.role in NEEDS_MFA


def link_receivers(maker: User) -> QuerySet[User]:
    """Whom `maker` may hand a sign-in link: ADMIN anybody but themselves, SUDIN officers only."""
    if maker.has_perm("accounts.make_sign_in_link"):
        roles = set(Role.values)
    elif maker.has_perm("accounts.make_officer_sign_in_link"):
        roles = {Role.OFFICER.value}
    else:
        roles = set()
    # A superuser is break-glass: nobody signs in as one by a link.
    return User.objects.filter(role__in=roles, is_active=True, is_superuser=False).exclude(pk=maker.pk)


def role_of(user: User) -> Role:
    """For texts written for a role, as the help; rights are asked with `has_perm`."""
    return Role(user.role)
