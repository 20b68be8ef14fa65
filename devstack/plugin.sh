#!/bin/bash
# SPDX-License-Identifier: Apache-2.0

# The plugin of Glint for DevStack: what is to be done in which phase.
#
# DevStack sources this file as "plugin.sh MODE [PHASE]", see
# https://docs.openstack.org/devstack/latest/plugins.html.

source "$GLINT_DIR/devstack/lib/glint-apache"
source "$GLINT_DIR/devstack/lib/glint"
source "$GLINT_DIR/devstack/lib/glint-remote"
source "$GLINT_DIR/devstack/lib/glint-dashboard"

if is_service_enabled glint; then
    case "$1/${2:-}" in
        stack/install)
            echo_summary "Installing Glint"
            install_glint
            ;;
        stack/post-config)
            echo_summary "Configuring Glint"
            configure_glint
            if is_service_enabled glint-api; then
                create_glint_accounts
            fi
            if is_service_enabled glint-remote; then
                configure_glint_remote
            fi
            if is_service_enabled horizon; then
                install_glint_dashboard
            fi
            ;;
        stack/extra)
            echo_summary "Starting Glint"
            init_glint
            start_glint
            if is_service_enabled glint-remote; then
                init_glint_remote
                start_glint_remote
                create_glint_remote_accounts
            fi
            ;;
        stack/test-config)
            if is_service_enabled tempest; then
                echo_summary "Configuring Tempest for Glint"
                configure_glint_tempest
            fi
            ;;
        unstack/)
            stop_glint
            stop_glint_remote
            ;;
        clean/)
            cleanup_glint
            cleanup_glint_remote
            cleanup_glint_dashboard
            ;;
    esac
fi
