"""Addresses of savings: ledger, collection, balances, rates, closed months, and one member's card."""

from django.urls import path

from members.savings.views import collection, ledger, payments, rates

app_name = "savings"
urlpatterns = [
    path("", ledger.entry_list, name="list"),
    path("collect/", collection.collection, name="collect"),
    path("arrears/", ledger.balance_list, name="arrears"),
    path("rates/", rates.rates, name="rates"),
    path("rates/add/<str:code>/", rates.add_rate, name="rate_add"),
    path("rates/<int:pk>/", rates.edit_rate, name="rate_edit"),
    path("months/", rates.months, name="months"),
    path("months/close/<str:code>/", rates.close, name="close"),
    path("months/<int:pk>/reopen/", rates.reopen, name="reopen"),
    path("members/<int:pk>/", ledger.card, name="card"),
    path("members/<int:pk>/record/", payments.record, name="record"),
    path("members/<int:pk>/withdraw/", payments.withdrawal, name="withdraw"),
    path("members/<int:pk>/refund/", payments.refund_all, name="refund"),
    path("members/<int:pk>/opening/", payments.opening, name="opening"),
    path("entries/<int:pk>/reverse/", payments.reverse_one, name="reverse"),
]
