"""Brands of any servers, for what must hold of all of them."""

from hypothesis import strategies as st

from campaign.brands import Brand
from campaign.tables import Words

ADDRESS = "hanako@isp.example"
hosts = st.from_regex(r"[a-z]{1,8}\.isp\.example", fullmatch=True)
ports = st.one_of(st.sampled_from([465, 587, 2525]), st.integers(26, 65535))
some_brands = st.builds(
    Brand,
    slug=st.just("mihon"),
    name=st.builds(Words, en=st.text("<&>\"'aé", min_size=1, max_size=80), ja=st.just("みほん<&>ネット")),
    domains=st.just(("isp.example", "mail.isp.example")),
    site=st.just("https://guide.isp.example"),
    home=st.just("https://www.isp.example/"),
    smtp_host=hosts,
    smtp_port=ports,
    other_smtp_port=st.one_of(st.just(0), ports),
    pop_host=hosts,
    pop_port=st.sampled_from([995, 110]),
    imap_host=st.one_of(st.just(""), hosts),
    imap_port=st.sampled_from([993, 143]),
    login=st.sampled_from(["address", "local_part"]),
    phone=st.just("0120-000-000"),
    hours=st.just(Words(en="always", ja="いつも")),
    notice_from=st.just("mail@isp.example"),
)
