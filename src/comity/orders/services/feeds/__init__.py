"""Feeds: files in which a seller confirms shipments, gives money back, or acknowledges and cancels orders (S58, S77).

    submitting   the bytes are stored as they came; the same file again is the same feed, and says so
    reading      a process with limits of its own takes the bytes apart, record by record: XML (``envelope``), tab- or
                 comma-separated text and JSON Lines (``flat``); nothing of it knows an order
    kinds        what a record of each kind is made of, and which service it is for
    processing   500 records a transaction, with how far the feed has come: after a crash it goes on behind them
    reporting    what became of each record, as a ProcessingReport, text or JSON Lines

Invariants
    * A record is applied once: how far a feed has come is written in the transaction that applies, and what it asks for
      carries a reference by which the service knows a repeat.
    * A bad record stops no other one. A document that cannot be read at all is fatal; where it breaks off in the
      middle, what stood before counts.
    * Nothing a seller sends is parsed in our own process.
"""
