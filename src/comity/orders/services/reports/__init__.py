"""Reports: rows of a seller as a file, asked for or scheduled, made by the worker, kept in the product (S77).

    asking   a person asks for one, once or every so many hours
    making   the worker asks for what fell due, and makes one report after the other
    tables   the columns of each kind, and where the database has them
    forms    how a file of each form is written, row by row

Invariants
    * Intervals of a schedule meet: no moment falls between two reports. Runs that were missed make one report.
    * A row belongs to the moment that it names, and a schedule's report is made ``lag_minutes`` after its period: what
      is stored within them is in. What is stored later still (an order that was placed days before its import) is in no
      report of the schedule, only in one asked for later.
    * A report is finished and told once, whoever makes it. Of its rows only a piece is in memory.
    * No buyer and no address stands in a report.
"""
