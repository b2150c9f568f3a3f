"""Addresses of a node."""

from django.urls import include, path

from entrepot.node import register, views
from entrepot.node.api import DESCRIPTION, api

urlpatterns = [
    path("healthz", views.health),
    path(".well-known/entrepot", views.description),
    path("parties/<slug:name>/did.json", views.did_document),
    path("parties/<slug:name>/anchors/<slug:entry>", register.anchor),
    path("parties/<slug:name>/numbers/<str:number>", register.links),
    path("parties/<slug:name>/status/<slug:purpose>", register.status_list),
    path("ns/<path:name>", views.named),
    path("peer/v1/greeting", views.greeting),
    path("peer/v1/records", views.delivery),
    path("peer/v1/missing", views.held),
    path("peer/v1/heads", views.heads),
    path(DESCRIPTION, views.openapi),
    path("api/v1/", api.urls),
    path("", include("entrepot.node.page.urls")),
]
