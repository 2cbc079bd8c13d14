"""Rules about why and when somebody writes."""
