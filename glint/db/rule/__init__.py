# SPDX-License-Identifier: Apache-2.0

"""Rules in the database, their executions, and the replicas they keep."""
