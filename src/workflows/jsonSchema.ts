/**
 * The JSON schema of workflow files, made from the zod schema that reads them: published under media/schemas, printed by
 * `treeline workflow schema`, used by editors. Draft 7, the one that editors' YAML support reads.
 */
import * as z from 'zod';
import { workflowFileSchema } from './workflowFile.ts';

export function workflowJsonSchema(): object {
  return { $id: 'treeline/workflow-file/1', title: 'Treeline workflow', ...z.toJSONSchema(workflowFileSchema, { io: 'input', target: 'draft-7' }) };
}
