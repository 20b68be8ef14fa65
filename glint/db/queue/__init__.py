# SPDX-License-Identifier: Apache-2.0

"""Who does what next: turns, leases, and what copies wait for."""
