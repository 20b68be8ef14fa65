# SPDX-License-Identifier: Apache-2.0

"""Addresses of the panel's pages."""

from django.urls import include
from django.urls import path

from glint_dashboard.content.image_replication.clouds import urls as clouds
from glint_dashboard.content.image_replication.images import urls as images
from glint_dashboard.content.image_replication.images import views
from glint_dashboard.content.image_replication.replications import (
    urls as replications,
)

urlpatterns = [
    path('', views.IndexView.as_view(), name='index'),
    path('images/', include((images, 'images'))),
    path('replications/', include((replications, 'replications'))),
    path('clouds/', include((clouds, 'clouds'))),
]
