// Reads what is stored and offers it as a file, where the program itself cannot start. Plain JavaScript that
// leans on nothing of the program but the form of its records (src/grid/record).
(function () {
  var STORES = ["heads", "comparisons", "rounds", "answers", "files", "segments"];
  var said = document.getElementById("said");
  var save = document.getElementById("save");
  var list = document.getElementById("list");

  function of(request) {
    return new Promise(function (done, failed) {
      request.onsuccess = function () { done(request.result); };
      request.onerror = function () { failed(request.error); };
      // Nothing is made here that is not there.
      request.onupgradeneeded = function () { request.transaction.abort(); };
    });
  }

  // All records of a store, each with its key.
  function all(database, name) {
    if (!database.objectStoreNames.contains(name)) return Promise.resolve([]);
    var store = database.transaction(name).objectStore(name);
    return Promise.all([of(store.getAllKeys()), of(store.getAll())]).then(function (both) {
      return both[0].map(function (key, at) { return { key: key, record: both[1][at] }; });
    });
  }

  // What had come of an answer when the page ended.
  function so_far(segments) {
    var answer = { v: 1, text: "", refusal: "", thoughts: [] };
    segments.sort(function (one, other) { return one.key[4] - other.key[4]; });
    segments.forEach(function (segment) {
      (segment.record.events || []).forEach(function (event) {
        if (typeof event.text === "string") answer.text += event.text;
        if (typeof event.refusal === "string") answer.refusal += event.refusal;
        if (typeof event.thought === "string") {
          var part = event.part || 0;
          while (answer.thoughts.length <= part) answer.thoughts.push("");
          answer.thoughts[part] += event.thought;
        }
      });
    });
    return answer;
  }

  // One line of the file, as `export/json.rs` reads it.
  function line(own, stores) {
    var id = own.key[0];
    function mine(name) {
      return stores[name].filter(function (it) { return it.key[0] === id; });
    }
    var rounds = mine("rounds").sort(function (one, other) { return one.key[1] - other.key[1]; });
    var answers = {};
    var segments = {};
    mine("segments").forEach(function (it) {
      var reply = it.key.slice(1, 4).join();
      (segments[reply] = segments[reply] || []).push(it);
    });
    Object.keys(segments).forEach(function (reply) { answers[reply] = so_far(segments[reply]); });
    mine("answers").forEach(function (it) { answers[it.key.slice(1).join()] = it.record; });
    return JSON.stringify({
      format: "tutti-comparison",
      v: 1,
      comparison: own.record,
      rounds: rounds.map(function (it) { return it.record; }),
      answers: Object.keys(answers).map(function (reply) {
        return { of: reply.split(",").map(Number), answer: answers[reply] };
      }),
      files: mine("files").sort(function (one, other) { return one.key[1] - other.key[1]; })
        .map(function (it) { return it.record; }),
    });
  }

  function offer(lines) {
    var link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([lines.join("\n") + "\n"], { type: "application/json" }));
    link.download = "tutti.json";
    link.click();
  }

  of(indexedDB.open("tutti"))
    .then(function (database) {
      return Promise.all(STORES.map(function (name) { return all(database, name); }));
    })
    .then(function (found) {
      var stores = {};
      STORES.forEach(function (name, at) { stores[name] = found[at]; });
      stores.heads.forEach(function (head) {
        list.appendChild(document.createElement("li")).textContent = head.record.title;
      });
      said.textContent = String(stores.comparisons.length);
      save.disabled = stores.comparisons.length === 0;
      save.onclick = function () {
        offer(stores.comparisons.map(function (own) { return line(own, stores); }));
      };
    })
    .catch(function () {
      said.textContent = "0";
    });
})();
