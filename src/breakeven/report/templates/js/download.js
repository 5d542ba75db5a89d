/* Downloads: each figure as SVG, PNG and CSV, each table as CSV; nothing leaves the machine.

   A file stands alone: the page's colours are written out as those of the light page, and texts that
   a spreadsheet would take for formulas get an apostrophe, as in tables/*.csv. */
(function () {
  "use strict";
  var page = window.breakeven = window.breakeven || {};
  var FORMULA = /^[=+\-@\t\r]/;
  var PNG_SCALE = 3;
  var SVG_NAME = "http://www.w3.org/2000/svg";

  /* One CSV field: no formula, quoted where it must be. */
  function field(value) {
    if (value === null || value === undefined) { return ""; }
    if (typeof value === "object") { value = JSON.stringify(value); }
    var text = String(value);
    if (typeof value === "string" && FORMULA.test(text)) { text = "'" + text; }
    return /[",\n\r]/.test(text) ? "\"" + text.replace(/"/g, "\"\"") + "\"" : text;
  }

  function csv(rows) {
    return rows.map(function (row) { return row.map(field).join(",") + "\n"; }).join("");
  }

  /* Colours of the light page by the name of their variable, whatever scheme is shown. */
  function lightColours() {
    var found = {};
    Array.from(document.styleSheets).forEach(function (sheet) {
      Array.from(sheet.cssRules).forEach(function (rule) {
        if (rule.selectorText !== ":root") { return; }
        Array.from(rule.style).forEach(function (name) {
          found[name] = rule.style.getPropertyValue(name).trim();
        });
      });
    });
    return found;
  }

  function resolved(svg) {
    var colours = lightColours();
    return svg.replace(/var\((--[\w-]+)\)/g, function (all, name) { return colours[name] || "currentColor"; });
  }

  function named(name) {
    var heading = document.getElementById("title-" + name);
    return heading ? heading.textContent : name;
  }

  function withWords(svg, name) {
    var tree = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
    var ground = document.createElementNS(SVG_NAME, "rect");
    [["width", "100%"], ["height", "100%"], ["fill", "var(--surface)"]].forEach(function (pair) {
      ground.setAttribute(pair[0], pair[1]);
    });
    tree.insertBefore(ground, tree.firstChild);
    var place = document.querySelector("[data-figure=\"" + CSS.escape(name) + "\"]");
    var note = place.parentNode.querySelector(".hollow-note:not([hidden])");
    var told = [place.getAttribute("aria-label"), note && note.textContent].filter(Boolean).join(" ");
    [["desc", told], ["title", named(name)]].forEach(function (pair) {
      var made = document.createElementNS(SVG_NAME, pair[0]);
      made.textContent = pair[1];
      tree.insertBefore(made, tree.firstChild);
    });
    return new XMLSerializer().serializeToString(tree);
  }

  /* Promise of a figure as a file of its own. */
  function figureSvg(name) {
    return page.draw(name).then(function (view) { return view.toSVG(); }).then(function (svg) {
      return resolved(withWords(svg, name));
    });
  }

  /* Promise of the same as pixels, so many times as fine as on the page. */
  function figurePng(name) {
    return figureSvg(name).then(function (svg) {
      return new Promise(function (resolve, reject) {
        var image = new Image();
        image.onerror = function () { reject(new Error("the picture could not be made")); };
        image.onload = function () {
          var canvas = document.createElement("canvas");
          canvas.width = image.width * PNG_SCALE;
          canvas.height = image.height * PNG_SCALE;
          canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
          canvas.toBlob(resolve, "image/png");
        };
        image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(svg);
      });
    });
  }

  /* Whether a column says how a mark looks, not what was found. */
  function isLook(head, rows) {
    return /^d[xy]$/.test(head) || rows.every(function (row) {
      return row[head] === undefined || /^var\(/.test(row[head]);
    });
  }

  /* Rows of every data set that a figure draws, as they are now; where there are several sets, the
     column `rows` says which. */
  function figureRows(view, name) {
    var specs = page.data("specs")[name].datasets || {};
    var sets = Object.keys(specs);
    var heads = sets.length > 1 ? ["rows"] : [];
    var bodies = [];
    sets.forEach(function (set) {
      var rows;
      try { rows = view.data(set); } catch (error) { rows = specs[set]; }
      rows.forEach(function (row) {
        Object.keys(row).forEach(function (key) { if (heads.indexOf(key) < 0) { heads.push(key); } });
        bodies.push(Object.assign({ rows: set }, row));
      });
    });
    var told = heads.filter(function (head) { return !isLook(head, bodies); });
    return [told].concat(bodies.map(function (row) {
      return told.map(function (head) { return row[head]; });
    }));
  }

  function figureCsv(name) {
    return page.draw(name).then(function (view) { return csv(figureRows(view, name)); });
  }

  function words(cell) {
    var copy = cell.cloneNode(true);
    copy.querySelectorAll(".kind").forEach(function (sign) { sign.remove(); });
    copy.querySelectorAll(".description").forEach(function (more) { more.prepend(": "); });
    return copy.textContent.replace(/\s+/g, " ").trim();
  }

  /* Fields of a number beside what is shown: value, ends and kinds, in SI; empty where there is none. */
  function siFields(cell) {
    var found = cell && cell.dataset.p ? page.provenance.of(cell) : null;
    return found ? [found.value, found.low, found.high, found.signs] : ["", "", "", ""];
  }

  /* A table as it is shown, and each number of it in SI with its interval and kinds. */
  function tableCsv(table) {
    var heads = Array.from(table.querySelectorAll("thead tr:last-child th"));
    var rows = Array.from(table.tBodies[0].rows);
    var traced = heads.map(function (head, i) {
      return rows.some(function (row) { return row.cells[i] && row.cells[i].dataset.p; });
    });
    var first = [];
    heads.forEach(function (head, i) {
      first.push(words(head));
      if (!traced[i]) { return; }
      ["in SI", "low", "high", "kinds"].forEach(function (what) { first.push(words(head) + ": " + what); });
    });
    return csv([first].concat(rows.map(function (row) {
      return Array.from(row.cells).reduce(function (fields, cell, i) {
        return fields.concat([words(cell)], traced[i] ? siFields(cell) : []);
      }, []);
    })));
  }

  function save(content, name, type) {
    var link = document.createElement("a");
    var blob = content instanceof Blob ? content : new Blob([content], { type: type });
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    window.setTimeout(function () { URL.revokeObjectURL(link.href); }, 10000);
  }

  function button(text, label, act) {
    var made = document.createElement("button");
    made.type = "button";
    made.className = "save";
    made.textContent = text;
    made.setAttribute("aria-label", label);
    made.addEventListener("click", act);
    return made;
  }

  function offer(place, name) {
    var bar = document.createElement("div");
    bar.className = "saves";
    [["SVG", figureSvg, "image/svg+xml"], ["PNG", figurePng, "image/png"], ["CSV", figureCsv, "text/csv"]].forEach(function (kind) {
      var file = name + "." + kind[0].toLowerCase();
      bar.appendChild(button(kind[0], "Download " + file + ": " + named(name), function () {
        kind[1](name).then(function (made) { page.save(made, file, kind[2]); });
      }));
    });
    place.closest("figure").appendChild(bar);
  }

  function offerTable(table) {
    var name = table.id.replace(/^table-/, "");
    var bar = document.createElement("div");
    bar.className = "saves";
    var file = name + "-shown.csv";
    bar.appendChild(button("CSV", "Download " + file + ": " + table.caption.textContent, function () {
      page.save(tableCsv(table), file, "text/csv");
    }));
    table.closest(".scroll").insertAdjacentElement("afterend", bar);
  }

  page.save = save;
  page.exported = { svg: figureSvg, png: figurePng, csv: figureCsv, table: tableCsv, field: field };
  page.views.forEach(function (view, name) {
    offer(document.querySelector("[data-figure=\"" + CSS.escape(name) + "\"]"), name);
  });
  document.querySelectorAll(".scroll > table").forEach(offerTable);
})();
