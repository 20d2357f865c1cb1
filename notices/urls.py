"""The public pages, all below their language, and what mail programs ask for at addresses that they know."""

import re

from django.urls import path, re_path

from notices.pages import brand, call, delay, finder, genuine, guide, index, mute, personal, published, setup, which

urlpatterns = [
    path("", index.page, name="guide_index"),
    path("number/", index.number, name="number"),
    path("find/", finder.page, name="finder"),
    path("which/", which.page, name="which"),
    path("which/<slug:thing>/", which.page, name="which_of"),
    path("guide/<slug:client>/", guide.start, name="guide"),
    path("guide/<slug:client>/<int:number>/", guide.step, name="guide_step"),
    path("guide/<slug:client>/<slug:part>/", guide.part, name="guide_part"),
    path("notices/", published.page, name="published"),
    path("notices/<int:year>/", published.page, name="published_year"),
    path("notices/check/", genuine.page, name="genuine"),
    path("notices/words/<int:pk>/", published.notice, name="published_notice"),
    path("mute/<str:token>/", mute.page, name="mute"),
    path("setup/", setup.new_device, name="new_device"),
    path("setup/file/", setup.files, name="setup_file"),
    path("brand/<slug:slug>.css", brand.style, name="brand_style"),
    path("brand/<slug:slug>/logo", brand.logo, name="brand_logo"),
    path("p/<str:token>/", personal.page, name="personal"),
    path("p/<str:token>/more-time/", delay.page, name="delay"),
    path("p/<str:token>/call/", call.page, name="call"),
]


def in_any_case(path: str) -> str:
    """Programs spell Autodiscover's paths with small and capital letters as they like."""
    return "".join(f"[{char}{char.upper()}]" if char.isalpha() else re.escape(char) for char in path)


asked_by_programs = [
    path("mail/config-v1.1.xml", setup.mozilla_config, name="mozilla_config"),
    path(".well-known/autoconfig/mail/config-v1.1.xml", setup.mozilla_config),
    re_path(rf"^{in_any_case('autodiscover/autodiscover.xml')}$", setup.outlook_xml, name="outlook_xml"),
    re_path(rf"^{in_any_case('autodiscover/autodiscover.json')}$", setup.outlook_json, name="outlook_json"),
    re_path(rf"^{in_any_case('autodiscover/autodiscover.json')}/v1\.0/(?P<address>[^/]+)$", setup.outlook_json),
]
