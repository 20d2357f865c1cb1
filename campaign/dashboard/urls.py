"""The staff's addresses; each is wrapped in `staff` here, so that none can be forgotten in its module."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from campaign.dashboard import (
    acts,
    customer,
    customers,
    cutoff,
    mailing,
    mailings,
    programs,
    progress,
    proof,
    relay,
    relays,
    shadow,
    sources,
)
from campaign.dashboard.shell import staff

login = LoginView.as_view(template_name="dashboard/login.html", redirect_authenticated_user=True)

urlpatterns = [
    path("login/", login, name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("", staff(progress.page), name="progress"),
    path("customers/", staff(customers.page), name="customers"),
    path("customers/<int:pk>/", staff(customer.page), name="customer"),
    path("customers/<int:pk>/proof/<slug:day>/", staff(proof.page), name="proof"),
    path("mailings/", staff(mailings.page), name="mailings"),
    path("mailings/<int:pk>/", staff(mailing.page), name="mailing"),
    path("mailings/<int:pk>/<slug:act>/", staff(acts.act), name="mailing_act"),
    path("cutoff/", staff(cutoff.page), name="cutoff"),
    path("cutoff/<int:pk>/", staff(shadow.page), name="shadow"),
    path("relays/", staff(relays.page), name="relays"),
    path("relays/<str:first>/<int:bits>/", staff(relay.page), name="relay"),
    path("programs/unknown/", staff(programs.page), name="unknown_programs"),
    path("sources/", staff(sources.page), name="sources"),
]
