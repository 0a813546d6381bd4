"""The languages that materials in US schools are written in most, by their codes (BCP 47)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

USUAL = "en"
LANGUAGES: dict[str, Any] = {
    "en": _("English"),
    "es": _("Spanish"),
    "ase": _("American Sign Language"),
    "am": _("Amharic"),
    "ar": _("Arabic"),
    "bn": _("Bengali"),
    "my": _("Burmese"),
    "zh": _("Chinese"),
    "fr": _("French"),
    "de": _("German"),
    "ht": _("Haitian Creole"),
    "hi": _("Hindi"),
    "hmn": _("Hmong"),
    "ja": _("Japanese"),
    "km": _("Khmer"),
    "ko": _("Korean"),
    "nv": _("Navajo"),
    "ne": _("Nepali"),
    "fa": _("Persian"),
    "pl": _("Polish"),
    "pt": _("Portuguese"),
    "pa": _("Punjabi"),
    "ru": _("Russian"),
    "so": _("Somali"),
    "sw": _("Swahili"),
    "tl": _("Tagalog"),
    "uk": _("Ukrainian"),
    "ur": _("Urdu"),
    "vi": _("Vietnamese"),
}
