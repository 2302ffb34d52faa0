// Starts the WebAssembly module, or says why it cannot. A file of its own, because the page's policy
// allows no inline script; a classic script, because from file:// no module loads to say anything.
//
// Old syntax but for `import()`. A browser that cannot read even that never runs this file, and the
// sentences in index.html, which a style holds back for a moment, all appear.
(function (script) {
  var loading = document.getElementById("loading");
  var trouble = document.getElementById("cannot-start");
  trouble.hidden = true;

  // The language that was chosen, else the browser's, where it is one of the page's.
  var likely;
  try {
    likely = /"language":"(\w+)"/.exec(localStorage.getItem("tutti.workspace"));
  } catch (_) {
    // No storage here.
  }
  likely = likely || /\b(?:en|ko|ja)\b/i.exec(navigator.languages) || [];
  likely = String(likely[1] || likely[0]).toLowerCase();

  // Leaves the sentences of that class, in that language if it is known, and no others.
  function give_up(reason) {
    for (var i = 0; i < trouble.children.length; i++) {
      trouble.children[i].hidden = trouble.children[i].className !== reason;
    }
    var own = trouble.querySelector("." + reason + " [lang=" + likely + "]");
    var said = trouble.querySelectorAll("." + reason + " > p:not(#why)");
    for (i = 0; i < said.length; i++) {
      said[i].hidden = own ? said[i] !== own : likely === "en" && said[i].lang !== "";
    }
    trouble.style.animation = "none";
    trouble.hidden = false;
    loading.hidden = true;
  }

  function can_show_the_page() {
    return (
      typeof WebAssembly === "object" &&
      CSS.supports("color", "light-dark(#000, #fff)") &&
      CSS.supports("selector(:has(a))")
    );
  }

  if (location.protocol === "file:") return give_up("file");
  if (!can_show_the_page()) return give_up("old");

  function at(name) {
    return new URL(new URL(script.src).searchParams.get(name), document.baseURI).href;
  }
  var program = import(at("js")).then(function (module) {
    return module.default({ module_or_path: at("wasm") });
  });
  // What the first screen does without: a part of the same program, in the same memory, which asks for it.
  var part = null;
  window.tutti_later = function () {
    part = part || program.then(fetch_part);
    part.catch(function () {
      part = null;
    });
    return part;
  };
  function fetch_part(program) {
    return fetch(at("later"))
      .then(function (reply) {
        if (!reply.ok) throw reply.status;
        return reply.arrayBuffer();
      })
      .then(function (bytes) {
        return WebAssembly.instantiate(bytes, { __wasm_split: program });
      });
  }
  // The words of the first screen in another language than English, by its tag. A failure is not kept.
  var words = {};
  window.tutti_words = function (tag) {
    words[tag] =
      words[tag] ||
      fetch(at(tag)).then(function (reply) {
        if (!reply.ok) throw reply.status;
        return reply.text();
      });
    words[tag].catch(function () {
      delete words[tag];
    });
    return words[tag];
  };
  // They come beside the program for who is likely to need them; it decides, and asks for what it misses.
  if (new URL(script.src).searchParams.has(likely)) window.tutti_words(likely);

  program.then(
    function () {
      loading.remove();
      trouble.remove();
    },
    function (error) {
      document.getElementById("why").textContent = error;
      give_up("lost");
      throw error;
    }
  );
})(document.currentScript);
