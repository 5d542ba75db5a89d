/* Provenance: how a number was got, told beside it on hover, focus or tap.

   A cell with `data-p` names an entry of the JSON block "provenance-data". Within a table the arrow keys
   move from number to number; Enter goes to the number's row in the table of provenance, and Escape
   closes. Numbers that scripts compute say where they come from through `breakeven.provenance.set`. */
(function () {
  "use strict";
  var page = window.breakeven = window.breakeven || {};
  var FIELDS = ["name", "unit", "value", "low", "high", "level", "method", "n", "signs", "origins",
    "sensors", "runs", "hint"];
  var DELAY_MS = 150;
  var book = null;
  var computed = new WeakMap();
  var tip = null;
  var shownFor = null;
  var timer = 0;

  function read() {
    book = book || page.data("provenance-data") || { texts: [], lists: [], numbers: [] };
    return book;
  }

  /* Entry of a number as an object with the names of FIELDS; null for an index that is none. */
  function entry(index) {
    var row = index === "" ? null : read().numbers[Number(index)];
    if (!row) { return null; }
    var found = {};
    FIELDS.forEach(function (name, i) { found[name] = row[i]; });
    ["name", "unit", "method", "signs", "origins", "sensors", "hint"].forEach(function (name) {
      found[name] = book.texts[found[name]];
    });
    found.runs = book.lists[found.runs];
    return found;
  }

  function of(element) { return computed.get(element) || entry(element.dataset.p); }

  function amount(value) {
    if (value === "inf") { return "infinity"; }
    if (value === "-inf") { return "minus infinity"; }
    return String(Number(Number(value).toPrecision(6)));
  }

  function valueLine(found) {
    var unit = found.unit ? " " + found.unit : "";
    if (found.low === null || found.high === null) { return amount(found.value) + unit + ", no interval"; }
    var level = found.level === null ? "bounds, no level" : Math.round(found.level * 1000) / 10 + " %";
    return amount(found.value) + unit + " (" + amount(found.low) + " to " + amount(found.high) + unit + "; " + level + ")";
  }

  function runsLine(found) {
    var runs = found.runs;
    var more = runs[0] - (runs.length - 1);
    if (runs[0] === 0) { return "none named"; }
    return runs.slice(1).join(", ") + (more > 0 ? " and " + more + " more" : "");
  }

  /* What there is to say of a number: pairs of a label and a text. */
  function lines(found) {
    var told = [["In SI", valueLine(found)], ["Method", found.method]];
    if (found.n !== undefined) { told.push(["Rests on", "n = " + found.n]); }
    told.push(["Kind", (found.signs || "none") + (found.origins ? "; " + found.origins : "")]);
    if (found.sensors) { told.push(["Sensor", found.sensors]); }
    if (found.runs) { told.push(["Runs", runsLine(found)]); }
    if (found.hint) { told.push(["Note", found.hint]); }
    return told;
  }

  function part(tag, className, text) {
    var made = document.createElement(tag);
    if (className) { made.className = className; }
    if (text) { made.textContent = text; }
    return made;
  }

  /* Row of the table of provenance that holds the number shown in an element; null for none. */
  function rowOf(element) {
    return element.dataset.p ? document.getElementById("from-" + element.dataset.p) : null;
  }

  function follow(element) {
    var target = rowOf(element) || document.getElementById("provenance");
    hide();
    for (var up = target; up; up = up.parentElement) { if (up.tagName === "DETAILS") { up.open = true; } }
    target.querySelectorAll(":scope > details").forEach(function (each) { each.open = true; });
    if (!target.hasAttribute("tabindex")) { target.tabIndex = -1; }
    target.scrollIntoView({ block: "center", behavior: "instant" });
    target.focus({ preventScroll: true });
  }

  function headWords(head) {
    var name = head.querySelector(".name") || head;
    return Array.from(name.childNodes).filter(function (node) {
      return !(node.classList && node.classList.contains("kind"));
    }).map(function (node) { return node.textContent; }).join("").trim();
  }

  /* What a number of a table is called there: head of its column and of its row. */
  function context(element) {
    var table = element.tagName === "TD" ? element.closest("table") : null;
    if (!table) { return ""; }
    var head = table.tHead.rows[table.tHead.rows.length - 1].cells[element.cellIndex];
    return headWords(head) + ", " + headWords(element.parentElement.cells[0]);
  }

  function fill(element, found) {
    var where = context(element);
    tip.textContent = "";
    tip.appendChild(part("p", "tip-name", where || found.name));
    if (where) { tip.appendChild(part("p", "tip-keys", found.name)); }
    var list = tip.appendChild(part("dl"));
    lines(found).forEach(function (pair) {
      var row = list.appendChild(part("div"));
      row.appendChild(part("dt", "", pair[0]));
      row.appendChild(part("dd", "", pair[1]));
    });
    if (!element.dataset.p) { return; }
    var link = tip.appendChild(part("a", "tip-link", "Its row in the table of provenance"));
    link.href = "#" + (rowOf(element) ? "from-" + element.dataset.p : "provenance");
    link.tabIndex = -1;
    link.addEventListener("click", function (event) { event.preventDefault(); follow(element); });
    tip.appendChild(part("span", "tip-keys", " (Enter)"));
  }

  function place(element) {
    var box = element.getBoundingClientRect();
    var own = tip.getBoundingClientRect();
    var left = Math.min(Math.max(8, box.right - own.width), window.innerWidth - own.width - 8);
    var isBelow = box.bottom + own.height + 8 <= window.innerHeight || box.top < own.height + 8;
    tip.style.left = Math.max(8, left) + window.scrollX + "px";
    tip.style.top = (isBelow ? box.bottom + 4 : box.top - own.height - 4) + window.scrollY + "px";
  }

  function make() {
    tip = part("div", "tip");
    tip.id = "provenance-tip";
    tip.setAttribute("role", "tooltip");
    tip.hidden = true;
    document.body.appendChild(tip);
    tip.addEventListener("pointerleave", function () { later(hide); });
    tip.addEventListener("pointerenter", function () { window.clearTimeout(timer); });
  }

  function show(element) {
    var found = of(element);
    if (!found) { return; }
    if (shownFor && shownFor !== element) { hide(); }
    fill(element, found);
    tip.hidden = false;
    place(element);
    shownFor = element;
    element.setAttribute("aria-describedby", "provenance-tip");
  }

  function hide() {
    window.clearTimeout(timer);
    if (!shownFor) { return; }
    shownFor.removeAttribute("aria-describedby");
    shownFor = null;
    tip.hidden = true;
  }

  function later(act) { window.clearTimeout(timer); timer = window.setTimeout(act, DELAY_MS); }

  function numberAt(event) {
    return event.target.closest ? event.target.closest("[data-p]") : null;
  }

  /* Number of the same table beside one, in the direction of an arrow key; null at the edge. */
  function beside(cell, key) {
    var table = cell.closest("table");
    if (!table || cell.tagName !== "TD") { return null; }
    var inRow = Array.from(cell.parentElement.querySelectorAll("[data-p]"));
    if (key === "ArrowLeft" || key === "ArrowRight") {
      return inRow[inRow.indexOf(cell) + (key === "ArrowLeft" ? -1 : 1)] || null;
    }
    if (key === "Home" || key === "End") { return inRow[key === "Home" ? 0 : inRow.length - 1]; }
    var step = key === "ArrowUp" ? "previousElementSibling" : "nextElementSibling";
    for (var row = cell.parentElement[step]; row; row = row[step]) {
      var other = row.children[cell.cellIndex];
      if (other && other.dataset.p) { return other; }
    }
    return null;
  }

  function moveTo(cell, from) {
    if (from) { from.tabIndex = -1; }
    cell.tabIndex = 0;
    cell.focus();
  }

  function onKey(event) {
    var cell = numberAt(event);
    if (event.key === "Escape") { hide(); return; }
    if (!cell) { return; }
    if (event.key === "Enter") { event.preventDefault(); follow(cell); return; }
    if (/^(Arrow|Home$|End$)/.test(event.key)) {
      var next = beside(cell, event.key);
      if (next) { event.preventDefault(); moveTo(next, cell); }
    }
  }

  function onPress(event) {
    var cell = numberAt(event);
    if (cell) {
      if (!cell.hasAttribute("tabindex")) { cell.tabIndex = -1; }
      cell.focus({ preventScroll: true });
      show(cell);
    } else if (tip && !tip.contains(event.target)) { hide(); }
  }

  page.provenance = {
    of: of,
    lines: lines,
    hide: hide,
    /* Say how a number that a script put into an element was got: an object with names of FIELDS,
       `runs` as [how many, first ids ...]; null where there is nothing to say. */
    set: function (element, found) {
      computed.delete(element);
      if (found === null) {
        delete element.dataset.p;
        element.removeAttribute("tabindex");
        return;
      }
      computed.set(element, found);
      element.dataset.p = "";
      element.tabIndex = 0;
    }
  };

  make();
  document.addEventListener("pointerover", function (event) {
    var cell = event.pointerType === "touch" ? null : numberAt(event);
    if (cell) { later(function () { show(cell); }); }
    else if (shownFor && !tip.contains(event.target) && shownFor !== document.activeElement) { later(hide); }
  });
  document.addEventListener("focusin", function (event) {
    var cell = numberAt(event);
    if (cell) { show(cell); } else if (!tip.contains(event.target)) { hide(); }
  });
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", onPress);
})();
