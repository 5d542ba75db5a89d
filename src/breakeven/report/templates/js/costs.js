// Costs: what every pathway took in the measure of the settings, and any two compared; as
// deciding/position.py, deciding/derived.py, costs/sharing.py and costs/comparison.py have it.
//
// `data` is the page's JSON (analysis/deciding/payload.py says what is in it). Kinds and origins
// are bits of one number, a sign, in the order of the data's constants.
(function () {
  "use strict";
  var u = window.breakeven.uncertain;

  function complain(what) {
    throw new Error(what);
  }

  function measureNamed(data, key) {
    var known = data.measures.map(function (m) { return m.key; });
    var listed = known.slice().sort().join(", ") || "none";
    return data.measures[known.indexOf(key)] || complain(
      "no measure named '" + key + "'. Known: " + listed + ".");
  }

  function set(value, otherwise) {
    return value === undefined || value === null ? otherwise : value;
  }

  // What stands under a name that came with the data; `otherwise` where nothing does.
  function under(values, name, otherwise) {
    return Object.prototype.hasOwnProperty.call(values, name) ? values[name] : otherwise;
  }

  // The numbers of tasks with another one for a row, whatever that row is called.
  function withTasks(tasks, row, nTasks) {
    var found = Object.create(null);
    Object.keys(tasks).forEach(function (name) { found[name] = tasks[name]; });
    found[row] = nTasks;
    return found;
  }

  // Settings with what is absent filled in: overhead 1, euros, no row shared.
  function whole(settings) {
    return Object.assign({}, settings, {
      pue: set(settings.pue, 1), currency: set(settings.currency, "EUR"),
      tasks: set(settings.tasks, {}), min_score: set(settings.min_score, null)
    });
  }

  // Settings that a measure needs and that nobody gave.
  function missing(measure, settings) {
    var given = whole(settings);
    return measure.factor.by.filter(function (name) { return set(given[name], null) === null; });
  }

  function factorOf(measure, settings) {
    var lacking = missing(measure, settings);
    if (lacking.length) {
      complain(measure.key + " follows from " + measure.base + " and needs " +
        lacking.join(" and ") + ", which nobody gave; give it or choose another measure");
    }
    var zero = measure.factor.by.find(function (name) { return settings[name] === 0; });
    if (zero) {
      complain(measure.key + " is 0 for every pathway where " + zero + " is 0, so that nothing " +
        "can be chosen by it; give a number above 0 or choose another measure");
    }
    return measure.factor.by.reduce(function (product, name) {
      return product * settings[name];
    }, 1) / measure.factor.per;
  }

  // {words, scale, item}: how sentences call the measure, in the currency of the settings.
  function termsOf(data, measure, settings) {
    function told(texts) {
      var found = {};
      Object.keys(texts).forEach(function (key) {
        found[key] = texts[key].replace("{currency}", settings.currency);
      });
      return found;
    }
    return { words: told(measure.words), scale: told(measure.scale), item: data.item };
  }

  function bits(names, order, from) {
    return names.reduce(function (sum, name) {
      return sum | 1 << (order.indexOf(name) + from);
    }, 0);
  }

  // The sign of {kinds, origins}; kinds are the lower bits.
  function signOf(told, constants) {
    return bits(told.kinds, constants.kinds, 0) |
      bits(told.origins, constants.origins, constants.kinds.length);
  }

  // {kinds, origins} of a sign.
  function namesOf(sign, constants) {
    function names(order, from) {
      return order.filter(function (_, place) { return sign >> (place + from) & 1; });
    }
    return {
      kinds: names(constants.kinds, 0), origins: names(constants.origins, constants.kinds.length)
    };
  }

  // One pathway in the measure: rows in order, their sum, and its cost per item.
  function lifeOf(pathway, amounts, how) {
    var signs = amounts.signs[pathway.name], constants = how.constants;
    var ours = amounts.rows[pathway.name];
    var rows = pathway.rows.map(function (each) {
      var nTasks = under(how.tasks, each.row, 1), isShared = nTasks !== 1;
      var amount = how.scaled(u.from(under(ours, each.row, null)));
      return {
        row: each.row,
        isOnce: each.is_once,
        whole: amount,
        amount: amount && isShared ? u.scaled(amount, 1 / nTasks) : amount,
        sign: amount ? signOf(signs.rows[each.row], constants) | how.assumed |
          (isShared ? how.shared : 0) : 0
      };
    });
    var known = rows.filter(function (row) { return row.amount; });
    return {
      name: pathway.name, pathway: pathway, rows: rows,
      names: new Set(rows.map(function (row) { return row.row; })),
      development: u.total(known.map(function (row) { return row.amount; })),
      developmentSign: known.reduce(function (sum, row) { return sum | row.sign; }, 0),
      marginal: how.scaled(u.from(amounts.marginal[pathway.name])),
      marginalSign: signOf(signs.marginal, constants) | how.assumed
    };
  }

  function ownRows(one, other) {
    return one.rows.filter(function (row) { return !other.names.has(row.row); });
  }

  function sumOf(rows) {
    var known = rows.filter(function (row) { return row.amount; });
    return u.total(known.map(function (row) { return row.amount; })) || u.exact(0);
  }

  function once(names) {
    return Array.from(new Set(names));
  }

  // Measured rows that ran once, each once.
  function onceOnly(rows) {
    return once(rows.filter(function (row) { return row.isOnce; })
      .map(function (row) { return row.row; }));
  }

  function compared(one, other, amounts, how) {
    var mine = ownRows(one, other), theirs = ownRows(other, one), rows = mine.concat(theirs);
    var forwards = under(under(amounts.saved, one.name, {}), other.name, null);
    var saved = forwards ? u.from(forwards)
      : u.scaled(u.from(amounts.saved[other.name][one.name]), -1);
    return {
      candidate: one.name, incumbent: other.name,
      extra: u.minus(sumOf(mine), sumOf(theirs)),
      saved: how.scaled(saved),
      onceOnly: onceOnly(rows),
      sign: rows.reduce(function (sum, row) { return sum | row.sign; },
        one.marginalSign | other.marginalSign)
    };
  }

  // {terms, lives, pair}: every pathway with a life in the measure, in the order of the study.
  // Neither volume nor threshold is in it, so that it serves every place of a map.
  function costsOf(data, asked) {
    var settings = whole(asked), constants = data.constants;
    var measure = measureNamed(data, settings.measure), factor = factorOf(measure, settings);
    var isObserved = measure.key === measure.base && factor === 1;
    var amounts = data.amounts[measure.base];
    var how = {
      constants: constants, tasks: settings.tasks,
      assumed: isObserved ? 0 : signOf({ kinds: ["assumed"], origins: [] }, constants),
      shared: signOf({ kinds: ["assumed"], origins: ["stated"] }, constants),
      scaled: function (amount) {
        return amount && !isObserved ? u.scaled(amount, factor) : amount;
      }
    };
    var lives = data.pathways.filter(function (pathway) {
      return measure.pathways.indexOf(pathway.name) >= 0;
    }).map(function (pathway) { return lifeOf(pathway, amounts, how); });
    var found = new Map();
    return {
      data: data, settings: settings, measure: measure, lives: lives,
      terms: termsOf(data, measure, settings),
      pair: function (one, other) {
        var key = one.name + "\n" + other.name;
        if (!found.has(key)) { found.set(key, compared(one, other, amounts, how)); }
        return found.get(key);
      }
    };
  }

  window.breakeven.costs = {
    costsOf: costsOf, missing: missing, under: under, namesOf: namesOf, onceOnly: onceOnly,
    whole: whole, withTasks: withTasks, termsOf: termsOf, measureNamed: measureNamed
  };
})();
