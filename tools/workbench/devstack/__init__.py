# SPDX-License-Identifier: Apache-2.0

"""The check of Glint's plugin for DevStack, phase by phase."""
