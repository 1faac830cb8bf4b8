// The published JSON schema of workflow files is what zod says. `UPDATE_SCHEMAS=1` writes it anew.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import Ajv from 'ajv';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { workflowJsonSchema } from '../../src/workflows/jsonSchema.ts';
import { readFile } from '../../src/workflows/readFile.ts';
import { workflowFileSchema } from '../../src/workflows/workflowFile.ts';
import { mutatedDocument, validDocument } from './documents.ts';

const published = new URL('../../media/schemas/workflow-file.json', import.meta.url);
const nowhere = { place: () => ({ line: 1, column: 1 }), inside: () => ({ line: 1, column: 1 }) };

describe('the JSON schema of workflow files', () => {
  before(() => {
    if (process.env['UPDATE_SCHEMAS'] !== undefined) writeFileSync(published, `${JSON.stringify(workflowJsonSchema(), null, 2)}\n`);
  });

  it('REQ-WORKFLOW-06 is published as the code has it', () => {
    assert.equal(readFileSync(published, 'utf8'), `${JSON.stringify(workflowJsonSchema(), null, 2)}\n`, 'media/schemas/workflow-file.json is old: run this test with UPDATE_SCHEMAS=1');
  });

  it('REQ-WORKFLOW-06 agrees with zod, and both with the reader that names mistakes, on 1,000 random documents', function () {
    this.timeout(60_000);
    const validate = new Ajv({ schemaId: 'auto' }).compile(JSON.parse(readFileSync(published, 'utf8')) as object);
    const seen = { valid: 0, invalid: 0 };
    fc.assert(fc.property(fc.oneof(validDocument, mutatedDocument), (document) => {
      const value: unknown = JSON.parse(JSON.stringify(document));
      const byZod = workflowFileSchema.safeParse(value).success;
      seen[byZod ? 'valid' : 'invalid'] += 1;
      assert.deepEqual({ ajv: validate(value), reader: readFile({ value, ...nowhere }).mistakes.length === 0 }, { ajv: byZod, reader: byZod });
    }), { numRuns: 1_000, seed: 3 });
    assert.deepEqual({ valid: seen.valid > 300, invalid: seen.invalid > 200 }, { valid: true, invalid: true }, JSON.stringify(seen));
  });
});
