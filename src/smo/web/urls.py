"""Every page of the product, place by place."""

from django.urls import include, path

urlpatterns = [
    path("", include("smo.web.home.urls")),
    path("office/", include("smo.web.office.urls")),
    path("", include("smo.web.policy.urls")),
    path("projects/", include("smo.web.projects.urls")),
    path("projects/", include("smo.web.imports.urls")),
    path("", include("smo.web.lead.urls")),
    path("desk/", include("smo.web.desk.urls")),
    path("audits/", include("smo.web.auditing.urls")),
    path("", include("smo.web.board.urls")),
    path("tokens/", include("smo.web.tokens.urls")),
]
