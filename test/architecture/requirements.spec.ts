/** The product's own specification, in the form that Treeline reads: what a test names by an id is one requirement. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../../specs');

describe('the requirements', () => {
  it('REQ-HOUSE-16: an id stands for one requirement, in whichever file', () => {
    const ids = readdirSync(folder).filter((name) => name.endsWith('.md')).flatMap((name) => [...readFileSync(join(folder, name), 'utf8').matchAll(/^- (REQ-[A-Z]+-\d+)\b/gm)].map(([, id = '']) => id));
    assert.deepEqual([ids.filter((id, at) => ids.indexOf(id) !== at), ids.length > 400], [[], true]);
  });
});
