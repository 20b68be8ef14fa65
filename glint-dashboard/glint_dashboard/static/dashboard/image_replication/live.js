/*
 * SPDX-License-Identifier: Apache-2.0
 */

/*
 * Shows progress while something runs, and counts ticks in the matrix.
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
    countTicks();
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

  /*
   * Ticks of the matrix: of cells, and of whole rows and columns. They live as
   * long as the tab of the browser, whatever page of the matrix is shown.
   */

  /* The ticks on other pages. */
  var elsewhere = [];

  function storage(owner) {
    return 'image-replication-ticks ' + owner;
  }

  function values(boxes) {
    return boxes.map(function (box) {
      return box.value;
    });
  }

  function restoreTicks(form) {
    var kept = [];
    try {
      kept = JSON.parse(
        sessionStorage.getItem(storage(form.getAttribute('data-ticks-of'))));
    } catch (error) {
      /* The browser keeps nothing. */
    }
    var here = all('input[name="tick"]');
    here.forEach(function (box) {
      box.checked = box.defaultChecked || (kept || []).indexOf(box.value) >= 0;
    });
    here = values(here);
    elsewhere = (kept || []).filter(function (value) {
      return here.indexOf(value) < 0;
    });
  }

  function keepTicks(form, ticked) {
    try {
      sessionStorage.setItem(storage(form.getAttribute('data-ticks-of')),
        JSON.stringify(ticked));
    } catch (error) {
      /* The browser keeps nothing. */
    }
  }

  function sendElsewhere(form) {
    all('input[type="hidden"][name="tick"]', form).forEach(function (input) {
      form.removeChild(input);
    });
    elsewhere.forEach(function (value) {
      var input = document.createElement('input');
      input.type = 'hidden';
      input.name = 'tick';
      input.value = value;
      form.appendChild(input);
    });
  }

  function reveal(selector, visible) {
    all(selector).forEach(function (place) {
      place.classList.toggle('hidden', !visible);
    });
  }

  function countTicks() {
    var form = document.querySelector('form[data-ticks-of]');
    if (!form) {
      return;
    }
    var ticked = values(all('input[name="tick"]:checked')).concat(elsewhere);
    keepTicks(form, ticked);
    sendElsewhere(form);
    all('[data-ticks-count]').forEach(function (place) {
      place.textContent = ticked.length;
    });
    all('[data-ticks-elsewhere]').forEach(function (place) {
      place.textContent = elsewhere.length;
    });
    all('[data-ticks-button]').forEach(function (button) {
      button.disabled = ticked.length === 0;
    });
    reveal('[data-ticks-note]', elsewhere.length > 0);
    measure();
  }

  function untick() {
    elsewhere = [];
    tickAll(all('[data-matrix] input[type="checkbox"]'), false);
    countTicks();
  }

  /* All of a column, on all pages, once the box of the column is ticked. */
  function tickRest(button) {
    var here = values(all('input[name="tick"]'));
    button.getAttribute('data-tick-rest').split(' ').forEach(function (value) {
      if (here.indexOf(value) < 0 && elsewhere.indexOf(value) < 0) {
        elsewhere.push(value);
      }
    });
    button.classList.add('hidden');
    countTicks();
  }

  function untickRest(column) {
    elsewhere = elsewhere.filter(function (value) {
      return value.split('/')[2] !== column;
    });
  }

  function tickAll(boxes, ticked) {
    boxes.forEach(function (box) {
      box.checked = ticked;
    });
  }

  function missing(where) {
    return all(where + ' input[name="tick"][data-state="missing"]');
  }

  function ticked(event) {
    var box = event.target;
    var column = box.getAttribute('data-tick-column');
    if (column) {
      tickAll(missing('[data-matrix] td[data-column="' + column + '"]'),
        box.checked);
      reveal('[data-column="' + column + '"] [data-tick-rest]', box.checked);
      if (!box.checked) {
        untickRest(column);
      }
    } else if (box.hasAttribute('data-tick-row')) {
      tickAll(
        all('input[name="tick"][data-state="missing"]', box.closest('tr')),
        box.checked);
    }
    countTicks();
  }

  function clicked(event) {
    var button = event.target.closest('[data-confirm]');
    if (button && !window.confirm(button.getAttribute('data-confirm'))) {
      event.preventDefault();
    }
    if (event.target.closest('[data-ticks-clear]')) {
      untick();
    }
    var rest = event.target.closest('[data-tick-rest]');
    if (rest) {
      tickRest(rest);
    }
    var done = event.target.closest('[data-ticks-done]');
    if (done) {
      keepTicks(done, []);
    }
  }

  /* Where what stays in sight has its place: beside Horizon's own bars. */
  function measure() {
    var table = document.querySelector('.image-replication-matrix');
    if (!table) {
      return;
    }
    var top = document.querySelector('.navbar-fixed-top');
    var side = document.querySelector('#sidebar');
    function tell(name, pixels) {
      table.style.setProperty('--image-replication-' + name, pixels + 'px');
    }
    tell('top', top ? top.getBoundingClientRect().bottom : 0);
    tell('left', side ? Math.max(side.getBoundingClientRect().right, 0) : 0);
    tell('bar', table.querySelector('.matrix-bar').offsetHeight);
    if (side) {
      side.classList.add('image-replication-beside');
    }
  }

  function begin() {
    measure();
    window.addEventListener('resize', measure);
    all('.image-replication-live').forEach(follow);
    all('[data-matrix]').forEach(function (table) {
      table.addEventListener('change', ticked);
    });
    document.addEventListener('click', clicked);
    all('form[data-ticks-of]').forEach(restoreTicks);
    countTicks();
  }

  if (document.readyState === 'loading') {
    document.addEventListener('DOMContentLoaded', begin);
  } else {
    begin();
  }
}());
