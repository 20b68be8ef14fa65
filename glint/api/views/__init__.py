# SPDX-License-Identifier: Apache-2.0

"""How rows look in answers: one module per resource."""
