"""All addresses; each subject lists its own."""

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.decorators.http import require_POST
from django.views.generic import RedirectView
from django.views.i18n import set_language

from kkmp.accounts.site import secure_admin
from kkmp.pages import dashboard, health, search, style_guide, tasks, theme
from kkmp.pages.help import help_page
from kkmp.pages.sheet.page import sheet_page

secure_admin(admin.site)

urlpatterns = [
    path("", dashboard.dashboard, name="dashboard"),
    path("tasks/", tasks.tasks_page, name="tasks"),
    path("sheet/", sheet_page, name="sheet"),
    path("targets/", include("kkmp.pages.target_urls")),
    path("search/", search.search, name="search"),
    path("cooperatives/", include("kkmp.pages.urls")),
    path("outlets/", include("outlets.urls")),
    path("visits/", include("outlets.visit_urls")),
    path("reports/", include("outlets.report_urls")),
    path("members/", include("members.urls")),
    path("savings/", include("members.savings.urls")),
    path("books/", include("members.books.urls")),
    path("partners/", include("partners.urls")),
    path("imports/", include("kkmp.imports.urls")),
    path("account/", include("kkmp.pages.account_urls")),
    path("accounts/", include("kkmp.accounts.sign_in_urls")),
    path("access/", include("kkmp.pages.access_urls")),
    path("help/", help_page, name="help"),
    path("style-guide/", style_guide.style_guide, name="style_guide"),
    path("theme/", theme.choose_theme, name="set_theme"),
    path("language/", login_not_required(require_POST(set_language)), name="set_language"),
    path("admin/", admin.site.urls),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("favicon.ico", login_not_required(RedirectView.as_view(url=f"{settings.STATIC_URL}icon.svg"))),
]
