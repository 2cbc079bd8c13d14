"""Rules that every template and script obeys."""

import gzip
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

import comity.web

WEB = Path(comity.web.__file__).parent
STATIC = WEB / "static"
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
MODULES = sorted((STATIC / "js").glob("*.js"))
COMMENT = re.compile(r"{% comment %}.*?{% endcomment %}|{#.*?#}", re.DOTALL)
FORBIDDEN = {
    "a style attribute": re.compile(r"\sstyle\s*="),
    "a style element": re.compile(r"<style\b"),
    "an inline script": re.compile(r"<script\b(?![^>]*\bsrc=)"),
    "a handler attribute": re.compile(r"\son[a-z]+\s*="),
    "script in an address": re.compile(r"javascript:"),
    "text marked as safe": re.compile(r"\|\s*safe\b|{%\s*autoescape\s+off"),
    "script in an htmx attribute": re.compile(r"hx-on|hx-vals=['\"]js:|hx-trigger=\"[^\"]*\["),
}


def name(path):
    return str(path.relative_to(WEB))


def text_of(template):
    return COMMENT.sub("", template.read_text("utf-8"))


@pytest.mark.parametrize("template", TEMPLATES, ids=name)
def test_no_template_needs_more_than_the_content_policy_allows(template):
    assert [what for what, found in FORBIDDEN.items() if found.search(text_of(template))] == []


@pytest.mark.parametrize("part", sorted((WEB / "templates/parts").glob("*.html")), ids=name)
def test_every_part_says_what_it_needs(part):
    assert part.read_text("utf-8").startswith("{% comment %}")


@pytest.mark.parametrize("module", MODULES, ids=name)
def test_no_script_makes_markup_from_text(module):
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", module.read_text()
    )


def errors_without_field(text):
    """Errors whose id no field, group or button of the template names; what is read out as it appears may stand alone."""
    text = re.sub(r'<(div|p)[^>]* role="alert".*?</\1>', "", text, flags=re.DOTALL)
    described = " ".join(re.findall(r'aria-describedby="([^"]*)"', text))
    errors = re.findall(r'<p class="err[^>]*>', text)
    ids = [re.search(r' id="([^"]*)"', error) for error in errors]
    return [error for error, its in zip(errors, ids, strict=True) if not its or its[1] not in described]


# The first is described by Django, the second by fields of the page that it is loaded into: see test_form_errors.
@pytest.mark.parametrize(
    "template", [one for one in TEMPLATES if one.name not in {"field.html", "saved_preview.html"}], ids=name
)
def test_every_error_is_tied_to_its_field(template):
    assert errors_without_field(text_of(template)) == []


def test_an_error_without_a_field_is_found():
    tied = '<input aria-describedby="hint{% if bad %} x-error{% endif %}"><p class="err" id="x-error">'
    assert errors_without_field(tied) == []
    assert errors_without_field(tied.replace('id="x-error"', 'id="y-error"')) == ['<p class="err" id="y-error">']
    assert errors_without_field('<p class="err mt">') == ['<p class="err mt">']


def test_every_icon_that_is_used_is_there():
    sprite = {symbol.get("id") for symbol in ET.parse(STATIC / "icons.svg").getroot()}
    used = {found for template in TEMPLATES for found in re.findall(r'{% icon "([a-z]+)"', text_of(template))}
    assert used - {symbol.removeprefix("i-") for symbol in sprite} == set()


def test_the_stylesheet_stays_small():
    """All pages of all three sides in one file: 37 kB as it lies, 10 kB as it travels."""
    css = (STATIC / "comity.css").read_bytes()
    assert len(css) <= 37_000
    assert len(gzip.compress(css)) <= 10_000


def test_the_stylesheet_knows_no_left_and_right_but_in_pictures_of_controls():
    css = (STATIC / "comity.css").read_text("utf-8")
    assert re.findall(r"(?:margin|padding|border)-(?:left|right)|float:|text-align:(?:left|right)", css) == []
