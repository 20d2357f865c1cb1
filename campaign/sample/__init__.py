"""The sample provider: people who do not exist, and the logs, reactions and relay that follow from them.

A room of its own outside the product: nothing in production imports it. It writes log
files as a provider's syslog would, and everything else is the real pipeline reading them.
What happens is a function of the seed, the people, the day and the notices sent so far;
so a run that was cut off anywhere goes on with the same bytes.
"""
