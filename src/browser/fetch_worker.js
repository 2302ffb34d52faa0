const WAIT = 16, END_WAIT = 1, CROWD = 32, PACE = 24, GATHER = 3, MOST = 4e6, calls = new Map, utf8 = new TextEncoder;
let parts = [], size = 0, unread = 0, timer = 0, due = 0, last = 0, gate;

const turn = () => gate ??= new Promise(done => setTimeout(() => { gate = undefined; done(); }, PACE));

const post = () => {
  timer = 0;
  if (!size || unread > 7) return;
  const all = new Uint8Array(size), view = new DataView(all.buffer);
  let at = 0;
  for (const [id, kind, bytes] of parts) {
    view.setUint32(at, id, true);
    view.setUint32(at + 4, kind, true);
    view.setUint32(at + 8, bytes.length, true);
    all.set(bytes, at + 12);
    at += 12 + bytes.length;
  }
  parts = [];
  size = 0;
  unread++;
  last = performance.now();
  postMessage(all.buffer, [all.buffer]);
};

const soon = wait => {
  const now = performance.now(), at = Math.max(last + wait, now + (calls.size > CROWD ? GATHER : 0));
  if (timer && due <= at) return;
  clearTimeout(timer);
  due = at;
  timer = setTimeout(post, at - now);
};

const say = (id, kind, bytes) => {
  if (!calls.has(id)) return;
  parts.push([id, kind, bytes]);
  size += 12 + bytes.length;
  soon(kind > 1 ? END_WAIT : WAIT);
};

const call = async (id, url, init) => {
  const control = new AbortController;
  calls.set(id, control);
  try {
    control.request = new Request(url, { ...init, signal: control.signal });
    const reply = await fetch(control.request);
    const head = [...reply.headers].map(header => header.join(':'));
    say(id, 0, utf8.encode([reply.status, ...head].join('\n')));
    const reader = reply.body?.getReader();
    while (reader) {
      const { done, value } = await reader.read();
      if (done) break;
      say(id, 1, value);
      if (calls.size > CROWD) await turn();
      while (size > MOST && calls.has(id)) await new Promise(done => setTimeout(done, WAIT));
    }
    say(id, 2, []);
  } catch (error) {
    say(id, 3, utf8.encode(error?.message ?? ''));
  }
  calls.delete(id);
};

onmessage = ({ data }) => {
  if (!data) {
    unread -= 4;
    if (size) soon(WAIT);
  } else if (data[1]) {
    call(...data);
  } else {
    calls.get(data[0])?.abort();
    calls.delete(data[0]);
  }
};

addEventListener('securitypolicyviolation', event => postMessage([event.effectiveDirective, event.blockedURI]));
postMessage(0);
