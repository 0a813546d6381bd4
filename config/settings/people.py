"""Who may sign in, how, and for how long."""

from config.settings.site import HTTPS, SITE_NAME, TRUSTED_PROXIES, env

AUTH_USER_MODEL = "cohort.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home:start"

ACCOUNT_ADAPTER = "cohort.accounts.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "cohort.forms.LoginForm",
    "request_login_code": "cohort.forms.RequestLoginCodeForm",
    "reset_password": "cohort.forms.ResetPasswordForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 60 * 10
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 60 * 15
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES

MFA_ADAPTER = "cohort.accounts.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = SITE_NAME
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
USERSESSIONS_ADAPTER = "cohort.accounts.UserSessionsAdapter"

SOCIALACCOUNT_ADAPTER = "cohort.accounts.SocialAccountAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_PROVIDERS = {
    "google": {"provider_class": "cohort.social.GoogleProvider"},
    "microsoft": {
        "provider_class": "cohort.social.MicrosoftProvider",
        # Work and school accounts. The addresses of personal ones are not proven.
        "TENANT": env.str("MICROSOFT_TENANT", default="organizations"),
    },
}
for _name, _provider in SOCIALACCOUNT_PROVIDERS.items():
    _client_id = env.str(f"{_name.upper()}_CLIENT_ID", default="")
    _secret = env.str(f"{_name.upper()}_CLIENT_SECRET") if _client_id else ""
    _provider["OAUTH_PKCE_ENABLED"] = True
    _provider["APPS"] = [{"client_id": _client_id, "secret": _secret}] if _client_id else []

SESSION_ENGINE = "cohort.session_store"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
