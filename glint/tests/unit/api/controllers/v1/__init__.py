# SPDX-License-Identifier: Apache-2.0

"""The calls of version 1, as clients make them."""
