"""People who sign in, their one-time sign-in links, and the log of who looked at or changed what."""

import hashlib
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Role(models.TextChoices):
    OFFICER = "officer", _("Petugas wilayah")
    SUDIN = "sudin", _("Staf Sudin PPKUKM")
    LEADER = "leader", _("Pimpinan")
    ADMIN = "admin", _("Admin")


class UserQuerySet(models.QuerySet["User"]):
    def search(self, text: str) -> Self:
        """By name or user name."""
        text = text.strip()
        return self.filter(Q(full_name__icontains=text) | Q(username__icontains=text))


class KkmpUserManager(UserManager["User"]):
    """Also sets the role: Django's own commands and test clients know nothing of it."""

    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def search(self, text: str) -> UserQuerySet:
        return self.get_queryset().search(text)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Sign-in asks here; phones begin a word with a capital."""
        return self.get(username__iexact=username)

    def create_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **extra_fields: Any
    ) -> "User":
        extra_fields.setdefault("role", Role.ADMIN)
        user = self.model(username=username, email=email or "", is_superuser=True, **extra_fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractUser):
    """Somebody who may sign in. The role decides what they may do, area grants decide where.

    `is_superuser` is break-glass only: nobody holds it in daily work.
    """

    groups = None  # type: ignore[assignment]  # rights are one matrix in code, see permissions.py
    user_permissions = None  # type: ignore[assignment]
    first_name = None  # type: ignore[assignment]  # Indonesian names do not split into two fields
    last_name = None  # type: ignore[assignment]

    full_name = models.CharField(_("nama lengkap"), max_length=150)
    role = models.CharField(_("peran"), max_length=10, choices=Role)
    phone = models.CharField(_("nomor telepon"), max_length=30, blank=True)

    objects: ClassVar[KkmpUserManager] = KkmpUserManager()

    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    class Meta:
        verbose_name = _("pengguna")
        verbose_name_plural = pgettext_lazy("plural", "pengguna")
        ordering = ["full_name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="user_role_is_known",
                condition=Q(role__in=Role.values),
                violation_error_message=_("Pilih salah satu peran."),
            ),
            models.UniqueConstraint(
                Lower("username"),
                name="username_once_in_capitals_or_not",
                violation_error_message=_("Nama pengguna ini sudah dipakai."),
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.username

    @property
    def is_staff(self) -> bool:  # type: ignore[override]  # no column: it follows from the role
        """Whether Django admin opens for this user: the back office is for one role."""
        return self.is_active and self.has_perm("accounts.use_back_office")

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name


class SignInLinkQuerySet(models.QuerySet["SignInLink"]):
    def usable(self) -> Self:
        """Links that still open: unused and not past their 48 hours."""
        # No join to the user: PostgreSQL checks these conditions again on a row that another request has just
        # used, but would not repeat the subquery that a join turns into.
        return self.filter(used_at=None, expires_at__gt=timezone.now())

    def for_token(self, token: str) -> Self:
        return self.filter(token_sha256=SignInLink.digest(token))


class SignInLink(models.Model):
    """A link handed over in person to somebody without e-mail; works once, for 48 hours."""

    user = models.ForeignKey(User, models.CASCADE, verbose_name=_("untuk"), related_name="sign_in_links")
    token_sha256 = models.CharField(_("sidik token"), max_length=64, unique=True, editable=False)
    made_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("dibuat oleh"), related_name="+")
    made_at = models.DateTimeField(_("dibuat pada"), auto_now_add=True)
    expires_at = models.DateTimeField(_("berlaku sampai"))
    used_at = models.DateTimeField(_("dipakai pada"), null=True, blank=True)

    objects = SignInLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("tautan masuk")
        verbose_name_plural = pgettext_lazy("plural", "tautan masuk")
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.user} · {timezone.localtime(self.made_at):%d/%m/%Y %H.%M}"

    @staticmethod
    def digest(token: str) -> str:
        """What is stored of a token: who reads the database cannot sign in with it."""
        return hashlib.sha256(token.encode()).hexdigest()

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= timezone.now()


class Verb(models.TextChoices):
    SIGNED_IN = "signed_in", _("masuk")
    SIGN_IN_FAILED = "sign_in_failed", _("gagal masuk")
    SIGNED_OUT = "signed_out", _("keluar")
    LINK_MADE = "link_made", _("tautan masuk dibuat")
    LINK_USED = "link_used", _("tautan masuk dipakai")
    PASSWORD_CHANGED = "password_changed", _("kata sandi diganti")
    SECOND_FACTOR_CHANGED = "second_factor_changed", _("kode sekali pakai diubah")
    RIGHT_CHANGED = "right_changed", _("hak diubah")
    PERSON_VIEWED = "person_viewed", _("data orang dilihat")
    DOWNLOADED = "downloaded", _("berkas diunduh")
    EXPORTED = "exported", _("data diekspor")
    PRINTED = "printed", _("dicetak")
    REVEALED = "revealed", _("nomor identitas dibuka")
    REMINDED = "reminded", _("pengingat dikirim")


class AccessEventQuerySet(models.QuerySet["AccessEvent"]):
    def search(self, text: str) -> Self:
        """By person, target, purpose or address."""
        text = text.strip()
        return self.filter(
            Q(user__full_name__icontains=text)
            | Q(user__username__icontains=text)
            | Q(target__icontains=text)
            | Q(purpose__icontains=text)
            | Q(ip__startswith=text)
        )

    def between(self, since: date, on: date) -> Self:
        """Of the days after `since`, up to the end of `on`, in Jakarta time."""
        first, last = (
            timezone.make_aware(datetime.combine(day, time.min) + timedelta(days=1)) for day in (since, on)
        )
        return self.filter(at__gte=first, at__lt=last)


class AccessEvent(models.Model):
    """One line of the access log: who did what to what, from where. Never changed, never deleted."""

    at = models.DateTimeField(_("waktu"), db_default=Now(), editable=False)
    user = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("pengguna"), null=True, blank=True, related_name="access_events"
    )
    verb = models.CharField(_("peristiwa"), max_length=30, choices=Verb)
    target = models.CharField(_("sasaran"), max_length=200, blank=True)
    purpose = models.CharField(_("keperluan"), max_length=200, blank=True)
    ip = models.GenericIPAddressField(_("alamat IP"), null=True, blank=True)

    objects = AccessEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("peristiwa akses")
        verbose_name_plural = _("log akses")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["user", "-at"], name="access_event_by_user"),
            models.Index(fields=["-at", "-id"], name="access_event_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.get_verb_display()} · {self.user or '–'}"

    def get_absolute_url(self) -> str:
        return reverse("admin:accounts_accessevent_change", args=[self.pk])
