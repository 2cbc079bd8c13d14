"""What can be done in a conversation. Each module is one noun; each function is one transaction."""
