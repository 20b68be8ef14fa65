# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License. You may obtain
# a copy of the License at
#
#      http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
# WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
# License for the specific language governing permissions and limitations
# under the License.

"""Tests in Chromium, with a real Horizon, Glint and clouds.

``tools/run-tests browser`` runs them. They want in the environment:

GLINT_LAB
    the lab.json of a running ``tools/lab``
GLINT_VENV
    where Glint is installed; Horizon is where these tests run
GLINT_SCREENSHOTS
    a folder for pictures of the pages, if there are to be any
"""
