/** Which tools an attempt has. Owns: that who may not write has nothing to write with, and that the order never changes (it is cached). */
import type { WorkRequest } from '../../ports/workers.ts';
import { finish, submitPlan, submitReview } from './answers.ts';
import { editFile, listFiles, readFile, search, writeFile } from './fileTools.ts';
import { runCommand } from './runCommand.ts';
import type { Tool } from './tool.ts';

const answers = { plan: submitPlan, review: submitReview, tree: finish } as const;

export function toolbox(request: Pick<WorkRequest, 'gives' | 'writes'>): readonly Tool[] {
  const looking = [readFile, listFiles, search];
  return request.writes ? [...looking, editFile, writeFile, runCommand, answers[request.gives]] : [...looking, answers[request.gives]];
}
