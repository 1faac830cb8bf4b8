// The published JSON schemas are what the code says. `UPDATE_SCHEMAS=1` writes them anew.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import * as z from 'zod';
import { jsonSchemaOf, publishedDocuments } from '../../src/cli/documents.ts';
import { viewOf } from '../../src/protocol/viewOf.ts';
import { allLanded, candidate, evidence, given, reviewed } from '../support/given.ts';

const folder = new URL('../../media/schemas/', import.meta.url);
const names = Object.keys(publishedDocuments) as (keyof typeof publishedDocuments)[];
const text = (name: keyof typeof publishedDocuments): string => `${JSON.stringify(jsonSchemaOf(name), null, 2)}\n`;

describe('documents of the command line', () => {
  before(() => {
    if (process.env['UPDATE_SCHEMAS'] === undefined) return;
    mkdirSync(folder, { recursive: true });
    for (const name of names) writeFileSync(new URL(`${name}.json`, folder), text(name));
  });

  it('REQ-CLI-08 are published with the schemas that the code has', () => {
    // The schema of workflow files is made and checked in test/workflows/jsonSchema.spec.ts.
    assert.deepEqual(readdirSync(folder).sort(), [...names, 'workflow-file'].map((name) => `${name}.json`).sort());
    for (const name of names) assert.equal(readFileSync(new URL(`${name}.json`, folder), 'utf8'), text(name), `media/schemas/${name}.json is old: run this test with UPDATE_SCHEMAS=1`);
  });

  it('REQ-CLI-08 a published schema accepts what is printed, with members that a later version adds, and nothing less', () => {
    const published = z.fromJSONSchema(JSON.parse(readFileSync(new URL('run.json', folder), 'utf8')) as Parameters<typeof z.fromJSONSchema>[0]);
    const view = viewOf(given([...allLanded(), ...candidate(evidence('t')), ...reviewed()]).state);
    const printed = JSON.parse(JSON.stringify(view)) as Record<string, unknown>;
    assert.equal(published.safeParse(printed).success, true);
    assert.equal(published.safeParse({ ...printed, later: 1 }).success, true);
    assert.equal(published.safeParse({ ...printed, state: 'sleeping' }).success, false);
    const { waiting: _, ...without } = printed;
    assert.equal(published.safeParse(without).success, false);
  });
});
