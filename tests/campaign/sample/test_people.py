from campaign.logs.client import program_of
from campaign.sample.people import Way, people
from campaign.sample.programs import PROGRAMS


def test_the_same_seed_gives_the_same_people():
    assert people(seed=3, count=200) == people(seed=3, count=200) != people(seed=4, count=200)


def test_more_people_leave_the_first_ones_as_they_are():
    assert people(seed=3, count=300)[:200] == people(seed=3, count=200)


def test_a_provider_is_believable():
    found = people(seed=1, count=5000)
    legacy = [person for person in found if any(device.way is not Way.AUTH for device in person.devices)]
    outside = [person for person in legacy if not person.inside]
    assert len({person.login for person in found}) == 5000
    assert 0.85 < sum(person.language == "ja" for person in found) / 5000 < 0.95
    assert 0.25 < len(outside) / 5000 < 0.36
    assert len(legacy) > len(outside) > 0
    assert any(not person.devices for person in found), "some send nothing"
    assert any(any(not device.movable for device in person.devices) for person in legacy), "some devices never move"
    assert any(device.way is Way.FAILING for person in legacy for device in person.devices)
    assert len({person.home for person in found}) < 4500, "households and offices share addresses"


def test_one_in_forty_is_of_the_second_brand_with_all_addresses():
    found = people(seed=1, count=2000)
    second = [person for person in found if person.login.endswith("@minato.example")]
    assert len(second) == 50
    assert all(address.endswith("@minato.example") for person in second for address in person.addresses)
    assert any(device.way is not Way.AUTH for person in second for device in person.devices)


def test_a_few_send_with_programs_that_no_guide_knows():
    headers = {program.header for program in PROGRAMS if program.header}
    unknown = {header for header in headers if not program_of(header.partition(": ")[2])}
    assert len(unknown) == 3
    used = [device.program.header for person in people(seed=1, count=5000) for device in person.devices]
    assert {header: 0 < used.count(header) < 60 for header in unknown} == dict.fromkeys(unknown, True)
