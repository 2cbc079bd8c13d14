"""What can be read of a conversation, and the doors that decide who may."""
