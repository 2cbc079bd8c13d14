"""The seller's pages: inbox, conversation with the order beside it, order."""
