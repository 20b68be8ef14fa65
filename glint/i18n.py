# SPDX-License-Identifier: Apache-2.0

"""Translation of the messages that users read; logs are not translated."""

import oslo_i18n

_ = oslo_i18n.TranslatorFactory(domain='glint').primary
