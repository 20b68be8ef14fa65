# SPDX-License-Identifier: Apache-2.0

"""glint-conductor: copies images."""

import os
import sys

from oslo_service import service

from glint import conf
from glint import exception
from glint import home
from glint import report
from glint import service as glint_service
from glint.conductor import access
from glint.conductor import service as conductor_service
from glint.secrets import api as secrets
from glint.stream import spool


def validate() -> None:
    """Refuse what could only fail later, again and again.

    :raises SystemExit: with the reason, if the conductor cannot work.
    """
    try:
        home.columns()
        access.policy()
        secrets.current()
        spool_dir = conf.CONF.conductor.spool_dir
        os.makedirs(spool_dir, mode=0o700, exist_ok=True)
        spool.Spool(spool_dir).close()
    except exception.GlintException as e:
        raise SystemExit('glint-conductor: %s' % e.for_operators) from None
    except Exception as e:
        raise SystemExit('glint-conductor: %s' % e) from None


def main() -> int:
    """Run until told to stop."""
    glint_service.prepare(sys.argv[1:], prog='glint-conductor')
    validate()
    report.listen('glint-conductor')
    launcher = service.launch(
        conf.CONF, conductor_service.ConductorService(), workers=1
    )
    launcher.wait()
    return 0
