// Opens the history: how long until the rows are shown. What is fetched after the first screen is here by then.
window.dispatchEvent(new PointerEvent('pointermove'));
while (!performance.getEntriesByType('resource').some(({ name, responseEnd }) => name.includes('tutti-later') && responseEnd)) {
    await new Promise((next) => setTimeout(next, 50));
}
await new Promise((next) => setTimeout(next, 1000));
const begun = performance.now();
document.querySelector('#open-history').click();
await new Promise((done) => {
    const look = () => {
        if (document.querySelectorAll('#history [data-comparison]').length < 5) return requestAnimationFrame(look);
        done();
    };
    look();
});
const shown = performance.now() - begun;
await new Promise((next) => setTimeout(next, 200));
const after = bench.tasks.filter(([start]) => start >= begun).map(([, duration]) => duration);
const rows = document.querySelector('#history [aria-setsize]').getAttribute('aria-setsize');
return { ms: shown, longest: Math.max(0, ...after), rows: Number(rows), in_page: document.querySelectorAll('#history li').length };
