# SPDX-License-Identifier: Apache-2.0

"""The rules of this project that flake8 checks; HACKING.rst lists them."""
