"""Every page of the product, place by place."""

from django.urls import include, path

urlpatterns = [
    path("", include("smo.web.home.urls")),
    path("office/", include("smo.web.office.urls")),
]
