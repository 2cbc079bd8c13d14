"""The rulebook in force; the only caller of the rule engine."""
