/* Live curves: amortized curves that follow the controls, as report/figures/curves.py draws them.

   The first figure is in the measure of the settings, the others keep theirs. While a measure
   stays, rows and the ends of the axis change in the drawn view; another one needs another axis. */
(function () {
  "use strict";
  var page = window.breakeven = window.breakeven || {};
  if (!page.controls) { return; }
  var n = page.numbers, units = page.units;
  var OPTIONS = { mode: "vega-lite", renderer: "svg", actions: false, ast: true };
  var DECADES = 3, N_POINTS = 61, LINE_PX = 13, TINY = 1e-15, MOST_TICKS = 5, PAUSE_MS = 120;
  var CORES = [{ width: 4.4 }, { width: 2, colour: "var(--surface)" }];
  var data = page.controls.data;
  var figures = page.liveFigures().map(function (place) { return place.dataset.figure; })
    .filter(function (name) { return name.indexOf("curves-") === 0; });
  var specs = null, drawnIn = new Map(), titles = new Map(), latest = 0, timer = 0;

  function volumesAround(planned) {
    return Array.from({ length: N_POINTS }, function (_, i) {
      return planned * Math.pow(10, -DECADES + 2 * DECADES * i / (N_POINTS - 1));
    });
  }

  /* {pathway, points} of those that reach a floor that was asked for and can stand on a log axis. */
  function curvesOf(settings, volumes, valid) {
    var points = page.engine.curve(data, settings, volumes), found = [];
    points.forEach(function (point) {
      var curve = found[found.length - 1];
      if (!curve || curve.pathway !== point.pathway) { found.push(curve = { pathway: point.pathway, points: [] }); }
      curve.points.push(point);
    });
    return found.filter(function (curve) {
      return valid(curve.pathway) && curve.points.every(function (point) { return point.average > 0; });
    });
  }

  function validUnder(settings) {
    var floor = settings.min_score === null ? data.min_score : settings.min_score;
    var sign = data.metric.least === "at least" ? 1 : -1;
    return function (name) {
      var pathway = data.pathways.find(function (each) { return each.name === name; });
      return floor === null || (pathway.score !== null && pathway.product >= sign * floor - data.constants.reach_rounding);
    };
  }

  function averageAt(curve, volume) {
    var after = curve.points.findIndex(function (point) { return point.volume >= volume; });
    if (after < 0 || (after === 0 && curve.points[0].volume > volume)) { return null; }
    var one = curve.points[Math.max(0, after - 1)], two = curve.points[Math.max(1, after)];
    var share = Math.log(volume / one.volume) / Math.log(two.volume / one.volume);
    return Math.exp(Math.log(one.average) * (1 - share) + Math.log(two.average) * share);
  }

  function crossings(decision, curves) {
    function curveOf(name) { return curves.find(function (curve) { return curve.pathway === name; }); }
    return decision.break_evens.filter(function (pair) {
      return pair.verdict === "finite" && pair.value && curveOf(pair.candidate) && curveOf(pair.incumbent);
    }).map(function (pair) {
      return { candidate: pair.candidate, incumbent: pair.incumbent, volume: pair.value, average: averageAt(curveOf(pair.candidate), pair.value) };
    }).filter(function (each) { return each.average !== null; }).map(function (each) {
      var lowest = Math.min.apply(null, curves.map(function (curve) { return averageAt(curve, each.volume); }));
      each.changesWinner = each.average <= 1.02 * lowest;
      return each;
    });
  }

  function count(volume) { return units.formatCount(page.fields.rounded(volume, 2)); }

  /* Who is cheapest from which volume on, as a title. */
  function sentence(curves, marked, told) {
    var won = [];
    curves[0].points.forEach(function (_, i) {
      var best = curves.reduce(function (a, b) { return b.points[i].average < a.points[i].average ? b : a; });
      if (!won.length || won[won.length - 1].name !== best.pathway) { won.push({ name: best.pathway, volume: best.points[i].volume }); }
    });
    var start = "By " + told.terms.words.name + " alone, ";
    function says(name, where) { return start + name + " is cheapest " + where + told.beside; }
    if (won.length === 1) { return says(won[0].name, "at every volume drawn"); }
    var last = won[won.length - 1], before = won[won.length - 2];
    var exact = marked.find(function (each) { return each.candidate === last.name && each.incumbent === before.name; });
    return says(last.name, "from about " + count(exact ? exact.volume : last.volume) + " " + data.item.many + " on, before it " + before.name);
  }

  function marks(marked, decision) {
    return marked.map(function (each) {
      var isAnswer = [decision.pathway, decision.runner_up].indexOf(each.candidate) >= 0 && [decision.pathway, decision.runner_up].indexOf(each.incumbent) >= 0;
      return { volume: each.volume, average: each.average,
        text: each.changesWinner || isAnswer ? each.candidate + " under " + each.incumbent + " from " + count(each.volume) : "",
        tip: each.candidate + " costs less than " + each.incumbent + " from " + count(each.volume) + " " + data.item.many };
    });
  }

  /* Positions moved apart by a line at least, in their order. */
  function spread(positions, limit) {
    var order = positions.map(function (_, i) { return i; }).sort(function (a, b) { return positions[a] - positions[b]; });
    var groups = [];
    order.forEach(function (index) {
      groups.push([positions[index], 1]);
      while (groups.length > 1) {
        var two = groups[groups.length - 1], one = groups[groups.length - 2];
        if (two[0] - one[0] >= LINE_PX * (one[1] + two[1]) / 2) { break; }
        groups.splice(-2, 2, [(one[0] * one[1] + two[0] * two[1]) / (one[1] + two[1]), one[1] + two[1]]);
      }
    });
    var moved = [];
    groups.forEach(function (group) { for (var step = 0; step < group[1]; step += 1) { moved.push(group[0] + (step - (group[1] - 1) / 2) * LINE_PX); } });
    var over = Math.max(0, Math.max.apply(null, moved) - limit), result = [];
    order.forEach(function (index, i) { result[index] = moved[i] - over; });
    return result;
  }

  function names(curves, ends, height) {
    var places = curves.map(function (curve) {
      var last = curve.points[N_POINTS - 1].average;
      return (1 - Math.log(last / ends.y_low) / Math.log(ends.y_high / ends.y_low)) * height;
    });
    var moved = spread(places, height);
    return curves.map(function (curve, i) {
      var last = curve.points[N_POINTS - 1];
      return { pathway: curve.pathway, volume: last.volume, average: last.average, dy: moved[i] - places[i] };
    });
  }

  /* Round values for a log axis, few enough that their labels keep apart; as figures/figure.py. */
  function ticks(low, high) {
    var found = [], first = Math.floor(Math.log10(low)), last = Math.ceil(Math.log10(high));
    [[1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 5], [1, 3], [1]].some(function (steps) {
      found = [];
      for (var decade = first; decade <= last; decade += 1) {
        steps.forEach(function (step) { var value = Number(step + "e" + decade); if (value >= low && value <= high) { found.push(value); } });
      }
      return found.length <= MOST_TICKS;
    });
    if (found.length < 2) { return [0.1, 0.37, 0.63, 0.9].map(function (share) { return page.fields.rounded(low * Math.pow(high / low, share), 2); }); }
    var every = Math.ceil(found.length / MOST_TICKS);
    return found.filter(function (_, i) { return i % every === 0; });
  }

  function endsOf(curves, terms) {
    var all = [].concat.apply([], curves.map(function (curve) { return curve.points.map(function (point) { return point.average; }); }));
    var ends = { y_low: Math.min.apply(null, all) / 1.6, y_high: Math.max.apply(null, all) * 1.5 };
    ends.x_low = curves[0].points[0].volume;
    ends.x_high = curves[0].points[N_POINTS - 1].volume;
    ends.y_ticks = ticks(ends.y_low, ends.y_high);
    ends.y_labels = ends.y_ticks.map(function (value) {
      var scale = units.shownScale(terms.scale, value);
      return n.general(value / scale.factor, 3).replace(/e([+-])0/, "e$1") + " " + scale.symbol;
    });
    return ends;
  }

  function described(terms, curves, marked) {
    var names = curves.map(function (curve) { return curve.pathway; }).join(", ");
    return terms.words.name + " per " + data.item.one + " over the lifetime, for " + names + "; " + marked.length + " crossings marked.";
  }

  /* Those drawn whose cost rests on more than measured and counted numbers. */
  function doubtedOf(settings, curves) {
    return page.doubts.livesOf(settings).filter(function (life) {
      return page.doubts.isDoubted(life) && curves.some(function (curve) { return curve.pathway === life.pathway; });
    });
  }

  /* The layers with the lines of these hollow and no other; as cores() of figures/hollow.py. */
  function withCores(layers, doubted) {
    function isLine(layer) { return layer.data && layer.data.name === "lines"; }
    var plain = layers.filter(function (layer) { return !(isLine(layer) && layer.transform); });
    if (!doubted.length) { return plain; }
    var names = doubted.map(function (life) { return life.pathway; }), line = plain.find(isLine);
    var made = CORES.map(function (core) {
      var copy = JSON.parse(JSON.stringify(line));
      copy.transform = [{ filter: { field: "pathway", oneOf: names } }];
      copy.mark.strokeWidth = core.width;
      if (core.colour) { copy.encoding.color = { value: core.colour }; }
      return copy;
    });
    plain.splice(plain.indexOf(line) + 1, 0, made[0], made[1]);
    return plain;
  }

  /* Everything that one figure shows under some settings; null where nothing can be drawn. */
  function shown(settings, height, beside) {
    var decision = page.engine.decide(data, settings), terms = page.costs.costsOf(data, settings).terms;
    var curves = curvesOf(settings, volumesAround(settings.volume), validUnder(settings));
    if (!curves.length) { return null; }
    var ends = endsOf(curves, terms), marked = crossings(decision, curves);
    var points = [].concat.apply([], curves.map(function (curve) { return curve.points; }));
    return {
      terms: terms, ends: ends, doubted: doubtedOf(settings, curves), description: described(terms, curves, marked), title: sentence(curves, marked, { terms: terms, beside: beside }),
      rows: {
        bands: points.map(function (p) { return { pathway: p.pathway, volume: p.volume, low: Math.max(p.low, TINY), high: p.high }; }),
        lines: points.map(function (p) {
          var scale = units.shownScale(terms.scale, p.average), at = page.quantity.formatItems(page.fields.rounded(p.volume, 2), data.item);
          return { pathway: p.pathway, volume: p.volume, average: p.average, tip: n.general(p.average / scale.factor, 3) + " " + scale.symbol + " per " + data.item.one + " at " + at };
        }),
        planned: [{ volume: settings.volume, average: ends.y_high, text: "set: " + units.formatCount(settings.volume) }],
        crossings: marks(marked, decision), names: names(curves, ends, height)
      }
    };
  }

  /* The specification with other rows, ends and words of the cost axis. */
  function respecified(name, found) {
    var spec = JSON.parse(JSON.stringify(specs[name]));
    spec.datasets = found.rows;
    spec.params = Object.keys(found.ends).map(function (key) { return { name: key, value: found.ends[key] }; });
    spec.layer = withCores(spec.layer, found.doubted);
    spec.layer.forEach(function (layer) {
      var axis = layer.encoding && layer.encoding.y && layer.encoding.y.axis;
      if (!axis) { return; }
      axis.title = found.terms.words.name.charAt(0).toUpperCase() + found.terms.words.name.slice(1) + " per " + data.item.one;
      axis.labelExpr = "y_labels[indexof(y_ticks, datum.value)]";
    });
    return spec;
  }

  function embed(name, spec) {
    var place = document.querySelector('[data-figure="' + CSS.escape(name) + '"]');
    var drawn = window.vegaEmbed(place, spec, OPTIONS).then(function (found) { return found.view; });
    page.views.set(name, drawn);
    return drawn;
  }

  function change(view, found) {
    Object.keys(found.rows).forEach(function (key) {
      view.data(key, found.rows[key]);
    });
    Object.keys(found.ends).forEach(function (key) { view.signal(key, found.ends[key]); });
    return view.runAsync();
  }

  /* Title and description; without a text those that Python wrote. */
  function title(name, text, description) {
    var place = document.getElementById("title-" + name), drawing = document.querySelector('[data-figure="' + CSS.escape(name) + '"]');
    if (!titles.has(name)) { titles.set(name, [place.textContent, drawing.getAttribute("aria-description") || ""]); }
    place.textContent = text === null ? titles.get(name)[0] : text;
    drawing.setAttribute("aria-description", text === null ? titles.get(name)[1] : description);
  }

  function besideOf(name, settings) {
    var own = / not known for .*/.exec(titles.has(name) ? titles.get(name)[0] : "");
    if (settings.measure === name.slice(7)) { return own ? ";" + own[0] : ""; }
    var measure = page.costs.measureNamed(data, settings.measure);
    var unseen = data.pathways.filter(function (each) { return measure.pathways.indexOf(each.name) < 0; });
    return unseen.length ? "; not known for " + unseen.map(function (each) { return each.name; }).join(", ") : "";
  }

  function follow(name, isFirst, told, turn) {
    var own = name.slice(7), settings = isFirst ? told.settings : Object.assign({}, told.settings, { measure: own });
    title(name, null);
    page.doubts.restore(name);
    return page.draw(name).then(function (view) {
      if (turn !== latest) { return null; }
      var isAsked = told.isChanged && told.decision !== null;
      var found = isAsked ? shown(settings, specs[name].height, besideOf(name, settings)) : null;
      if (!found) {
        if (isAsked) { title(name, titles.get(name)[0] + ", under the study\u2019s own settings", titles.get(name)[1]); }
        if (!drawnIn.has(name)) { return null; }
        drawnIn.delete(name);
        return embed(name, specs[name]);
      }
      title(name, found.title, found.description);
      page.doubts.signs(name, page.doubts.livesOf(settings));
      page.doubts.note(name, page.doubts.hollowWords(found.doubted));
      var drawnFor = [settings.measure, settings.currency].concat(found.doubted.map(function (life) { return life.pathway; })).join("\n");
      if (drawnIn.get(name) === drawnFor) { return change(view, found); }
      drawnIn.set(name, drawnFor);
      return embed(name, respecified(name, found));
    }).catch(function () { return null; });
  }

  function followAll(told, turn) {
    specs = specs || page.data("specs");
    page.curvesDone = Promise.all(figures.map(function (name, i) { return follow(name, i === 0, told, turn); }));
  }

  document.addEventListener("breakeven:decided", function (event) {
    latest += 1;
    window.clearTimeout(timer);
    if (!event.detail.isChanged && drawnIn.size === 0) { return; }
    timer = window.setTimeout(function () { followAll(event.detail, latest); }, PAUSE_MS);
  });
})();
