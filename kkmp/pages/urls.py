"""Addresses of the cooperatives: list, page of one, profile, papers, board, assets."""

from django.urls import path

from cooperatives.views import assets, board, papers, profile
from kkmp.pages.cooperative import cooperative_page
from kkmp.pages.cooperative_list import cooperative_list

app_name = "cooperatives"
urlpatterns = [
    path("", cooperative_list, name="list"),
    path("<str:code>/", cooperative_page, name="detail"),
    path("<str:code>/edit/", profile.edit, name="edit"),
    path("<str:code>/papers/", papers.paper_list, name="papers"),
    path("<str:code>/papers/add/", papers.add, name="paper_add"),
    path("papers/<int:pk>/", papers.detail, name="paper"),
    path("papers/<int:pk>/edit/", papers.edit, name="paper_edit"),
    path("papers/<int:pk>/remove/", papers.take_away, name="paper_remove"),
    path("papers/<int:pk>/restore/", papers.bring_back, name="paper_restore"),
    path("papers/<int:pk>/file/", papers.file, name="paper_file"),
    path("papers/<int:pk>/file/<int:version>/", papers.file, name="paper_former"),
    path("<str:code>/assets/", assets.asset_list, name="assets"),
    path("<str:code>/assets/add/", assets.add, name="asset_add"),
    path("assets/<int:pk>/", assets.edit, name="asset_edit"),
    path("<str:code>/board/", board.board_list, name="board"),
    path("<str:code>/board/add/", board.add, name="board_add"),
    path("board/<int:pk>/", board.edit, name="board_edit"),
    path("board/<int:pk>/end/", board.end, name="board_end"),
    path("board/<int:pk>/remove/", board.take_away, name="board_remove"),
    path("board/<int:pk>/restore/", board.bring_back, name="board_restore"),
]
