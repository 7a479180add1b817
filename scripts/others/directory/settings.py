"""A small project around django-scim2: users and groups in SQLite, one bearer token.

FOLDER, PORT and TOKEN come from the environment.
"""
import os

SECRET_KEY = "only for measuring"
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "directory.urls"
WSGI_APPLICATION = "directory.wsgi.application"
INSTALLED_APPS = ["django.contrib.contenttypes", "django_scim", "directory"]
MIDDLEWARE = ["directory.auth.TokenMiddleware", "django_scim.middleware.SCIMAuthCheckMiddleware"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
AUTH_USER_MODEL = "directory.User"
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024 * 1024
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.path.join(os.environ["FOLDER"], "django.db"),
        "CONN_MAX_AGE": None,
        # Every commit is on the disk before it is answered, as it is with Muster.
        "OPTIONS": {
            "timeout": 30,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
    }
}
SCIM_SERVICE_PROVIDER = {
    "SCHEME": "http",
    "NETLOC": "127.0.0.1:" + os.environ["PORT"],
    "AUTHENTICATION_SCHEMES": [
        {"type": "oauthbearertoken", "name": "Bearer token", "description": "A token", "primary": True}
    ],
    "GROUP_MODEL": "directory.models.Group",
    "USER_ADAPTER": "directory.adapters.UserAdapter",
    "USER_FILTER_PARSER": "directory.filters.UserFilter",
}
