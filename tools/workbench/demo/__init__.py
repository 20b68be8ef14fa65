# SPDX-License-Identifier: Apache-2.0

"""What tools/quickstart shows, run in the environment that it made."""
