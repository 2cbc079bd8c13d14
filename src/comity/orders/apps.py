from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "comity.orders"
    label = "orders"
