# SPDX-License-Identifier: Apache-2.0

"""What people need who use a keyboard or a screen reader."""


class TableMeta:
    """Templates of tables in which every button and field has a name."""

    row_actions_dropdown_template = 'image_replication/_row_actions.html'
    table_actions_template = 'image_replication/_table_actions.html'
