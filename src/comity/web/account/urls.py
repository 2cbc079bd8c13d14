"""Addresses of signing in, home, hand-over and health."""

from django.urls import path

from comity.web.account import health, invitations, own, views

urlpatterns = [
    path("", views.home, name="home"),
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-in/link/<str:token>/", views.sign_in_link, name="sign-in-link"),
    path("account/", own.account, name="account"),
    path("invitation/<str:token>/", invitations.invitation, name="invitation"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("mailbox/", views.mailbox, name="mailbox"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("<slug:marketplace>/hand-over/", views.hand_over, name="hand-over"),
]
