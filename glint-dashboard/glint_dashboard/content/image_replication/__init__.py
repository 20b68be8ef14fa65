# SPDX-License-Identifier: Apache-2.0

"""Project > Compute > Image Replication."""
