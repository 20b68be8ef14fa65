# SPDX-License-Identifier: Apache-2.0

"""How a rule is executed."""
