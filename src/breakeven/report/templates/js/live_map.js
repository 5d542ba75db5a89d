/* Live map: who would be chosen over volume and quality floor, or volume and tasks that share a row,
   under the settings of the controls; as report/winning.py and figures/winners_map.py have it. */
(function () {
  "use strict";
  var page = window.breakeven = window.breakeven || {};
  if (!page.controls) { return; }
  var OPTIONS = { mode: "vega-lite", renderer: "svg", actions: false, ast: true };
  var DECADES = 3, PER_DECADE = 20, MAX_FLOORS = 12, PAUSE_MS = 120, BISECTIONS = 7, ROOM = 0.12;
  var TASKS = [1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1000];
  var HEIGHT_PX = 300, WIDTH_PX = 980, CHAR_PX = 7.6, LINE_PX = 13, SURE = 0.42, UNSURE = 0.16, GRID = "var(--grid)";
  var FORMS = ["floor", "tasks"];
  var data = page.controls.data, units = page.units;
  var specs = null, latest = null, turn = 0, timer = 0, form = null, rowField = null;

  function placeOf(kind) { return document.querySelector('[data-figure="winners-' + kind + '"]'); }
  function has(kind) { return placeOf(kind) !== null; }

  function colourOf(name) {
    var look = Array.from(document.querySelectorAll("#looks [data-pathway]")).find(function (each) { return each.dataset.pathway === name; });
    return look ? look.querySelector("svg").style.color : GRID;
  }

  function volumesDrawn(planned) {
    var found = [];
    for (var step = -DECADES * PER_DECADE; step <= DECADES * PER_DECADE; step += 1) {
      var volume = planned * Math.pow(10, step / PER_DECADE);
      if (volume >= 1) { found.push(volume); }
    }
    return found;
  }

  /* Ends of cells around values on a log axis: half way to the next, the outer ones kept. */
  function between(values) {
    var inner = values.slice(1).map(function (value, i) { return Math.sqrt(values[i] * value); });
    return [values[0]].concat(inner, [values[values.length - 1]]);
  }

  /* Floors at which somebody drops out, with room below the first and above the last; the floor
     asked for among them, where it is no farther off than the scores lie apart, and the scores to
     either side of it, so that no other answer is drawn at it. */
  function floorEdges(asked) {
    var scores = data.pathways.map(function (each) { return each.score; }).filter(function (score) { return score !== null; });
    var found = Array.from(new Set(scores)).sort(function (a, b) { return a - b; });
    var every = Math.ceil(found.length / MAX_FLOORS);
    var after = asked === null ? -1 : found.findIndex(function (score) { return score >= asked; });
    var before = asked === null ? -1 : (after < 0 ? found.length : after) - 1;
    found = found.filter(function (_, i) { return i % every === 0 || i === after || i === before; });
    var low = found[0], high = found[found.length - 1], span = (high - low) || Math.abs(low) || 1;
    if (asked !== null && asked >= low - span && asked < low) { low = asked; }
    if (asked !== null && asked <= high + span && asked > high) { high = asked; }
    return [low - ROOM * span].concat(found, [high + ROOM * span]);
  }

  function along(cells, edges, band) {
    var found = [];
    cells.forEach(function (cell, i) {
      var open = found[found.length - 1];
      if (open && open.pathway === cell.pathway && open.isSure === cell.is_sure) { open.volume2 = edges[i + 1]; return; }
      found.push({ pathway: cell.pathway, isSure: cell.is_sure, volume: edges[i], volume2: edges[i + 1], other: band[0], other2: band[1] });
    });
    return found;
  }

  /* Neighbouring places with one answer together. */
  function regions(cells, edges, bands) {
    var joined = [];
    bands.forEach(function (band, i) {
      along(cells[i], edges, band).forEach(function (region) {
        var below = joined.find(function (each) {
          return each.other2 === region.other && each.pathway === region.pathway && each.isSure === region.isSure &&
            each.volume === region.volume && each.volume2 === region.volume2;
        });
        if (below) { below.other2 = region.other2; } else { joined.push(region); }
      });
    });
    return joined;
  }

  function bandsOf(edges) { return edges.slice(1).map(function (edge, i) { return [edges[i], edge]; }); }

  /* Volume between two at which somebody else begins to be chosen, looked up by halving. */
  function turnOf(name, low, high, chosen) {
    for (var i = 0; i < BISECTIONS; i += 1) {
      var middle = Math.sqrt(low * high);
      if (chosen(middle) === name) { low = middle; } else { high = middle; }
    }
    return Math.sqrt(low * high);
  }

  /* {regions, own, asked, row} of one form. */
  function winning(kind, told) {
    var settings = told.settings, volumes = volumesDrawn(settings.volume), edges = between(volumes), found, bands, asked, row = null;
    if (kind === "floor") {
      asked = told.decision.bar;
      var floors = floorEdges(asked);
      bands = bandsOf(floors);
      var drawn = data.metric.least === "at least" ? floors.slice(1) : floors.slice(0, -1);
      found = page.engine.winners(data, settings, { volumes: volumes, floors: drawn.concat(asked === null ? [] : [asked]) });
    } else {
      row = rowField.value;
      asked = page.costs.under(settings.tasks, row, 1);
      bands = bandsOf(between(TASKS));
      found = page.engine.winners(data, settings, { volumes: volumes, row: row, tasks: TASKS.concat([asked]) });
    }
    function chosen(volume) {
      var one = row === null ? { volumes: [volume], floors: [asked] } : { volumes: [volume], row: row, tasks: [asked] };
      return page.engine.winners(data, settings, one).cells[0][0].pathway;
    }
    var own = [];
    if (asked !== null) {
      found.cells[found.cells.length - 1].forEach(function (cell, i) {
        if (!own.length) { own.push({ pathway: cell.pathway, volume: volumes[0] }); return; }
        var before = own[own.length - 1].pathway;
        if (before !== cell.pathway) { own.push({ pathway: cell.pathway, volume: turnOf(before, volumes[i - 1], volumes[i], chosen) }); }
      });
    }
    return { row: row, asked: asked, own: own, regions: regions(found.cells, edges, bands) };
  }

  function about(volume) { return units.formatCount(page.fields.rounded(volume, 2)); }

  function finding(won) {
    if (!won.own.length) { return "Nothing can be ranked under what was asked"; }
    var under = won.row === null ? "Under the floor asked for (" + page.numbers.general(won.asked, 3) + ")"
      : won.asked === 1 ? "With " + won.row + " shared by no other task" : "With " + won.row + " shared by " + units.formatCount(won.asked) + " tasks";
    var said = under + ", " + (won.own[0].pathway || "nobody") + " is the choice";
    if (won.own.length === 1) { return said + " at every volume drawn"; }
    return said + " for few " + data.item.many + ", " + won.own.slice(1).map(function (each) {
      return (each.pathway || "nobody") + " from about " + about(each.volume);
    }).join(", ") + " on";
  }

  function labels(won, isLog, planned) {
    function length(one, two, log) { return log ? Math.log(two / one) : two - one; }
    function middle(one, two, log) { return log ? Math.sqrt(one * two) : (one + two) / 2; }
    var all = won.regions, lows = all.map(function (r) { return r.other; }), highs = all.map(function (r) { return r.other2; });
    var width = Math.log(Math.max.apply(null, all.map(function (r) { return r.volume2; })) / all[0].volume);
    var height = length(Math.min.apply(null, lows), Math.max.apply(null, highs), isLog);
    return all.map(function (r) {
      var text = r.pathway === null ? "none good enough" : r.pathway + (r.isSure ? "" : " ?");
      var wide = length(r.volume, r.volume2, true) / width * WIDTH_PX, high = length(r.other, r.other2, isLog) / height * HEIGHT_PX;
      var x = middle(r.volume, r.volume2, true);
      if (r.volume < planned && planned < r.volume2) { x = Math.sqrt(r.volume * x); }
      if (wide < CHAR_PX * text.length || high < LINE_PX) { return null; }
      return { volume: x, other: middle(r.other, r.other2, isLog), text: text, share: wide / WIDTH_PX };
    }).filter(Boolean);
  }

  function rows(won, settings) {
    var asked = won.asked === null ? [] : [{ other: won.asked, text: "asked: " + page.numbers.general(won.asked, 3) }];
    var volume = settings.volume, said = volume === data.planned_volume ? "planned: " : "set: ";
    return {
      regions: won.regions.map(function (r) {
        return { pathway: r.pathway || "nobody", colour: colourOf(r.pathway), opacity: r.isSure ? SURE : UNSURE,
          volume: r.volume, volume2: r.volume2, other: r.other, other2: r.other2,
          tip: r.pathway === null ? "nobody" : r.isSure ? r.pathway : r.pathway + ", not sure to be cheapest" };
      }),
      planned: [{ volume: volume, text: said + units.formatCount(volume) }], asked: asked,
      labels: labels(won, won.row !== null, volume)
    };
  }

  /* The same as rows of the table below. */
  function tell(kind, won) {
    var table = document.getElementById("table-winners_" + kind);
    if (!table) { return; }
    var body = document.createElement("tbody");
    won.regions.forEach(function (r) {
      var line = document.createElement("tr");
      [page.numbers.general(r.other, 3), page.numbers.general(r.other2, 3), about(r.volume), about(r.volume2), r.pathway || "none good enough", r.isSure ? "yes" : "no"].forEach(function (text, i) {
        var cell = document.createElement(i ? "td" : "th");
        if (i) { cell.className = i < 4 ? "number" : ""; } else { cell.scope = "row"; }
        cell.textContent = text;
        line.append(cell);
      });
      body.append(line);
    });
    table.replaceChild(body, table.tBodies[0]);
    if (won.row !== null) { table.tHead.querySelector("th").textContent = "Tasks that share " + won.row; }
  }

  /* What the places rest on beside measured and counted numbers; as figures/winners_map.py. */
  function note(won) {
    var ranked = latest.decision.ranked.map(function (each) { return each.pathway; });
    var doubted = page.doubts.livesOf(latest.settings).filter(function (life) {
      return page.doubts.isDoubted(life) && ranked.indexOf(life.pathway) >= 0;
    });
    var shared = won.row === null ? "" : "Sharing of " + won.row + " is assumed.";
    return [page.doubts.behindWords(doubted), shared].filter(Boolean).join(" ");
  }

  function embed(kind, found, row) {
    specs = specs || page.data("specs");
    var name = "winners-" + kind, spec = JSON.parse(JSON.stringify(specs[name]));
    var ends = endsOf(found);
    spec.datasets = found;
    spec.params = Object.keys(ends).map(function (key) { return { name: key, value: ends[key] }; });
    spec.layer.forEach(function (layer) {
      if (row !== null && layer.encoding.y && layer.encoding.y.axis) { layer.encoding.y.axis.title = "Tasks that share " + row; }
    });
    var drawn = window.vegaEmbed(placeOf(kind), spec, OPTIONS).then(function (embedded) { return embedded.view; });
    page.views.set(name, drawn);
    return drawn;
  }

  /* Ends of both axes by the names that the specification has for them. */
  function endsOf(found) {
    var ends = {};
    [["x", "volume"], ["y", "other"]].forEach(function (pair) {
      var all = found.regions.map(function (r) { return r[pair[1]]; }).concat(found.regions.map(function (r) { return r[pair[1] + "2"]; }));
      ends[pair[0] + "_low"] = Math.min.apply(null, all);
      ends[pair[0] + "_high"] = Math.max.apply(null, all);
    });
    return ends;
  }

  function change(view, found) {
    var ends = endsOf(found);
    Object.keys(found).forEach(function (key) { view.data(key, found[key]); });
    Object.keys(ends).forEach(function (key) { view.signal(key, ends[key]); });
    return view.runAsync();
  }

  function follow(kind, mine) {
    var name = "winners-" + kind, won = winning(kind, latest), found = rows(won, latest.settings), place = placeOf(kind);
    document.getElementById("title-" + name).textContent = finding(won);
    page.doubts.note(name, note(won));
    tell(kind, won);
    return page.views.get(name).then(function (view) {
      if (mine !== turn) { return null; }
      var drawnFor = place.dataset.row || (rowField && rowField.dataset.first);
      if (kind === "floor" || won.row === drawnFor) { return change(view, found); }
      place.dataset.row = won.row;
      return embed(kind, found, won.row);
    }).catch(function () { return null; });
  }

  function followAll() {
    if (!latest || !latest.decision) { return; }
    turn += 1;
    var mine = turn;
    page.mapDone = Promise.all(FORMS.filter(has).map(function (kind) { return follow(kind, mine); }));
  }

  function choices(label, id, options) {
    var around = document.createElement("label"), field = document.createElement("select");
    field.id = id;
    options.forEach(function (each) { field.append(new Option(each[1], each[0])); });
    around.append(label + " ", field);
    return { around: around, field: field };
  }

  function showForm() {
    FORMS.filter(has).forEach(function (kind) { placeOf(kind).closest(".panels").classList.toggle("is-away", kind !== form.value); });
    rowField.parentNode.hidden = form.value !== "tasks";
  }

  function build() {
    var floor = data.metric.words.charAt(0).toUpperCase() + data.metric.words.slice(1) + " " + data.metric.least;
    var pick = document.createElement("p"), forms = choices("Volume against", "winners-form", [["floor", floor], ["tasks", "tasks that share a row"]]);
    var which = choices("Row", "winners-row", data.rows.map(function (each) { return [each.row, each.row]; }));
    form = forms.field;
    rowField = which.field;
    rowField.dataset.first = document.querySelector("#table-winners_tasks thead th").textContent.replace("Tasks that share ", "");
    rowField.value = rowField.dataset.first;
    pick.className = "pick";
    pick.append(forms.around, which.around);
    placeOf("floor").closest(".panels").before(pick);
    form.addEventListener("change", showForm);
    rowField.addEventListener("change", followAll);
    showForm();
  }

  if (!has("floor")) { return; }
  if (has("tasks")) { build(); }
  document.querySelectorAll("#winners .scroll").forEach(function (each) { each.dataset.follows = ""; });
  document.addEventListener("breakeven:decided", function (event) {
    latest = event.detail;
    window.clearTimeout(timer);
    timer = window.setTimeout(followAll, PAUSE_MS);
  });
})();
