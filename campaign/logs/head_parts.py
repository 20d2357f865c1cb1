"""What the forms of heads are put together from, compiled: names, places, and what syslog puts around a text.

The places of a head are (host, host_end, tag, tag_end, pid, text, text_end); what it has not is empty.
"""

from campaign.logs.scan import BRACKET, CLOSE, COLON, LESS, PARENTHESIS, SPACE, at, digits, find_byte, njit, pattern

# Names that stand in no line. Their spans begin before the block, and no two are equally long, so that
# none is ever taken for another or for a name that does stand in one.
OWN_NAMES = ["exim", "nginx", "multilog", "last message repeated"]
EXIM, NGINX, MULTILOG, REPEATED = range(4)
MESSAGE_REPEATED, TIMES, SOLARIS_ID = pattern("message repeated "), pattern(" times: ["), pattern("[ID ")


def own_name(span_start: int) -> str:
    return OWN_NAMES[-1 - span_start]


@njit(cache=True, nogil=True)
def stands(block, start, end, wanted):
    return at(block, start, end, wanted)


@njit(cache=True, nogil=True)
def nowhere(start):
    return start, start, start, start, 0, start, start


@njit(cache=True, nogil=True)
def own(name, host, host_end, pid, text, end):
    """The places of a line whose tag is one of OWN_NAMES."""
    return host, host_end, -1 - name, -2 - 2 * name, pid, text, end


@njit(cache=True, nogil=True)
def tagged(block, host, host_end, colon, end):
    """The places of `host tag[pid]: text` or `tag[pid]: text`, the colon behind the tag known."""
    tag = host_end + 1 if host_end > host else host
    tag_end, pid = program(block, tag, colon)
    text, text_end = unwrapped(block, min(colon + 2, end), end)
    return host, host_end, tag, tag_end, pid, text, text_end


@njit(cache=True, nogil=True, inline="always")
def program(block, start, end):
    """Where the program's name ends in `name[pid]` or `name(user)<session>`, and the pid (0 without one)."""
    for place in range(start, end):
        if block[place] == BRACKET or block[place] == PARENTHESIS or block[place] == LESS:
            short = block[place] == BRACKET and block[end - 1] == CLOSE and end - place < 14
            return place, max(digits(block, place + 1, end - 1), 0) if short else 0
    return end, 0


@njit(cache=True, nogil=True)
def name_end(block, start, end):
    """Where the colon of `name: ` stands, -1 when there is none before a blank."""
    blank = find_byte(block, start, end, SPACE)
    return blank - 1 if blank > start + 1 and block[blank - 1] == COLON else -1


@njit(cache=True, nogil=True)
def unwrapped(block, start, end):
    """The text without what syslog daemons put around it: where it begins and ends.

    [ID 702911 mail.info] text                 Solaris
    message repeated 3 times: [ text]          rsyslog
    """
    if stands(block, start, end, SOLARIS_ID):
        close = find_byte(block, start, min(end, start + 40), CLOSE)
        if close > 0 and close + 1 < end and block[close + 1] == SPACE:
            start = close + 2
    if stands(block, start, end, MESSAGE_REPEATED):
        number = start + MESSAGE_REPEATED.size
        blank = find_byte(block, number, min(end, number + 12), SPACE)
        if blank > number and digits(block, number, blank) > 0 and stands(block, blank, end, TIMES):
            start = blank + TIMES.size
            if start < end and block[start] == SPACE:
                start += 1
            if start < end and block[end - 1] == CLOSE:
                end -= 1
    return start, end
