"""Settings of the portal, read from the environment: the README has the table."""

from pathlib import Path

from csp.constants import NONE, SELF

from portal.environment import (
    LOOPBACK_HOSTS,
    read_bool,
    read_count,
    read_database,
    read_directory,
    read_header,
    read_hosts,
    read_rate,
    read_search,
    read_secret_key,
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
    "csp",
    "django_filters",
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
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "portal.middleware.refuse_null_characters",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
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

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "portal.passwords.LengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]

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
