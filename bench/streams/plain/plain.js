// What is left when everything is left out: fetch, read, append. `?api=<address>&streams=<count>`
const query = new URLSearchParams(location.search);
const replies = Array.from({ length: Number(query.get("streams")) }, (_, index) => {
  const panel = document.createElement("section");
  panel.dataset.panel = index;
  const reply = document.createElement("div");
  reply.className = "reply";
  panel.append(reply);
  document.querySelector("main").append(panel);
  return reply;
});

async function ask(reply, index, prompt) {
  const response = await fetch(`${query.get("api")}/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      model: `stream-${index + 1}`,
      messages: [{ role: "user", content: prompt }],
      stream: true,
    }),
  });
  const text = document.createTextNode("");
  reply.append(text);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const events = (rest + value).split("\n\n");
    rest = events.pop();
    for (const event of events) {
      const data = event.slice("data: ".length);
      const content = data === "[DONE]" ? "" : JSON.parse(data).choices[0]?.delta.content;
      if (content) text.appendData(content);
    }
  }
}

document.getElementById("send").onclick = () => {
  const prompt = document.getElementById("prompt").value;
  replies.forEach((reply, index) => ask(reply, index, prompt));
};
