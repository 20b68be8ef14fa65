/*
 * SPDX-License-Identifier: Apache-2.0
 */

/*
 * Shows progress while something runs.
 *
 * Asks only while the page is visible and something runs, never otherwise,
 * and never again after a logout. The HTML comes from the server.
 */
(function () {
  'use strict';

  var FAST = 1500;
  var SLOWEST = 30000;

  function all(selector, within) {
    return Array.prototype.slice.call(
      (within || document).querySelectorAll(selector));
  }

  function places(name) {
    return all('[data-live="' + name + '"], [data-live-row="' + name + '"]');
  }

  /* A button in use must not be replaced under the hands of its user. */
  function inUse(place) {
    return place.querySelector('.open, [aria-expanded="true"]') !== null;
  }

  function checkboxKey(box) {
    return box.name + '=' + box.value;
  }

  function paint(place, html) {
    if (place.shownHtml === html || inUse(place)) {
      return;
    }
    place.shownHtml = html;
    var ticked = all('input[type="checkbox"]:checked', place).map(checkboxKey);
    var active = document.activeElement;
    var focused = place.contains(active) &&
      (active.id ? '#' + active.id : active.getAttribute('formaction') &&
        '[formaction="' + active.getAttribute('formaction') + '"]');
    if (place.hasAttribute('data-live-row')) {
      var holder = document.createElement('tbody');
      holder.innerHTML = html;
      var row = holder.querySelector('tr');
      place.innerHTML = row.innerHTML;
      place.className = row.className;
    } else {
      place.innerHTML = html;
    }
    all('input[type="checkbox"]', place).forEach(function (box) {
      box.checked = ticked.indexOf(checkboxKey(box)) >= 0;
    });
    if (focused) {
      var again = place.querySelector(focused);
      if (again) {
        again.focus();
      }
    }
  }

  function paintAll(parts) {
    Object.keys(parts).forEach(function (name) {
      places(name).forEach(function (place) {
        paint(place, parts[name]);
      });
    });
    document.dispatchEvent(new Event('image-replication-painted'));
  }

  function follow(page) {
    var url = page.getAttribute('data-live-url');
    var status = page.querySelector('[data-live-status]');
    var problem = page.querySelector('[data-live-error]');
    var wait = FAST;
    var timer = null;
    var running = page.getAttribute('data-live-active') === 'true';

    function say(text) {
      if (text && status.textContent !== text) {
        status.textContent = text;
      }
    }

    function warn(text) {
      problem.textContent = text;
      problem.classList.toggle('hidden', !text);
    }

    function later() {
      clearTimeout(timer);
      if (running && !document.hidden) {
        timer = setTimeout(ask, wait);
      }
    }

    function stop() {
      running = false;
      clearTimeout(timer);
    }

    function show(news) {
      wait = FAST;
      warn('');
      paintAll(news.parts);
      say(news.active ? news.summary : page.getAttribute('data-live-ended'));
      if (!news.active) {
        stop();
      }
    }

    /* Rows that show something running: their end is to be seen, too. */
    function address() {
      var watched = all('[data-watch]').filter(function (row) {
        return row.querySelector('[data-running]');
      }).map(function (row) {
        return 'watch=' + encodeURIComponent(row.getAttribute('data-watch'));
      });
      return watched.length ? url + '?' + watched.join('&') : url;
    }

    function ask() {
      fetch(address(), {
        credentials: 'same-origin',
        headers: {'X-Requested-With': 'XMLHttpRequest'}
      }).then(function (answer) {
        if (answer.status === 401 || answer.status === 403 ||
            answer.redirected) {
          stop();
          warn(page.getAttribute('data-live-logout'));
          return null;
        }
        return answer.json();
      }).then(function (news) {
        if (news && news.error) {
          warn(news.error);
          wait = Math.min(2 * wait, SLOWEST);
        } else if (news) {
          show(news);
        }
      }).catch(function () {
        wait = Math.min(2 * wait, SLOWEST);
      }).then(later);
    }

    document.addEventListener('visibilitychange', later);
    window.addEventListener('pagehide', stop);
    later();
  }

  function clicked(event) {
    var button = event.target.closest('[data-confirm]');
    if (button && !window.confirm(button.getAttribute('data-confirm'))) {
      event.preventDefault();
    }
  }

  function begin() {
    all('.image-replication-live').forEach(follow);
    document.addEventListener('click', clicked);
  }

  if (document.readyState === 'loading') {
    document.addEventListener('DOMContentLoaded', begin);
  } else {
    begin();
  }
}());
