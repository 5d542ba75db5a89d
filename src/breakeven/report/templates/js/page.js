/* Page: the one global name, and charts drawn when they are needed.

   Every script of the page hangs its functions on `window.breakeven`. A chart is drawn when it comes
   near the window, the rest while the browser is idle, and all of them before printing. */
(function () {
  "use strict";
  var page = window.breakeven = window.breakeven || {};
  var OPTIONS = { mode: "vega-lite", renderer: "svg", actions: false, ast: true };
  var NEAR = "400px 0px";
  var waiting = new Map();
  var nDrawn = 0;

  /* Value of the JSON block with this id; null where the page has none. */
  page.data = function (id) {
    var block = document.getElementById(id);
    return block ? JSON.parse(block.textContent) : null;
  };

  /* Vega comes after these scripts, so that what answers does not wait for what draws. */
  var parsed = new Promise(function (resolve) {
    if (document.readyState !== "loading") { resolve(); }
    else { document.addEventListener("DOMContentLoaded", resolve); }
  });

  /* Name of each figure on the page -> Promise of its Vega view, whether it is drawn yet or not. */
  page.views = new Map();

  /* Draw one figure now; gives the Promise of its view. */
  page.draw = function (name) {
    var start = waiting.get(name);
    waiting.delete(name);
    if (start) { start(); }
    return page.views.get(name);
  };

  /* Draw every figure; the Promise ends when the last one stands or has failed. */
  page.drawAll = function () {
    Array.from(waiting.keys()).forEach(page.draw);
    return Promise.all(Array.from(page.views.values()).map(function (view) {
      return view.catch(function () { return null; });
    }));
  };

  function count() {
    nDrawn += 1;
    if (nDrawn === page.views.size) { document.documentElement.dataset.charts = "done"; }
  }

  function fail(place, error) {
    place.textContent = "This chart could not be drawn (" + error.message + "). Its numbers are in the tables.";
    place.dataset.failed = "true";
  }

  function drawIn(place, spec) {
    var label = place.getAttribute("aria-label");
    return parsed.then(function () {
      if (typeof window.vegaEmbed !== "function") { throw new Error("Vega is missing"); }
      place.textContent = "";
      return window.vegaEmbed(place, spec, OPTIONS);
    }).then(function (drawn) {
      // Columns of a legend follow the width, which Vega knows only once it has laid out: again.
      return place.querySelector(".role-legend") ? drawn.view.resize().runAsync() : drawn.view;
    }).then(function (view) {
      // Vega takes the place for a document to be read mark by mark; the label says it better.
      place.setAttribute("role", "img");
      place.setAttribute("aria-label", label);
      place.removeAttribute("aria-roledescription");
      place.querySelectorAll("form:empty").forEach(function (unused) { unused.remove(); });
      return view;
    });
  }

  function announce(place, spec) {
    var name = place.dataset.figure;
    var promise = new Promise(function (resolve, reject) {
      waiting.set(name, function () {
        drawIn(place, spec).then(resolve, function (error) { fail(place, error); reject(error); });
      });
    });
    promise.then(count, count);
    page.views.set(name, promise);
  }

  function drawNear(places) {
    var watcher = new IntersectionObserver(function (entries) {
      entries.forEach(function (entry) {
        if (!entry.isIntersecting) { return; }
        watcher.unobserve(entry.target);
        page.draw(entry.target.dataset.figure);
      });
    }, { rootMargin: NEAR });
    places.forEach(function (place) { watcher.observe(place); });
  }

  function drawRest() {
    var next = waiting.keys().next();
    if (next.done) { return; }
    page.draw(next.value).then(whenIdle, whenIdle);
  }

  function whenIdle() {
    if (window.requestIdleCallback) { window.requestIdleCallback(drawRest, { timeout: 200 }); }
    else { window.setTimeout(drawRest, 50); }
  }

  function start() {
    var specs = page.data("specs") || {};
    var places = Array.from(document.querySelectorAll("[data-figure]")).filter(function (place) {
      return specs[place.dataset.figure];
    });
    places.forEach(function (place) { announce(place, specs[place.dataset.figure]); });
    if (places.length === 0) { document.documentElement.dataset.charts = "done"; }
    drawNear(places);
    window.addEventListener("load", whenIdle);
  }

  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details[data-print]").forEach(function (part) { part.open = true; });
    page.drawAll();
  });
  start();
})();
