# SPDX-License-Identifier: Apache-2.0

"""The tab Clouds: sites, and the credentials for them."""
