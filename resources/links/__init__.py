"""Links that died: looked for each week, told to whoever can mend them."""

from resources.links.checking import check_due

__all__ = ["check_due"]
