// Task changes: how many tasks must share one row of development for another to be chosen; as
// analysis/deciding/task_changes.py has it.
(function () {
  "use strict";
  var n = window.breakeven.numbers;
  var costs = window.breakeven.costs;
  var choosing = window.breakeven.choice;

  // Average cost per item where so many tasks share one row and the others as before.
  function averageWith(life, row, nTasks, volume) {
    var development = life.rows.reduce(function (sum, each) {
      if (!each.amount) { return sum; }
      if (each.row !== row) { return sum + each.amount.value; }
      return sum + (nTasks === 1 ? each.whole.value : each.whole.value * (1 / nTasks));
    }, 0);
    return development * (1 / volume) + life.marginal.value;
  }

  function rowsOf(lives) {
    return Array.from(new Set(lives.reduce(function (all, life) {
      return all.concat(life.rows.map(function (each) { return each.row; }));
    }, [])));
  }

  // Number nearest to `near` from which on, up to `far`, the choice is another; null where none is.
  function first(isOther, near, far, most) {
    var step = far >= near ? 1 : -1;
    if (near < 1 || near > most || !isOther(far)) { return null; }
    var low = 0, high = Math.abs(far - near);
    while (low < high) {
      var middle = Math.floor((low + high) / 2);
      if (isOther(near + step * middle)) { high = middle; } else { low = middle + 1; }
    }
    return near + step * low;
  }

  // Sentence on the least number of tasks on one row that changes the choice; else on the most, of
  // fewer; none where no number does.
  window.breakeven.byTasks = function (choice) {
    var data = choice.found.data, most = data.bounds.tasks[1], winner = choice.winner;
    if (data.is_measured_only) { return []; }
    var rivals = choosing.equals(choice);
    var lives = choice.contenders.filter(function (each) {
      return each === winner || rivals.indexOf(each) >= 0;
    }).map(function (each) { return each.life; });
    function cheapest(row, nTasks) {
      return choosing.least(lives.map(function (life) {
        return { name: life.name, average: averageWith(life, row, nTasks, choice.volume) };
      }), function (a, b) { return a.average < b.average; }).name;
    }
    function numbers(rows, step, far) {
      return rows.map(function (row) {
        var own = costs.under(choice.found.settings.tasks, row, 1);
        return { row: row, n: first(function (nTasks) {
          return cheapest(row, nTasks) !== winner.name;
        }, own + step, far, most) };
      }).filter(function (each) { return each.n !== null; });
    }
    function sentence(each, side) {
      var how = each.n === 1 ? "no other task" : n.grouped(String(each.n)) + " tasks " + side;
      return ["With " + each.row + " shared by " + how + ", " + cheapest(each.row, each.n) +
        " would be the choice."];
    }
    var own = rowsOf([winner.life]);
    var others = rowsOf(lives).filter(function (row) { return own.indexOf(row) < 0; });
    var more = numbers(others, 1, most);
    if (more.length) {
      return sentence(choosing.least(more, function (a, b) { return a.n < b.n; }), "or more");
    }
    var fewer = numbers(own, -1, 1);
    return fewer.length
      ? sentence(choosing.least(fewer, function (a, b) { return a.n > b.n; }), "or fewer") : [];
  };
})();
