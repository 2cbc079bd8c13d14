"""Reports: rows of a seller as a file, asked for or scheduled, made by the worker, kept in the product (S77).

    asking   a person asks for one, once or every so many hours
    making   the worker asks for what fell due, and makes one report after the other
    tables   the columns of each kind, and where the database has them
    forms    how a file of each form is written, row by row

Invariants
    * Intervals of a schedule meet: no row falls between two reports. Runs that were missed make one report.
    * A report is finished and told once, whoever makes it. Of its rows only a piece is in memory.
    * No buyer and no address stands in a report.
"""
