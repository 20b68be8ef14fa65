# SPDX-License-Identifier: Apache-2.0

"""What it takes to place work: whose sites, credentials and quotas."""
