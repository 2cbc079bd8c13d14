from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "comity.catalog"
    label = "catalog"
