/**
 * How vitest is heard: all its reporters are told through `Vitest.prototype.report` (vitest 1 to 4). The class is not exported, so the module
 * that has it is given one more line while it is loaded; that line hands the class over.
 * Owns: this part of the listener's text (nodeListener.ts has the whole). Files are told when they have ended; what a cancelled run
 * (`--bail`) left is not the end of a run. Errors outside of tests are a failed test of their own: vitest ends with 1 for them.
 */
export const vitestListener = String.raw`  const hearVitest = () => {
    const Module = require('module');
    const key = Symbol.for('treeline.vitest');
    let begun = false;
    let ended = false;
    const told = new Set();
    const begin = () => {
      if (!begun) say({ k: 'begin', runner: 'vitest', child: false, main: cut(process.argv[1], 2000) });
      begun = true;
    };
    const failureOf = (result) => {
      const error = (result.errors ?? [])[0] ?? result.error ?? {};
      const message = [error.name && error.message ? error.name + ': ' + error.message : String(error.message ?? 'failed'), error.diff].filter(Boolean).join('\n');
      return { message: ends(message, 4000), stack: cut(error.stack ?? error.stackStr, 6000) };
    };
    const walk = (task, titles, file) => {
      const state = task.result && task.result.state;
      if (task.type !== 'suite') {
        if (task.mode === 'skip' || task.mode === 'todo' || state === 'skip') say({ k: 'test', state: 'skipped', path: titles, file });
        else if (state === 'pass' || state === 'fail') say({ k: 'test', state: state === 'pass' ? 'passed' : 'failed', path: titles, file, ...(state === 'fail' ? failureOf(task.result) : {}) });
        return;
      }
      for (const inner of task.tasks) walk(inner, [...titles, String(inner.name)], file);
      if (state === 'fail' && (task.result.errors ?? []).length > 0) {
        say({ k: 'test', state: 'failed', path: task.tasks.length === 0 ? [...titles, file] : [...titles, '(hooks)'], file, whole: task.tasks.length === 0, ...failureOf(task.result) });
      }
    };
    const tell = (file) => {
      if (told.has(file.id + file.filepath)) return;
      told.add(file.id + file.filepath);
      walk(file, file.projectName ? [String(file.projectName)] : [], cut(file.filepath, 2000));
    };
    const hear = (vitest, name, args) => {
      if (ended) return;
      if (name === 'onTestRunStart' || name === 'onPathsCollected' || name === 'onCollected') return begin();
      if (name === 'onTaskUpdate') {
        for (const [id] of args[0] ?? []) {
          const task = vitest.state.idMap.get(id);
          if (task && task.filepath && task.result && ['pass', 'fail', 'skip'].includes(task.result.state)) tell(task);
        }
      } else if (name === 'onTestRunEnd' || name === 'onFinished') {
        begin();
        vitest.state.getFiles().forEach(tell);
        for (const error of vitest.state.getUnhandledErrors()) say({ k: 'test', state: 'failed', path: ['an error outside of a test'], ...failureOf({ errors: [error] }) });
        ended = true;
        if (!vitest.isCancelling) say({ k: 'end', tests: 0 });
      }
    };
    Object.defineProperty(globalThis, key, { configurable: true, value: (Vitest) => {
      delete globalThis[key];
      if (found !== null) return;
      found = Vitest;
      const report = Vitest.prototype.report;
      Vitest.prototype.report = function (name, ...args) {
        try { hear(this, name, args); } catch {}
        return Reflect.apply(report, this, [name, ...args]);
      };
    } });
    const withLine = (url, source) => (/[\\/]vitest[\\/]dist[\\/].*\.js$/.test(url) && source && /^(?:export )?class Vitest \{/m.test(String(source))
      ? String(source) + '\n;globalThis[Symbol.for("treeline.vitest")]?.(Vitest);\n' : null);
    if (typeof Module.registerHooks === 'function') {
      const hooks = Module.registerHooks({ load: (url, context, next) => {
        const result = next(url, context);
        const source = found === null ? withLine(url, result.source) : null;
        if (source === null) return result;
        queueMicrotask(() => hooks.deregister());
        return { ...result, source };
      } });
    } else if (typeof Module.register === 'function') {
      const text = 'const withLine = ' + String(withLine) + ';\nexport async function load(url, context, next) { const result = await next(url, context); const source = withLine(url, result.source); return source === null ? result : { ...result, source }; }';
      Module.register('data:text/javascript,' + encodeURIComponent(text));
    }
    letGo();
  };`;
