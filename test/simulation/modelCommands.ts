/** Scripted commands and tools: they end well, badly or late, and hand over what their step declares; a command in a worktree leaves a file. */
import type { Declared } from '../../src/core/typedOutputs.ts';
import type { Value } from '../../src/core/workflow.ts';
import type { CommandEnd, Commands } from '../../src/ports/commands.ts';
import type { ToolServers } from '../../src/ports/toolServers.ts';
import type { World } from './world.ts';

/** Values of the declared types, the same for the same names. */
export function modelOutputs(declared: Declared): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(declared).map(([name, type]) => [name, valueOf(type)]));
}

function valueOf(type: Declared[string]): Value {
  switch (type.type) {
    case 'string': return 'text';
    case 'number': return 3;
    case 'boolean': return true;
    case 'enum': return type.values[0] ?? '';
    case 'list': return ['a', 'b'];
  }
}

const badEnds: readonly CommandEnd[] = [{ kind: 'exited', code: 1 }, { kind: 'signalled', signal: 'SIGKILL' }, { kind: 'timed-out' }, { kind: 'not-started', why: 'no disk' }];

/** The command's text is `name=value` lines: what it hands over. */
export function modelCommands(world: World, generation: number): Commands {
  return {
    run: async ({ command, worktree }, _output, signal) => {
      if (generation !== world.generation) return new Promise(() => undefined);
      const place = worktree === null ? undefined : world.repository.worktrees.get(worktree.path);
      if (worktree !== null && !place) world.violated('I8', `the worktree ${worktree.path} of a command is gone`);
      if (place) place.busy = true;
      try {
        return await world.call(generation, `command ${command.slice(0, 20)}`, () => {
          signal.throwIfAborted();
          const end: CommandEnd = world.faults && world.chance.happens(world.odds.fault) ? world.chance.pick(badEnds) : { kind: 'exited', code: 0 };
          if (place && end.kind === 'exited' && end.code === 0) place.files['src/generated.ts'] = `made from ${Object.keys(place.files).length} files`;
          return { end, stdout: 'done', outputs: command, tail: 'done', durationMs: 1 };
        }, null);
      } finally {
        if (place && generation === world.generation) place.busy = false;
      }
    },
  };
}

/** A tool gives back what it was given. */
export function modelToolServers(world: World, generation: number): ToolServers {
  return {
    call: ({ server, tool, arguments: given }) => world.call(generation, `tool ${server}/${tool}`, () => (world.faults && world.chance.happens(world.odds.fault)
      ? { kind: 'failed', failure: world.chance.pick(['tool', 'timeout', 'key'] as const), message: 'it did not answer', next: 'Retry.' } : { kind: 'answered', structured: given, text: 'given back' }), null),
  };
}
