/*
 * SPDX-License-Identifier: Apache-2.0
 */

/*
 * The matrix: its ticks, and where its heads stay in sight.
 *
 * Ticks are of cells, and of whole rows and columns. They live as long as the
 * tab of the browser, whatever page of the matrix is shown.
 */
(function () {
  'use strict';

  function all(selector, within) {
    return Array.prototype.slice.call(
      (within || document).querySelectorAll(selector));
  }

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
      document.documentElement.style.setProperty(
        '--image-replication-' + name, pixels + 'px');
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
    all('[data-matrix]').forEach(function (table) {
      table.addEventListener('change', ticked);
    });
    document.addEventListener('click', clicked);
    document.addEventListener('image-replication-painted', countTicks);
    all('form[data-ticks-of]').forEach(restoreTicks);
    countTicks();
  }

  if (document.readyState === 'loading') {
    document.addEventListener('DOMContentLoaded', begin);
  } else {
    begin();
  }
}());
