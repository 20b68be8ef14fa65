# SPDX-License-Identifier: Apache-2.0

"""The check of the installation guide: its commands are run, as they are."""
