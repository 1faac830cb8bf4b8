/** Which tools an attempt has. Owns: that who may not write has nothing to write with, and that the order never changes (it is cached). */
import type { WorkRequest } from '../../ports/workers.ts';
import { handOver } from './answers.ts';
import { editFile, listFiles, readFile, search, writeFile } from './fileTools.ts';
import { proposeAmendment } from './proposeAmendment.ts';
import { runCommand } from './runCommand.ts';
import type { Tool } from './tool.ts';

export function toolbox(request: Pick<WorkRequest, 'gives' | 'writes' | 'outputs' | 'amendable'>): readonly Tool[] {
  const looking = [readFile, listFiles, search];
  const planning = request.amendable ? [proposeAmendment] : [];
  const answer = handOver(request.gives, request.outputs);
  return request.writes ? [...looking, editFile, writeFile, runCommand, ...planning, answer] : [...looking, ...planning, answer];
}
