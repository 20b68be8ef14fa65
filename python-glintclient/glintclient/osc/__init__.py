# SPDX-License-Identifier: Apache-2.0

"""The commands below "openstack image replication"."""
