"""The desk of statistics: sales that name the office as reporter, each with its row of the digital-trade table."""

from entrepot.node.page.desk.desk import Decision, Desk
from entrepot.node.page.desk.statistics.case import cases, find, read
from entrepot.node.page.desk.statistics.row import count, count_entries
from entrepot.node.page.language import gettext_noop

STATISTICS = Desk(
    name="statistics",
    title=gettext_noop("Statistics"),
    explains=gettext_noop("Sales that name you: each becomes a row of the digital-trade table when you accept it."),
    cases=cases,
    find=find,
    read=read,
    decisions=(
        Decision(
            name="accept",
            title=gettext_noop("Accept the row"),
            explains=gettext_noop("The sale is counted as the row says. What is unknown is counted as unknown."),
            prefix="CT",
            entries=count_entries,
            draft=count,
        ),
        Decision(
            name="query",
            title=gettext_noop("Query the row"),
            explains=gettext_noop("You do not count it yet, and ask seller and buyer. They are told your reasons."),
        ),
    ),
)
