"""Products, markets and languages: what there is, and one more."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from smo.catalog import actions, queries
from smo.catalog.rules.names import code_from
from smo.kernel.errors import DomainError
from smo.kernel.permissions import Actor, Verb, may, require
from smo.web.catalog_forms import put_into, require_somewhere
from smo.web.render import page, screen


class Coded(forms.Form):
    """A name with its code."""

    use_required_attribute = False
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr"})
    )


class AddProduct(Coded):
    """A product; its code may come from its name."""

    field_order = ("name", "code")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["code"].required = False
        self.fields["code"].help_text = _(
            "Small letters, digits and hyphens; never changes. Empty: made from the name."
        )


class AddMarket(Coded):
    """A market."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["code"].help_text = _("Two letters of the country, for example FR, or a code of your own.")


class AddLanguage(Coded):
    """A language."""

    is_right_to_left = forms.BooleanField(label=gettext_lazy("Written from right to left"), required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["code"].help_text = _("A language tag, for example fr or pt-BR.")


@require_http_methods(["GET", "HEAD", "POST"])
@screen
def products(request: HttpRequest, by: Actor) -> HttpResponse:
    """What clients run and moderate."""

    def add(given: dict[str, Any]) -> None:
        actions.create_product(by=by, code=given["code"] or code_from(given["name"]), name=given["name"])

    return _list(request, by, form=AddProduct(request.POST or None), add=add, place="products")


@require_http_methods(["GET", "HEAD", "POST"])
@screen
def markets(request: HttpRequest, by: Actor) -> HttpResponse:
    """Places with their own rules and audience."""

    def add(given: dict[str, Any]) -> None:
        actions.add_market(by=by, code=given["code"], name=given["name"])

    return _list(request, by, form=AddMarket(request.POST or None), add=add, place="markets")


@require_http_methods(["GET", "HEAD", "POST"])
@screen
def languages(request: HttpRequest, by: Actor) -> HttpResponse:
    """Languages of items and people."""

    def add(given: dict[str, Any]) -> None:
        actions.add_language(by=by, **given)

    return _list(request, by, form=AddLanguage(request.POST or None), add=add, place="languages")


def _list(
    request: HttpRequest, by: Actor, *, form: Coded, add: Callable[[dict[str, Any]], None], place: str
) -> HttpResponse:
    """One list with the form beside it."""
    require_somewhere(by, Verb.VIEW_CATALOG)
    if request.method == "POST":
        require(by, Verb.MANAGE_CATALOG)
        if form.is_valid():
            try:
                add(form.cleaned_data)
            except DomainError as refusal:
                put_into(form, refusal)
            else:
                messages.success(request, _("Added: %(name)s") % {"name": form.cleaned_data["name"]})
                return redirect(f"office:{place}")
    rows: dict[str, Callable[[], Any]] = {
        "products": queries.products,
        "markets": queries.markets,
        "languages": queries.languages,
    }
    return page(
        request, f"office/catalog-{place}.html", rows=rows[place](), form=form, may_add=may(by, Verb.MANAGE_CATALOG)
    )
