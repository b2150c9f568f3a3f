"""Addresses of the pages; each also answers below a language (``/zh-hans/verify``)."""

from django.urls import path

from entrepot.node.page.economy import economy_list, economy_page
from entrepot.node.page.home import home
from entrepot.node.page.origin import origins_page
from entrepot.node.page.sheet import style_sheet
from entrepot.node.page.verification import verify_page

urlpatterns = [
    path("", home),
    path("verify", verify_page),
    path("economies", economy_list),
    path("economies/<slug:code>", economy_page),
    path("origins", origins_page),
    path("static/<slug:digest>/entrepot.css", style_sheet),
]
