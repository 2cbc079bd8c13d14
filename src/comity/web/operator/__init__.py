"""The operator's pages: service inbox, held queue, records, deliveries that were given up."""
