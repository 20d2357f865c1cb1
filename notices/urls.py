"""The public pages, all below their language."""

from django.urls import path

from notices.pages import guide, personal

urlpatterns = [
    path("", guide.index, name="guide_index"),
    path("guide/<slug:client>/", guide.guide, name="guide"),
    path("p/<str:token>/", personal.page, name="personal"),
]
