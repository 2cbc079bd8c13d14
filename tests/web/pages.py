"""Reading pages: what stays the same of them, and which field an error is about."""

import re
from html.parser import HTMLParser

CHANGING = re.compile(r'name="csrfmiddlewaretoken" value="\w+"|data-now="\d+"|data-ticket="[^"]*"')
EMPTY = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


def constant(response):
    """The page without what differs at every answer."""
    return CHANGING.sub("", response.content.decode())


class _Errors(HTMLParser):
    """Collects the errors of a page, with the ids around each, and what fields and buttons say describes them."""

    def __init__(self, page):
        super().__init__()
        self.around, self.errors, self.controls = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag in {"input", "textarea", "select", "fieldset", "button"}:
            self.controls.append((tag, attrs, set(attrs.get("aria-describedby", "").split())))
        if tag in EMPTY:
            return
        self.around.append((tag, attrs))
        if "err" in attrs.get("class", "").split():
            ids = {one.get("id") for _, one in self.around} - {None}
            self.errors.append([ids, any(one.get("role") == "alert" for _, one in self.around), ""])

    def handle_endtag(self, tag):
        while self.around and self.around.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if any("err" in attrs.get("class", "").split() for _, attrs in self.around):
            self.errors[-1][2] += data.strip()


def untied(page):
    """Errors that no field or button of the page is described by, or whose field is not marked as wrong."""
    read = _Errors(page)
    return [text for ids, alert, text in read.errors if not alert and not any(_told(one, ids) for one in read.controls)]


def errors_of(page, name):
    """The errors that the field of that name is described by, in one text."""
    read = _Errors(page)
    named = [control for control in read.controls if control[1].get("name") == name]
    return " ".join(text for ids, _, text in read.errors if text and any(_told(one, ids) for one in named))


def _told(control, ids):
    tag, attrs, described = control
    return bool(described & ids) and (tag in {"fieldset", "button"} or attrs.get("aria-invalid") == "true")


class _First(HTMLParser):
    """The first button of each form by name and value, and of which form each field is; Enter presses that button."""

    def __init__(self, page):
        super().__init__()
        self.forms, self.form, self.pressed, self.form_of = 0, None, {}, {}
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self.forms += 1
            self.form = self.forms
        elif self.form and tag == "button" and attrs.get("type", "submit") == "submit":
            self.pressed.setdefault(self.form, (attrs.get("name"), attrs.get("value")))
        elif self.form and tag == "input":
            self.form_of[attrs.get("name")] = self.form

    def handle_endtag(self, tag):
        if tag == "form":
            self.form = None


def pressed_by_enter(page, field):
    """Name and value of the button that Enter in that field presses, as every browser does without a script."""
    read = _First(page)
    return read.pressed[read.form_of[field]]
