/*
 * SPDX-License-Identifier: Apache-2.0
 */

/*
 * Replicate, in the menu of each row of Project > Compute > Images.
 *
 * That panel of Horizon is one of AngularJS, so this is an action of its
 * registry. It only leads to the page of the matrix.
 */
(function () {
  'use strict';

  // It requires no other module: one that a later Horizon has no more would
  // stop all of its pages.
  angular
    .module('horizon.app.image_replication', [])
    .factory('horizon.app.image_replication.replicate', replicate)
    .run(register);

  replicate.$inject = [
    '$q',
    '$window',
    'horizon.app.core.openstack-service-api.policy',
    'horizon.app.core.openstack-service-api.serviceCatalog',
    'horizon.framework.util.actions.action-result.service',
    'horizon.framework.util.q.extensions'
  ];

  function replicate($q, $window, policy, catalog, results, extensions) {
    return {allowed: allowed, perform: perform};

    function allowed(image) {
      return $q.all([
        extensions.booleanAsPromise(image.status === 'active'),
        catalog.ifTypeEnabled('image-replication'),
        policy.ifAllowed({rules: [
          ['image-replication', 'image-replication:replication:create']
        ]})
      ]);
    }

    function perform(image) {
      $window.location.href = $window.WEBROOT +
        'project/image_replication/?image=' + encodeURIComponent(image.id);
      // Nothing has changed yet, so the list need not be loaded again.
      return $q.when(results.getActionResult().result);
    }
  }

  register.$inject = ['$injector'];

  function register($injector) {
    var images = 'horizon.app.core.images.resourceType';
    if (!$injector.has(images)) {
      return;
    }
    $injector.get('horizon.framework.conf.resource-type-registry.service')
      .getResourceType($injector.get(images))
      .itemActions.append({
        id: 'replicateImageAction',
        service: $injector.get('horizon.app.image_replication.replicate'),
        template: {text: gettext('Replicate')}
      });
  }
}());
