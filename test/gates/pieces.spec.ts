/** The small parts that gates are made of: safe text, hashes, ends of processes, the meaning put into a checkout. */
import { deepEqual, equal, notEqual, ok } from 'node:assert/strict';
import fc from 'fast-check';
import { canonicalJson, hashOf } from '../../src/gates/canonical.ts';
import { failuresOf, testCounts } from '../../src/gates/evidence.ts';
import { endOf, isGreen, keepable, runFacts, type GateRun } from '../../src/gates/gateRun.ts';
import { plainText } from '../../src/core/plainText.ts';
import { lastLines, lineWriter } from '../../src/gates/boundedText.ts';
import { putMeaning } from '../../src/gates/overlay.ts';
import type { GateDefinition } from '../../src/core/gate.ts';
import { askingOf } from '../../src/gates/listeners/asking.ts';
import { nodeOptionsFor } from '../../src/gates/listeners/nodeListener.ts';
import { ConfinementError, type ConfinedFiles } from '../../src/ports/sandbox.ts';
import type { TestReport } from '../../src/gates/testReport.ts';

describe('plainText', () => {
  it('REQ-GATE-25: takes escape sequences, control and invisible characters out', () => {
    equal(plainText('\u001b[1;31mred\u001b[0m \u001b]0;title\u0007\u001b]52;c;aGk=\u001b\\end\r\nline\rover\u0000\u202e\u200b\u{e0041}'), 'red end\nline\nover');
  });

  it('REQ-GATE-25: leaves nothing of them in any text, and does nothing the second time', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
      const plain = plainText(text);
      ok(!/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u200b]/.test(plain));
      equal(plainText(plain), plain);
    }));
  });

  it('REQ-GATE-06: the last lines, at most so many characters', () => {
    equal(lastLines('a\nb\nc\n\n', 2, 100), 'b\nc');
    equal(lastLines('abcdef', 2, 3), '…def');
  });
});

describe('lineWriter', () => {
  const written = (limit: number, ...chunks: readonly (string | Uint8Array)[]): readonly string[] => {
    const texts: string[] = [];
    const writer = lineWriter((text) => void texts.push(text), limit);
    for (const chunk of chunks) writer.push(typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk);
    writer.end();
    return texts;
  };

  it('REQ-GATE-25: passes whole lines on, so that no sequence is cut in two', () => {
    deepEqual(written(100, 'one\ntw', 'o \u001b[3', '1mred\n', 'rest'), ['one\n', 'two red\n', 'rest']);
    deepEqual(written(100, new Uint8Array([0xe2, 0x9c]), new Uint8Array([0x93, 0x0a])), ['✓\n']);
  });

  it('REQ-GATE-25: stops at its limit and says so once; an endless line is passed on in pieces', () => {
    deepEqual(written(5, 'abc\n', 'defg\n', 'more\n'), ['abc\n', '… more output than is shown here\n']);
    equal(written(1e6, 'x'.repeat(20_000), 'y').join('').length, 20_001);
  });
});

describe('canonicalJson', () => {
  it('REQ-GATE-06: is one text for one value, whatever the order of its keys', () => {
    equal(canonicalJson({ b: [1, { d: null, c: undefined }], a: 'x' }), '{"a":"x","b":[1,{"d":null}]}');
    fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      equal(hashOf(value), hashOf(Object.fromEntries(Object.entries(value).reverse())));
      deepEqual(JSON.parse(canonicalJson(value)), JSON.parse(JSON.stringify(value)));
    }));
    notEqual(hashOf({ a: 1 }), hashOf({ a: '1' }));
  });
});

const report = (more: Partial<TestReport> = {}): TestReport => ({ tests: [{ id: 'a', state: 'passed', message: '', file: null, line: null }], truncated: false, couldNotLoad: false, ...more });

describe('endOf', () => {
  it('REQ-GATE-03: 126, 127 and 128 + n are what a shell means by them, unless a complete report says that the runner counted failures', () => {
    deepEqual(endOf({ kind: 'exited', code: 127 }, null), { kind: 'missing' });
    deepEqual(endOf({ kind: 'exited', code: 126 }, report({ tests: [] })), { kind: 'not-executable' });
    deepEqual(endOf({ kind: 'exited', code: 137 }, report({ truncated: true })), { kind: 'signalled', signal: 'SIGKILL' });
    deepEqual(endOf({ kind: 'exited', code: 137 }, report()), { kind: 'exited', code: 137 });
    deepEqual(endOf({ kind: 'exited', code: 3 }, null), { kind: 'exited', code: 3 });
  });

  it('REQ-GATE-03: what was never started has no end; output without end is a kill', () => {
    equal(endOf({ kind: 'not-started', why: 'x' }, null), null);
    equal(endOf({ kind: 'too-much-output' }, null)?.kind, 'signalled');
    deepEqual(endOf({ kind: 'timed-out' }, report()), { kind: 'timed-out' });
  });
});

const run = (more: Partial<GateRun> = {}): GateRun => ({
  setup: 'none', end: { kind: 'exited', code: 0 }, report: report(), reportAsked: true, overloaded: false, unsupportedFilter: false, wrote: [], sandbox: 'bubblewrap',
  dependencies: 'none', tail: '', durationMs: 1, ...more,
});

describe('what is kept', () => {
  it('REQ-GATE-50: only a run that said all there is to say; green is complete, 0, all passed, nothing written', () => {
    const failed = report({ tests: [{ id: 'a', state: 'failed', message: 'm', file: null, line: null }] });
    const rows: readonly (readonly [Partial<GateRun>, boolean, boolean])[] = [
      [{}, true, true], [{ report: failed }, true, false], [{ end: { kind: 'exited', code: 1 } }, true, false], [{ wrote: ['a'] }, true, false],
      [{ report: null }, false, false], [{ report: report({ truncated: true }) }, false, false], [{ end: { kind: 'timed-out' } }, false, false],
      [{ setup: 'failed' }, false, false], [{ report: report({ tests: [] }) }, false, false], [{ report: report({ couldNotLoad: true }) }, false, false],
    ];
    for (const [more, kept, green] of rows) deepEqual([keepable(run(more)), isGreen(run(more))], [kept, green], JSON.stringify(more));
  });
});

describe('what is shown of a run', () => {
  const entry = (id: string, state: 'passed' | 'failed' | 'skipped'): TestReport['tests'][number] => ({ id, state, message: state === 'failed' ? 'why' : '', file: 'f', line: 1 });
  const head = run({ report: report({ tests: [entry('old red', 'failed'), entry('new red', 'failed'), entry('skipped', 'skipped'), entry('new', 'passed')] }), wrote: ['src/a'] });
  const base = run({ report: report({ tests: [entry('old red', 'failed'), entry('new red', 'passed'), entry('skipped', 'passed'), entry('gone', 'passed')] }) });

  it('REQ-GATE-06: newly failing tests first, then what is gone or skipped, then what was written, then what failed before', () => {
    deepEqual(failuresOf(head, runFacts(head), runFacts(base)).map(({ test, message }) => `${test}: ${message}`), [
      'new red: why', 'skipped: ran on the base and is skipped here', 'gone: ran on the base and is not in the report',
      'files written by the run: the run changed src/a', 'old red: fails on the base too: why',
    ]);
  });

  it('REQ-GATE-06: counts are the head\'s, seen from the base', () => {
    deepEqual(testCounts(runFacts(head), runFacts(base)), { passed: 1, failed: 2, skipped: 1, new: 1, removed: 1, flaky: 0, preexisting: 1 });
    deepEqual(testCounts(null, null), { passed: 0, failed: 0, skipped: 0, new: 0, removed: 0, flaky: 0, preexisting: 0 });
  });
});

describe('putMeaning', () => {
  function memory(content: Record<string, string>): ConfinedFiles {
    return {
      root: '/', list: async () => Object.keys(content),
      read: async (path) => (content[path] === undefined ? null : new TextEncoder().encode(content[path])),
      write: async (path, bytes) => void (content[path] = new TextDecoder().decode(bytes)),
      remove: async (path) => {
        if (content[path] === undefined) throw new ConfinementError('missing', `${path} is not there`);
        Reflect.deleteProperty(content, path);
      },
    };
  }

  it('REQ-GATE-45: puts the base\'s scripts, keys and files in, takes added ones out, and leaves the rest', async () => {
    const content: Record<string, string> = {
      'package.json': '{"name":"head","scripts":{"test":"exit 0","pretest":"rm -rf test","build":"tsc"},"mocha":{"spec":"none"}}', 'run.sh': 'true', '.mocharc.json': '{}',
    };
    const names = ['package.json#scripts.test', 'package.json#scripts.pretest', 'package.json#mocha', 'run.sh', '.mocharc.json', 'absent.sh'];
    const written = await putMeaning(memory(content), new Map([['package.json#scripts.test', 'mocha'], ['package.json#mocha', '{"bail":true}'], ['run.sh', 'mocha']]), names);
    deepEqual(JSON.parse(content['package.json'] ?? ''), { name: 'head', scripts: { test: 'mocha', build: 'tsc' }, mocha: { bail: true } });
    deepEqual([content['run.sh'], content['.mocharc.json']], ['mocha', undefined]);
    deepEqual([...written].sort(), ['.mocharc.json', 'absent.sh', 'package.json', 'run.sh']);
  });

  it('REQ-GATE-43: of settings that tools share, the runner\'s sections are put in and the rest stays', async () => {
    const content: Record<string, string> = { 'pyproject.toml': '[project]\nversion = "2"\n[tool.pytest.ini_options]\naddopts = "--co"\n\n[tool.ruff]\nline-length = 1\n[[tool.coverage.x]]\n', 'setup.cfg': '[metadata]\nname = small\n' };
    const written = await putMeaning(memory(content), new Map([['pyproject.toml#tool.pytest', '[tool.pytest.ini_options]\ntestpaths = ["tests"]\n']]), ['pyproject.toml#tool.pytest', 'setup.cfg#tool:pytest', 'gone.toml#other']);
    deepEqual([content, written], [{ 'pyproject.toml': '[project]\nversion = "2"\n[tool.ruff]\nline-length = 1\n\n[tool.pytest.ini_options]\ntestpaths = ["tests"]\n', 'setup.cfg': '[metadata]\nname = small\n' }, ['pyproject.toml', 'setup.cfg', 'gone.toml']]);
  });

  it('REQ-GATE-45: a manifest that is gone comes back with its scripts; one that cannot be read stays', async () => {
    const gone: Record<string, string> = {};
    await putMeaning(memory(gone), new Map([['package.json#scripts.test', 'mocha']]), ['package.json#scripts.test']);
    deepEqual(JSON.parse(gone['package.json'] ?? ''), { scripts: { test: 'mocha' } });
    const broken = { 'package.json': '{ not json' };
    await putMeaning(memory(broken), new Map([['package.json#scripts.test', 'mocha']]), ['package.json#scripts.test']);
    equal(broken['package.json'], '{ not json');
  });

  it('REQ-GATE-45: a script called like a member of every object is only a script', async () => {
    const content: Record<string, string> = { 'package.json': '{"scripts":{}}' };
    await putMeaning(memory(content), new Map([['package.json#scripts.__proto__', 'mocha']]), ['package.json#scripts.__proto__']);
    equal(({} as Record<string, unknown>)['mocha'], undefined);
    ok(content['package.json']?.includes('"__proto__": "mocha"'));
  });
});

describe('askingOf', () => {
  const asked = (runner: GateDefinition['runner'], texts: readonly string[] = [], more: Partial<GateDefinition> = {}): unknown => {
    const { files, environment, before } = askingOf({ report: null, runner, ...more }, '/private', texts);
    return [Object.keys(files).sort().join(), Object.keys(environment).sort().join(), before === '' ? 'as it is' : 'stand-ins'];
  };
  const python = 'sitecustomize.py,treeline_listener.py,treeline_unittest.py';

  it('REQ-GATE-100: asks each runner by its own means, and no other; a gate with a report of its own and a static check not at all', () => {
    deepEqual([asked('mocha'), asked('vitest'), asked('pytest'), asked('go-test'), asked('cargo-test'), asked('unknown')], [
      ['listener.cjs', 'NODE_OPTIONS', 'as it is'], ['listener.cjs', 'NODE_OPTIONS', 'as it is'], [python, 'PYTHONPATH,TOX_TESTENV_PASSENV', 'as it is'], ['', 'GOFLAGS', 'as it is'], ['', '', 'as it is'],
      [`listener.cjs,${python}`, 'NODE_OPTIONS,PYTHONPATH', 'as it is'],
    ]);
    deepEqual([asked('mocha', [], { report: { format: 'junit', path: 'a.xml' } }), asked('unknown', [], { findings: { format: 'tsc', path: null } })], [['', '', 'as it is'], ['', '', 'as it is']]);
  });

  it('REQ-GATE-104: stand-ins come first only where something sets the variable that we use', () => {
    deepEqual([asked('jest', ['NODE_OPTIONS=--x jest']), asked('jest', ['PYTHONPATH=. x']), asked('pytest', ['export PYTHONPATH := src']), asked('go-test', ['NODE_OPTIONS=x'])], [
      ['bin/node,listener.cjs', 'NODE_OPTIONS', 'stand-ins'], ['listener.cjs', 'NODE_OPTIONS', 'as it is'],
      [`bin/py.test,bin/pytest,bin/python,bin/python3,${python}`, 'PYTHONPATH,TOX_TESTENV_PASSENV', 'stand-ins'], ['', 'GOFLAGS', 'as it is'],
    ]);
  });
});

describe('nodeOptionsFor', () => {
  it('REQ-GATE-22: a folder with spaces or quotes is one word', () => {
    equal(nodeOptionsFor('/tmp/a/l.cjs'), '--require /tmp/a/l.cjs');
    equal(nodeOptionsFor('/tmp/a "b"/l.cjs'), '--require "/tmp/a \\"b\\"/l.cjs"');
  });
});
