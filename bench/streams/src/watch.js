// Sends the prompt and watches every panel until its last text stands in a frame. Runs inside an async
// function, with `args`: `first` and `last`, the marks that a stream begins and ends with; `whole`, its
// whole text; `stopped`, how many panels are stopped once all have begun; `patience_ms`.
const panels = [...document.querySelectorAll("[data-panel]")];
const replies = panels.map((panel) => panel.querySelector(".reply"));

// Markdown keeps no white space at the ends of lines, and none stands between its blocks.
const words = (text) => text.replace(/\s+/g, "");

// The last characters that are shown, without reading the whole text.
const tail = (reply) => {
  const walker = document.createTreeWalker(reply, NodeFilter.SHOW_TEXT);
  let text = walker.lastChild();
  while (text && text.data === "") text = walker.previousNode();
  return text ? text.data.slice(-args.last.length) : "";
};

const first = panels.map(() => null);
const last = panels.map(() => null);
const is_stopped = panels.map((_, index) => index < args.stopped);
let frames = 0;

const look = (now) => {
  replies.forEach((reply, index) => {
    if (first[index] === null && reply.textContent.includes(args.first)) first[index] = now;
    if (first[index] !== null && last[index] === null && tail(reply) === args.last) last[index] = now;
  });
};

// A message that is posted in a frame arrives when that frame has been drawn.
const after_frame = () =>
  new Promise((resolve) => {
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => resolve(performance.now());
      channel.port2.postMessage(null);
    });
  });

// When `performance.now()` was 0, by the clock that the server reads too.
const origin_epoch_ms = () => {
  const before = Date.now();
  let now = before;
  while (now === before) now = Date.now();
  return now - performance.now();
};

const prompt = document.querySelector("textarea#prompt");
prompt.value = "How far behind?";
prompt.dispatchEvent(new InputEvent("input", { bubbles: true }));
await after_frame();
const sent = performance.now();
document.querySelector("#send").click();

let to_stop = args.stopped;
for (;;) {
  const now = await after_frame();
  frames += 1;
  look(now);
  if (to_stop > 0 && first.every((time) => time !== null)) {
    panels.slice(0, to_stop).forEach((panel) => panel.querySelector("button[name=stop]").click());
    to_stop = 0;
  }
  const is_over = last.every((time, index) => time !== null || (to_stop === 0 && is_stopped[index]));
  if (is_over || now - sent > args.patience_ms) break;
}
const seconds = (performance.now() - sent) / 1000;

return {
  origin_epoch_ms: origin_epoch_ms(),
  sent_ms: sent,
  first_ms: first,
  last_ms: last,
  whole: replies.map((reply) => words(reply.textContent) === words(args.whole)),
  frames_per_second: frames / seconds,
};
