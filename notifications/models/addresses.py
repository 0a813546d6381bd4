from django.db import models

from cohort.fields import AddressField


class Suppression(models.Model):
    """An address that refuses mail: nothing goes to it until staff remove the row."""

    address = AddressField(unique=True)
    reason = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.address
