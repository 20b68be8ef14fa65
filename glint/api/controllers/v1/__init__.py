# SPDX-License-Identifier: Apache-2.0

"""What answers the calls of version 1: one module per resource.

Every method reads in the same order: who may, what is asked for, do it,
answer. The decorators above it have checked query and body by then.
"""
