# SPDX-License-Identifier: Apache-2.0

"""Addresses of the tab's pages."""

from django.urls import path

from glint_dashboard.content.image_replication.replications import detail
from glint_dashboard.content.image_replication.replications import views

urlpatterns = [
    path('', views.IndexView.as_view(), name='index'),
    path('live/', views.LiveView.as_view(), name='live'),
    path('<uuid:replication_id>/', detail.DetailView.as_view(), name='detail'),
    path(
        '<uuid:replication_id>/live/',
        detail.LiveView.as_view(),
        name='detail_live',
    ),
    path(
        '<uuid:replication_id>/copies/<uuid:copy_id>/',
        detail.CopyView.as_view(),
        name='copy',
    ),
    path(
        '<uuid:replication_id>/copies/<uuid:copy_id>/live/',
        detail.CopyLiveView.as_view(),
        name='copy_live',
    ),
    path(
        '<uuid:replication_id>/cancel/',
        detail.ActView.as_view(act='cancel'),
        name='cancel',
    ),
    path(
        '<uuid:replication_id>/retry/',
        detail.ActView.as_view(act='retry'),
        name='retry',
    ),
    path(
        '<uuid:replication_id>/delete/',
        detail.ActView.as_view(act='delete'),
        name='delete',
    ),
    path(
        '<uuid:replication_id>/copies/<uuid:copy_id>/cancel/',
        detail.ActView.as_view(act='cancel_copy'),
        name='cancel_copy',
    ),
    path(
        '<uuid:replication_id>/copies/<uuid:copy_id>/retry/',
        detail.ActView.as_view(act='retry_copy'),
        name='retry_copy',
    ),
]
