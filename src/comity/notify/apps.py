from django.apps import AppConfig


class NotifyConfig(AppConfig):
    name = "comity.notify"
    label = "notify"
