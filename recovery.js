// Reads what is stored and offers it as a file, where the program itself cannot start. Plain JavaScript that
// leans on nothing of the program but the form of its records (src/grid/record), of whatever version they are.
(function () {
  var save = document.getElementById("save");
  var list = document.getElementById("list");

  // Leaves the words of the language that was chosen, else of the browser's; all, where it has none of them.
  function choose_language() {
    var language;
    try {
      language = /"language":"(\w+)"/.exec(localStorage.getItem("tutti.workspace"));
    } catch (_) {
      // No storage here.
    }
    language = language || /\b(?:en|ko|ja)\b/i.exec(navigator.languages);
    if (!language) return;
    language = String(language[1] || language[0]).toLowerCase();
    document.documentElement.lang = language;
    document.querySelectorAll("[lang]:not(html)").forEach(function (it) {
      it.hidden = it.lang !== language;
      // What stands before the others is English.
      if (!it.hidden) {
        var first = it;
        while (first.previousElementSibling && first.localName === first.previousElementSibling.localName) {
          first = first.previousElementSibling;
          first.hidden = true;
        }
      }
    });
  }

  // Shows one of the lines, with what differs each time.
  function say(id, what) {
    ["stored", "none", "failed"].forEach(function (other) {
      document.getElementById(other).hidden = other !== id;
    });
    if (what !== undefined) document.querySelector("#" + id + " b").textContent = what;
  }

  function of(request) {
    return new Promise(function (done, failed) {
      request.onsuccess = function () { done(request.result); };
      request.onerror = function () { failed(request.error); };
    });
  }

  // Null where nothing was stored; nothing is made here that is not there.
  function open() {
    return new Promise(function (done, failed) {
      var request = indexedDB.open("tutti");
      var is_new = false;
      request.onupgradeneeded = function () {
        is_new = true;
        request.transaction.abort();
      };
      request.onsuccess = function () { done(request.result); };
      request.onerror = function () { is_new ? done(null) : failed(request.error); };
    });
  }

  // All records of a store, or those of one comparison, each with its key.
  function all(database, name, range) {
    if (!database.objectStoreNames.contains(name)) return Promise.resolve([]);
    var store = database.transaction(name).objectStore(name);
    return Promise.all([of(store.getAllKeys(range)), of(store.getAll(range))]).then(function (both) {
      return both[0].map(function (key, at) { return { key: key, record: both[1][at] }; });
    });
  }

  // What had come of each answer when the page ended.
  function so_far(segments) {
    var answers = {};
    segments.sort(function (one, other) { return one.key[1] - other.key[1]; });
    segments.forEach(function (segment) {
      (segment.record.pieces || []).forEach(function (piece) {
        var reply = (piece.of || []).join();
        var answer = answers[reply] = answers[reply] || { v: 1, text: "", refusal: "", thoughts: [] };
        (piece.events || []).forEach(function (event) {
          if (typeof event.text === "string") answer.text += event.text;
          if (typeof event.refusal === "string") answer.refusal += event.refusal;
          if (typeof event.thought === "string") {
            var part = event.part || 0;
            while (answer.thoughts.length <= part) answer.thoughts.push("");
            answer.thoughts[part] += event.thought;
          }
        });
      });
    });
    return answers;
  }

  // One line of the file, as `export/json.rs` reads it.
  function line(own, rounds, ended, open, files) {
    function record(it) { return it.record; }
    var answers = so_far(open);
    ended.forEach(function (it) { answers[it.key.slice(1).join()] = it.record; });
    return JSON.stringify({
      format: "tutti-comparison",
      v: 1,
      comparison: own,
      rounds: rounds.map(record),
      answers: Object.keys(answers).map(function (reply) {
        return { of: reply.split(",").map(Number), answer: answers[reply] };
      }),
      files: files.map(record),
    });
  }

  // One comparison after another, so that a large store needs little memory.
  function write(database, comparisons) {
    var lines = [];
    var turn = Promise.resolve();
    comparisons.forEach(function (own) {
      turn = turn.then(function () {
        // All keys that begin so: no number and no text comes after a list.
        var range = IDBKeyRange.bound(own.key, own.key.concat([[]]));
        var stores = ["rounds", "answers", "segments", "files"];
        return Promise.all(stores.map(function (name) { return all(database, name, range); }))
          .then(function (of) {
            lines.push(new Blob([line(own.record, of[0], of[1], of[2], of[3]), "\n"]));
            say("stored", lines.length + " / " + comparisons.length);
          });
      });
    });
    return turn.then(function () { offer(new Blob(lines, { type: "application/json" })); });
  }

  function offer(file) {
    var link = document.createElement("a");
    link.href = URL.createObjectURL(file);
    link.download = "tutti.json";
    link.click();
  }

  function failed(error) {
    say("failed", String(error));
  }

  choose_language();
  open()
    .then(function (database) {
      if (!database) return say("none");
      return Promise.all([all(database, "heads"), all(database, "comparisons")]).then(function (found) {
        var comparisons = found[1];
        found[0].forEach(function (head) {
          var title = head.record && head.record.title;
          list.appendChild(document.createElement("li")).textContent = title || "…";
        });
        if (comparisons.length === 0) return say("none");
        say("stored", comparisons.length);
        save.hidden = false;
        save.onclick = function () { write(database, comparisons).catch(failed); };
      });
    })
    .catch(failed);
})();
