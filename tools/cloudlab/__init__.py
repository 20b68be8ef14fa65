# SPDX-License-Identifier: Apache-2.0

"""Several real clouds, each a Keystone and a Glance, on 127.0.0.1.

It runs before anything is installed, so it uses the standard library only.
"""
