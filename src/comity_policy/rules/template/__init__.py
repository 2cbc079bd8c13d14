"""Rules about what a message of a declared kind has to say."""
