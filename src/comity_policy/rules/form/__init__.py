"""Rules about the form of a message: markup, files, language, repetition."""
