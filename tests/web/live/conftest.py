from tests.web.desk.fixtures import client, clock_at, desk, easy_rules, shop

__all__ = ["client", "clock_at", "desk", "easy_rules", "shop"]
