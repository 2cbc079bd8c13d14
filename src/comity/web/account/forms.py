"""What people type to sign in."""

from django import forms


class SignInForm(forms.Form):
    """An e-mail address, and the password unless a link is asked for."""

    email = forms.EmailField(
        label="E-mail address",
        error_messages={
            "required": "Enter your e-mail address.",
            "invalid": "This is not an e-mail address: write it like name@example.com.",
        },
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    password = forms.CharField(
        label="Password",
        help_text="Leave empty to get a link by e-mail.",
        required=False,
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        if not password and "link" not in self.data:
            raise forms.ValidationError("Enter your password, or take a link by e-mail.")
        return password
