/* Fields: what a reader types and what an address holds, read as settings; one clear sentence for
   what cannot be read. Pure functions, no page. */
(function () {
  "use strict";
  var page = window.breakeven = window.breakeven || {};
  var fields = page.fields = {};
  var MULTIPLES = { k: 1e3, thousand: 1e3, m: 1e6, million: 1e6, b: 1e9, billion: 1e9 };
  var NUMBER = /^([+-]?(?:[1-9]\d{0,2}(?:[ ,_\u00a0]\d{3})+|\d*)(?:\.\d*)?(?:e[+-]?\d{1,3})?) ?([a-z]*)$/i;
  var MAX_ADDRESS = 2000;

  /* Every field: what it is called in a sentence, an example, its bounds (low or beyond it), and
     whether it may stay empty. */
  fields.RULES = {
    volume: { name: "The volume", example: "250,000", least: 1, most: 1e15 },
    requests_per_day: { name: "The number a day", example: "5,000", above: 0, most: 1e15 },
    days: { name: "The number of days", example: "365", above: 0, most: 1e6 },
    min_score: { name: "The quality floor", example: "0.85", optional: true },
    tasks: { name: "The number of tasks", example: "4", least: 1, most: 1000, whole: true },
    price_per_kwh: { name: "The price per kWh", example: "0.30", least: 0, most: 1e6, optional: true },
    price_per_hour: { name: "The price per hour", example: "1.20", least: 0, most: 1e6, optional: true },
    pue: { name: "PUE", example: "1.2", least: 1, most: 10 },
    grid_g_per_kwh: { name: "The grid factor", example: "380", least: 0, most: 1e5, optional: true }
  };

  /* Number in a text with thousands marks, an exponent or a word such as "2.5 million"; NaN when
     it is none. */
  fields.number = function (text) {
    var found = NUMBER.exec(text.trim());
    if (!found || !/\d/.test(found[1])) { return NaN; }
    var word = found[2].toLowerCase();
    if (word && !Object.prototype.hasOwnProperty.call(MULTIPLES, word)) { return NaN; }
    return Number(found[1].replace(/[ ,_\u00a0]/g, "")) * (word ? MULTIPLES[word] : 1);
  };

  function asked(rule) {
    if (rule.least !== undefined && rule.most !== undefined) {
      return "a " + (rule.whole ? "whole number" : "number") + " from " + shown(rule.least) + " to " + shown(rule.most);
    }
    if (rule.above !== undefined) { return "a number above " + shown(rule.above) + " and at most " + shown(rule.most); }
    return "a number";
  }

  function shown(value) {
    return value >= 1e7 ? value.toExponential().replace("e+", "e") : value.toLocaleString("en-US", { maximumFractionDigits: 6 });
  }

  fields.shown = shown;

  function fits(value, rule) {
    return isFinite(value) && (rule.whole ? Math.floor(value) === value : true) &&
      (rule.least === undefined || value >= rule.least) && (rule.most === undefined || value <= rule.most) &&
      (rule.above === undefined || value > rule.above);
  }

  /* {value} of one field, null for one left empty; {error} with a sentence for a bad one. */
  fields.read = function (text, rule) {
    var clean = text.trim();
    if (!clean && rule.optional) { return { value: null }; }
    var value = fields.number(clean);
    if (fits(value, rule)) { return { value: value }; }
    var quoted = clean ? "\u201c" + clean.slice(0, 24) + (clean.length > 24 ? "\u2026" : "") + "\u201d" : "nothing";
    var comma = /^\d+,\d{1,2}$|^\d+,\d{4,}$/.test(clean) ? " Decimals take a point." : "";
    return { error: rule.name + " must be " + asked(rule) + "; it says " + quoted + ". Enter one such as " + rule.example + "." + comma };
  };

  /* Lowest and highest score where more is better; null where nothing can be said of a floor. */
  function reachOf(data) {
    var scores = data.pathways.map(function (each) { return each.score; }).filter(function (score) { return score !== null; });
    if (!scores.length || data.metric.least !== "at least") { return null; }
    return [Math.min.apply(null, scores), Math.max.apply(null, scores)];
  }

  /* {value, note} of a floor; percent are read as such, and so is a bare 55 where the scores are
     fractions, which the note then says; {error} for what cannot be meant. */
  fields.readFloor = function (text, rule, data) {
    var percent = /^(.*?)[ \u00a0]?%$/.exec(text.trim()), reach = reachOf(data);
    var read = fields.read(percent && percent[1] ? percent[1] : text, rule);
    if (read.error || read.value === null) { return read; }
    var isFraction = reach !== null && reach[0] >= 0 && reach[1] <= 1;
    var isBare = !percent && isFraction && read.value >= 2 && read.value <= 100;
    if (!(percent && isFraction) && !isBare) { return { value: read.value, error: fields.offScale(read.value, data) }; }
    if (read.value < 0 || read.value > 100) { return { error: "The quality floor must be from 0 % to 100 %; it says \u201c" + text.trim().slice(0, 24) + "\u201d. Enter one such as 85 % or 0.85." }; }
    var value = fields.rounded(read.value / 100, 15);
    return { value: value, note: isBare ? "Read as " + fields.text(read.value) + " %, a floor of " + fields.text(value) + "." : "" };
  };

  /* Why a floor cannot be meant so, as where percent is asked of fractions; empty where it can. */
  fields.offScale = function (floor, data) {
    var range = reachOf(data);
    if (!range) { return ""; }
    var low = range[0], high = range[1];
    var reach = "The scores reach from " + fields.text(fields.rounded(low, 4)) + " to " + fields.text(fields.rounded(high, 4)) + "; ";
    if (low >= 0 && high <= 1 && floor > 1) { return reach + "they are fractions, so a floor of " + fields.text(floor) + " cannot be meant. Write 0.85 for 85 %."; }
    if (floor > 0 && floor <= 1 && low > 1 && high <= 100) { return reach + "a floor of " + fields.text(floor) + " would leave nobody out. In percent it is " + fields.text(100 * floor) + "."; }
    return "";
  };

  /* What to do where a measure needs a number that nobody gave. */
  fields.lacking = function (label, name) {
    var needed = fields.RULES[name];
    return label.charAt(0).toUpperCase() + label.slice(1) + " needs " + needed.name.charAt(0).toLowerCase() + needed.name.slice(1) +
      ", which nobody gave; enter one below, such as " + needed.example + ", or choose another measure.";
  };

  /* What to do where a measure is 0 for everybody, so that it tells nobody apart. */
  fields.allZero = function (label, name) {
    return "With " + fields.RULES[name].name.replace(/^The /, "the ") + " at 0, every pathway costs 0 by " + label +
      ", so nothing can be chosen by it; enter one above 0 below, or choose another measure.";
  };

  /* Where a price or factor counts that the cost measure chosen does not ask for: {measure, text};
     null where it enters the answer, or where nothing was given. */
  fields.idle = function (name, settings, data) {
    var isGiven = settings[name] !== null && settings[name] !== data.settings[name];
    var chosen = data.measures.find(function (each) { return each.key === settings.measure; });
    var uses = data.measures.filter(function (each) { return each.factor.by.indexOf(name) >= 0; });
    if (!isGiven || !uses.length || (chosen && chosen.factor.by.indexOf(name) >= 0)) { return null; }
    return { measure: uses[0].key, choose: "Decide by " + uses[0].label,
      text: "Not in the answer yet, which is by " + (chosen ? chosen.label : settings.measure) + "." };
  };

  /* A number with so many significant digits. */
  fields.rounded = function (value, digits) { return Number(value.toPrecision(digits)); };

  /* Text for a field that holds a number: few digits, marks between thousands. */
  fields.text = function (value) {
    if (value === null || value === undefined) { return ""; }
    if (Math.abs(value) >= 1e15) { return String(value); }
    return value.toLocaleString("en-US", { maximumSignificantDigits: 15, maximumFractionDigits: 12 });
  };

  var NUMBERS = ["volume", "requests_per_day", "days", "min_score", "price_per_kwh", "price_per_hour", "pue", "grid_g_per_kwh"];

  /* Settings as the part of an address behind "#": only what differs from the study's own. */
  fields.toAddress = function (settings, defaults) {
    var query = new URLSearchParams();
    NUMBERS.concat(["measure", "currency"]).forEach(function (key) {
      if (settings[key] !== defaults[key] && settings[key] !== null && settings[key] !== undefined) {
        query.set(key, String(settings[key]));
      }
    });
    Object.keys(settings.tasks).forEach(function (row) {
      if (settings.tasks[row] !== (defaults.tasks[row] || 1)) { query.append("tasks", settings.tasks[row] + ":" + row); }
    });
    return query.toString();
  };

  /* What an address asks for, as far as it can be read: {asks, ignored}. Keys, measures and rows
     that this study does not have are named, never used. */
  fields.fromAddress = function (hash, known) {
    var asks = { tasks: {} }, ignored = [];
    var text = hash.replace(/^#/, "");
    if (text.indexOf("=") < 0) { return null; }
    if (text.length > MAX_ADDRESS) { return { asks: asks, ignored: ["all of it, as it is too long"] }; }
    new URLSearchParams(text).forEach(function (value, key) {
      if (!take(asks, key, value, known)) { ignored.push((key + "=" + value).slice(0, 40)); }
    });
    return { asks: asks, ignored: ignored };
  };

  function take(asks, key, value, known) {
    if (NUMBERS.indexOf(key) >= 0) {
      var read = fields.read(value, fields.RULES[key]);
      if (read.error || read.value === null) { return false; }
      asks[key] = read.value;
      return true;
    }
    if (key === "tasks") {
      var cut = value.indexOf(":"), row = value.slice(cut + 1);
      var n = fields.read(value.slice(0, Math.max(cut, 0)), fields.RULES.tasks);
      if (n.error || known.rows.indexOf(row) < 0) { return false; }
      Object.defineProperty(asks.tasks, row, { value: n.value, enumerable: true, configurable: true, writable: true });
      return true;
    }
    if (key === "measure" && known.measures.indexOf(value) >= 0) { asks.measure = value; return true; }
    if (key === "currency" && known.currencies.indexOf(value) >= 0) { asks.currency = value; return true; }
    return false;
  }
})();
