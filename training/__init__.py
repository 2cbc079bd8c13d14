"""What the meaning model is trained on, and the script that trains it."""
