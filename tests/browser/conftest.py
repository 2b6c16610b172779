"""Tests in a real Chromium against the real server; skipped loudly where there is no browser."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from smo.kernel.permissions import SYSTEM
from smo.people import actions
from tests.database import django_db_modify_db_settings, django_db_setup, postgresql  # noqa: F401 - fixtures

PASSWORD = "three words of mine 47"
CHROMIUM = Path(os.environ.get("CHROMIUM_PATH", "/usr/bin/chromium"))
DIST = Path(__file__).resolve().parents[2] / "src" / "smo" / "web" / "static" / "dist"


@pytest.fixture(autouse=True)
def own_settings(settings, tmp_path) -> None:
    """A cache and a lake of the test's own, quick passwords."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.LAKE_URL = str(tmp_path / "lake")
    settings.STATIC_ROOT = str(tmp_path)
    settings.UPLOAD_DIR = tmp_path / "uploads"
    cache.clear()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}: set CHROMIUM_PATH, or install it (Debian: apt install chromium)")
    if not (DIST / "app.js").exists():
        pytest.skip("the front end is not built: run ./dev setup")
    # Playwright's loop runs in this thread; the tests themselves are plain, so Django need not mind
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def open_browser(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """A fresh window; what the page complains about fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def window(width: int = 1440, height: int = 900, scheme: str = "light") -> Page:
        context = chromium.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console",
            lambda said: (
                complaints.append(f"{said.text} {said.location.get('url', '')}")
                if said.type in {"error", "warning"}
                else None
            ),
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield window
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def admin(transactional_db) -> actions.NewAccount:
    """An administrator with a password of their own."""
    return actions.create_admin(by=SYSTEM, email="admin@example.org", name="Ada Admin", password=PASSWORD)


@pytest.fixture
def enter(live_server, open_browser, admin) -> Callable[..., Page]:
    """A window in which the administrator has signed in."""

    def entered(**how: object) -> Page:
        page = open_browser(**how)
        page.goto(f"{live_server.url}/accounts/login/")
        page.get_by_label("Email").fill("admin@example.org")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("heading", level=1).wait_for()
        return page

    return entered
