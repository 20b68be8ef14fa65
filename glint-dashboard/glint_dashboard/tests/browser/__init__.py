# SPDX-License-Identifier: Apache-2.0

"""Tests in Chromium, with a real Horizon, Glint and clouds.

``tools/run-tests browser`` runs them. They want in the environment:

GLINT_LAB
    the lab.json of a running ``tools/lab``
GLINT_VENV
    where Glint is installed; Horizon is where these tests run
GLINT_SCREENSHOTS
    a folder for pictures of the pages, if there are to be any
"""
