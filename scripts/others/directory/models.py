"""What is stored: as much as django-scim2 reads and writes without further code."""
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone
from django_scim.models import AbstractSCIMGroupMixin, AbstractSCIMUserMixin


class Group(AbstractSCIMGroupMixin):
    name = models.CharField(max_length=254, unique=True)


class User(AbstractSCIMUserMixin, AbstractBaseUser):
    USERNAME_FIELD = "username"

    username = models.CharField(max_length=254, unique=True)
    first_name = models.CharField(max_length=150, db_index=True)
    last_name = models.CharField(max_length=150, db_index=True)
    display = models.CharField(max_length=254)
    email = models.CharField(max_length=254, db_index=True)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now)
    groups = models.ManyToManyField(Group, related_name="user_set")
    objects = BaseUserManager()

    @property
    def scim_groups(self):
        return self.groups
