# SPDX-License-Identifier: Apache-2.0

"""The clouds and the Glint that are measured."""

from collections.abc import Sequence
import datetime
import os
import pathlib
import time
from typing import Any

from benchmarks import curl
from benchmarks import processor
from cloudlab import plan
from cloudlab import process
from workbench.demo import clouds

#: Of all images, by which they are found again.
NAME = 'bench'
_PIECE = 2**20
#: Seconds between two looks at a replication.
_POLL = 1.0


class ReplicationFailed(Exception):
    """A replication did not end as it should."""


class Cloud:
    """One of the clouds.

    :ivar connection: of its member.
    :ivar folder: of its stores and logs.
    """

    def __init__(self, planned: plan.Cloud) -> None:
        self.name = planned.name
        self.connection = clouds.connect(self.name)
        self.folder = planned.path
        self._image_url = planned.image_url
        self._glance_pid = planned.pids['glance']
        self._access_log = pathlib.Path(planned.logs['glance_access'])

    def token(self) -> str:
        """Return a token of the member."""
        return str(self.connection.auth_token)

    def create(self) -> str:
        """Make a record without data, and return its id."""
        # Not by create_image, which takes a name for that of a file.
        body = {
            'name': NAME,
            'disk_format': 'raw',
            'container_format': 'bare',
        }
        made = self.connection.image.post('/images', json=body)
        return str(made.json()['id'])

    def data(self, image_id: str) -> tuple[str, str]:
        """Return the URL of an image's data, and a token."""
        return f'{self._image_url}/v2/images/{image_id}/file', self.token()

    def delete_all(self) -> None:
        """Delete what the benchmarks made here."""
        for image in self.connection.image.images(name=NAME):
            self.connection.image.delete_image(image)

    def reads(self, image_id: str) -> int:
        """Return how often an image's data were asked for."""
        wanted = f'"GET /v2/images/{image_id}/file '
        return self._access_log.read_text().count(wanted)

    def processor_seconds(self) -> float:
        """Return the processor time that Glance has taken."""
        return processor.of_server(self._glance_pid)


class Lab:
    """All clouds, with Glint in the first.

    :ivar glint: can copy to all the others.
    :ivar glint_pid: of its process.
    """

    def __init__(self, root: pathlib.Path) -> None:
        self.root = root
        lab = plan.Lab.load(root / 'lab')
        assert lab
        self.home, *self.others = map(Cloud, lab.clouds)
        self.venv = pathlib.Path(lab.venv)
        self.glint: Any = self.home.connection.image_replication
        self._sites = {
            cloud.name: clouds.register(self.glint, cloud.connection)[0]
            for cloud in self.others
        }
        [running] = process.known(root)
        self.glint_pid = running.pid

    def processor_seconds(self) -> float:
        """Return the processor time that Glint has taken."""
        return processor.of_server(self.glint_pid)

    def file(self, mib: int) -> pathlib.Path:
        """Return a file of random bytes."""
        path = self.root / f'{mib}.raw'
        if not path.exists():
            with open(path, 'wb') as stream:
                for _number in range(mib):
                    stream.write(os.urandom(_PIECE))
        return path

    def source(self, mib: int) -> str:
        """Give the first cloud an image, and return its id."""
        image_id = self.home.create()
        curl.send(self.file(mib), [self.home.data(image_id)])
        return image_id

    def replicate(
        self,
        image_id: str,
        targets: Sequence[Cloud],
        outcome: str = 'copied',
    ) -> float:
        """Have Glint copy an image, and wait for the end of it.

        :param outcome: that is expected.
        :returns: the seconds from the request to the end.
        :raises ReplicationFailed: when it ends otherwise.
        """
        began = time.time()
        asked = self.glint.create_replication(
            image_id=image_id,
            target_site_ids=[self._sites[cloud.name] for cloud in targets],
        )
        done = self.glint.wait_for_replication(asked, interval=_POLL)
        if any(copy.outcome != outcome for copy in done.copies):
            raise ReplicationFailed(f'Not all are {outcome}: {done}')
        # More exact than the looks, which cost processor time, too.
        ended = datetime.datetime.fromisoformat(done.finished_at)
        return ended.timestamp() - began
