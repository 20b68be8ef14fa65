# SPDX-License-Identifier: Apache-2.0

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
