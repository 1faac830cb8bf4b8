/** Scripted commands and tools: they end well, badly or late, and hand over what their step declares; a command in a worktree leaves a file. */
import type { Declared } from '../../src/core/typedOutputs.ts';
import type { Value, Workflow } from '../../src/core/workflow.ts';
import type { CommandEnd, Commands } from '../../src/ports/commands.ts';
import type { ToolServers } from '../../src/ports/toolServers.ts';
import type { Chance } from './chance.ts';
import type { World } from './world.ts';

/** Values of the declared types. */
export function modelOutputs(declared: Declared, chance: Chance): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(declared).map(([name, type]) => [name, valueOf(type, chance)]));
}

function valueOf(type: Declared[string], chance: Chance): Value {
  switch (type.type) {
    case 'string': return chance.pick(['a', 'b', '']);
    case 'number': return chance.between(0, 3);
    case 'boolean': return chance.happens(0.5);
    case 'enum': return chance.pick(type.values);
    case 'list': return ['a', 'b', 'c'].slice(0, chance.between(0, 3));
  }
}

/** The same workflow, whose commands and calls say in their own text what they are to hand over: that is all that the models here can see. */
export function saying(workflow: Workflow): Workflow {
  return {
    ...workflow,
    steps: workflow.steps.map((step) => {
      switch (step.kind) {
        case 'run': return { ...step, command: JSON.stringify(step.outputs) };
        case 'tool': return { ...step, with: { ...step.outputs } };
        default: return step;
      }
    }),
  };
}

const badEnds: readonly CommandEnd[] = [{ kind: 'exited', code: 1 }, { kind: 'signalled', signal: 'SIGKILL' }, { kind: 'timed-out' }, { kind: 'too-much-output' }, { kind: 'not-started', why: 'no disk' }];

export function modelCommands(world: World, generation: number): Commands {
  return {
    run: ({ command, worktree }, _output, signal) => world.engage(generation, false, async () => {
      if (generation !== world.generation) return new Promise(() => undefined);
      const place = worktree === null ? undefined : world.repository.worktrees.get(worktree.path);
      if (worktree !== null && !place) world.violated('I8', `the worktree ${worktree.path} of a command is gone`);
      if (place) place.busy = true;
      try {
        return await world.call(generation, `command ${command.slice(0, 20)}`, () => {
          signal.throwIfAborted();
          const end: CommandEnd = world.surprises() ? world.chance.pick(badEnds) : { kind: 'exited', code: 0 };
          if (place && end.kind === 'exited' && end.code === 0) place.files['src/generated.ts'] = `made from ${Object.keys(place.files).length} files`;
          const declared = command.startsWith('{') ? JSON.parse(command) as Declared : {};
          const lines = Object.entries(modelOutputs(declared, world.chance)).map(([name, value]) => `${name}=${Array.isArray(value) ? JSON.stringify(value) : String(value)}`);
          return { end, stdout: 'done', outputs: lines.join('\n'), tail: 'done', durationMs: 1 };
        }, null);
      } finally {
        if (place && generation === world.generation) place.busy = false;
      }
    }),
  };
}

export function modelToolServers(world: World, generation: number): ToolServers {
  return {
    call: ({ server, tool, arguments: given }) => world.engage(generation, false, () => world.call(generation, `tool ${server}/${tool}`, () => (world.surprises()
      ? { kind: 'failed', failure: world.chance.pick(['tool', 'timeout', 'key'] as const), message: 'it did not answer', next: 'Retry.' } : { kind: 'answered', structured: { ...modelOutputs(given as Declared, world.chance) }, text: 'given' }), null)),
  };
}
