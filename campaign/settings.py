"""All settings, read once from the environment; the defaults are the sample provider's.

`docs/settings.md` explains each; `campaign/checks.py` holds them against each other.
"""

from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from campaign import env

BASE_DIR = Path(__file__).resolve().parent.parent
DATA = Path(env.text("DATA", str(BASE_DIR / "var"))).resolve()

# --- The web application ---------------------------------------------------------------
EMBEDDED = env.flag("EMBEDDED", default=True)  # one machine, SQLite, the bundled Redis
SAMPLE = env.flag("SAMPLE", default=False)  # set by `make run`: the provider is the sample, which makes itself
DEBUG = env.flag("DEBUG", default=False)
ALLOWED_HOSTS = list(env.words("ALLOWED_HOSTS", ",".join(env.HERE)))
CSRF_TRUSTED_ORIGINS = list(env.words("CSRF_TRUSTED_ORIGINS"))
PUBLIC_URL = env.text("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
HTTPS = PUBLIC_URL.startswith("https://")
# Everybody knows the default: with it, whoever reaches the pages could make up links and sessions.
SECRET_KEY = env.text("SECRET_KEY", "embedded-run-only" if EMBEDDED and (SAMPLE or env.here(PUBLIC_URL)) else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY is not set: wanted 50 random characters, kept secret and kept for good")

INSTALLED_APPS = [
    "campaign.apps.CampaignConfig",
    "notices.apps.NoticesConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.admin.apps.SimpleAdminConfig",  # our own site, in campaign/dashboard/admin/
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
]
MIDDLEWARE = [
    "notices.pages.kept.KeptPages",  # first: a kept page has been through all the others
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "campaign.urls"
WSGI_APPLICATION = "campaign.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "NAME": "pages",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "environment": "campaign.jinja.pages",
            "context_processors": [
                "django.contrib.messages.context_processors.messages",
                "campaign.dashboard.reader.of_the_reader",
            ],
        },
    },
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "NAME": "mail",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {"environment": "campaign.jinja.mail", "autoescape": False},
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",  # the administration's own
        "NAME": "admin",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    },
]
STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
WHITENOISE_USE_FINDERS = EMBEDDED
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "progress"
LOGOUT_REDIRECT_URL = "login"
CSRF_FAILURE_VIEW = "campaign.dashboard.errors.too_old"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("BEHIND_PROXY", default=False) else None
TRUSTED_PROXIES = env.networks("TRUSTED_PROXIES")  # whose X-Forwarded-For names the visitor
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 12 * 60 * 60
X_FRAME_OPTIONS = "DENY"

# --- How staff sign in -----------------------------------------------------------------
PASSWORD_SIGN_IN = env.flag("PASSWORD_SIGN_IN", default=True)
SECOND_FACTOR = env.flag("SECOND_FACTOR", default=not EMBEDDED)  # for who signs in by password
OIDC_ISSUER = env.issuer("OIDC_ISSUER")  # "": there is no OpenID provider
OIDC_NAME = env.text("OIDC_NAME", "OpenID Connect")  # on the button
OIDC_CLIENT_ID = env.text("OIDC_CLIENT_ID", "")
OIDC_CLIENT_SECRET = env.text("OIDC_CLIENT_SECRET", "")
OIDC_SCOPES = env.words("OIDC_SCOPES", "openid profile email")
OIDC_GROUPS_CLAIM = env.text("OIDC_GROUPS_CLAIM", "groups")
OIDC_ROLES = env.pairs("OIDC_ROLES")  # the provider's groups, and the role of each
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "UserAttributeSimilarityValidator")
]
AUTH_PASSWORD_VALIDATORS[0]["OPTIONS"] = {"min_length": 12}

# allauth does the steps; what is decided in them is in campaign/dashboard/signin/, which also makes its provider of
# OpenID Connect known: as an app it would cost every worker 6 MB.
ACCOUNT_ADAPTER = "campaign.dashboard.signin.accounts.Accounts"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]  # of no page: nobody signs up
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
MFA_ADAPTER = "campaign.dashboard.signin.factor.Factor"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # the code before and the one after: telephones' clocks differ
MFA_RECOVERY_CODES_SHOW_ONCE = True
SOCIALACCOUNT_ADAPTER = "campaign.dashboard.signin.openid.OpenId"
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True}}

# --- Where things are kept -------------------------------------------------------------
DATABASES = {"default": env.database("DATABASE_URL", default=f"sqlite:///{DATA}/campaign.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.text("REDIS_URL", f"unix://{DATA}/redis.sock")
CACHES = {  # the tries at signing in, and the codes that were used
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "campaign",
    }
}
SEGMENTS = Path(env.text("SEGMENTS", str(DATA / "segments")))
LOG_FILES = env.words("LOG_FILES")  # path patterns that the worker reads by itself
RETENTION_DAYS = env.number("RETENTION_DAYS", default=180, at_least=35, at_most=3650)
AUDIT_DAYS = env.number("AUDIT_DAYS", default=1826, at_least=90, at_most=36_525)  # five years

# --- Words and time --------------------------------------------------------------------
LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", "日本語"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "campaign" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.zone("TIME_ZONE", "Asia/Tokyo")  # days are the provider's days

# --- The provider ----------------------------------------------------------------------
PROVIDER_NAME = {"ja": env.text("PROVIDER_NAME_JA", "みほんネット"), "en": env.text("PROVIDER_NAME_EN", "Mihon Net")}
PROVIDER_HOME = env.text("PROVIDER_HOME", "https://www.isp.example/")
LOCAL_DOMAINS = env.domains("LOCAL_DOMAINS", "isp.example")
DEFAULT_DOMAIN = env.text("DEFAULT_DOMAIN", LOCAL_DOMAINS[0] if LOCAL_DOMAINS else "")
OWN_NETWORKS = env.networks("OWN_NETWORKS", "10.64.0.0/10")
FILTER_ADDRESSES = env.networks("FILTER_ADDRESSES")
WINDOW_MINUTES = env.number("WINDOW_MINUTES", default=30, at_least=1, at_most=1440)
CROWD_LOGINS = env.number("CROWD_LOGINS", default=20, at_least=1)
LOGIN_PATTERN = env.text("LOGIN_PATTERN", "")  # of a POP or IMAP program that is not known here
LOGIN_PATTERN_TAGS = env.words("LOGIN_PATTERN_TAGS")
SKEW_SECONDS = env.number("SKEW_SECONDS", default=5, at_least=0, at_most=600)
# After the cut-off; 0: none. A personal page, which says until when, is there for 30 days longer than the old way.
DELAY_DAYS_MOST = env.number("DELAY_DAYS_MOST", default=30, at_least=0, at_most=30)
DELAYS_MOST = env.number("DELAYS_MOST", default=1, at_least=0, at_most=20)  # that a customer may ask for
RELAY_ALARM_FROM = env.number("RELAY_ALARM_FROM", default=1, at_least=1)  # unexplained relays a day and address
RELAY_QUIET_DAYS = env.number("RELAY_QUIET_DAYS", default=7, at_least=1, at_most=365)
RELAY_GROWTH_PERCENT = env.number("RELAY_GROWTH_PERCENT", default=50, at_least=0, at_most=10_000)
CLOCK_OFFSETS = env.seconds_by_host("CLOCK_OFFSETS")  # added to the times of hosts whose clocks are wrong
LATE_MINUTES = env.number("LATE_MINUTES", default=15, at_least=1, at_most=1440)  # that a source may be silent
SMTP_HOST = env.text("SMTP_HOST", "smtp.isp.example")  # the submission server that customers enter
SMTP_PORT = env.number("SMTP_PORT", default=465, at_least=1, at_most=65535)
OTHER_SMTP_PORT = env.number("OTHER_SMTP_PORT", default=587, at_least=0, at_most=65535)  # 0: there is none
POP_HOST = env.text("POP_HOST", "pop.isp.example")
POP_PORT = env.number("POP_PORT", default=995, at_least=1, at_most=65535)
IMAP_HOST = env.text("IMAP_HOST", "imap.isp.example")  # "": not offered
IMAP_PORT = env.number("IMAP_PORT", default=993, at_least=1, at_most=65535)
LOGIN_FORM = env.choice("LOGIN_FORM", "address", ("address", "local_part"))  # what customers enter as user name
BRANDS_FILE = env.text("BRANDS_FILE", "")  # names, domains, servers and looks of several brands
PROFILE_CERTIFICATE = env.file("PROFILE_CERTIFICATE")  # PEM, with its chain: signs the profiles for Apple's devices
PROFILE_KEY = env.file("PROFILE_KEY")
SUPPORT_PHONE = env.text("SUPPORT_PHONE", "0120-000-000")
SUPPORT_HOURS = {
    "ja": env.text("SUPPORT_HOURS_JA", "平日 9:00～18:00"),
    "en": env.text("SUPPORT_HOURS_EN", "Monday to Friday, 9:00 to 18:00"),
}
# What the page for the board reckons with; nothing of it is in the logs.
CURRENCY = env.text("CURRENCY", "JPY")
CONTACT_MINUTES = env.number("CONTACT_MINUTES", default=8, at_least=1, at_most=480)  # until one is recorded
SUPPORT_MINUTE_COST = env.number("SUPPORT_MINUTE_COST", default=60, at_least=0, at_most=1_000_000)
ABUSE_CASE_COST = env.number("ABUSE_CASE_COST", default=300_000, at_least=0, at_most=1_000_000_000)
ABUSE_CASES_A_YEAR = env.number("ABUSE_CASES_A_YEAR", default=2, at_least=0, at_most=100_000)

# --- The mail that goes out ------------------------------------------------------------
RELAY_HOST = env.text("RELAY_HOST", "127.0.0.1")
RELAY_PORT = env.number("RELAY_PORT", default=25, at_least=1, at_most=65535)
RELAY_TLS = env.flag("RELAY_TLS", default=RELAY_PORT == 465)  # from the first byte on
RELAY_STARTTLS = env.flag("RELAY_STARTTLS", default=False)
RELAY_USER = env.text("RELAY_USER", "")
RELAY_PASSWORD = env.text("RELAY_PASSWORD", "")
RELAY_TIMEOUT_SECONDS = env.number("RELAY_TIMEOUT_SECONDS", default=60, at_least=1, at_most=600)
NOTICE_FROM = env.text("NOTICE_FROM", f"mail-support@{DEFAULT_DOMAIN}")
NOTICE_REPLY_TO = env.text("NOTICE_REPLY_TO", NOTICE_FROM)
NOTICE_DOMAIN = env.text("NOTICE_DOMAIN", DEFAULT_DOMAIN)  # of Message-IDs and envelope senders
NOTICE_PER_SECOND = env.number("NOTICE_PER_SECOND", default=10, at_least=1, at_most=10000)
NOTICE_DAILY_CAP = env.number("NOTICE_DAILY_CAP", default=500, at_least=1)
NOTICE_FROM_HOUR = env.number("NOTICE_FROM_HOUR", default=9, at_least=0, at_most=23)
NOTICE_TO_HOUR = env.number("NOTICE_TO_HOUR", default=17, at_least=1, at_most=24)
NOTICE_GAP_DAYS = env.number("NOTICE_GAP_DAYS", default=7, at_least=1, at_most=28)  # between two, final ones apart
NOTICE_DAILY_BATCHES = env.flag("NOTICE_DAILY_BATCHES", default=False)  # of first notices and thanks; else weekly
NOTICE_HTML = env.flag("NOTICE_HTML", default=False)  # beside the text, which is always there
NOTICE_WEEKDAYS = env.weekdays("NOTICE_WEEKDAYS", "mon tue wed thu fri")  # public holidays apart
NOTICE_HOLIDAYS = env.days("NOTICE_HOLIDAYS")  # when the provider itself is closed
DESK_WEEKDAYS = env.weekdays("DESK_WEEKDAYS", "mon tue wed thu fri")  # on which customers are called back
NOTICE_HOLD = timedelta(minutes=env.number("NOTICE_HOLD_MINUTES", default=10, at_least=0, at_most=1440))
CONTACTS_PER_HUNDRED = env.number("CONTACTS_PER_HUNDRED", default=5, at_least=1, at_most=100)  # until it is measured
NOTICE_PRECEDENCE = env.text("NOTICE_PRECEDENCE", "")  # such as bulk; never standard, but old answering machines ask
NOTICE_LEASE = timedelta(minutes=env.number("NOTICE_LEASE_MINUTES", default=15, at_least=1, at_most=1440))
BOUNCE_MAILBOX = env.text("BOUNCE_MAILBOX", "")  # maildir:/path or imaps://..., read every minute
DKIM_SELECTOR = env.text("DKIM_SELECTOR", "")  # that the relay signs with, for `manage.py doctor`
RELAY_ADDRESSES = env.networks("RELAY_ADDRESSES")  # from which the relay's mail leaves, for `manage.py doctor`

# --- Jobs ------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 6 * 3600}
MAIL_QUEUE = env.text("MAIL_QUEUE", "celery")
CELERY_TASK_ROUTES = {
    "notices.tasks.send_due": {"queue": MAIL_QUEUE},
    "notices.tasks.send_asked_for": {"queue": MAIL_QUEUE},
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA / "beat-schedule")
