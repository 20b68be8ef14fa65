# SPDX-License-Identifier: Apache-2.0

"""An Apache that only the check of the plugin uses."""

import pathlib
import shutil
import subprocess

from cloudlab import command
from cloudlab import exception
from cloudlab import process

PROGRAM = pathlib.Path('/usr/sbin/apache2')
NAME = 'apache'
#: Where a2ensite and a2dissite remember what was done, in its folder.
STATE = 'state'
_STATES = (
    f'{STATE}/site/enabled_by_admin',
    f'{STATE}/site/disabled_by_admin',
)
_MODULES = pathlib.Path('/usr/lib/apache2/modules')
_LOADED = (
    'mpm_event',
    'authz_core',
    'env',
    'headers',
    'proxy',
    'proxy_http',
    'proxy_uwsgi',
)
_TLS_DAYS = 2


def start(root: pathlib.Path, folder: pathlib.Path, ports: list[int]) -> None:
    """Start an Apache whose sites are the files in ``sites-enabled``.

    :param root: where its pid file is kept.
    :param folder: for its configuration, which is made anew.
    :param ports: of HTTP and, if there is a second one, of HTTPS. What comes
        in there is handed to the first one, as tls-proxy of DevStack does.
    """
    shutil.rmtree(folder, ignore_errors=True)
    for name in ('sites-available', 'sites-enabled', *_STATES):
        (folder / name).mkdir(parents=True)
    text = _CONFIG.format(
        folder=folder,
        port=ports[0],
        modules='\n'.join(_load(name) for name in _LOADED),
    )
    if len(ports) > 1:
        _make_certificate(folder)
        text += _TLS.format(
            folder=folder,
            port=ports[0],
            tls_port=ports[1],
            modules=_load('ssl'),
        )
    (folder / 'apache2.conf').write_text(text)
    process.start(
        root,
        process.Server(
            NAME,
            [PROGRAM, '-f', folder / 'apache2.conf', '-DFOREGROUND'],
            folder / 'output.log',
            lambda: all(map(_accepts, ports)),
        ),
    )


def _accepts(port: int) -> bool:
    return not subprocess.run(
        ['curl', '--silent', '--insecure', f'http://127.0.0.1:{port}'],
        stdout=subprocess.DEVNULL,
        check=False,
    ).returncode


def _load(name: str) -> str:
    path = _MODULES / f'mod_{name}.so'
    if not path.exists():
        raise exception.LabError(f'Apache has no module {path}.')
    return f'LoadModule {name}_module {path}'


def _make_certificate(folder: pathlib.Path) -> None:
    """Make a certificate, which is its own authority."""
    command.run(
        'openssl',
        [
            *('openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes'),
            *('-days', str(_TLS_DAYS), '-subj', '/CN=127.0.0.1'),
            *('-addext', 'subjectAltName=IP:127.0.0.1'),
            *('-keyout', str(folder / 'key.pem')),
            *('-out', str(folder / 'certificate.pem')),
        ],
    )


_CONFIG = """\
ServerRoot {folder}
ServerName 127.0.0.1
PidFile {folder}/apache.pid
ErrorLog {folder}/error.log
Mutex file:{folder}
User www-data
Group www-data
{modules}
Listen 127.0.0.1:{port}
LimitRequestFieldSize 65535
ProxyTimeout 300
IncludeOptional {folder}/sites-enabled/*.conf
"""

_TLS = """\
{modules}
Listen 127.0.0.1:{tls_port}
<VirtualHost 127.0.0.1:{tls_port}>
    SSLEngine On
    SSLCertificateFile {folder}/certificate.pem
    SSLCertificateKeyFile {folder}/key.pem
    RequestHeader set X-Forwarded-Proto https
    <Location />
        ProxyPass http://127.0.0.1:{port}/ retry=0 nocanon
        ProxyPassReverse http://127.0.0.1:{port}/
    </Location>
</VirtualHost>
"""
