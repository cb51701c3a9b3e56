"""Settings of the portal, read from the environment: the README has the table."""

from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF

from portal.environment import (
    LOOPBACK_HOSTS,
    read_audit_key,
    read_bool,
    read_choice,
    read_count,
    read_database,
    read_directory,
    read_header,
    read_hosts,
    read_mail,
    read_mail_address,
    read_rate,
    read_search,
    read_secret_key,
    read_site_url,
    read_words,
    refuse,
)

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = read_directory("DATA_DIR", BASE_DIR / "var")

DEBUG = read_bool("DEBUG", default=False)
ALLOWED_HOSTS = read_hosts("ALLOWED_HOSTS")
# Public: served to others than this machine. All that a test drive forgives is refused from here on.
PUBLIC = not LOOPBACK_HOSTS.issuperset(ALLOWED_HOSTS)
if PUBLIC and DEBUG:
    raise refuse("DEBUG", "对外服务（ALLOWED_HOSTS 含本机以外的主机）时不得打开调试", "DEBUG=false，或不设此变量")
SECRET_KEY = read_secret_key("SECRET_KEY", DATA_DIR, public=PUBLIC)
# Another than the signing key, which may be changed: with this one changed, old entries of the audit look forged.
AUDIT_KEY = read_audit_key("AUDIT_KEY", DATA_DIR)

INSTALLED_APPS = [
    "portal",
    "cases",
    "districts",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_filters",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "django_prose_editor",
    "django_tasks",
    "django_tasks_db",
    "haystack",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.middleware.let_other_sites_read_the_api",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.middleware.conditional_get",
    "portal.middleware.remember_for_the_audit",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "portal.middleware.keep_the_desk_strict",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "portal.accounts.middleware.hold_session_limits",
    "portal.accounts.middleware.lead_to_duties",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

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
                "portal.site.site",
                "cases.collecting.collected",
            ],
        },
    },
]

DATABASES = {"default": read_database("DATABASE_URL", DATA_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The only engine so far is Whoosh; cases.search holds its generations under this folder.
SEARCH_ROOT = read_search("SEARCH_URL", DATA_DIR)
HAYSTACK_CONNECTIONS = {
    "default": {
        "ENGINE": "cases.search.engine.CaseSearchEngine",
        "PATH": str(SEARCH_ROOT),
        "INCLUDE_SPELLING": False,
        "SILENTLY_FAIL": False,
    }
}

# Big exports are written by a process of their own, which gunicorn starts unless told not to.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
EXPORT_WORKER = read_bool("EXPORT_WORKER", default=True)

# Notices of cases that wait for somebody, by e-mail too: sent by the process that writes exports.
MAIL = read_mail("EMAIL_URL")
NOTICES_BY_MAIL = bool(MAIL)
vars().update(MAIL)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = read_mail_address("NOTICE_EMAIL", is_needed=NOTICES_BY_MAIL)
EMAIL_TIMEOUT = 20
# Where links in e-mails lead.
SITE_URL = read_site_url("SITE_URL", ALLOWED_HOSTS, public=PUBLIC)

# Passwords: `modern` asks for length, `dengbao` for what 等保二级 is audited for. 0 days: they do not run out.
is_dengbao = read_choice("PASSWORD_PROFILE", "modern", "dengbao", default="modern") == "dengbao"
PASSWORD_DAYS = read_count("PASSWORD_DAYS", most=3650, default=90 if is_dengbao else 0)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "portal.passwords.Length", "OPTIONS": {"least": 8 if is_dengbao else 10}},
    *([{"NAME": "portal.passwords.Classes"}] if is_dengbao else []),
    {"NAME": "portal.passwords.Common"},
    {"NAME": "portal.passwords.OwnName"},
    {"NAME": "portal.passwords.Earlier", "OPTIONS": {"remembered": 5 if is_dengbao else 1}},
    {"NAME": "cases.audit_sign_ins.PasswordsAreRecorded"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]

# Signing in: so many wrong tries with one name from one address, or in all from one address, and it is locked a while.
AUTHENTICATION_BACKENDS = ["portal.accounts.locks.Locks", "django.contrib.auth.backends.ModelBackend"]
SIGN_IN_TRIES = read_count("SIGN_IN_TRIES", most=100, default=5, least=1)
SIGN_IN_TRIES_OF_ADDRESS = 10 * SIGN_IN_TRIES
SIGN_IN_LOCK = timedelta(minutes=read_count("SIGN_IN_LOCK_MINUTES", most=1440, default=15, least=1))
AXES_HANDLER = "portal.accounts.locks.Counter"
AXES_CLIENT_IP_CALLABLE = "cases.throttle.ip_of"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "portal.accounts.locks.answer_as_it_is"
AXES_FAILURE_LIMIT = SIGN_IN_TRIES
AXES_COOLOFF_TIME = SIGN_IN_LOCK
AXES_RESET_ON_SUCCESS = AXES_DISABLE_ACCESS_LOG = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = AXES_ENABLE_ADMIN = AXES_VERBOSE = False

# Who must have a second factor; and how long one stays signed in: without a click, at most, and in how many browsers.
REQUIRE_TOTP = read_choice(
    "REQUIRE_TOTP", "off", "administrators", "curators", default="administrators" if PUBLIC else "off"
)
OTP_TOTP_ISSUER = "党建创新案例库"
SESSION_IDLE = timedelta(minutes=read_count("SESSION_IDLE_MINUTES", most=1440, default=60, least=1))
SESSION_LIFETIME = timedelta(hours=read_count("SESSION_HOURS", most=336, default=12, least=1))
SESSIONS_PER_ACCOUNT = read_count("SESSIONS_PER_ACCOUNT", most=100)

LOGIN_URL = "login"
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "home"

# What the foot of every page and the notes of every file say.
SITE = {
    "name": "基层党建创新案例库",
    "owner": read_words("SITE_OWNER", example="中共某某市委组织部"),
    "icp": read_words("SITE_ICP", example="粤ICP备00000000号"),
    "contact": read_words("SITE_CONTACT", example="020-00000000"),
    "licence": read_words(
        "SITE_LICENCE",
        example="转载须经本单位同意",
        default="内容依公开来源整理，可免费查阅、下载和引用；引用时请注明本库和各案例所列来源，原文权利归原发布单位",
    ),
}

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
MEDIA_ROOT = DATA_DIR / "uploads"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

CSRF_FAILURE_VIEW = "portal.views.csrf_failed"
SESSION_COOKIE_HTTPONLY = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = PUBLIC
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 31_536_000 if PUBLIC else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PUBLIC
# Name the header only where a proxy of your own sets it, and removes it from what comes from outside.
if header := read_header("HTTPS_HEADER"):
    SECURE_PROXY_SSL_HEADER = (header, "https")

# How often one address may ask, by what it asks for; and how many proxies of your own write X-Forwarded-For.
# A program that asks for one thing after another hardly meets them; one that asks for many at a time does.
RATES = {"api": read_rate("API_RATE", "600/minute"), "export": read_rate("EXPORT_RATE", "600/minute")}
# No reader searches so fast, even several behind one address; who does shall not make up what is popular.
RATES["searched"] = (120, 60)
PROXIES = read_count("PROXIES", most=9)
THROTTLE_FILE = DATA_DIR / "throttle.sqlite3"

# The API: anonymous, read-only, JSON. Neither package has anything to install: no tables, no templates, no files.
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["portal.api.rendering.JSON"],
    "DEFAULT_PARSER_CLASSES": [],
    "DEFAULT_THROTTLE_CLASSES": ["portal.api.throttling.ByAddress"],
    "DEFAULT_METADATA_CLASS": "portal.api.rendering.Methods",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "portal.api.errors.answer",
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": f"{SITE['name']}接口",
    "DESCRIPTION": "只读，不需登录，给出的都是公开内容。条件有误时答 400 并说明哪里不对，不会给出全部内容。",
    "VERSION": "1.0.0",
    "LICENSE": {"name": SITE["licence"]},
    "CONTACT": {"name": "，".join(filter(None, (SITE["owner"], SITE["contact"]))) or SITE["name"]},
    "SCHEMA_PATH_PREFIX": "/api/",
    "SERVERS": [{"url": "/", "description": "本站"}],
    "TAGS": [{"name": name} for name in ("案例", "组织、区划与榜单", "词表", "说明")],
    "SORT_OPERATIONS": False,
    "SORT_OPERATION_PARAMETERS": False,
    "POSTPROCESSING_HOOKS": ["portal.api.description.with_rows"],
    "DISABLE_DOCSTRING_DESCRIPTIONS": True,
    "ENABLE_DJANGO_DEPLOY_CHECK": False,
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"without_keys": {"()": "portal.logs.WithoutKeys"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without_keys"]}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
