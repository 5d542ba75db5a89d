/* Controls: what a reader sets, read, kept in the address and told to the parts of the page that
   follow it by the event "breakeven:decided" {data, settings, decision, isChanged}. */
(function () {
  "use strict";
  var page = window.breakeven = window.breakeven || {};
  var fields = page.fields;
  var data = page.data("decision");
  var box = document.getElementById("controls");
  if (!data || !box || !page.engine) { return; }

  var OWN = data.settings;
  var OPTIONAL = ["price_per_kwh", "price_per_hour", "grid_g_per_kwh"];
  var PRICES = OPTIONAL.concat(["pue"]);
  var KNOWN = {
    rows: data.rows.map(function (row) { return row.row; }),
    measures: data.measures.map(function (measure) { return measure.key; }),
    currencies: ["EUR", "USD"]
  };
  var tasks = new Map();
  var last = null, timer = 0;

  function at(id) { return document.getElementById(id); }
  function input(name) { return at("control-" + name); }
  function isDaily() { return input("volume-mode").value === "daily"; }

  function rule(name) {
    var bounds = data.bounds[name], own = Object.assign({}, fields.RULES[name]);
    if (bounds) { own.most = bounds[1]; if (own.above === undefined) { own.least = bounds[0]; } }
    return own;
  }

  /* Show a sentence beside a field, or take it away. */
  function tell(name, sentence, culprits) {
    at("error-" + name).textContent = sentence;
    (culprits || [name]).forEach(function (each) {
      if (sentence) { input(each).setAttribute("aria-invalid", "true"); }
      else { input(each).removeAttribute("aria-invalid"); }
    });
    return !sentence;
  }

  function readVolume(found) {
    if (!isDaily()) {
      var whole = fields.read(input("volume").value, rule("volume"));
      tell("volume", whole.error || "");
      found.volume = whole.value;
      return !whole.error;
    }
    var parts = ["requests_per_day", "days"].map(function (name) {
      var read = fields.read(input(name).value, rule(name));
      found[name] = read.value;
      tell("volume", read.error || "", [name]);
      return read.error || "";
    }).filter(Boolean);
    found.volume = found.requests_per_day * found.days;
    var own = rule("volume"), bad = parts[0] || "";
    if (!bad && found.volume > own.most) { bad = "Together they come to more than " + fields.shown(own.most) + "; enter fewer a day or fewer days."; }
    if (!bad && found.volume < own.least) { bad = "Together they come to less than " + fields.shown(own.least) + "; enter more a day or more days."; }
    at("error-volume").textContent = bad;
    return !bad;
  }

  function readFloor(found) {
    var read = fields.readFloor(input("min_score").value, rule("min_score"), data);
    found.min_score = read.error ? null : read.value;
    at("note-min_score").textContent = read.note || "";
    return tell("min_score", read.error || "");
  }

  function readTasks(found) {
    found.tasks = {};
    tasks.forEach(function (n, row) { Object.defineProperty(found.tasks, row, { value: n, enumerable: true, configurable: true, writable: true }); });
    return !at("error-tasks") || !at("error-tasks").textContent;
  }

  function readPrices(found) {
    return PRICES.map(function (name) {
      var read = fields.read(input(name).value, rule(name));
      found[name] = read.error ? null : read.value;
      return tell(name, read.error || "");
    }).every(Boolean);
  }

  function readMeasure(found) {
    found.measure = input("measure").value;
    found.currency = input("currency").value;
    var measure = data.measures.find(function (each) { return each.key === found.measure; });
    if (!measure) { return tell("measure", ""); }
    var lacking = measure.factor.by.filter(function (name) { return found[name] === null && !at("error-" + name).textContent; });
    var zero = measure.factor.by.find(function (name) { return found[name] === 0; });
    if (lacking.length || zero) { openPrices(true); }
    return tell("measure", lacking.length ? fields.lacking(measure.label, lacking[0]) : zero ? fields.allZero(measure.label, zero) : "");
  }

  /* Beside a price or factor that changes nothing under the measure chosen: where it counts. */
  function tellIdle(found) {
    PRICES.forEach(function (name) {
      var place = at("idle-" + name), idle = found && fields.idle(name, found, data);
      place.hidden = !idle;
      if (!idle) { return; }
      place.querySelector("span").textContent = idle.text;
      place.querySelector("button").textContent = idle.choose;
      place.querySelector("button").value = idle.measure;
    });
  }

  /* Settings as the fields stand; null where one of them cannot be read, which then says so. */
  function read() {
    var found = {};
    var fine = [readVolume, readFloor, readTasks, readPrices, readMeasure].map(function (one) { return one(found); });
    return fine.every(Boolean) ? found : null;
  }

  function isOwn(settings) {
    return fields.toAddress(Object.assign({}, settings, { requests_per_day: null, days: null }), OWN) === "";
  }

  function run() {
    var settings = read();
    tellIdle(settings);
    at("answer").classList.toggle("is-stale", settings === null);
    at("stale").hidden = settings !== null;
    var isChanged = settings !== null && !isOwn(settings), key = JSON.stringify(settings);
    input("reset").disabled = settings !== null && !isChanged && !isDaily();
    if (settings === null || key === last) { return; }
    var decision = null;
    try { decision = canDecide(settings) ? page.engine.decide(data, settings) : null; }
    catch (error) { return refuse(error); }
    last = key;
    showFloor(decision);
    document.documentElement.classList.toggle("is-changed", isChanged);
    keep(settings);
    document.dispatchEvent(new CustomEvent("breakeven:decided", { detail: {
      data: data, settings: settings, decision: decision, isChanged: isChanged } }));
  }

  /* The floor that the study's own rule comes to under the cost chosen, which may rank others. */
  function showFloor(decision) {
    var field = input("min_score"), slider = input("min_score-slider");
    if (field.value.trim() || !decision || decision.bar === null) { return; }
    field.placeholder = page.numbers.general(decision.bar, 3) + ", as asked";
    slider.defaultValue = slider.value = String(decision.bar);
  }

  /* What the engine refuses is said where the cost is chosen; the old answer stays. */
  function refuse(error) {
    tell("measure", error.message);
    at("answer").classList.add("is-stale");
    at("stale").hidden = false;
  }

  /* Whether some pathway has the cost asked for; that of the study itself may be one that nobody has. */
  function canDecide(settings) {
    return data.measures.some(function (each) { return each.key === settings.measure; });
  }

  function keep(settings) {
    var address = fields.toAddress(settings, OWN);
    if (!address && location.hash.indexOf("=") < 0) { return; }
    try { history.replaceState(null, "", address ? "#" + address : location.pathname + location.search); }
    catch (error) { /* a page without an address of its own keeps nothing */ }
  }

  function soon() { window.clearTimeout(timer); timer = window.setTimeout(run, 60); }

  function showTasks() {
    if (!at("shares")) { return; }
    var shared = [];
    tasks.forEach(function (n, row) { if (n > 1) { shared.push(row + " by " + n); } });
    input("tasks").value = String(tasks.get(input("row").value) || 1);
    at("shares").textContent = shared.length ? "Shared: " + shared.join(", ") + " (assumed)" : "";
  }

  function setTasks(text) {
    var found = fields.read(text, rule("tasks"));
    tell("tasks", found.error || "");
    if (!found.error) { tasks.set(input("row").value, found.value); showTasks(); }
    soon();
  }

  function step(by) {
    var most = rule("tasks").most, now = tasks.get(input("row").value) || 1;
    setTasks(String(Math.max(1, Math.min(most, now + by))));
  }

  function openPrices(isOpen) {
    at("prices").hidden = !isOpen;
    input("prices").setAttribute("aria-expanded", String(isOpen));
  }

  function showMode() {
    var daily = isDaily();
    at("daily").hidden = !daily;
    input("volume").hidden = daily;
    input("volume-slider").disabled = daily;
    ["volume", "requests_per_day", "days"].forEach(function (name) { input(name).removeAttribute("aria-invalid"); });
  }

  function moveSliders() {
    var volume = isDaily() ? fields.number(input("requests_per_day").value) * fields.number(input("days").value) : fields.number(input("volume").value);
    if (volume > 0) { input("volume-slider").value = String(Math.log10(volume)); }
    input("volume-slider").setAttribute("aria-valuetext", volume > 0 ? fields.text(volume) + " " + data.item.many : "");
    var asked = fields.readFloor(input("min_score").value, rule("min_score"), data);
    var floor = asked.error || asked.value === null ? NaN : asked.value;
    var slider = input("min_score-slider");
    slider.value = isNaN(floor) ? slider.defaultValue : String(floor);
    slider.setAttribute("aria-valuetext", isNaN(floor) ? "as the study asked" : fields.text(floor));
  }

  /* Put settings into the fields; what they do not name becomes the study's own. */
  function fill(asks) {
    var wanted = Object.assign({}, OWN, asks, { tasks: Object.assign({}, OWN.tasks, asks.tasks) });
    var isSplit = asks.requests_per_day > 0 && asks.days > 0;
    input("volume-mode").value = isSplit ? "daily" : "total";
    input("requests_per_day").value = isSplit ? fields.text(asks.requests_per_day) : "";
    input("days").value = isSplit ? fields.text(asks.days) : "";
    ["volume", "min_score"].concat(PRICES).forEach(function (name) { input(name).value = fields.text(wanted[name]); });
    input("measure").value = wanted.measure;
    input("currency").value = wanted.currency;
    tasks.clear();
    Object.keys(wanted.tasks).forEach(function (row) { tasks.set(row, wanted.tasks[row]); });
    if (at("error-tasks")) { tell("tasks", ""); input("row").selectedIndex = 0; }
    showTasks();
    showMode();
    openPrices(PRICES.some(function (name) { return wanted[name] !== OWN[name]; }));
    moveSliders();
    run();
  }

  function reset() {
    fill({});
    input("volume").focus();
  }

  function fromAddress(isFirst) {
    var found = fields.fromAddress(location.hash, KNOWN);
    if (!found && isFirst !== true) { return; }
    found = found || { asks: {}, ignored: [] };
    if (data.is_measured_only) { dropAssumed(found); }
    at("ignored").hidden = found.ignored.length === 0;
    at("ignored").textContent = found.ignored.length ? "Not understood in the address, and left out: " + found.ignored.join("; ") + "." : "";
    fill(found.asks);
  }

  /* A report of measured numbers only takes no assumed ones, from an address neither. */
  function dropAssumed(found) {
    PRICES.concat(["tasks"]).forEach(function (name) {
      if (!(name in found.asks) || (name === "tasks" && !Object.keys(found.asks.tasks).length)) { return; }
      delete found.asks[name];
      found.ignored.push(name + " (this report holds measured numbers only)");
    });
  }

  function listen() {
    at("controls-form").addEventListener("submit", function (event) { event.preventDefault(); run(); });
    box.addEventListener("input", function (event) {
      var id = event.target.id;
      if (id === "control-volume-slider") { input("volume").value = fields.text(fields.rounded(Math.pow(10, Number(event.target.value)), 2)); }
      if (id === "control-min_score-slider") { input("min_score").value = event.target.value; }
      if (id === "control-row") { showTasks(); tell("tasks", ""); }
      if (id === "control-tasks") { setTasks(event.target.value); return; }
      if (id === "control-volume-mode") { startDaily(); showMode(); }
      if (event.target.type !== "range") { moveSliders(); }
      soon();
    });
    input("prices").addEventListener("click", function () { openPrices(at("prices").hidden); });
    at("prices").addEventListener("click", function (event) {
      if (event.target.tagName !== "BUTTON") { return; }
      input("measure").value = event.target.value;
      input("measure").focus();
      run();
    });
    input("reset").addEventListener("click", reset);
    if (at("shares")) {
      input("tasks-less").addEventListener("click", function () { step(-1); });
      input("tasks-more").addEventListener("click", function () { step(1); });
      input("tasks").addEventListener("keydown", function (event) {
        var by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
        if (by) { event.preventDefault(); step(by); }
      });
    }
    window.addEventListener("hashchange", fromAddress);
  }

  /* A year of the volume that stands, so that choosing the other way of saying it changes nothing. */
  function startDaily() {
    var volume = fields.number(input("volume").value);
    if (!isDaily()) {
      var product = fields.number(input("requests_per_day").value) * fields.number(input("days").value);
      if (product > 0) { input("volume").value = fields.text(product); }
    } else if (!input("days").value && volume > 0) {
      input("days").value = "365";
      input("requests_per_day").value = fields.text(fields.rounded(volume / 365, 3));
    }
  }

  function forbid() {
    var hasEnergy = data.measures.some(function (each) { return each.base === "energy_j"; });
    var hasTime = data.measures.some(function (each) { return each.key === "rent"; });
    var dead = data.is_measured_only ? PRICES.concat(["tasks"]) : hasEnergy ? [] : ["price_per_kwh", "pue", "grid_g_per_kwh"];
    if (!hasTime) { dead.push("price_per_hour"); }
    dead.forEach(function (name) { if (input(name)) { input(name).disabled = true; } });
    if (data.is_measured_only && at("shares")) { input("tasks-less").disabled = input("tasks-more").disabled = true; }
  }

  page.controls = { data: data, own: OWN, fill: fill, isOwn: isOwn };
  box.hidden = false;
  if (window.matchMedia("(max-width: 900px)").matches) { box.open = false; }
  last = JSON.stringify(null);
  forbid();
  listen();
  document.addEventListener("DOMContentLoaded", function () { fromAddress(true); });
})();
