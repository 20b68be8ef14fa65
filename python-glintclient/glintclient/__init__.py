# SPDX-License-Identifier: Apache-2.0

"""Client of Glint, the image replication service of OpenStack."""
