from typing import Any

from django.db import models

from cohort.addresses import canonical_address


class AddressField(models.EmailField):
    """A mail address, stored and looked up in its canonical form."""

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return canonical_address(value) if value else value

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return canonical_address(value) if value else value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = self.to_python(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, value)
        return value
