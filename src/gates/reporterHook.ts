/**
 * The listener that a gate's Node processes load (NODE_OPTIONS=--require), so that mocha and node:test tell what ran without one
 * argument, file or setting of the project being changed.
 * Owns: the listener's text. Refuses: to hold on: it lets go of everything it touched as soon as it has found its runner, and a process
 * without one writes nothing.
 *
 * How: both runners speak through EventEmitter (mocha's Runner and node:test's TestsStream; measured with mocha 12 and Node 20 and 24).
 * The first runner of a process is heard; processes that the suite itself starts later are left alone. Each process writes lines to a file
 * of its own beside the listener: `{k: begin|test|end}`. No `end`: the run ended before its time. A process of `node --test` without a test
 * says `quiet` when it came to its end by itself: one that says nothing at all was left in the middle, whatever its exit code.
 */
export const reporterHook = String.raw`'use strict';
(() => {
  const { isMainThread } = require('worker_threads');
  if (!isMainThread || process.env.MOCHA_WORKER_ID !== undefined) return;
  const { EventEmitter } = require('events');
  const fs = require('fs');
  const path = require('path');
  const { openSync, writeSync } = fs;
  const exit = process.on.bind(process, 'exit');
  const child = process.env.NODE_TEST_CONTEXT !== undefined;
  const original = EventEmitter.prototype.emit;
  let found = null;
  let drained = false;
  let fd = null;
  let waiting = '';

  const say = (line) => {
    waiting += JSON.stringify(line) + '\n';
    try {
      fd ??= openSync(path.join(__dirname, 'run-' + Date.now() + '-' + process.pid + '.jsonl'), 'a', 0o600);
      writeSync(fd, waiting);
      waiting = '';
    } catch {}
  };
  const drain = () => { drained = true; };
  if (child) process.on('beforeExit', drain);
  // What the suite starts from here on is its own business.
  const letGo = () => {
    process.removeListener('beforeExit', drain);
    const options = (process.env.NODE_OPTIONS ?? '').replace(/--require(?:=|\s+)(?:"(?:[^"\\]|\\.)*"|\S+)/g, (option) =>
      option.replace(/\\(.)/g, '$1').includes(__filename) ? '' : option).trim();
    if (options === '') delete process.env.NODE_OPTIONS;
    else process.env.NODE_OPTIONS = options;
  };
  const cut = (text, limit) => (typeof text === 'string' ? text.slice(0, limit) : undefined);
  const errorOf = (error) => {
    try {
      const cause = error && error.code === 'ERR_TEST_FAILURE' && error.cause !== undefined ? error.cause : error;
      if (cause === null || typeof cause !== 'object') return { message: cut(String(cause), 4000) };
      return { message: cut(String(cause.message ?? cause), 4000), stack: cut(cause.stack, 6000) };
    } catch { return { message: 'an error that cannot be shown' }; }
  };

  const hearMocha = (runner) => {
    const titles = (test) => {
      if (typeof test.titlePath === 'function') return test.titlePath();
      return [typeof test.fullTitle === 'function' ? test.fullTitle() : String(test.title)];
    };
    const tell = (state) => (test, error) => {
      try {
        say({ k: 'test', state, path: titles(test).map(String), file: cut(test.file ?? (test.parent && test.parent.file), 2000), ...(state === 'failed' ? errorOf(error) : {}) });
      } catch {}
    };
    runner.on('pass', tell('passed')).on('fail', tell('failed')).on('pending', tell('skipped'));
    runner.on('end', () => say({ k: 'end', tests: 0 }));
    say({ k: 'begin', runner: 'mocha', child: false, main: cut(process.argv[1], 2000) });
    letGo();
  };

  const hearNode = (stream) => {
    const stack = [];
    const errors = new Map();
    let tests = 0;
    const one = (type, data) => {
      const details = data.details ?? {};
      if (type === 'test:stderr' && typeof data.file === 'string') {
        const file = path.resolve(data.file);
        errors.set(file, ((errors.get(file) ?? '') + data.message).slice(-4000));
      } else if (type === 'test:start') {
        stack.length = data.nesting;
        if (data.nesting > 0 && stack[data.nesting - 1]) stack[data.nesting - 1].parent = true;
        stack[data.nesting] = { name: data.name, parent: false };
      } else if (type === 'test:pass' || type === 'test:fail') {
        const own = stack[data.nesting];
        const names = stack.slice(0, data.nesting).map((entry) => (entry ? entry.name : ''));
        const whole = data.nesting === 0 && typeof data.file === 'string' && path.resolve(data.name) === data.file;
        const failure = details.error && details.error.failureType;
        stack.length = data.nesting;
        const suite = details.type === 'suite' || (own !== undefined && own.parent);
        const ofChildren = failure === 'subtestsFailed';
        if ((suite || whole) && ofChildren) return;
        const skipped = data.skip !== undefined && data.skip !== false || data.todo !== undefined && data.todo !== false;
        if (suite && type === 'test:pass' && !skipped) return;
        tests += 1;
        if (child) return;
        const state = skipped ? 'skipped' : type === 'test:pass' ? 'passed' : 'failed';
        const error = state !== 'failed' ? {} : whole && errors.has(data.file) ? { message: errors.get(data.file) } : errorOf(details.error);
        say({ k: 'test', state, path: [...names, data.name], file: cut(data.file, 2000), line: data.line, whole, ...error });
      } else if (type === 'test:diagnostic' && data.nesting === 0 && /^duration_ms /.test(data.message)) {
        say({ k: 'end', tests });
      }
    };
    // On the class: tests that a filter leaves out speak through a stream of their own.
    Object.defineProperty(Object.getPrototypeOf(stream), 'emit', {
      configurable: true, writable: true, enumerable: false,
      value: function emit(type, ...rest) {
        if (typeof type === 'string' && type.startsWith('test:')) {
          try { one(type, rest[0]); } catch {}
        }
        return Reflect.apply(original, this, [type, ...rest]);
      },
    });
    say({ k: 'begin', runner: 'node-test', child, main: cut(process.argv[1], 2000) });
    // The runner's own process must still hand the listener to the processes of its test files.
    if (child || !process.execArgv.includes('--test')) letGo();
  };

  function emit(type, ...rest) {
    if (found === null && typeof type === 'string') {
      try {
        if (type === 'start' && this.suite && this.suite.root === true && typeof this.total === 'number' && typeof this.runTests === 'function') {
          found = this;
          hearMocha(this);
        } else if (type.startsWith('test:') && this.constructor && this.constructor.name === 'TestsStream') {
          found = this;
          hearNode(this);
          if (EventEmitter.prototype.emit === emit) EventEmitter.prototype.emit = original;
          return this.emit(type, ...rest);
        }
        if (found !== null && EventEmitter.prototype.emit === emit) EventEmitter.prototype.emit = original;
      } catch {}
    }
    return Reflect.apply(original, this, [type, ...rest]);
  }
  EventEmitter.prototype.emit = emit;
  exit(() => {
    if (child && found === null && drained) say({ k: 'quiet', main: cut(process.argv[1], 2000) });
    if (waiting !== '' && fd !== null) {
      try { writeSync(fd, waiting); } catch {}
    }
  });
})();
`;

/** The value of NODE_OPTIONS that loads the listener from `file` (an absolute path). */
export function nodeOptionsFor(file: string): string {
  return /[\s"\\]/.test(file) ? `--require "${file.replace(/["\\]/g, '\\$&')}"` : `--require ${file}`;
}
