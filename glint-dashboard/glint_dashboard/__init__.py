# SPDX-License-Identifier: Apache-2.0

"""Image replication in Horizon: panels for projects and for operators."""
