"""What a sentence means: the model that finds intent violations in sentences without any telling word."""

from comity_policy.meaning.model import Meant, Model, ModelError, shipped
from comity_policy.meaning.version import DIGEST

__all__ = ["DIGEST", "Meant", "Model", "ModelError", "shipped"]
