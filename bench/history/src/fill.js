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

// Prompts are made of these.
const SENTENCES = [
    ['An orchestra tunes to a single oboe before it plays a note. ', 'A rest is as much a part of the score as any note. '],
    ['오케스트라는 한 음을 연주하기 전에 오보에에 맞춰 조율합니다. ', '쉼표도 음표만큼 악보의 일부입니다. '],
    ['オーケストラは音を出す前にオーボエに合わせて調律します。', '休符も音符と同じく楽譜の一部です。'],
];
const WORDS = ['tuning', 'rehearsal', 'overture', 'tempo', 'harmony', 'counterpoint', '조율', '지휘자', '악보', '화음', '調律', '指揮者', '楽譜', '和音'];

// Answers are pieces of these: words that nobody has written before, so that the disk cannot make them much smaller than
// what people write. English, Korean, Japanese.
const text_of = (seed, letters, longest, blank, stop) => {
    const next = random(seed), words = [];
    for (let at = 0; at < 200000; at++) {
        const length = 1 + Math.floor(next() * longest);
        let word = '';
        for (let letter = 0; letter < length; letter++) word += letters[Math.floor(next() * next() * letters.length)];
        words.push(word, at % 11 === 10 ? stop : blank, at % 97 === 96 ? '\n\n## ' : '');
    }
    return words.join('');
};
const range = (from, count) => Array.from({ length: count }, (_, at) => String.fromCharCode(from + at));
const TEXTS = (window.texts ??= [
    text_of(1, [...'etaoinshrdlucmfwypvbgkjqxz'], 9, ' ', '. '),
    text_of(2, range(0xac00, 11172), 4, ' ', '. '),
    text_of(3, [...range(0x3042, 80), ...range(0x4e00, 3000)], 12, '', '。'),
]);

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
                // English is half of all answers. A letter of the others is three bytes.
                const language = Math.max(0, Math.floor(next() * 4) - 1), source = TEXTS[language];
                const length = Math.floor(args.bytes / (language ? 2.8 : 1)), begin = Math.floor(next() * (source.length - length));
                let text = source.slice(begin, begin + length);
                bytes += utf8.encode(text).length;
                if (at % args.every === 7 && replies === 3) text += args.needle;
                record.text = text;
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
