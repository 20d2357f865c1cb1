"""The staff's addresses; each is wrapped in `staff` here, so that none can be forgotten in its module."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from campaign.dashboard import (
    acts,
    customer,
    customers,
    cutoff,
    desk,
    mailing,
    mailings,
    paper,
    plan,
    preview,
    programs,
    progress,
    proof,
    pulse,
    relay,
    relays,
    script,
    shadow,
    sources,
    staff_copies,
    suppression,
    text,
    text_compare,
    text_edit,
    texts,
    unreachable,
    waves,
)
from campaign.dashboard.shell import staff

login = LoginView.as_view(template_name="dashboard/login.html", redirect_authenticated_user=True)

TEXT = "texts/<slug:campaign>/<slug:kind>/<slug:language>"

urlpatterns = [
    path("login/", login, name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("", staff(progress.page), name="progress"),
    path("customers/", staff(customers.page), name="customers"),
    path("customers/<int:pk>/", staff(customer.page), name="customer"),
    path("customers/<int:pk>/proof/<slug:day>/", staff(proof.page), name="proof"),
    path("customers/<int:pk>/script/", staff(script.page), name="script"),
    path("customers/<int:pk>/letter/", staff(paper.one), name="letter"),
    path("suppressions/<int:pk>/clear/", staff(suppression.clear), name="suppression"),
    path("unreachable/", staff(unreachable.page), name="unreachable"),
    path("unreachable/file/", staff(unreachable.file), name="unreachable_file"),
    path("unreachable/letters/", staff(paper.page), name="unreachable_letters"),
    path("mailings/", staff(mailings.page), name="mailings"),
    path("mailings/<int:pk>/", staff(mailing.page), name="mailing"),
    path("mailings/<int:pk>/preview/", staff(preview.mailing_page), name="mailing_preview"),
    path("mailings/<int:pk>/preview/html/", staff(preview.mailing_html), name="mailing_preview_html"),
    path("mailings/<int:pk>/pulse/", staff(pulse.page), name="mailing_pulse"),
    path("mailings/<int:pk>/<slug:act>/", staff(acts.act), name="mailing_act"),
    path("texts/", staff(texts.page), name="texts"),
    path(f"{TEXT}/", staff(text.page), name="text"),
    path(f"{TEXT}/edit/", staff(text_edit.page), name="text_edit"),
    path(f"{TEXT}/compare/", staff(text_compare.page), name="text_compare"),
    path(f"{TEXT}/<int:number>/preview/", staff(preview.text_page), name="text_preview"),
    path(f"{TEXT}/<int:number>/preview/html/", staff(preview.text_html), name="text_preview_html"),
    path(f"{TEXT}/<int:number>/copy/", staff(staff_copies.send), name="text_copy"),
    path(f"{TEXT}/<int:number>/<slug:act>/", staff(text.act), name="text_act"),
    path("plan/", staff(plan.page), name="plan"),
    path("plan/<slug:campaign>/<slug:kind>/", staff(plan.kind_page), name="plan_kind"),
    path("desk/", staff(desk.page), name="desk"),
    path("waves/", staff(waves.page), name="waves"),
    path("cutoff/", staff(cutoff.page), name="cutoff"),
    path("cutoff/<int:pk>/", staff(shadow.page), name="shadow"),
    path("relays/", staff(relays.page), name="relays"),
    path("relays/<str:first>/<int:bits>/", staff(relay.page), name="relay"),
    path("programs/unknown/", staff(programs.page), name="unknown_programs"),
    path("sources/", staff(sources.page), name="sources"),
]
