# SPDX-License-Identifier: Apache-2.0

"""Measures Glint beside what people use without it; see tools/bench."""
