"""Addresses of the office."""

from django.urls import path

from smo.web.office import accounts, catalog, sign_ins, trail, views

app_name = "office"
urlpatterns = [
    path("people", views.people_list, name="people"),
    path("people/add", accounts.add_person, name="people-add"),
    path("people/<uuid:person_id>", views.person_page, name="people-person"),
    path("people/<uuid:person_id>/grants/add", views.grant_role, name="people-grant"),
    path("people/<uuid:person_id>/grants/<uuid:grant_id>/end", views.end_grant, name="people-end-grant"),
    path("people/<uuid:person_id>/deactivate", accounts.deactivate, name="people-deactivate"),
    path("people/<uuid:person_id>/activate", accounts.activate, name="people-activate"),
    path("people/<uuid:person_id>/second-factor/remove", accounts.remove_second_factor, name="people-second-factor"),
    path("people/<uuid:person_id>/password", accounts.new_password, name="people-password"),
    path("roles", views.roles_page, name="roles"),
    path("audit-trail", trail.trail, name="trail"),
    path("audit-trail/verification", trail.verification, name="trail-verification"),
    path("sign-ins", sign_ins.sign_ins, name="sign-ins"),
    path("products", catalog.products, name="products"),
    path("markets", catalog.markets, name="markets"),
    path("languages", catalog.languages, name="languages"),
]
