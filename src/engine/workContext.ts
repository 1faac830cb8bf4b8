/** What one attempt of a step is carried out with. Owns: its shape. */
import type { Command } from '../core/decide.ts';
import type { RunState, Unit } from '../core/state.ts';
import type { Counted, Spend } from '../core/usage.ts';
import type { WorkReport } from '../ports/workers.ts';
import type { EnginePorts } from './enginePorts.ts';

export interface WorkContext {
  readonly ports: EnginePorts;
  readonly state: RunState;
  readonly unit: Unit;
  readonly command: Extract<Command, { kind: 'work' }>;
  readonly part: WorkReport['part'];
  readonly propose: WorkReport['propose'];
  /** Called with this attempt's own spend before each model call; answers what the whole run has spent, this included. */
  readonly spend: (live: Spend) => Counted;
  readonly signal: AbortSignal;
}
