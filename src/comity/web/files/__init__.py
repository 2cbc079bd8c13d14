"""Files of messages: shown, and handed out by addresses that work for minutes and for one person."""
