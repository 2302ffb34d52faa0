// One part, at work beside the page: the module comes first, then requests, one at a time. The page makes
// this worker from a blob, so that the page's policy binds it too; it asks the network for nothing.
let part;
onmessage = ({ data }) => {
  if (data instanceof WebAssembly.Module) {
    part = new WebAssembly.Instance(data).exports;
    return;
  }
  const room = part.alloc(data.length);
  new Uint8Array(part.memory.buffer).set(data, room);
  const answer = part.run(room, data.length);
  const length = new DataView(part.memory.buffer).getUint32(answer, true);
  const bytes = new Uint8Array(part.memory.buffer.slice(answer + 4, answer + 4 + length));
  postMessage(bytes, [bytes.buffer]);
};
