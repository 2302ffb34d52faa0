// Types a word letter by letter: how long until the list is that of each beginning. Then all answers, to the end.
const field = document.querySelector('#history [name=search-history]');
const list = document.querySelector('#history .rolls > ul');
const scan = document.querySelector('#history .scan'), status = document.querySelector('#history [role=status]');
const write = (words) => {
    field.value = words;
    field.dispatchEvent(new Event('input', { bubbles: true }));
};
const frame = () => new Promise((next) => requestAnimationFrame(next));
const size = () => document.querySelector('#history [aria-setsize]')?.getAttribute('aria-setsize') ?? '0';

// The longest that the page's thread was busy, at a resolution of 4 ms.
let last = performance.now(), gap = 0;
const pulse = setInterval(() => {
    const now = performance.now();
    gap = Math.max(gap, now - last);
    last = now;
}, 4);
const begun = performance.now(), typed = [];
for (const [words, count] of args.steps) {
    const at = performance.now();
    write(words);
    while (size() !== String(count)) {
        if (performance.now() - at > 10000) throw new Error(`${words}: ${size()} and not ${count}`);
        await frame();
    }
    typed.push(performance.now() - at);
}
clearInterval(pulse);
const typing = { typed, gap };

write('');
await frame();
[gap, last] = [0, performance.now()];
const again = setInterval(() => {
    const now = performance.now();
    gap = Math.max(gap, now - last);
    last = now;
}, 4);
const searched = performance.now();
write(args.needle);
let first = 0;
while (!status.textContent.includes(args.over)) {
    if (!first && document.querySelector('#history [name=open-hit]')) first = performance.now() - searched;
    if (performance.now() - searched > 110000) throw new Error(`not at its end: ${scan.textContent}`);
    await frame();
}
const whole = performance.now() - searched;
clearInterval(again);
await new Promise((next) => setTimeout(next, 100));
const longest = Math.max(0, ...bench.tasks.filter(([start]) => start >= begun).map(([, duration]) => duration));
write('');
return { ...typing, first, whole, scan_gap: gap, longest, status: status.textContent };
