from dataclasses import replace

from campaign.sample.people import NEVER, Temper, Way, people
from campaign.sample.reactions import changes, way_of

DAY = 86400
CALM = Temper(notices=2, delay=3 * DAY, first_only=False, fumbles=0, relapses=0, churns=1000 * DAY)


def somebody(**temper):
    """A customer whose two devices both send the old way and can be moved."""
    for person in people(seed=1, count=2000):
        if len(person.devices) == 2 and all(d.way is Way.LEGACY and d.movable for d in person.devices):
            return replace(person, temper=replace(CALM, **temper))
    raise AssertionError


def ways(person, *, at, notices=()):
    known = changes(person, begins=0, notices=notices)
    return [way_of(person, device, at=at, known=known) for device in range(len(person.devices))]


def test_nobody_moves_before_the_notice_that_is_the_last_straw():
    assert ways(somebody(), at=40 * DAY, notices=[10 * DAY]) == [Way.LEGACY, Way.LEGACY]


def test_they_move_after_it_and_their_delay():
    notices = [10 * DAY, 40 * DAY]
    assert ways(somebody(), at=42 * DAY, notices=notices) == [Way.LEGACY, Way.LEGACY]
    assert ways(somebody(), at=44 * DAY, notices=notices) == [Way.AUTH, Way.AUTH]


def test_some_move_by_themselves():
    assert ways(somebody(notices=NEVER, churns=5 * DAY), at=6 * DAY) == [Way.AUTH, Way.AUTH]


def test_some_forget_the_second_device():
    assert ways(somebody(first_only=True, notices=1), at=20 * DAY, notices=[DAY]) == [Way.AUTH, Way.LEGACY]


def test_some_enter_a_wrong_password_first():
    person = somebody(fumbles=2 * DAY, notices=1)
    assert ways(person, at=5 * DAY, notices=[DAY])[0] is Way.FAILING
    assert ways(person, at=7 * DAY, notices=[DAY])[0] is Way.AUTH


def test_some_go_back_until_the_next_notice():
    person = somebody(relapses=30 * DAY, notices=1)
    assert ways(person, at=35 * DAY, notices=[DAY])[0] is Way.LEGACY
    assert ways(person, at=45 * DAY, notices=[DAY, 40 * DAY])[0] is Way.AUTH


def test_a_later_notice_changes_nothing_that_has_happened():
    for person in people(seed=5, count=1500):
        few = [change for change in changes(person, begins=0, notices=[DAY, 31 * DAY]) if change.at <= 62 * DAY]
        more = changes(person, begins=0, notices=[DAY, 31 * DAY, 62 * DAY])
        assert few == [change for change in more if change.at <= 62 * DAY]
