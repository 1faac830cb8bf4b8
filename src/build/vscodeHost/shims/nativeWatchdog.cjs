/**
 * Stands in for the native @vscode/native-watchdog, which install scripts would have compiled: an extension host that
 * outlives its server ends itself. Without it every killed server leaves an extension host behind.
 */
exports.start = (parent) => {
  setInterval(() => {
    try {
      process.kill(parent, 0);
    } catch (error) {
      if (error.code === 'ESRCH') process.exit(87); // the code that VS Code's own watchdog ends with
    }
  }, 1000).unref();
};
exports.exit = (code) => process.exit(code || 0);
