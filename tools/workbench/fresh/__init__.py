# SPDX-License-Identifier: Apache-2.0

"""The check on machines that nothing has prepared."""
