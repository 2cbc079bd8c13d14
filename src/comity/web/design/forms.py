"""A form that goes nowhere: it shows how fields look, empty, filled and wrong."""

from django import forms


class SampleForm(forms.Form):
    """One field of each kind."""

    email = forms.EmailField(label="E-mail address", help_text="The one your orders are sent to.")
    password = forms.CharField(label="Password", widget=forms.PasswordInput(attrs={"autocomplete": "off"}))
    language = forms.ChoiceField(label="Language", choices=[("en", "English"), ("de", "Deutsch"), ("ar", "العربية")])
    away_from = forms.DateField(label="Away from", widget=forms.DateInput(attrs={"type": "date"}), required=False)
    tell_me = forms.BooleanField(label="Tell me by e-mail when a message arrives", required=False)
