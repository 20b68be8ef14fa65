# SPDX-License-Identifier: Apache-2.0

"""What answers of a site mean, and what to do about them, in tables."""
