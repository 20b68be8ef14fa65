# SPDX-License-Identifier: Apache-2.0

"""The check of the distributions: do they build whole, and work alone?"""
