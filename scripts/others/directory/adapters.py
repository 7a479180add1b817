"""The one attribute more that django-scim2's user has here."""
from django_scim.adapters import SCIMUser


class UserAdapter(SCIMUser):
    @property
    def display_name(self):
        return self.obj.display

    def from_dict(self, d):
        super().from_dict(d)
        self.obj.display = d.get("displayName") or ""
