"""Where a post stands in its thread's tree, as text that sorts as the tree is walked."""

# A path is a row of steps of this width: 36 ** 4 posts a thread.
STEP = 4
DEEPEST = 500
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def path_step(number: int) -> str:
    """A post's number as a fixed-width step of a path: sorts as text as it sorts as a number."""
    step = ""
    for _digit in range(STEP):
        number, rest = divmod(number, len(DIGITS))
        step = DIGITS[rest] + step
    return step


def path_below(parent_path: str, number: int) -> str:
    """Where a reply stands in the tree. At the last depth there is, beside its parent."""
    if len(parent_path) + STEP > STEP * DEEPEST:
        parent_path = parent_path[: STEP * (DEEPEST - 1)]
    return parent_path + path_step(number)
