# SPDX-License-Identifier: Apache-2.0

"""Addresses of the tab's pages."""

from django.urls import path

from glint_dashboard.content.image_replication.clouds import views

urlpatterns = [
    path('', views.IndexView.as_view(), name='index'),
    path('create/', views.CreateView.as_view(), name='create'),
    path('<uuid:site_id>/update/', views.UpdateView.as_view(), name='update'),
    path(
        'credentials/create/',
        views.CreateCredentialView.as_view(),
        name='create_credential',
    ),
    path(
        '<uuid:site_id>/credentials/create/',
        views.CreateCredentialView.as_view(),
        name='create_credential_for',
    ),
]
