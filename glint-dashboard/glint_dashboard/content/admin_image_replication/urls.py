# SPDX-License-Identifier: Apache-2.0

"""Addresses of the panel's pages."""

from django.urls import path

from glint_dashboard.content.admin_image_replication import views

urlpatterns = [
    path('', views.ReplicationsView.as_view(), name='index'),
    path('live/', views.LiveView.as_view(), name='live'),
    path('clouds/', views.CloudsView.as_view(), name='clouds'),
    path('clouds/create/', views.CreateView.as_view(), name='create'),
    path(
        'clouds/<uuid:site_id>/update/',
        views.UpdateView.as_view(),
        name='update',
    ),
]
