# SPDX-License-Identifier: Apache-2.0

"""How one image gets to one site, or to several."""
