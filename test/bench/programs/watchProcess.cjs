// Preloaded: writes at its end to the file TREELINE_BENCH_WATCH what the process needed: { mostBytes: resident, heldMs: the longest that its event loop
// was at work without a pause, in CPU of this thread, since other processes on the machine take time away but no CPU }.
const { readFileSync, writeFileSync } = require('node:fs');

const file = process.env.TREELINE_BENCH_WATCH;
let last = process.threadCpuUsage();
let heldMs = 0;
const look = () => {
  const { user, system } = process.threadCpuUsage(last);
  last = process.threadCpuUsage();
  heldMs = Math.max(heldMs, (user + system) / 1_000);
};
// What loads the program comes before anything runs.
setTimeout(() => { last = process.threadCpuUsage(); setInterval(look, 1).unref(); }, 1).unref();
process.on('exit', () => {
  let mostBytes = process.resourceUsage().maxRSS * 1_024;
  try {
    mostBytes = Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1_024;
  } catch {
    // Elsewhere than on Linux the figure above has to do.
  }
  writeFileSync(file, JSON.stringify({ mostBytes, heldMs }));
});
