"""Every setting of Django, flat and in one file; what differs between places comes from the environment."""

import os
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from smo.config.env import is_loopback, parse, secret_key

ENVIRONMENT = parse(os.environ)
HOUSE = Path(__file__).resolve().parent.parent

# --- who may call, and how ---
DEBUG = ENVIRONMENT.is_debug
SECRET_KEY = secret_key(ENVIRONMENT)
ALLOWED_HOSTS = list(ENVIRONMENT.allowed_hosts)
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if not is_loopback(host)]
IS_SECURE = ENVIRONMENT.is_public and not DEBUG

ROOT_URLCONF = "smo.config.urls"
CSRF_FAILURE_VIEW = "smo.web.errors.csrf_failure"
WSGI_APPLICATION = "smo.config.wsgi.application"

INSTALLED_APPS = [
    "smo.kernel.apps.KernelConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "procrastinate.contrib.django",
    "smo.catalog.apps.CatalogConfig",
    "smo.intake.apps.IntakeConfig",
    "smo.labeling.apps.LabelingConfig",
    "smo.quality.apps.QualityConfig",
    "smo.evaluation.apps.EvaluationConfig",
    "smo.people.apps.PeopleConfig",  # last: it takes what others registered out of Django's admin
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "smo.web.security.SecurityHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "smo.web.security.NoNul",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HOUSE / "web" / "components", *sorted((HOUSE / "web").glob("*/templates")), HOUSE / "labeltypes"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "smo.web.render.shell",
            ],
            "builtins": ["smo.web.tags", "smo.web.questions", "smo.web.unsent"],
        },
    },
]


# --- where things are kept ---
def _database(url: str) -> dict[str, Any]:
    """A PostgreSQL address as Django wants it; a socket folder travels as the host."""
    parts = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", "smo"),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "CONN_MAX_AGE": None,  # one lasting connection per thread: the claim path has no time to open one
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**parts, "application_name": "smo"},
    }


# The serving role where there is one; migrating processes leave SMO_APP_DATABASE_URL out and so come as the owner.
DATABASES = {"default": _database(ENVIRONMENT.app_database_url or ENVIRONMENT.database_url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Files, not memory: web processes share sessions, actors and the counts that throttle sign-ins.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": ENVIRONMENT.home / "cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    },
}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 60 * 60 * 12  # a long shift
SESSION_COOKIE_NAME = "smo_session"

STATIC_URL = "/static/"
STATIC_ROOT = ENVIRONMENT.home / "static"
STATIC_ROOT.mkdir(mode=0o700, parents=True, exist_ok=True)  # whitenoise complains of a folder that is not there
STATICFILES_DIRS = [folder for folder in [HOUSE / "web" / "static"] if folder.is_dir()]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "smo.config.static.StaticFiles"},
}
WHITENOISE_USE_FINDERS = True  # a fresh clone serves the built files before anything was collected

PROCRASTINATE_IMPORT_PATHS = ["smo.jobs.tasks"]
LAKE_URL = ENVIRONMENT.lake_url
ANCHOR_DIR = ENVIRONMENT.anchor_dir
UPLOAD_DIR = ENVIRONMENT.home / "uploads"

# --- who is who ---
AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email"]},
    },
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "smo.web.sign_in.SignInAdapter"
MFA_ADAPTER = "smo.web.sign_in.SecondFactorAdapter"
MFA_ALLOW_UNVERIFIED_EMAIL = True  # an administrator vouches for the address
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_CHANGE_EMAIL = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "20/m/ip,5/5m/key", "reauthenticate": "10/m/user"}
ALLAUTH_TRUSTED_PROXY_COUNT = int(ENVIRONMENT.is_behind_proxy)
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "smo"

# --- security ---
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = IS_SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = IS_SECURE
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if IS_SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = False  # the domain's other hosts are not ours to decide
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.is_behind_proxy else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# --- words and time ---
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ar", "العربية")]
LOCALE_PATHS = [HOUSE / "web" / "static" / "dist" / "locale"]
USE_I18N = USE_TZ = True
TIME_ZONE = ENVIRONMENT.time_zone

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django.request": {"level": "ERROR"},  # a 404 is the caller's news, not ours
        "django.security.DisallowedHost": {"level": "CRITICAL"},  # refused all the same; scanners would fill the log
        "procrastinate": {"level": "WARNING"},
    },
}
