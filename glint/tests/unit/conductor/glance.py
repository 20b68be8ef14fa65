# SPDX-License-Identifier: Apache-2.0

"""A cloud whose Glance keeps images in memory and fails when it is told."""

import hashlib
import json
from typing import Any
import urllib.parse

from glint.tests.unit.image import cloud

_ID = '/v2/images/([^/]+)'


class Glance(cloud.Cloud):
    """As much of Glance as a conductor asks of it.

    :ivar images: the records, by id.
    :ivar data: the bytes of the images, by id.
    :ivar burnt: the ids of images that were deleted.
    :ivar formats: the disk formats that it takes.
    :ivar container_formats: the container formats that it takes.
    """

    def __init__(self) -> None:
        super().__init__()
        self.images: dict[str, dict[str, Any]] = {}
        self.data: dict[str, bytes] = {}
        self.burnt: set[str] = set()
        self.formats = ['raw', 'qcow2']
        self.container_formats = ['bare']
        self.on('GET', '/v2/images', self._list)
        self.on('POST', '/v2/images', self._create)
        self.on('GET', _ID, self._show)
        self.on('PATCH', _ID, self._update)
        self.on('DELETE', _ID, self._delete)
        self.on('GET', _ID + '/file', self._download)
        self.on('PUT', _ID + '/file', self._upload)
        self.on('GET', '/v2/schemas/image', self._schema)

    def add(self, image_id: str, data: bytes, **fields: Any) -> dict[str, Any]:
        """Put an active image there."""
        self.data[image_id] = data
        self.images[image_id] = {
            'id': image_id,
            'name': 'an image',
            'disk_format': 'raw',
            'container_format': 'bare',
            'visibility': 'private',
            'protected': False,
            'os_hidden': False,
            'tags': [],
            'min_disk': 0,
            'min_ram': 0,
            **self._facts(data),
            **fields,
        }
        return self.images[image_id]

    @staticmethod
    def _facts(data: bytes) -> dict[str, Any]:
        return {
            'status': 'active',
            'size': len(data),
            'checksum': hashlib.md5(data).hexdigest(),
            'os_hash_algo': 'sha512',
            'os_hash_value': hashlib.sha512(data).hexdigest(),
        }

    @staticmethod
    def _named(request: cloud.Request) -> str:
        return request.path.split('/')[3]

    def _list(self, request: cloud.Request) -> None:
        query = urllib.parse.urlsplit(request.path).query
        filters = dict(urllib.parse.parse_qsl(query))
        filters.pop('limit', None)
        if filters.get('visibility') == 'all':
            filters.pop('visibility')
        hidden = filters.pop('os_hidden', '') == 'true'
        for key in filters.keys() & {'name', 'status'}:
            filters[key] = filters[key].removeprefix('eq:')
        found = [
            image
            for image in self.images.values()
            if all(image.get(key) == filters[key] for key in filters)
            and image.get('os_hidden', False) == hidden
        ]
        request.reply(200, {'images': found})

    def _create(self, request: cloud.Request) -> None:
        body = request.json()
        if body['id'] in self.images or body['id'] in self.burnt:
            request.reply(409, {'message': 'Image ID already exists!'})
        else:
            self.make(request, body)

    def make(self, request: cloud.Request, body: dict[str, Any]) -> None:
        """Make the record of an image as it was asked for."""
        self.images[body['id']] = {
            'os_hidden': False,
            'protected': False,
            **body,
            'status': 'queued',
            'size': None,
            'checksum': None,
            'os_hash_algo': None,
            'os_hash_value': None,
        }
        request.reply(201, self.images[body['id']])

    def _show(self, request: cloud.Request) -> None:
        image = self.images.get(self._named(request))
        if image is None:
            request.reply(404, {'message': 'No image found'})
        else:
            request.reply(200, image)

    def _update(self, request: cloud.Request) -> None:
        image = self.images[self._named(request)]
        for change in json.loads(request.body()):
            if change['op'] == 'remove':
                del image[change['path'][1:]]
            else:
                image[change['path'][1:]] = change['value']
        request.reply(200, image)

    def _delete(self, request: cloud.Request) -> None:
        self.images.pop(self._named(request), None)
        self.burnt.add(self._named(request))
        request.reply(204)

    def _download(self, request: cloud.Request) -> None:
        request.reply(200, self.data[self._named(request)])

    def _upload(self, request: cloud.Request) -> None:
        image_id = self._named(request)
        length = int(request.headers['Content-Length'])
        self.images[image_id]['status'] = 'saving'
        data = request.rfile.read(length)
        if len(data) < length:
            self.images[image_id]['status'] = 'queued'
            request.cut()
            return
        self.data[image_id] = data
        self.images[image_id].update(self._facts(data))
        request.reply(204)

    def _schema(self, request: cloud.Request) -> None:
        request.reply(
            200,
            {
                'properties': {
                    'disk_format': {'enum': [None, *self.formats]},
                    'container_format': {
                        'enum': [None, *self.container_formats]
                    },
                }
            },
        )
