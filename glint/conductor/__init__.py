# SPDX-License-Identifier: Apache-2.0

"""The process that copies images."""
