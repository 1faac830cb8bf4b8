/** Which codicon stands for which state. Owns: that table. Refuses: to tell states by colour alone: every icon differs in shape too. */
import type { CheckpointView, RunView, StepView } from '../../protocol/runView.ts';
import type { Icon } from './row.ts';

const icon = (name: string, color: string | null = null): Icon => ({ name, color });

const attention = 'list.warningForeground';
const good = 'testing.iconPassed';
const bad = 'testing.iconFailed';
const quiet = 'disabledForeground';
const busy = 'progressBar.background';

export function runIcon({ state, waiting, dependsOn }: Pick<RunView, 'state' | 'waiting' | 'dependsOn'>): Icon {
  if (state === 'waiting' && waiting?.for === 'task' && dependsOn?.state === 'waiting') return icon('watch', quiet);
  switch (state) {
    case 'running': return icon('sync~spin', busy);
    case 'waiting': return icon('bell-dot', attention);
    case 'paused': return icon('debug-pause', attention);
    case 'merged': return icon('git-merge', good);
    case 'done': return icon('pass', good);
    case 'rejected': return icon('circle-slash', quiet);
    case 'failed': return icon('error', bad);
    case 'cancelled': return icon('debug-stop', quiet);
  }
}

export function stepIcon(step: Pick<StepView, 'state' | 'kind'>): Icon {
  switch (step.state) {
    case 'pending': return icon('circle-outline', quiet);
    case 'ready': return icon('watch', quiet);
    case 'working': return icon('sync~spin', busy);
    case 'gating': return icon('beaker', busy);
    case 'landing': return icon('git-merge', busy);
    case 'waiting': return icon(step.kind === 'checkpoint' ? 'checklist' : 'bell-dot', attention);
    case 'done': return icon('pass', good);
    case 'skipped': return icon('debug-step-over', quiet);
    case 'failed': return icon('error', bad);
  }
}

export const checkpointIcon = (kind: CheckpointView['kind']): Icon => icon(kind === 'merge' ? 'git-pull-request' : 'checklist', attention);

export function waitIcon(waitingFor: string): Icon {
  switch (waitingFor) {
    case 'key': return icon('key', attention);
    case 'budget': return icon('credit-card', attention);
    case 'gate': return icon('beaker', attention);
    case 'workspace':
    case 'clean-checkout': return icon('repo', attention);
    default: return icon('bell-dot', attention);
  }
}

export function triggerIcon(state: 'off' | 'armed' | 'paused' | 'changed'): Icon {
  switch (state) {
    case 'off': return icon('circle-outline', quiet);
    case 'armed': return icon('zap', good);
    case 'paused': return icon('debug-pause', attention);
    case 'changed': return icon('warning', attention);
  }
}

export const failureIcon: Icon = icon('error', bad);
