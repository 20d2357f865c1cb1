"""Who still sends the old way, and how the old way ends.

The data has one way, and the packages are that way; imports run from later rooms to
earlier ones only:

0  models        what is stored: sources, customers, daily use, plan
1  logs          log lines -> events; knows no Django, no database, no clock
2  submissions   events -> attributed submissions and daily use
3  customers     daily use -> where each holdout stands
4  plan          what people decided: dates, days that count
5  cutoff        what the end would have done to past weeks; what nothing explains
6  notices       (package of its own) standing -> notices -> mail -> deliveries -> pages
8  dashboard     the staff's pages over all of it

`tasks.py` and `management/commands/` are doors: they look at the clock and call one verb.
"""
