// Reads the list of comparisons, and searches it and the answers; see finder.rs. Nothing of the page waits for it.
const PAUSE = 250, AIM = 40, MOST_AT_ONCE = 64, MOST_HITS = 500, MOST_OF_ONE = 5, BEFORE = 160, FOUND = 200, AFTER = 400;
const HEADS = 500, numbers = new Map, list = [];
let database, current = 0;

const of = request => new Promise((done, failed) => {
  request.onsuccess = () => done(request.result);
  request.onerror = () => failed(request.error);
});

// What is not there is not made.
const open = () => database ??= new Promise((done, failed) => {
  const request = indexedDB.open('tutti');
  request.onupgradeneeded = () => request.transaction.abort();
  request.onerror = () => failed(request.error);
  request.onsuccess = () => {
    const close = () => {
      request.result.close();
      database = undefined;
    };
    request.result.onversionchange = close;
    request.result.onclose = close;
    done(request.result);
  };
});

// What the page shows of it; prompts stay here.
const take = ([id], head) => {
  let number = numbers.get(id);
  if (number === undefined) numbers.set(id, number = list.length);
  const { prompts = [], ...shown } = head;
  const text = [head.title ?? '', ...prompts, ...head.models ?? []].join('\n');
  list[number] = { id, number, text, changed: head.changed_ms ?? 0, pinned: !!head.pinned };
  return [number, shown];
};

const gone = gone => {
  for (const number of gone) list[number] = undefined;
  postMessage(['gone', JSON.stringify(gone)]);
};

const readAll = async () => {
  const seen = new Set, base = await open();
  let after;
  for (;;) {
    const store = base.transaction('heads').objectStore('heads');
    const range = after && IDBKeyRange.lowerBound(after, true);
    const [keys, heads] = await Promise.all([of(store.getAllKeys(range, HEADS)), of(store.getAll(range, HEADS))]);
    const taken = keys.map((key, at) => take(key, heads[at]));
    taken.forEach(([number]) => seen.add(number));
    if (taken.length) postMessage(['heads', JSON.stringify(taken)]);
    if (keys.length < HEADS) break;
    after = keys.at(-1);
  }
  gone([...numbers.values()].filter(number => list[number] && !seen.has(number)));
  postMessage(['read', '']);
};

const readOne = async id => {
  const head = await of((await open()).transaction('heads').objectStore('heads').get([id]));
  if (head) postMessage(['heads', JSON.stringify([take([id], head)])]);
  else if (numbers.has(id)) gone([numbers.get(id)]);
};

const latest = (one, other) => other.pinned - one.pinned || other.changed - one.changed;

const inAnswers = async (search, tests, order) => {
  let done = 0, at_once = 8, hits = 0;
  const tell = is_over => postMessage(['searched', JSON.stringify([search, done, order.length, is_over])]);
  const inOne = async (stores, { id, number }) => {
    const range = IDBKeyRange.bound([id], [id, []]);
    const answers = await of(stores.objectStore('answers').getAll(range));
    const found = [];
    answers.forEach((answer, at) => {
      const text = (answer.text ?? '') + (answer.refusal ?? '');
      const [first] = tests, hit = found.length < MOST_OF_ONE && tests.every(test => test.test(text)) && first.exec(text);
      if (hit) found.push([at, text, hit]);
    });
    if (!found.length) return found;
    const [keys, own] = await Promise.all([
      of(stores.objectStore('answers').getAllKeys(range)),
      of(stores.objectStore('comparisons').get([id])),
    ]);
    return found.map(([at, text, { index, 0: { length } }]) => {
      const [, ...reply] = keys[at], end = index + length;
      const model = own?.columns?.find(column => column.id === reply[1])?.settings?.model;
      return [number, reply, model ?? answers[at].model ?? '', text.slice(Math.max(0, index - BEFORE), index),
        text.slice(index, Math.min(end, index + FOUND)), text.slice(end, end + AFTER)];
    });
  };
  while (done < order.length && hits < MOST_HITS) {
    const begun = performance.now(), part = order.slice(done, done + at_once);
    // Short: what the page writes waits for it.
    const stores = (await open()).transaction(['answers', 'comparisons']);
    const found = (await Promise.all(part.map(it => inOne(stores, it)))).flat().slice(0, MOST_HITS - hits);
    if (search !== current) return;
    done += part.length;
    hits += found.length;
    if (found.length) postMessage(['hits', JSON.stringify([search, ...found])]);
    const took = performance.now() - begun;
    if (took < AIM / 2) at_once = Math.min(MOST_AT_ONCE, at_once * 2);
    else if (took > AIM) at_once = Math.max(1, at_once >> 1);
    tell(false);
    await new Promise(next => setTimeout(next));
    if (search !== current) return;
  }
  tell(true);
};

const find = async (search, patterns) => {
  const tests = patterns.map(pattern => new RegExp(pattern)), all = list.filter(it => it);
  const found = all.filter(({ text }) => tests.every(test => test.test(text)));
  postMessage(['found', JSON.stringify([search, ...found.map(it => it.number)])]);
  // Who still types is not searched for.
  await new Promise(next => setTimeout(next, PAUSE));
  if (search === current) await inAnswers(search, tests, all.sort(latest));
};

onmessage = ({ data: [search, ...rest] }) => {
  const lost = () => postMessage(['lost', '']);
  if (search === 'all') readAll().catch(lost);
  else if (search === 'one') readOne(rest[0]).catch(lost);
  else {
    current = search;
    if (rest.length) find(search, rest).catch(lost);
  }
};
