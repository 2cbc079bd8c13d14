"""How often to try again what may pass, and how long to wait in between."""

import random
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Retries:
    """``attempts`` in all; after failure n wait ``first`` × ``growth``^(n-1), at most ``longest``, ± ``jitter``."""

    attempts: int
    first: timedelta
    growth: float
    longest: timedelta
    jitter: float = 0.25

    def wait(self, failures: int, chance: random.Random) -> timedelta:
        """The pause after the given number of failures, 1 or more; ``chance`` keeps retries apart."""
        grown = min(self.first.total_seconds() * self.growth ** (failures - 1), self.longest.total_seconds())
        return timedelta(seconds=grown * chance.uniform(1 - self.jitter, 1 + self.jitter))
