/** The tool by which an agent at work proposes another plan. Owns: what it is told of its end. Refuses: to end the work, and to promise what a person has to decide. */
import { amendmentSchema } from '../../core/amendment.ts';
import { defineTool, refused, told } from './tool.ts';

export const proposeAmendment = defineTool({
  name: 'propose_amendment',
  description: 'Proposes to change the plan where it turns out to be wrong: subtasks that are missing (add), that are too large (split) or that are not needed (drop). Only subtasks that nobody has begun can be split or dropped, and yours is begun. What neither lets subtasks change more files than the plan does nor gives up a requirement counts at once; everything else a person decides while you go on. Use it for work that lies outside of your own subtask, instead of doing it yourself.',
  input: amendmentSchema,
  summary: ({ add, split, drop }) => [add.length > 0 ? `add ${add.map(({ id }) => id).join(', ')}` : '', split.length > 0 ? `split ${split.map(({ id }) => id).join(', ')}` : '', drop.length > 0 ? `drop ${drop.join(', ')}` : ''].filter(Boolean).join('; '),
  run: async (amendment, { propose }) => {
    const answer = await propose(amendment);
    switch (answer.kind) {
      case 'taken': return told(`The plan is changed. Its subtasks now: ${answer.subtasks.join(', ')}. Go on with your own work.`);
      case 'waits': return told(`A person decides about this (${answer.why.join('; ')}). What it would split or drop does not start before. Go on with your own work as if it stayed as it is.`);
      case 'refused': return refused(`The plan cannot be changed like this:\n${answer.mistakes.map((mistake) => `- ${mistake}`).join('\n')}`);
    }
  },
});
