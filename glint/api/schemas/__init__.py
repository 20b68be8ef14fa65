# SPDX-License-Identifier: Apache-2.0

"""JSON schemas of queries, bodies and answers: one module per resource."""
