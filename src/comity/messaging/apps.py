from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "comity.messaging"
    label = "messaging"
