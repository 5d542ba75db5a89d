/* Doubts: how the costs behind a figure came about under the settings of the controls, in its signs
   and its note; as report/figure_signs.py and report/figures/hollow.py have it. */
(function () {
  "use strict";
  var page = window.breakeven = window.breakeven || {};
  if (!page.controls) { return; }
  var SEEN = ["measured", "counted"];
  var own = new Map();

  /* {pathway, signs} of every life in the measure, signs in the order of the legend. */
  function livesOf(settings) {
    var found = page.costs.costsOf(page.controls.data, settings), constants = found.data.constants;
    return found.lives.map(function (life) {
      var told = page.costs.namesOf(life.developmentSign | life.marginalSign, constants);
      return { pathway: life.name, signs: page.inOrder(page.signs(told)) };
    });
  }

  function isDoubted(life) {
    return life.signs.some(function (sign) { return SEEN.indexOf(sign) < 0; });
  }

  function each(doubted) {
    return doubted.map(function (life) { return life.pathway + " is " + life.signs.join(" and "); }).join("; ");
  }

  /* What is said of lines that are hollow. */
  function hollowWords(doubted) {
    return doubted.length ? "Hollow line" + (doubted.length > 1 ? "s" : "") + ": " + each(doubted) + "." : "";
  }

  /* The same of a drawing that has no sign of its own for it. */
  function behindWords(doubted) {
    return doubted.length ? "Rests on more than was measured or counted here: " + each(doubted) + "." : "";
  }

  function chartOf(name) { return document.querySelector('[data-figure="' + CSS.escape(name) + '"]'); }

  /* The paragraph of that class in a figure, made before its chart where there is none. */
  function paragraph(name, css) {
    var chart = chartOf(name), found = chart.parentNode.querySelector("p." + css.split(" ").pop());
    if (!found) {
      found = document.createElement("p");
      found.className = css;
      chart.before(found);
    }
    return found;
  }

  function note(name, text) {
    var place = paragraph(name, "why hollow-note");
    place.textContent = text;
    place.hidden = text === "";
  }

  /* Signs beside the title of a figure: of all lives in the measure. */
  function signs(name, lives) {
    var place = paragraph(name, "figure-signs");
    if (!own.has(name)) { own.set(name, [place.cloneNode(true), paragraph(name, "why hollow-note").textContent]); }
    var all = [].concat.apply([], lives.map(function (life) { return life.signs; }));
    place.textContent = "";
    page.inOrder(all).forEach(function (sign) {
      page.look("data-kind", sign).forEach(function (node) { place.append(node, " "); });
    });
  }

  /* Signs and note that Python wrote, once they were changed. */
  function restore(name) {
    if (!own.has(name)) { return; }
    paragraph(name, "figure-signs").replaceWith(own.get(name)[0].cloneNode(true));
    note(name, own.get(name)[1]);
  }

  page.doubts = { livesOf: livesOf, isDoubted: isDoubted, hollowWords: hollowWords, behindWords: behindWords,
    note: note, signs: signs, restore: restore };
})();
