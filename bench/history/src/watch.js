// Before anything of the page: when its composer is there, what is read of the list, which tasks are long.
window.bench = { ready: 0, heads: 0, workers: 0, tasks: [] };
const ready = new MutationObserver(() => {
    if (bench.ready || !document.querySelector('textarea#prompt') || !document.querySelector('[data-panel]')) return;
    // It can be used once the frame is shown.
    requestAnimationFrame(() => setTimeout(() => (bench.ready ||= performance.now())));
});
ready.observe(document, { subtree: true, childList: true });
for (const name of ['get', 'getAll', 'getAllKeys', 'openCursor', 'openKeyCursor', 'count']) {
    const own = IDBObjectStore.prototype[name];
    IDBObjectStore.prototype[name] = function (...args) {
        if (this.name === 'heads') bench.heads += 1;
        return own.apply(this, args);
    };
}
// One makes requests; the one that reads the list begins with it.
window.Worker = class extends Worker {
    constructor(...args) {
        super(...args);
        bench.workers += 1;
    }
};
new PerformanceObserver((list) => list.getEntries().forEach((task) => bench.tasks.push([task.startTime, task.duration])))
    .observe({ type: 'longtask', buffered: true });
