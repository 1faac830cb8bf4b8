/** What the tests of this room share: a sandbox in memory, a clock that a test turns, one piece of work. No copy of any rule under test. */
import type { Evidence } from '../../src/core/gate.ts';
import { ConfinementError, noMounts } from '../../src/ports/sandbox.ts';
import type { ProcessResult, Sandbox } from '../../src/ports/sandbox.ts';
import type { Clock, Log } from '../../src/ports/system.ts';
import type { TranscriptPart, WorkReport, WorkRequest } from '../../src/ports/workers.ts';

/** Files by path; every command ends as `ending` says. */
export function memorySandbox(files: Map<string, string>, ending: (command: string) => Partial<ProcessResult> = () => ({})): Sandbox {
  const guard = (path: string): string => {
    if (path.startsWith('/') || path.split('/').includes('..')) throw new ConfinementError('outside', `${path} lies outside of the worktree`);
    return path;
  };
  return {
    probe: async () => ({ kind: 'none', why: 'in memory' }),
    run: async ({ command }) => ({ end: { kind: 'exited', code: 0 }, output: '', bytes: 0, durationMs: 1, sandbox: 'none: in memory', leftovers: 0, ...ending(command) }),
    files: (root, withheld = () => null) => ({
      root,
      read: async (path) => {
        if (withheld(guard(path)) !== null) throw new ConfinementError('withheld', `${path} is never sent (${withheld(path)})`);
        return files.has(path) ? new TextEncoder().encode(files.get(path)) : null;
      },
      write: async (path, content) => void files.set(guard(path), new TextDecoder().decode(content)),
      remove: async (path) => void files.delete(guard(path)),
      list: async (folder) => {
        const prefix = guard(folder) === '.' ? '' : `${folder}/`;
        const below = [...files.keys()].filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length));
        return [...new Set(below.map((path) => (path.includes('/') ? `${path.split('/')[0] ?? ''}/` : path)))];
      },
    }),
  };
}

/** Stands still until `pass` is called; whoever waits long enough then is woken. */
export function handClock(): Clock & { pass(ms: number): void; waiting(): number } {
  let now = 1_800_000_000_000;
  const waits = new Set<{ readonly due: number; readonly wake: () => void }>();
  return {
    now: () => now,
    waiting: () => waits.size,
    after: (ms, signal) => new Promise((resolve, reject) => {
      const wait = { due: now + ms, wake: resolve };
      waits.add(wait);
      signal.addEventListener('abort', () => {
        waits.delete(wait);
        reject(signal.reason as Error);
      }, { once: true });
    }),
    pass: (ms) => {
      now += ms;
      for (const wait of waits) {
        if (wait.due > now) continue;
        waits.delete(wait);
        wait.wake();
      }
    },
  };
}

export const quietLog: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

export const patience = { firstByteMs: 60_000, idleMs: 30_000 };

export function workRequest(more: Partial<WorkRequest> = {}): WorkRequest {
  return {
    task: 'task-1', unit: 'implement', n: 1, role: 'implementer', gives: 'tree', document: null, outputs: {}, prompt: null, artifacts: [], item: null, mayChangeNothing: false, amendable: false, agents: ['anthropic:claude-sonnet-5-5'], request: 'Add a greeting', plan: null, subtask: null,
    feedback: [], resumed: false, review: null, context: 'Be kind.', root: '/worktree', mounts: noMounts, writes: true, sandbox: 'prefer', timeoutMs: 600_000, ...more,
  };
}

export function collect(allowance: WorkReport['allowance'] = () => null): WorkReport & { readonly parts: TranscriptPart[] } {
  const parts: TranscriptPart[] = [];
  return { parts, part: (part) => void parts.push(part), allowance, propose: async () => ({ kind: 'refused', mistakes: ['there is no plan here'] }) };
}

export function evidenceOf(failures: Evidence['gates'][number]['failures'], tail = ''): Evidence {
  const verdict = failures.length > 0 ? { verdict: 'rejected', reason: 'new-failures' } as const : { verdict: 'accepted', reason: 'passed' } as const;
  return {
    id: 'evidence-1', commit: 'c0ffee', tree: 'beef', ...verdict, ticks: [],
    gates: [{
      id: 'test', ...verdict, exit: failures.length > 0 ? 1 : 0, failures,
      tests: { passed: 10, failed: failures.length, skipped: 0, new: 0, removed: 0, flaky: 0, preexisting: 0 },
      evidence: { command: 'npm test', sandbox: 'bubblewrap', dependencies: 'none', log: null, tail, durationMs: 100, cached: false },
    }],
  };
}
