// Writes comparisons `from` to `to`, each made of the same records with its own words.
const of = (request) => new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
});

// The same words for the same number, always (mulberry32).
const random = (seed) => () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let word = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word;
    return ((word ^ (word >>> 14)) >>> 0) / 4294967296;
};

const SENTENCES = [
    // English, half of all answers.
    ['An orchestra tunes to a single oboe before it plays a note. ', 'The pitch itself matters less than the fact that everybody takes the same one. ',
        'A rest is as much a part of the score as any note. ', '\n\n- **Strings** carry the theme, *pianissimo*, until bar 42.\n', '\n\n```rust\nfn tutti(parts: &[Part]) -> Sound { parts.iter().sum() }\n```\n'],
    // Korean.
    ['오케스트라는 한 음을 연주하기 전에 오보에에 맞춰 조율합니다. ', '음의 높이보다 모두가 같은 음을 받는다는 사실이 더 중요합니다. ', '쉼표도 음표만큼 악보의 일부입니다. ', '\n\n- **현악기**가 마흔두 번째 마디까지 주제를 이어 갑니다.\n'],
    // Japanese.
    ['オーケストラは音を出す前にオーボエに合わせて調律します。', '音の高さよりも、全員が同じ音を受け取ることが大切です。', '休符も音符と同じく楽譜の一部です。', '\n\n- **弦楽器**が四十二小節まで主題を受け持ちます。\n'],
];
const WORDS = ['tuning', 'rehearsal', 'overture', 'tempo', 'harmony', 'counterpoint', '조율', '지휘자', '악보', '화음', '調律', '指揮者', '楽譜', '和音'];

const utf8 = new TextEncoder();
const database = await of(indexedDB.open('tutti'));
const stores = [...new Set(args.records.map(([store]) => store))];
let bytes = 0;
const samples = [];

const id_of = (next) => Array.from({ length: 4 }, () => Math.floor(next() * 4294967296).toString(16).padStart(8, '0')).join('');

for (let from = args.from; from < args.to; from += 20) {
    const transaction = database.transaction(stores, 'readwrite', { durability: 'relaxed' });
    for (let at = from; at < Math.min(from + 20, args.to); at++) {
        const next = random(at + 1), id = id_of(next), pick = (list) => list[Math.floor(next() * list.length)];
        const changed = 1764000000000 - at * 3600000;
        const prompts = [0, 1].map((round) => `${pick(WORDS)} ${pick(WORDS)} ${at}: ${SENTENCES.map(pick).join('').repeat(2)}${round}`);
        let replies = 0;
        for (const [store, numbers, template] of args.records) {
            const record = structuredClone(template), key = [id, ...numbers];
            if (store === 'heads') Object.assign(record, { id, title: prompts[0].slice(0, 80), changed_ms: changed, prompts });
            if (store === 'comparisons') Object.assign(record, { id, created_ms: changed, changed_ms: changed });
            if (store === 'rounds') record.text = prompts[numbers[0]];
            if (store === 'answers') {
                const sentences = SENTENCES[Math.max(0, Math.floor(next() * 4) - 1)];
                const pieces = sentences.map((sentence) => utf8.encode(sentence).length);
                let size = 0, text = '';
                while (size < args.bytes) {
                    const which = Math.floor(next() * sentences.length);
                    text += sentences[which];
                    size += pieces[which];
                }
                if (at % args.every === 7 && replies === 3) text += args.needle;
                record.text = text;
                bytes += size;
                replies += 1;
            }
            transaction.objectStore(store).put(record, key);
            if (at === args.from) samples.push([store, key, record]);
        }
    }
    await new Promise((done, failed) => {
        transaction.oncomplete = done;
        transaction.onabort = () => failed(transaction.error);
    });
}
database.close();
return { bytes, samples };
