# SPDX-License-Identifier: Apache-2.0

"""What answers of the API look like."""
