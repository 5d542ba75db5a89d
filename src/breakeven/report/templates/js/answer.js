/* Answer: the first screen under the settings of the controls. What Python wrote stands for the
   study's own settings and comes back with them; everything else is filled in as text. */
(function () {
  "use strict";
  var page = window.breakeven = window.breakeven || {};
  var words = page.quantity, units = page.units;
  if (!page.controls) { return; }
  var own = document.getElementById("answer-live").cloneNode(true);
  var DETAILS = { "always cheaper": "from the first {one} on", never: "it costs less at no volume", "not shown": "the saving per {one} is not shown", "cheaper only up to": "{many}; from there on {incumbent} has cost less" };
  var NAMES = { min_score: "quality floor", price_per_hour: "price per hour", price_per_kwh: "price per kWh", pue: "PUE", grid_g_per_kwh: "grid factor" };

  var ownTitle = document.title;
  var QUALITIES = page.data("qualities");

  function at(id) { return document.getElementById(id); }
  /* A study of one pathway has no place for some of these. */
  function put(id, text) { if (at(id)) { at(id).textContent = text; } }
  function show(id, isShown) { if (at(id)) { at(id).hidden = !isShown; } }
  function capital(text) { return text.charAt(0).toUpperCase() + text.slice(1); }

  /* Names of the signs under which a number is shown; as report/kinds.py. */
  page.signs = function (found) {
    var names = found.kinds.slice(), origins = found.origins;
    function drop(name) { names.splice(names.indexOf(name), 1); }
    function has(name) { return found.kinds.indexOf(name) >= 0; }
    var isLive = origins.indexOf("live") >= 0;
    if (has("measured") && origins.indexOf("replayed") >= 0) { names.push("replayed"); if (!isLive) { drop("measured"); } }
    if (has("counted") && origins.indexOf("stated") >= 0 && !has("assumed")) { names.push("stated"); if (!isLive) { drop("counted"); } }
    if (found.kinds.some(function (kind) { return kind !== "assumed"; })) {
      ["published", "derived", "inferred"].forEach(function (name) { if (origins.indexOf(name) >= 0) { names.push(name); } });
    }
    return names;
  };

  /* Copies of what stands for a pathway or a sign. */
  function look(attribute, name) {
    var all = at("looks").querySelectorAll("[" + attribute + "]");
    var found = Array.from(all).find(function (each) { return each.getAttribute(attribute) === name; });
    return found ? Array.from(found.childNodes).map(function (node) { return node.cloneNode(true); }) : [];
  }

  /* Signs in the order of the legend, each once. */
  function order(names) {
    return Array.from(at("looks").querySelectorAll("[data-kind]")).map(function (each) { return each.dataset.kind; })
      .filter(function (name) { return names.indexOf(name) >= 0; });
  }

  page.look = look;
  page.inOrder = order;

  /* Value, interval and signs of one number. */
  function number(place, text, found, isCompact) {
    var cut = text.indexOf(" (");
    place.querySelector(".value").textContent = cut < 0 ? text : text.slice(0, cut);
    place.querySelector(".interval").textContent = cut < 0 ? "" : text.slice(cut + 1);
    var signs = place.querySelector(".signs-of");
    signs.textContent = "";
    order(found ? page.signs(found) : []).forEach(function (name) {
      signs.append(" ");
      look(isCompact ? "data-kind-compact" : "data-kind", name).forEach(function (node) { signs.append(node); });
    });
    page.provenance.set(place.querySelector(".value"), found && traced(found));
  }

  /* How a number was got that the page computed: as the analysis does, for the settings turned. */
  function traced(found) {
    return { name: "decided anew for the settings below", unit: "", value: found.value, low: found.low, high: found.high,
      level: found.level === undefined ? null : found.level, method: found.method || "as the analysis decides, in this page, from the numbers of each pathway",
      signs: page.signs(found).join(", "), origins: found.origins.join(", ") };
  }

  function percent(share) { return (100 * Math.max(0, Math.min(1, share))).toFixed(2) + "%"; }

  function bar(role, name, found, told) {
    show("bar-" + role, found !== null && name !== null);
    if (!found || name === null) { return; }
    var box = at("bar-" + role), ends = words.ends(page.texts.opened(found)), longest = told.longest;
    var mark = box.querySelector(".mark-of");
    mark.textContent = "";
    look("data-pathway", name).forEach(function (node) { mark.append(node); });
    box.querySelector("strong").textContent = name;
    box.querySelector(".track-fill").setAttribute("width", percent(found.value / longest));
    var lines = box.querySelectorAll(".whisker"), low = percent((ends[0] || 0) / longest), high = percent(0.998 * (ends[1] || 0) / longest);
    box.querySelector(".whiskers").setAttribute("visibility", ends[0] === null ? "hidden" : "visible");
    [[low, high], [low, low], [high, high]].forEach(function (pair, i) { lines[i].setAttribute("x1", pair[0]); lines[i].setAttribute("x2", pair[1]); });
    number(box.querySelector(".bar-text"), told.text, found, false);
  }

  function bars(decision) {
    var shown = [decision.average, decision.runner_up_average].filter(Boolean);
    var ends = shown.map(function (each) { var high = words.ends(page.texts.opened(each))[1]; return high !== null && isFinite(high) ? high : each.value; });
    var longest = Math.max.apply(null, ends) || 1;
    bar("recommended", decision.pathway, decision.average, { longest: longest, text: decision.texts.cost });
    bar("runner-up", decision.runner_up, decision.runner_up_average, { longest: longest, text: decision.texts.runner_up_cost });
    show("no-runner-up", decision.pathway !== null && decision.runner_up === null);
  }

  function fact(name, found) {
    show("fact-" + name, found !== null);
    if (!found) { return; }
    var box = at("fact-" + name);
    box.querySelector("dt").textContent = found.label;
    number(box, found.text, found.estimate, true);
    box.querySelector(".detail").textContent = found.detail;
  }

  function breakEven(found, item) {
    if (!found) { return null; }
    var isNumber = found.value !== null && found.verdict !== "always cheaper";
    return { label: "Break-even against " + found.incumbent, estimate: isNumber ? found : null,
      text: page.texts.breakEvenText(found),
      detail: (DETAILS[found.verdict] || item.many + " until " + found.candidate + " has cost less").replace("{one}", item.one).replace("{many}", item.many).replace("{incumbent}", function () { return found.incumbent; }) };
  }

  function saves(decision, terms) {
    var found = decision.saves;
    if (!found) { return null; }
    var takesMore = found.value < 0, all = page.texts.opened(found);
    var shown = takesMore ? { value: -all.value, low: all.high === null ? null : -all.high, high: all.low === null ? null : -all.low, level: all.level } : all;
    var each = { value: shown.value / decision.volume, low: null, high: null, level: all.level };
    var isBought = takesMore && decision.sure.of === "floor";
    return { label: isBought ? "What the better score costs" : (takesMore ? "Takes more than " : "Saves against ") + decision.runner_up, estimate: found,
      text: words.formatEstimate(shown, terms.scale),
      detail: "over " + words.formatItems(decision.volume, terms.item) + "; " + words.formatEstimate(each, terms.scale) + " per " + terms.item.one };
  }

  function qualityOf(name) {
    return QUALITIES.find(function (each) { return each.pathway === name; }) || null;
  }

  function quality(decision) {
    var chosen = qualityOf(decision.pathway), other = qualityOf(decision.runner_up);
    fact("quality", chosen && { label: chosen.title, text: chosen.text, estimate: chosen,
      detail: other ? decision.runner_up + ": " + other.bare : "" });
  }

  function passedOver(decision, terms, data) {
    var found = decision.ranked.filter(function (each) {
      return each.average.value < decision.average.value && each.pathway !== decision.pathway && each.pathway !== decision.runner_up;
    }).map(function (each) {
      return each.pathway + " (" + units.amountWords(terms.scale, each.average.value) + ", " + data.metric.words + " " + qualityOf(each.pathway).bare + ")";
    });
    return found.length ? "Costs less, but does not meet the rule: " + found.join(", ") + "." : "";
  }

  function because(id, text) { put(id, text); show("because-" + id, text !== ""); }

  function heading(decision, data) {
    var title = at("answer-title"), volume = document.createElement("span"), name = document.createElement("span");
    volume.id = "volume";
    volume.textContent = words.formatItems(decision.volume, data.item);
    name.id = "recommended-pathway";
    name.textContent = decision.pathway;
    title.textContent = "";
    if (decision.pathway === null) { title.append("No pathway can be recommended for ", volume); }
    else if (data.pathways.length > 1) { title.append("For ", volume, ", use ", name); }
    else { title.append(name, " for ", volume); }
  }

  /* What differs from the study's settings, in words. */
  function changed(told) {
    var settings = told.settings, standard = told.data.settings, found = [], text = page.fields.text;
    var daily = settings.days ? " (" + text(settings.requests_per_day) + " a day for " + text(settings.days) + " days)" : "";
    if (settings.volume !== standard.volume) { found.push(words.formatItems(settings.volume, told.data.item) + daily); }
    if (settings.currency !== standard.currency) { found.push("prices in " + settings.currency); }
    if (settings.measure !== standard.measure) { found.push("cost by " + page.costs.measureNamed(told.data, settings.measure).label); }
    Object.keys(NAMES).forEach(function (key) {
      if (settings[key] !== standard[key]) { found.push(NAMES[key] + " " + page.fields.text(settings[key]) + (key.indexOf("price") === 0 ? " " + settings.currency : "")); }
    });
    Object.keys(settings.tasks).forEach(function (row) {
      if (settings.tasks[row] !== (standard.tasks[row] || 1)) { found.push(row + " shared by " + settings.tasks[row]); }
    });
    return "Changed from the study\u2019s settings: " + found.join(", ") + ".";
  }

  function fill(told) {
    var decision = told.decision, data = told.data, terms = page.costs.costsOf(data, told.settings).terms;
    heading(decision, data);
    put("reason", decision.reason);
    show("hero", decision.pathway !== null);
    put("measured-once", decision.texts.measured_once);
    show("measured-once", decision.texts.measured_once !== "");
    put("cost", capital(terms.words.name) + " per " + data.item.one + ", development included");
    put("covers", decision.covers);
    at("with-interval").hidden = !decision.covers;
    if (decision.pathway !== null) {
      bars(decision);
      fact("probability", decision.sure && Object.assign({ estimate: null }, decision.sure));
      fact("break-even", breakEven(decision.break_even, data.item));
      fact("saves", saves(decision, terms));
      quality(decision);
    }
    because("break-even-sentence", decision.break_even ? decision.break_even.sentence : "");
    var list = at("changes");
    list.textContent = "";
    decision.changes.forEach(function (sentence) { var item = document.createElement("li"); item.textContent = sentence; list.append(item); });
    show("because-changes", decision.changes.length > 0);
    because("rule", decision.rule);
    because("passed-over", decision.pathway === null ? "" : passedOver(decision, terms, data));
    put("changed", changed(told));
    document.title = (decision.pathway === null ? "No recommendation" : decision.pathway + " for " + words.formatItems(decision.volume, data.item)) + ownTitle.slice(ownTitle.indexOf(" \u00b7 "));
    show("changed", true);
  }

  function announce() {
    var interval = at("hero").hidden ? "" : ": " + at("recommended-interval").querySelector(".value").textContent + " " + at("recommended-interval").querySelector(".interval").textContent + ", " + at("cost").textContent;
    put("announce", at("answer-title").textContent + interval + ".");
  }

  /* Parts that do not follow the controls say so, while these stand elsewhere than the study's own:
     whole sections, and the tables of those whose figures follow. */
  function markDead() {
    Array.from(document.querySelectorAll("main > section:not(#answer)")).forEach(function (section) {
      var isLive = section.querySelector("[data-live]") !== null;
      var places = isLive ? section.querySelectorAll(".scroll:not([data-follows])") : [section.querySelector("h2")];
      Array.from(places).filter(Boolean).forEach(function (place) {
        var said = document.createElement("p");
        said.className = "study-only";
        said.textContent = "This stands for the study\u2019s own settings; the controls do not change it.";
        place.parentNode.insertBefore(said, isLive ? place : place.nextSibling);
      });
    });
  }

  page.liveFigures = function () {
    return Array.from(document.querySelectorAll("[data-figure]")).filter(function (place) {
      return /^(curves|winners)-/.test(place.dataset.figure);
    });
  };
  page.liveFigures().forEach(function (place) { place.dataset.live = ""; });
  document.addEventListener("DOMContentLoaded", markDead);
  var isFirst = true;
  document.addEventListener("breakeven:decided", function (event) {
    if (event.detail.isChanged && event.detail.decision) { fill(event.detail); }
    else { at("answer-live").replaceWith(own.cloneNode(true)); document.title = ownTitle; }
    if (!isFirst || event.detail.isChanged) { announce(); }
    isFirst = false;
  });
})();
