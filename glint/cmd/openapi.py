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

"""Writes the API as an OpenAPI document: ``python -m glint.cmd.openapi``."""

import argparse
import json
import pathlib
import sys

from glint.api import openapi


def main() -> int:
    """Write the document to the file that the command line names."""
    parser = argparse.ArgumentParser(
        description='Write the API of Glint as an OpenAPI 3.1 document.'
    )
    parser.add_argument('file', type=pathlib.Path, help='the file to write')
    path = parser.parse_args().file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(openapi.document(), indent=2) + '\n')
    return 0


if __name__ == '__main__':
    sys.exit(main())
