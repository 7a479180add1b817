"""Which attributes a filter may name, and the columns they are in."""
from django_scim.filters import UserFilterQuery


class UserFilter(UserFilterQuery):
    attr_map = {
        **UserFilterQuery.attr_map,
        ("emails", "value", None): "email",
        ("displayName", None, None): "display",
    }
