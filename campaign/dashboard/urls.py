"""The staff's addresses; each is wrapped in `staff` here, so that none can be forgotten in its module."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from campaign.dashboard import (
    acts,
    audit,
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
from campaign.roles import AUDIT, PEOPLE

login = LoginView.as_view(template_name="dashboard/login.html", redirect_authenticated_user=True)

TEXT = "texts/<slug:campaign>/<slug:kind>/<slug:language>"

urlpatterns = [
    path("login/", login, name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("", staff(progress.page), name="progress"),
    path("customers/", staff(customers.page, needs=PEOPLE), name="customers"),
    path("customers/<int:pk>/", staff(customer.page, needs=PEOPLE), name="customer"),
    path("customers/<int:pk>/proof/<slug:day>/", staff(proof.page, needs=PEOPLE), name="proof"),
    path("customers/<int:pk>/script/", staff(script.page, needs=PEOPLE), name="script"),
    path("customers/<int:pk>/letter/", staff(paper.one, needs=PEOPLE), name="letter"),
    path("suppressions/<int:pk>/clear/", staff(suppression.clear, needs=PEOPLE), name="suppression"),
    path("unreachable/", staff(unreachable.page, needs=PEOPLE), name="unreachable"),
    path("unreachable/file/", staff(unreachable.file, needs=PEOPLE), name="unreachable_file"),
    path("unreachable/letters/", staff(paper.page, needs=PEOPLE), name="unreachable_letters"),
    path("mailings/", staff(mailings.page), name="mailings"),
    path("mailings/<int:pk>/", staff(mailing.page), name="mailing"),
    path("mailings/<int:pk>/preview/", staff(preview.mailing_page, needs=PEOPLE), name="mailing_preview"),
    path("mailings/<int:pk>/preview/html/", staff(preview.mailing_html, needs=PEOPLE), name="mailing_preview_html"),
    path("mailings/<int:pk>/pulse/", staff(pulse.page), name="mailing_pulse"),
    path("mailings/<int:pk>/<slug:act>/", staff(acts.act), name="mailing_act"),
    path("texts/", staff(texts.page), name="texts"),
    path(f"{TEXT}/", staff(text.page), name="text"),
    path(f"{TEXT}/edit/", staff(text_edit.page), name="text_edit"),
    path(f"{TEXT}/compare/", staff(text_compare.page), name="text_compare"),
    path(f"{TEXT}/<int:number>/preview/", staff(preview.text_page, needs=PEOPLE), name="text_preview"),
    path(f"{TEXT}/<int:number>/preview/html/", staff(preview.text_html, needs=PEOPLE), name="text_preview_html"),
    path(f"{TEXT}/<int:number>/copy/", staff(staff_copies.send), name="text_copy"),
    path(f"{TEXT}/<int:number>/<slug:act>/", staff(text.act), name="text_act"),
    path("plan/", staff(plan.page), name="plan"),
    path("plan/<slug:campaign>/<slug:kind>/", staff(plan.kind_page), name="plan_kind"),
    path("desk/", staff(desk.page), name="desk"),
    path("waves/", staff(waves.page), name="waves"),
    path("cutoff/", staff(cutoff.page), name="cutoff"),
    path("cutoff/<int:pk>/", staff(shadow.page, needs=PEOPLE), name="shadow"),
    path("relays/", staff(relays.page, needs=PEOPLE), name="relays"),
    path("relays/<str:first>/<int:bits>/", staff(relay.page, needs=PEOPLE), name="relay"),
    path("programs/unknown/", staff(programs.page), name="unknown_programs"),
    path("audit/", staff(audit.page, needs=AUDIT), name="audit"),
    path("audit/file/", staff(audit.file, needs=AUDIT), name="audit_file"),
    path("sources/", staff(sources.page), name="sources"),
]
