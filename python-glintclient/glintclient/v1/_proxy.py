# SPDX-License-Identifier: Apache-2.0

"""The calls of ``conn.image_replication``."""

from collections.abc import Callable
from collections.abc import Generator
from typing import Any
from typing import ClassVar
from typing import Literal

from openstack import exceptions

from glintclient.v1 import _rule_proxy
from glintclient.v1 import _wait
from glintclient.v1 import credential as _credential
from glintclient.v1 import image as _image
from glintclient.v1 import image_copy as _image_copy
from glintclient.v1 import plan as _plan
from glintclient.v1 import replication as _replication
from glintclient.v1 import site as _site

Site = _site.Site
Credential = _credential.Credential
Replication = _replication.Replication
ImageCopy = _image_copy.ImageCopy


class Proxy(_rule_proxy.Proxy):
    """Version 1 of the image replication service.

    All calls raise a subclass of
    :class:`openstack.exceptions.HttpException` with the server's sentence for
    what the server refuses, see :mod:`glintclient.exceptions`.
    """

    api_version: ClassVar[Literal['1']] = '1'

    # ====== Sites ======

    def sites(self, **query: Any) -> Generator[Site, None, None]:
        """List the sites that the project can see.

        :param query: fields to filter by, such as ``name`` or ``enabled``;
            ``sort_key`` and ``sort_dir``; ``limit``, the size of a page.
        :returns: a generator of sites, which gets a page at a time.
        """
        return self._list(Site, **query)

    def get_site(self, site: str | Site) -> Site:
        """Get a site.

        :param site: its id, or a site.
        :returns: the site.
        :raises openstack.exceptions.NotFoundException: if there is none.
        """
        return self._get(Site, site)

    def find_site(
        self, name_or_id: str, ignore_missing: bool = True
    ) -> Site | None:
        """Find a site.

        :param name_or_id: its name or id.
        :param ignore_missing: whether to return None if there is none, as
            in openstacksdk.
        :returns: the site.
        :raises openstack.exceptions.NotFoundException: if there is none, and
            that is not to be ignored.
        :raises openstack.exceptions.DuplicateResource: if several have the
            name; the message lists them.
        """
        return self._find(Site, name_or_id, ignore_missing=ignore_missing)

    def create_site(self, **attrs: Any) -> Site:
        """Add a site to the project.

        :param attrs: ``name`` and ``auth_url``; ``description``,
            ``region_name``, ``interface``, ``ca_cert``, ``enabled`` and
            ``shared`` are optional.
        :returns: the site.
        :raises openstack.exceptions.ConflictException: if the name is taken.
        """
        return self._create(Site, **attrs)

    def update_site(self, site: str | Site, **attrs: Any) -> Site:
        """Change a site.

        :param site: its id, or a site.
        :param attrs: the fields to change.
        :returns: the site as it is then.
        :raises openstack.exceptions.NotFoundException: if there is none.
        """
        return self._update(Site, site, **attrs)

    def delete_site(
        self,
        site: str | Site,
        ignore_missing: bool = True,
        cascade: bool = True,
    ) -> None:
        """Delete a site.

        :param site: its id, or a site.
        :param ignore_missing: whether it is no error if there is none.
        :param cascade: whether all credentials for it are deleted as well,
            those of other users, too.
        :raises openstack.exceptions.ConflictException: while copies from or
            to it are queued or running, or while there are credentials for it
            that are not to be deleted.
        """
        found = self._get_resource(Site, site)
        try:
            found.remove(self, cascade)
        except exceptions.NotFoundException:
            if not ignore_missing:
                raise

    # ====== Credentials ======

    def credentials(self, **query: Any) -> Generator[Credential, None, None]:
        """List the user's credentials and those shared in the project.

        :param query: fields to filter by, such as ``site_id`` or ``state``;
            ``sort_key`` and ``sort_dir``; ``limit``, the size of a page.
        :returns: a generator of credentials, which gets a page at a time.
        """
        return self._list(Credential, **query)

    def get_credential(self, credential: str | Credential) -> Credential:
        """Get a credential, without its secret.

        :param credential: its id, or a credential.
        :returns: the credential.
        :raises openstack.exceptions.NotFoundException: if there is none.
        """
        return self._get(Credential, credential)

    def find_credential(
        self, name_or_id: str, ignore_missing: bool = True, **query: Any
    ) -> Credential | None:
        """Find a credential.

        :param name_or_id: its name or id.
        :param ignore_missing: whether to return None if there is none, as
            in openstacksdk.
        :param query: further fields, such as ``site_id``.
        :returns: the credential.
        :raises openstack.exceptions.NotFoundException: if there is none, and
            that is not to be ignored.
        :raises openstack.exceptions.DuplicateResource: if several have the
            name; the message lists them.
        """
        if not query:
            return self._find(
                Credential, name_or_id, ignore_missing=ignore_missing
            )
        # A single credential cannot be asked for with a query.
        found = Credential._get_one_match(
            name_or_id, self.credentials(**query)
        )
        if found or ignore_missing:
            return found
        raise exceptions.NotFoundException(
            f'There is no such credential {name_or_id}.'
        )

    def create_credential(self, **attrs: Any) -> Credential:
        """Register a credential, after its site has taken it.

        :param attrs: ``site_id``, ``name``, ``auth_type`` and ``auth``;
            ``shared`` and ``check`` are optional.
        :returns: the credential, without ``auth``.
        :raises openstack.exceptions.BadRequestException: if the site does
            not take it, with what the site said.
        """
        made = self._create(Credential, **attrs)
        made.forget_secret()
        return made

    def update_credential(
        self, credential: str | Credential, **attrs: Any
    ) -> Credential:
        """Change a credential; only its user may.

        :param credential: its id, or a credential.
        :param attrs: ``name``, ``shared`` or ``auth``, which replaces all of
            the former ``auth`` after its site has taken it; ``check`` is
            optional then.
        :returns: the credential as it is then, without ``auth``.
        :raises openstack.exceptions.BadRequestException: if the site does
            not take it, with what the site said.
        :raises openstack.exceptions.NotFoundException: if there is none.
        """
        changed = self._update(Credential, credential, **attrs)
        changed.forget_secret()
        return changed

    def check_credential(self, credential: str | Credential) -> Credential:
        """Try a credential at its site again.

        :param credential: its id, or a credential.
        :returns: the credential, with what the site said in ``state`` and
            ``detail``.
        :raises openstack.exceptions.NotFoundException: if there is none.
        """
        return self._get_resource(Credential, credential).try_again(self)

    def delete_credential(
        self, credential: str | Credential, ignore_missing: bool = True
    ) -> None:
        """Delete a credential.

        :param credential: its id, or a credential.
        :param ignore_missing: whether it is no error if there is none.
        :raises openstack.exceptions.ConflictException: while copies that use
            it are queued or running.
        """
        self._delete(Credential, credential, ignore_missing=ignore_missing)

    # ====== Replications ======

    def replications(self, **query: Any) -> Generator[Replication, None, None]:
        """List the replications of the project, without their copies.

        :param query: fields to filter by, such as ``image_id`` or ``state``;
            ``sort_key`` and ``sort_dir``; ``limit``, the size of a page.
        :returns: a generator of replications, which gets a page at a time.
        """
        return self._list(Replication, **query)

    def get_replication(self, replication: str | Replication) -> Replication:
        """Get a replication with its copies.

        :param replication: its id, or a replication.
        :returns: the replication.
        :raises openstack.exceptions.NotFoundException: if there is none.
        """
        return self._get(Replication, replication, skip_cache=True)

    def find_replication(
        self, name_or_id: str, ignore_missing: bool = True
    ) -> Replication | None:
        """Find a replication.

        :param name_or_id: its id, its client token, or the name of its image;
            of several, the only one that has not ended is found.
        :param ignore_missing: whether to return None if there is none, as
            in openstacksdk.
        :returns: the replication.
        :raises openstack.exceptions.NotFoundException: if there is none, and
            that is not to be ignored.
        :raises openstack.exceptions.DuplicateResource: if there are several;
            the message lists them.
        """
        try:
            return self.get_replication(name_or_id)
        except exceptions.NotFoundException:
            pass
        for key in ('client_token', 'image_name'):
            found = list(self.replications(**{key: name_or_id}))
            if found:
                # Of several of one image, the one that goes on is meant.
                active = [item for item in found if not item.is_final]
                chosen = active if len(active) == 1 else found
                return Replication.only(name_or_id, chosen)
        if ignore_missing:
            return None
        raise exceptions.NotFoundException(
            f'There is no replication with the ID, client token or image name '
            f'{name_or_id}.'
        )

    def create_replication(self, **attrs: Any) -> Replication:
        """Copy an image to other sites.

        :param attrs: ``image_id`` and ``target_site_ids``;
            ``image_name``, ``source_site_id``, ``credential_ids``,
            ``options`` and ``client_token`` are optional.
        :returns: the replication, which is queued.
        :raises openstack.exceptions.BadRequestException: if a site cannot be
            used, or there is no credential for it.
        """
        return self._create(Replication, **attrs)

    def update_replication(
        self, replication: str | Replication, **attrs: Any
    ) -> Replication:
        """Let a replication go before, or after, those of others.

        :param replication: its id, or a replication.
        :param attrs: ``priority``, which is ``high``, ``normal`` or ``low``.
        :returns: the replication as it is then.
        :raises openstack.exceptions.ForbiddenException: if the policy does
            not let the user, who by default has to be an admin.
        :raises openstack.exceptions.NotFoundException: if there is none.
        """
        return self._update(Replication, replication, **attrs)

    def plan_replication(self, **attrs: Any) -> _plan.Plan:
        """Ask what a replication would do, without doing it.

        :param attrs: as for :meth:`create_replication`.
        :returns: the plan.
        :raises openstack.exceptions.BadRequestException: if a site cannot be
            used, or there is no credential for it.
        """
        plan = _plan.Plan.new(connection=self._get_connection(), **attrs)
        return plan.create(self, dry_run=True)

    def cancel_replication(
        self, replication: str | Replication
    ) -> Replication:
        """Stop all copies that are queued or running.

        :param replication: its id, or a replication.
        :returns: the replication as it is then; running copies are
            ``cancelling`` for a moment.
        :raises openstack.exceptions.ConflictException: if all have ended.
        """
        return self._get_resource(Replication, replication).cancel(self)

    def retry_replication(self, replication: str | Replication) -> Replication:
        """Queue all copies again that failed or were cancelled.

        :param replication: its id, or a replication.
        :returns: the replication as it is then.
        :raises openstack.exceptions.ConflictException: if none can be.
        """
        return self._get_resource(Replication, replication).retry(self)

    def delete_replication(
        self, replication: str | Replication, ignore_missing: bool = True
    ) -> None:
        """Delete a replication that has ended; copied images stay.

        :param replication: its id, or a replication.
        :param ignore_missing: whether it is no error if there is none.
        :raises openstack.exceptions.ConflictException: if it has not ended.
        """
        self._delete(Replication, replication, ignore_missing=ignore_missing)

    def wait_for_replication(
        self,
        replication: str | Replication,
        *,
        interval: float = 1,
        wait: float | None = None,
        callback: Callable[[Replication], None] | None = None,
    ) -> Replication:
        """Wait until a replication has ended.

        A service that does not answer is asked again for a minute.

        :param replication: its id, or a replication.
        :param interval: seconds between two looks at it.
        :param wait: seconds to wait at most; None for ever.
        :param callback: is called with the replication after each look.
        :returns: the replication; all its copies are completed.
        :raises openstack.exceptions.ResourceFailure: if a copy has failed or
            was cancelled. ``extra_data`` is the replication.
        :raises openstack.exceptions.ResourceTimeout: after ``wait`` seconds.
        """
        return _wait.completed(
            _wait.wait(
                lambda: self.get_replication(replication),
                interval=interval,
                limit=wait,
                callback=callback,
            )
        )

    # ====== Copies ======

    def copies(
        self, replication: str | Replication, **query: Any
    ) -> Generator[ImageCopy, None, None]:
        """List the copies of a replication, without their history.

        :param replication: its id, or a replication.
        :param query: fields to filter by, such as ``state``; ``sort_key``
            and ``sort_dir``; ``limit``, the size of a page.
        :returns: a generator of copies, which gets a page at a time.
        """
        replication_id = Replication.given_id(replication)
        return self._list(ImageCopy, replication_id=replication_id, **query)

    def get_copy(
        self,
        copy: str | ImageCopy,
        replication: str | Replication | None = None,
    ) -> ImageCopy:
        """Get a copy with its history.

        :param copy: its id, or a copy from :meth:`copies`.
        :param replication: the replication, unless the copy knows it.
        :returns: the copy.
        :raises openstack.exceptions.NotFoundException: if there is none.
        """
        return self._get(ImageCopy, copy, **self._parent(copy, replication))

    def find_copy(
        self, name_or_id: str, replication: str | Replication
    ) -> ImageCopy:
        """Find a copy, with its history.

        :param name_or_id: its id, or the name or id of its target site.
        :param replication: the replication that it belongs to.
        :returns: the copy.
        :raises openstack.exceptions.NotFoundException: if there is none.
        """
        copies = list(self.copies(replication))
        wanted = {name_or_id}
        if not any(item.id == name_or_id for item in copies):
            wanted = {
                site.id
                for site in self.sites()
                if name_or_id in (site.id, site.name)
            }
        for item in copies:
            if wanted & {item.id, item.target_site_id}:
                return self.get_copy(item)
        raise exceptions.NotFoundException(
            f'The replication has no copy {name_or_id}, and none to a site '
            'that is called so.'
        )

    def cancel_copy(
        self,
        copy: str | ImageCopy,
        replication: str | Replication | None = None,
    ) -> ImageCopy:
        """Stop a copy that is queued or running.

        :param copy: its id, or a copy from :meth:`copies`.
        :param replication: the replication, unless the copy knows it.
        :returns: the copy as it is then.
        :raises openstack.exceptions.ConflictException: if it has ended.
        """
        parent = self._parent(copy, replication)
        return self._get_resource(ImageCopy, copy, **parent).cancel(self)

    def retry_copy(
        self,
        copy: str | ImageCopy,
        replication: str | Replication | None = None,
    ) -> ImageCopy:
        """Queue a copy again that failed or was cancelled.

        :param copy: its id, or a copy from :meth:`copies`.
        :param replication: the replication, unless the copy knows it.
        :returns: the copy as it is then.
        :raises openstack.exceptions.ConflictException: if it cannot be.
        """
        parent = self._parent(copy, replication)
        return self._get_resource(ImageCopy, copy, **parent).retry(self)

    def _parent(
        self, copy: str | ImageCopy, replication: str | Replication | None
    ) -> dict[str, Any]:
        if replication is None and isinstance(copy, str):
            raise ValueError('A copy given by its id needs its replication.')
        if replication is None:
            return {}
        return {'replication_id': Replication.given_id(replication)}

    # ====== Images ======

    def images(self, **query: Any) -> Generator[_image.Image, None, None]:
        """List the images of all sites that the user has credentials for.

        :param query: fields to filter by, such as ``name``; ``search``, a part
            of the name, in any case; ``refresh``, to ask the sites again and
            not to take what they said before; ``limit``, the size of a page.
        :returns: a generator of images, one for each content, which gets a
            page at a time.
        """
        return self._list(_image.Image, **query)

    def matrix(self, **query: Any) -> _image.Matrix:
        """Get the images of all sites, and how far these could be asked.

        :param query: as for :meth:`images`.
        :returns: ``images`` and ``sites``.
        """
        return _image.Matrix.gather(self, **query)
