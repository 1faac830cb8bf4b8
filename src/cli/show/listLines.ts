/** All runs of a repository, one line each, newest first (`treeline list`). Pure. Owns: its columns. */
import type { RunSummary, RunView } from '../../protocol/runView.ts';
import { columns } from './columns.ts';
import { branchName, elapsed, money, tokens } from './figures.ts';
import { noPaint } from './paint.ts';
import type { Paint } from './paint.ts';
import { plain } from './plain.ts';
import { dependsText, runWord } from './stepWords.ts';

/** `now`: ms since 1970. */
export function listLines(runs: readonly RunSummary[], now: number, paint: Paint): string[] {
  if (runs.length === 0) return ['No task yet. Start one with: treeline run "what should be done"'];
  const newest = runs.toReversed();
  const head = ['TASK', 'STATE', 'TARGET', 'AGE', 'SPENT', 'TITLE'];
  const rows = newest.map((run) => [run.task, runWord(run, noPaint), plain(branchName(run.target), 30), elapsed(now - run.startedAt), money(run.costUsd) || tokens(run.usage) || '-', plain(run.title, 80)]);
  const state = (cell: string, row: number): string => {
    const run = newest[row - 1];
    return run ? runWord(run, paint) : paint.quiet(cell);
  };
  const quietHead = (cell: string, row: number): string => (row === 0 ? paint.quiet(cell) : cell);
  const lines = columns([head, ...rows], [quietHead, state, quietHead, quietHead, quietHead, quietHead]);
  return lines.flatMap((line, row) => {
    const run = newest[row - 1];
    const depends = run?.waiting?.for === 'task' || run?.dependsOn?.state !== 'waiting' ? '' : dependsText(run);
    return [line, ...[run?.waiting?.why ?? '', depends, run?.stalled?.why ?? '', run?.stalled?.next ?? ''].filter(Boolean).map((text) => paint.quiet(`  ${plain(text, 160)}`))];
  });
}

/** What the policy let pass with nobody looking, newest first: checkpoint, what it was about, what spoke against it. */
export function passedLines(runs: readonly RunView[], now: number, paint: Paint): string[] {
  const passed = runs.flatMap((run) => run.checkpoints.flatMap((checkpoint) => (checkpoint.passed === null ? [] : [{ run, checkpoint, risks: checkpoint.passed }])))
    .sort((left, right) => (right.checkpoint.decidedAt ?? 0) - (left.checkpoint.decidedAt ?? 0));
  if (passed.length === 0) return ['No checkpoint passed without a person.'];
  return passed.flatMap(({ run, checkpoint, risks }) => [
    `${run.task}  ${plain(checkpoint.id, 60)}  ${checkpoint.commit.slice(0, 10)}  ${elapsed(now - (checkpoint.decidedAt ?? checkpoint.openedAt))} ago  ${plain(checkpoint.by ?? '', 40)}  ${plain(run.title, 80)}`,
    ...risks.map((risk) => paint.quiet(`  ${plain(risk, 160)}`)),
  ]);
}
