# SPDX-License-Identifier: Apache-2.0

"""Images across sites."""
