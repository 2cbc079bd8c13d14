from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "comity.common"
    label = "common"
