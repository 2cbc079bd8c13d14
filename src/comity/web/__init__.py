"""Pages: addresses, views, forms, templates. No models, no rules."""
