# SPDX-License-Identifier: Apache-2.0

"""Translation of the messages that users read."""

import oslo_i18n

_ = oslo_i18n.TranslatorFactory(domain='glintclient').primary
