# SPDX-License-Identifier: Apache-2.0

"""What a rule wants, compared with what is: pure functions."""
