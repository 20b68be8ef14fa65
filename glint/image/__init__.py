# SPDX-License-Identifier: Apache-2.0

"""The talk with the Glances of other clouds, and the way of the bytes."""
