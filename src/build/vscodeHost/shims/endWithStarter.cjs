/**
 * Preloaded into the VS Code server only (`node --require`): when the process that started it is gone, even by kill -9,
 * the server's whole process group ends. The server itself would serve on for ever, to nobody.
 *
 * The variable is taken out of the environment at once, so neither extension hosts nor terminals inherit the rule.
 */
const starter = Number(process.env.TREELINE_HOST_STARTER);
delete process.env.TREELINE_HOST_STARTER;
if (starter > 0) {
  setInterval(() => {
    try {
      process.kill(starter, 0);
    } catch {
      try {
        process.kill(-process.pid, 'SIGKILL');
      } catch {
        process.exit(1); // no process groups on this platform
      }
    }
  }, 1000).unref();
}
