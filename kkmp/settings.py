"""Settings of every installation; what differs between them comes from the environment (.env.example says why)."""

from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from kkmp.crypto import read_key, read_ring

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

# --- mode ---------------------------------------------------------------------
MODE = env.str("MODE", default="production")
if MODE not in {"demo", "production"}:
    msg = f"MODE must be demo or production, not {MODE!r}."
    raise ImproperlyConfigured(msg)
IS_DEMO = MODE == "demo"
DEBUG = False
SECRET_KEY = env.str("SECRET_KEY")
if len(SECRET_KEY) < 50:
    msg = "SECRET_KEY needs at least 50 characters; `python3 dev.py key` prints one."
    raise ImproperlyConfigured(msg)
# Encrypts identity numbers and second factors; the previous key opens what bears it until it is replaced.
DATA_KEYS = read_ring(env.str("DATA_KEY"), env.str("DATA_KEY_PREVIOUS", default=""))
# Seals backups; of its own, so that backups outlive a change of DATA_KEY. Without it nothing can be backed up.
BACKUP_KEY = read_key("BACKUP_KEY", text) if (text := env.str("BACKUP_KEY", default="")) else None
if BACKUP_KEY in DATA_KEYS:
    msg = "BACKUP_KEY must differ from DATA_KEY: whoever keeps the backups need not read what is encrypted in them."
    raise ImproperlyConfigured(msg)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"] if IS_DEMO else [])
if not IS_DEMO and "*" in ALLOWED_HOSTS:
    msg = "ALLOWED_HOSTS=* is refused in MODE=production: name the host."
    raise ImproperlyConfigured(msg)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
RELEASE = env.str("RELEASE", default="0.1.0")

# --- applications -------------------------------------------------------------
INSTALLED_APPS = [
    "kkmp.pages",
    "kkmp.backup",
    "partners",
    "outlets",
    "members",
    "kkmp.imports",
    "cooperatives",
    "kkmp.accounts",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "simple_history",
    "django_htmx",
    "heroicons",
    "csp",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "kkmp.middleware.request_id",
    # A page is a seventh of its size on a bad line. Tokens in pages are masked anew each time (BREACH).
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "kkmp.middleware.response_headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "kkmp.middleware.refuse_null_bytes",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "kkmp.middleware.language_from_cookie",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "kkmp.middleware.SignInRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "kkmp.middleware.vary_on_form",
    "kkmp.accounts.middleware.require_mfa",
    "simple_history.middleware.HistoryRequestMiddleware",
    "kkmp.middleware.keep_national_ids_out_of_addresses",
    "kkmp.middleware.tell_what_cannot_be_opened",
]

ROOT_URLCONF = "kkmp.urls"
WSGI_APPLICATION = "kkmp.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "kkmp.middleware.site_context",
                "kkmp.pages.tasks.my_tasks",
            ],
            "libraries": {"charts": "kkmp.templatetags.charts", "ui": "kkmp.templatetags.ui"},
            "builtins": ["django.templatetags.i18n", "kkmp.templatetags.ui"],
        },
    }
]

# --- database, cache ----------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'var' / 'kkmp.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # The default deferred mode answers "database is locked" when several people write at once.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # Compiling a query of many small subqueries (arrears) took 2.4 s, answering it 0.4 s.
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c jit=off"

# All workers share the limits of sign-in attempts, so the cache is shared too.
CACHES = {
    "default": env.cache("CACHE_URL", default="dbcache://cache"),
    # Drawn pieces of pages, in each process: some hundred of up to 90 kB; their names change with what they show.
    "drawn": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "drawn",
        "OPTIONS": {"MAX_ENTRIES": 150},
    },
}

# --- people -------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["kkmp.accounts.backend.RoleBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "dashboard"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ACCOUNT_ADAPTER = "kkmp.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "20/5m/ip,5/5m/key",
    # Whole identity numbers, by person: enough for a day at the counter, too few to copy a register or to guess.
    "reveal_national_id": "30/h/user",
    "find_national_id": "60/h/user",
}
MFA_ADAPTER = "kkmp.accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
# Asked of the roles that see the whole city; the demo has published passwords and asks nobody.
MFA_REQUIRED = env.bool("MFA_REQUIRED", default=not IS_DEMO)
if not IS_DEMO and not MFA_REQUIRED:
    msg = "MFA_REQUIRED=false is refused in MODE=production: these roles see identity numbers and decide statuses."
    raise ImproperlyConfigured(msg)

SESSION_COOKIE_AGE = 60 * 60 * 12
LANGUAGE_COOKIE_AGE = 60 * 60 * 24 * 365
SESSION_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = not IS_DEMO
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "kkmp.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- transport and browser ----------------------------------------------------
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=not IS_DEMO)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 0 if IS_DEMO else 60 * 60 * 24 * 365
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not IS_DEMO
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if env.bool("BEHIND_TLS_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# How many proxies of ours add to X-Forwarded-For; with 0 the header is not believed.
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# --- files --------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = env.str("FILES_DIR", default=str(BASE_DIR / "var" / "files"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3_000
# A larger upload is refused with a message by the form; nothing larger is read into memory.
IMPORT_MAX_BYTES = 5_000_000
PAPER_MAX_BYTES = env.int("PAPER_MAX_BYTES", default=10_000_000)
PHOTO_MAX_BYTES = 12_000_000
# Whoever gets at the folder is this program's user and nobody else; no address leads to it.
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

# --- language, time -----------------------------------------------------------
LANGUAGE_CODE = "id"
LANGUAGES = [("id", _("Bahasa Indonesia")), ("en", _("Inggris"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["kkmp.formats"]
USE_THOUSAND_SEPARATOR = True
TIME_ZONE = "Asia/Jakarta"
USE_TZ = True

# --- words of the office ------------------------------------------------------
HELP_CONTACT = env.str("HELP_CONTACT", default="Sudin PPKUKM Jakarta Selatan")

# Papers and terms are reminded of so many days before they end.
ENDS_SOON_DAYS = env.int("ENDS_SOON_DAYS", default=90)

# --- e-mail, logs -------------------------------------------------------------
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="kkmp@localhost")
SIMPLE_HISTORY_REVERT_DISABLED = True
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": "kkmp.logs.MaskedJsonFormatter",
            "processors": "ext://kkmp.logs.JSON_PROCESSORS",
            "foreign_pre_chain": "ext://kkmp.logs.SHARED_PROCESSORS",
        },
        "plain": {"()": "kkmp.logs.MaskedFormatter", "format": "%(levelname)s %(name)s %(message)s"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain" if IS_DEMO else "json"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    # The font subsetter tells every glyph.
    "loggers": {"django.server": {"propagate": True}, "fontTools": {"level": "WARNING"}},
}

# --- imports ------------------------------------------------------------------
# Which kinds of file kkmp.imports knows: kind → the importer in its subject.
IMPORTERS = {
    "opening": "outlets.imports.OpeningImporter",
    "recap": "kkmp.pages.recap.RecapBesideRegister",
    "members": "members.imports.members.MemberImporter",
    "savings": "members.imports.savings.SavingsImporter",
}
# What a file said is kept so long after it came in (`manage.py purge_imports`); what it made stays.
IMPORT_KEEP_DAYS = env.int("IMPORT_KEEP_DAYS", default=90)
