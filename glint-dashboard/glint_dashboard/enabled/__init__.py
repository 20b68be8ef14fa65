# SPDX-License-Identifier: Apache-2.0

"""Files that switch the panels on."""
