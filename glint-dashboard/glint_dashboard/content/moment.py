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

"""Times and durations in answers of the service."""

import datetime

from django.utils import dateparse


def parse(text: str | None) -> datetime.datetime | None:
    """Read a time of an answer, None where there is none."""
    return dateparse.parse_datetime(text) if text else None


def duration(seconds: int | None) -> str:
    """Write a duration as "1:02:03" or "2:03", nothing where there is none."""
    if seconds is None:
        return ''
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f'{hours}:{minutes:02}:{rest:02}'
    return f'{minutes}:{rest:02}'
