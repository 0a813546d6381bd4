"""Headers, cookies, and what the site may reach."""

from csp.constants import NONCE, NONE, SELF

from config.settings.site import DEMO, HTTPS, TRUSTED_PROXIES, env

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "cohort.errors.csrf_failure"
if HTTPS:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^livez$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
    SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
        "media-src": [SELF],
        "object-src": [NONE],
    }
}

# ---------------------------------------------------------------- the web, read

# Titles of links are read straight from the public web, whatever proxies the environment names.
# Where nothing gets out but by one: `http://proxy:3128`; it must allow CONNECT to 80 and 443.
PUBLIC_WEB_PROXY = env.str("PUBLIC_WEB_PROXY", default="")

# Whether links of the library are asked once a week if they still lead somewhere.
CHECK_LINKS = env.bool("CHECK_LINKS", default=not DEMO)
