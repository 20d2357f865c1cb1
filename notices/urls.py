"""The public pages, all below their language."""

from django.urls import path

from notices.pages import genuine, guide, mute, personal, published

urlpatterns = [
    path("", guide.index, name="guide_index"),
    path("guide/<slug:client>/", guide.guide, name="guide"),
    path("notices/", published.page, name="published"),
    path("notices/<int:year>/", published.page, name="published_year"),
    path("notices/check/", genuine.page, name="genuine"),
    path("notices/words/<int:pk>/", published.notice, name="published_notice"),
    path("mute/<str:token>/", mute.page, name="mute"),
    path("p/<str:token>/", personal.page, name="personal"),
]
