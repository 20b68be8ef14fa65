# SPDX-License-Identifier: Apache-2.0

"""Addresses of the tab's pages."""

from django.urls import path

from glint_dashboard.content.image_replication.images import plan
from glint_dashboard.content.image_replication.images import views

urlpatterns = [
    path('live/', views.LiveView.as_view(), name='live'),
    path('plan/', plan.PlanView.as_view(), name='plan'),
    path('replicate/', plan.ReplicateView.as_view(), name='replicate'),
]
