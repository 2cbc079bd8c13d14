"""django-helpdesk as a project of its own, to be measured against; runs in an environment that has it installed."""
