/**
 * The listener that a gate's Node processes load (NODE_OPTIONS=--require), so that mocha, node:test, jest and vitest tell what ran without one
 * argument, file or setting of the project being changed.
 * Owns: the listener's text. Refuses: to hold on: it lets go of everything it touched as soon as it has found its runner, and a process
 * without one writes nothing.
 *
 * mocha and node:test are found by what they emit, jest and vitest by the name of the main script. The first runner of a process is heard;
 * processes that the suite itself starts later are left alone. Each process writes lines to a file of its own beside the listener:
 * `{k: begin|test|end}` (reports/listenerReport.ts reads them). No `end`: the run ended before its time. A process of `node --test` without a
 * test says `quiet` when it came to its end by itself (and whether its text `gives` something to others): one that says nothing at all was left in
 * the middle, whatever its exit code.
 */
import { jestListener } from './jestListener.ts';
import { mochaListener } from './mochaListener.ts';
import { nodeTestListener } from './nodeTestListener.ts';
import { vitestListener } from './vitestListener.ts';

export const nodeListener = String.raw`'use strict';
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
  // What is asserted stands at the beginning of a message, what came of it often at its end.
  const ends = (text, limit) => (typeof text === 'string' && text.length > limit ? text.slice(0, limit * 2 / 3) + '\n…\n' + text.slice(-limit / 3) : cut(text, limit));
  const errorOf = (error) => {
    try {
      const cause = error && error.code === 'ERR_TEST_FAILURE' && error.cause !== undefined ? error.cause : error;
      if (cause === null || typeof cause !== 'object') return { message: ends(String(cause), 4000) };
      return { message: ends(String(cause.message ?? cause), 4000), stack: cut(cause.stack, 6000) };
    } catch { return { message: 'an error that cannot be shown' }; }
  };

${mochaListener}

${nodeTestListener}

${jestListener}

${vitestListener}

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
  const main = path.basename(process.argv[1] ?? '').replace(/\.[cm]?js$/, '');
  try {
    if (main === 'vitest') hearVitest();
    else if (/^(jest(-cli)?|react-scripts|craco)$/.test(main) || /[\\/](react-scripts|@craco[\\/]craco)[\\/]/.test(process.argv[1] ?? '')) hearJest();
  } catch {}
  exit(() => {
    if (child && found === null && drained) {
      let gives = false;
      try { gives = /^[ \t]*export[ \t{]|^[ \t]*(?:module\.)?exports\b[^\n]*=/m.test(fs.readFileSync(process.argv[1], 'utf8').slice(0, 1000000)); } catch {}
      say({ k: 'quiet', main: cut(process.argv[1], 2000), gives });
    }
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
