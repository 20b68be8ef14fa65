# SPDX-License-Identifier: Apache-2.0

"""What answers of the API, version 1, look like: a module per resource.

They are written after the API reference, so that a change of the API that
its clients would notice fails a test.
"""
