# SPDX-License-Identifier: Apache-2.0

"""Sizes and times in templates, written as everywhere else."""

from django import template

from glint_dashboard.content import moment
from glint_dashboard.content import size

register = template.Library()
register.filter('size', size.text)
register.filter('moment', moment.text)
