"""The fields of forms that keep plain values and errors: the tag ``field`` (built in, no ``load``)."""

from collections.abc import Iterable
from typing import Any

from django import forms, template
from django.forms.utils import ErrorDict, ErrorList
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_block_tag
def field(
    content: SafeString,
    name: str,
    *,
    value: Any = "",
    error: str = "",
    hint: str = "",
    options: Iterable[Any] | None = None,
    optional: bool = False,
    **attributes: Any,
) -> SafeString:
    """``{% field "name" value=… error=… hint=… %}Label{% endfield %}`` as parts/field.html shows a Django field.

    With ``options`` (pairs, or groups of pairs) it is a choice, with an attribute ``rows`` a text of several lines,
    else one line. The other ``attributes`` go to the control, ``data_shortcut`` as ``data-shortcut``.
    """
    attrs = {key.replace("_", "-"): one for key, one in attributes.items() if one or one == 0}
    made = forms.Field(label=content, help_text=hint, required=not optional, widget=_widget(attrs, options))
    return render_to_string("parts/field.html", {"field": _Judged(name, made, value, error)[name]})


class _Judged(forms.Form):
    """One field whose value was judged elsewhere."""

    def __init__(self, name: str, field: forms.Field, value: Any, error: str) -> None:
        super().__init__(initial={name: value}, auto_id="%s", use_required_attribute=False)
        self.fields[name] = field
        self._found = ErrorDict({name: ErrorList([error])} if error else {})

    @property
    def errors(self) -> ErrorDict:
        return self._found


def _widget(attrs: dict[str, Any], options: Iterable[Any] | None) -> forms.Widget:
    if options is not None:
        return forms.Select(attrs, choices=list(options))
    if "rows" in attrs:
        widget = forms.Textarea()
        widget.attrs = attrs
        return widget
    return forms.TextInput(attrs)
