"""A field with its label, hint and error, whether Django keeps the form or the page does; errors are tied to it."""

import re

import pytest
from django.template import Context, Template
from django.template.loader import render_to_string

from comity.web.design import samples, work_samples
from tests.web.design.test_parts import composer
from tests.web.pages import errors_of, untied


def field(attributes, label="Reason", **context):
    return Template(f"{{% field {attributes} %}}{label}{{% endfield %}}").render(Context(context))


def test_a_plain_field_is_tied_to_its_label_hint_and_error():
    html = field('"reason" value=value error=error hint="They read it." rows=4', value="<b>", error="Say <why>.")

    assert errors_of(html, "reason") == "Say <why>."
    assert 'aria-describedby="reason_helptext reason_error"' in html
    assert re.search(r'<label for="reason">Reason</label><textarea[^>]* id="reason"[^>]*>\n&lt;b&gt;</textarea>', html)
    assert '<p class="hint" id="reason_helptext">They read it.</p>' in html


def test_a_plain_field_without_error_is_described_by_nothing():
    html = field('"name" value=value maxlength=9 required=True data_shortcut="name" dir=nothing', value='"', nothing="")

    assert (
        '<input type="text" name="name" value="&quot;" maxlength="9" required data-shortcut="name" id="name">' in html
    )
    assert "optional" not in html
    assert "(optional)" in field('"name" optional=True')


def test_a_plain_choice_is_made_of_pairs_and_groups():
    options = [("", "None"), ("Tone", [("a", "A & B")])]
    html = field('"preset" value="a" error="No." options=options', options=options)

    assert '<optgroup label="Tone">' in html
    assert '<option value="a" selected>A &amp; B</option>' in html
    assert errors_of(html, "preset") == "No."


def test_every_error_of_a_django_form_is_tied_to_its_field():
    form = samples.everything()["wrong_form"]
    html = "".join(render_to_string("parts/field.html", {"field": one}) for one in form)

    assert untied(html) == []
    assert [errors_of(html, name) for name in form.errors] == [" ".join(words) for words in form.errors.values()]


def test_each_of_several_refused_files_is_told_at_the_chooser():
    html = composer(attach=work_samples.attach(errors=["“film.mov” is a film.", "“a.exe” is a programme."]))
    assert errors_of(html, "files") == "“film.mov” is a film. “a.exe” is a programme."


def test_where_no_more_files_fit_their_errors_are_read_out():
    html = composer(attach={**work_samples.attach(errors=["“film.mov” is a film."]), "room": 0})
    assert untied(html) == []
    assert 'type="file"' not in html


@pytest.mark.parametrize("words", [{}, {"fixed": "How was it?"}])
def test_what_is_wrong_with_the_text_is_tied_even_where_nobody_types_it(words):
    html = composer(errors={"text": "The buyer declined this."}, **words)
    assert "The buyer declined this." in html
    assert untied(html) == []
