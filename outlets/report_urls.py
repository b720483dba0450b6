"""Addresses of monthly reports."""

from datetime import date

from django.urls import path, register_converter

from outlets.views import report_form, report_grid, report_reminders, reports, review


class MonthConverter:
    """“2026-03” as the first day of that month; what is no month is no address."""

    regex = "20[0-9]{2}-[01][0-9]"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(f"{value}-01")

    def to_url(self, value: date | str) -> str:
        return value if isinstance(value, str) else f"{value:%Y-%m}"


register_converter(MonthConverter, "month")

app_name = "reports"

urlpatterns = [
    path("", report_grid.report_list, name="list"),
    path("reminders/", report_reminders.reminders, name="reminders"),
    path("queue/", review.queue, name="queue"),
    path("queue/verify/", review.verify_chosen, name="verify_many"),
    path("<int:pk>/", reports.detail, name="detail"),
    path("<int:pk>/review/", review.review, name="review"),
    path("<int:pk>/withdraw/", reports.take_back, name="withdraw"),
    path("<int:pk>/correct/", reports.correct, name="correct"),
    path("photos/<int:pk>/", reports.photo, name="photo"),
    path("<str:code>/<month:month>/", report_form.report_form, name="form"),
]
