from forums import services
from forums.forms import WrittenForm
from forums.models import Space


def html_written(form: WrittenForm, space: Space) -> str:
    """What a valid form's body says, as HTML."""
    data = form.cleaned_data
    return services.html_of(data["body"], space, is_html=data["is_html"])
