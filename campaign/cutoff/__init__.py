"""The end of the old way: what a cut-off would have done, tried on the logs of weeks that are over."""
