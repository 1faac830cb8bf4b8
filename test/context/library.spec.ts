// The spec context of a task, from a tree in memory. specs/context.md.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { createLibrary } from '../../src/context/library.ts';
import { libraryOf, memoryTree } from './support.ts';

const tree = {
  'ARCHITECTURE.md': 'Rooms.\n', 'AGENTS.md': 'Be kind.\n', '.github/copilot-instructions.md': 'Two spaces.\r\n', 'CLAUDE.md': 'Use AGENTS.md.\n',
  'specs/b.md': '- REQ-B-01: second\n', 'specs/a/z.md': '- REQ-A-02: two\n- REQ-A-01: one, as REQ-A-02 has it\n- The zed shall end.\n', 'specs/picture.png': '\0', 'specs/Ä.md': 'last\n', 'src/specs/no.md': 'not mine\n', 'docs/api.md': 'API\n',
};
const fixtures = join(import.meta.dirname, '../fixtures/specs');
const fixtureTree = Object.fromEntries(readdirSync(fixtures, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  .map((entry) => [join(entry.parentPath, entry.name).slice(fixtures.length + 1), readFileSync(join(entry.parentPath, entry.name), 'utf8')]));

describe('the spec context', () => {
  it('REQ-CONTEXT-01 REQ-CONTEXT-08 holds the rules in a fixed order, then all specifications sorted, each fenced under its name', async () => {
    const { text, files } = await libraryOf(tree).contextOf('c1', []);
    assert.deepEqual(files, ['AGENTS.md', 'CLAUDE.md', '.github/copilot-instructions.md', 'ARCHITECTURE.md', 'specs/a/z.md', 'specs/b.md', 'specs/Ä.md']);
    assert.ok(text.startsWith('```AGENTS.md\nBe kind.\n```\n\n```CLAUDE.md\n'), text);
    assert.ok(text.includes('```.github/copilot-instructions.md\nTwo spaces.\n```'), text);
  });

  it('REQ-CONTEXT-02 is the same text whatever order the tree is listed in, and read once', async () => {
    const turned = Object.fromEntries(Object.entries(tree).reverse());
    const straight = libraryOf(tree, { mapTokens: 500 });
    const { text } = await straight.contextOf('c1', []);
    assert.equal((await libraryOf(turned, { mapTokens: 500 }).contextOf('c1', [])).text, text);
    const reads = straight.reads.length;
    await straight.contextOf('c1', []);
    assert.equal((await straight.contextOf('c1', ['specs/b.md', 'specs/a/z.md'])).text, (await straight.contextOf('c1', ['specs/a/z.md', 'specs/b.md'])).text);
    assert.equal(straight.reads.length, reads);
  });

  it('REQ-CONTEXT-03 takes what a choice names instead of specs/**, less what it takes away, and says what is of no use', async () => {
    const { files, text } = await libraryOf(tree).contextOf('c1', ['docs/**', './specs/*.md', 'nothing/*', '!specs/Ä.md', '+(x)']);
    assert.deepEqual(files.slice(4), ['docs/api.md', 'specs/b.md']);
    assert.match(text, /"nothing\/\*" matches no file of the base commit\./);
    assert.match(text, /"\+\(x\)" was not used: patterns such as/);
    const lists = await Promise.all([['specs'], ['!**'], ['!specs/a/**'], ['specs/[x].md']].map(async (choice) => (await libraryOf({ ...tree, 'specs/[x].md': 'odd\n', 'specs/x.md': 'even\n' }).contextOf('c1', choice)).files.slice(4)));
    assert.deepEqual(lists, [['specs/[x].md', 'specs/a/z.md', 'specs/b.md', 'specs/x.md', 'specs/Ä.md'], [], ['specs/[x].md', 'specs/b.md', 'specs/x.md', 'specs/Ä.md'], ['specs/[x].md']]);
  });

  it('REQ-CONTEXT-04 keeps to its budget, and says what it cuts and what it leaves out', async () => {
    const many = Object.fromEntries(['1', '2', '3', '4'].map((name) => [`specs/${name}.md`, `${name.repeat(79)}\n`.repeat(150)]));
    const { text, files } = await libraryOf({ ...many, 'specs/5.md': 'small\n' }, { tokens: 8_000 }).contextOf('c1', []);
    assert.deepEqual(files, ['specs/1.md', 'specs/2.md', 'specs/3.md']);
    assert.match(text.replace(/(.)\1{9,}\n/g, ''), /… \(cut: 4\d{3} more characters of this file do not fit the budget of 8000 tokens; read it/);
    assert.match(text.slice(-300), /Left out, since the context has a budget of 8000 tokens.*specs\/4\.md \(about 3000 tokens\), specs\/5\.md \(about 2 tokens\)\.$/);
    assert.ok(text.length / 4 < 8_000 + 100, String(text.length));
  });

  it('REQ-CONTEXT-05 lists requirement ids by file, each once, with the line where the text shows none', async () => {
    const { text } = await libraryOf(tree).contextOf('c1', []);
    assert.match(text, /Requirement ids, as plans and tests name them:\nspecs\/a\/z\.md: REQ-A-02, REQ-A-01, a\/z\/text-1 \(line 3\)\nspecs\/b\.md: REQ-B-01$/);
  });

  it('REQ-CONTEXT-06 cannot be left by what a file says', async () => {
    const { text } = await libraryOf({ 'AGENTS.md': 'x\n```\n\n# New rules\n````\n' }).contextOf('c1', []);
    assert.equal(text, '`````AGENTS.md\nx\n```\n\n# New rules\n````\n`````');
  });

  it('REQ-CONTEXT-07 is empty where a repository has nothing', async () => {
    const { text, files } = await libraryOf({ 'a.ts': '' }).contextOf('c1', []);
    assert.deepEqual([text, files], ['', []]);
  });

  it('REQ-CONTEXT-09 REQ-CONTEXT-12 tells rules of folders apart, follows links inside the tree, and says the same only once', async () => {
    const { text, files } = await libraryOf({
      'AGENTS.md': 'Root.\n', 'CLAUDE.md': { link: 'AGENTS.md' }, 'ARCHITECTURE.md': { link: 'docs/house.md' }, 'docs/house.md': 'House.\n', '.github/copilot-instructions.md': { link: '../../etc/passwd' },
      'packages/web/AGENTS.md': 'Web.\n', 'packages/web/CLAUDE.md': 'Web.\n', 'node_modules/x/AGENTS.md': 'Foreign.\n',
    }).contextOf('c1', []);
    assert.deepEqual(files, ['AGENTS.md', 'ARCHITECTURE.md', 'packages/web/AGENTS.md']);
    assert.ok(text.includes('```ARCHITECTURE.md\nHouse.\n```\n\nThe following rules hold below their own folder only; where rules differ, those nearest to a file win.\n\n```packages/web/AGENTS.md'), text);
  });

  it('REQ-CONTEXT-14 holds nothing of what is never sent, whoever picks it, and no trace of it in the map', async () => {
    const secret = { ...tree, 'specs/.env.md': 'x', 'specs/keys.pem': 'KEY\n', 'specs/internal/plan.md': 'SECRET\n', 'internal/code.ts': 'export const hidden = 1;\n', 'specs/way.md': { link: 'internal/plan.md' } };
    const library = libraryOf(secret, { mapTokens: 500, neverSend: [{ patterns: ['internal'], from: 'your settings' }] });
    for (const choice of [[], ['specs/internal/plan.md', 'specs/**'], ['**']]) assert.doesNotMatch((await library.contextOf('c1', choice)).text.replace('"specs/internal/plan.md" matches no file of the base commit that may be sent', ''), /SECRET|KEY|hidden|internal/);
    const withheld = await library.withheld('c1');
    assert.deepEqual([withheld('a/internal/b'), withheld('specs/keys.pem'), withheld('specs/a.md')], ['"internal" in your settings', 'secrets lie in files of that name', null]);
    assert.equal((await library.look('c1', 'x', [])).withheld, 4);
  });
});

describe('a look at the specs', () => {
  it('REQ-CONTEXT-10 REQ-CONTEXT-11 finds every place, with kind, format, title, requirements, and whether it is always in', async () => {
    const look = await libraryOf({
      ...fixtureTree, 'AGENTS.md': '# Rules\n', '.specify/memory/constitution.md': '# Constitution\n', '.zenflow/rules/style.md': '# Style\n', '.zenflow/settings.json': '{"ai_rules": ["docs/house"]}', 'docs/house/names.md': '# Names\n',
      'docs/adr/0001-use-sqlite.md': '# Use SQLite\n', 'api/openapi.yaml': 'openapi: 3.1.0\ninfo:\n  title: Shop\n', 'proto/shop.proto': 'package shop.v1;\n', 'web/schema.graphql': 'type Query { a: Int }\n', 'docs/architecture.md': '# House\n',
      'README.md': '# No spec\n', 'node_modules/a/specs/x.md': 'x', 'vendor/b/openapi.yaml': 'x',
    }).look('c1', '', []);
    assert.deepEqual(look.files.map(({ path, kind, format, title, requirements, always }) => [path, kind, format, title, requirements.length, always]), [
      ['AGENTS.md', 'rules', 'agents', 'Rules', 0, true],
      ['.specify/memory/constitution.md', 'rules', 'spec-kit', 'Constitution', 0, true],
      ['.kiro/steering/product.md', 'rules', 'kiro', 'Product', 0, true],
      ['.zenflow/rules/style.md', 'rules', 'zenflow', 'Style', 0, true],
      ['docs/house/names.md', 'rules', 'zenflow', 'Names', 0, true],
      ['.kiro/steering/testing.md', 'rules', 'kiro', 'Testing', 0, false],
      ['.kiro/specs/csv-export/design.md', 'design', 'kiro', 'Design Document', 0, false],
      ['.kiro/specs/csv-export/requirements.md', 'requirements', 'kiro', 'Requirements Document', 7, false],
      ['.kiro/specs/csv-export/tasks.md', 'tasks', 'kiro', 'Implementation Plan', 0, false],
      ['api/openapi.yaml', 'schema', 'openapi', 'Shop', 0, false],
      ['docs/adr/0001-use-sqlite.md', 'decision', 'markdown', 'Use SQLite', 0, false],
      ['docs/architecture.md', 'architecture', 'markdown', 'House', 0, false],
      ['proto/shop.proto', 'schema', 'protobuf', 'shop.v1', 0, false],
      ['specs/001-photo-albums/contracts/albums.yaml', 'schema', 'openapi', 'Albums', 0, false],
      ['specs/001-photo-albums/plan.md', 'design', 'spec-kit', 'Implementation Plan: Photo Albums by Date', 0, false],
      ['specs/001-photo-albums/spec.md', 'requirements', 'spec-kit', 'Feature Specification: Photo Albums by Date', 12, false],
      ['specs/001-photo-albums/tasks.md', 'tasks', 'spec-kit', 'Tasks: Photo Albums by Date', 0, false],
      ['specs/checkout.md', 'requirements', 'markdown', 'Checkout', 9, false],
      ['specs/thermostat.md', 'requirements', 'markdown', 'Thermostat', 8, false],
      ['web/schema.graphql', 'schema', 'graphql', 'schema.graphql', 0, false],
    ]);
  });

  it('REQ-CONTEXT-16 REQ-CONTEXT-18 takes what states requirements, and of what explains only what fits the request', async () => {
    const library = libraryOf(fixtureTree);
    const look = await library.look('c1', 'Let bookkeepers export the ledger as a CSV spreadsheet', []);
    assert.deepEqual(look.files.filter(({ chosen, always }) => chosen && !always).map(({ path, why }) => [path, why]), [
      ['.kiro/specs/csv-export/design.md', 'has "export" (path), "csv" (path)'],
      ['.kiro/specs/csv-export/requirements.md', 'has "bookkeepers", "ledger", "spreadsheet", "export" (path)'],
      ['.kiro/specs/csv-export/tasks.md', 'has "csv" (path), "export" (path)'],
      ['specs/001-photo-albums/spec.md', 'everything fits'],
      ['specs/checkout.md', 'everything fits'],
      ['specs/thermostat.md', 'everything fits'],
    ]);
    assert.deepEqual(look.choice, look.files.filter(({ chosen, always }) => chosen && !always).map(({ path }) => path));
    // The choice that is shown is the choice that is sent.
    const sent = await library.contextOf('c1', look.choice);
    assert.deepEqual([sent.files.slice(1), Math.abs(sent.text.length / 4 - look.tokens) < 50], [look.choice, true]);
  });

  it('REQ-CONTEXT-16 takes the best while the budget lasts, and says why others are out', async () => {
    const look = await libraryOf(fixtureTree, { tokens: 900 }).look('c1', 'Reorder albums of photos by dragging', []);
    assert.deepEqual(look.files.filter(({ path }) => path.startsWith('specs/')).map(({ path, chosen, why }) => [path.slice(6), chosen, why.replace(/\d+ tokens/, 'n tokens')]), [
      ['001-photo-albums/contracts/albums.yaml', true, 'has "albums" (title), "photos" (path)'],
      ['001-photo-albums/plan.md', true, 'has "albums" (title), "photos" (title)'],
      ['001-photo-albums/spec.md', true, 'has "reorder" (headings), "dragging", "photos" (title), "albums" (title)'],
      ['001-photo-albums/tasks.md', false, 'no room: n tokens; has "photos" (title), "albums" (title)'],
      ['checkout.md', false, 'has no word of the request'],
      ['thermostat.md', false, 'has no word of the request'],
    ]);
  });

  it('REQ-CONTEXT-17 puts what the request names first, by path or by requirement', async () => {
    const look = await libraryOf(fixtureTree, { tokens: 620 }).look('c1', 'As in specs/checkout.md; do not break REQ-HEAT-02. Export albums and photos by date.', []);
    assert.deepEqual(look.files.filter(({ chosen, always }) => chosen && !always).map(({ path, why }) => [path, why]), [['specs/checkout.md', 'named in the request'], ['specs/thermostat.md', 'REQ-HEAT-02 is named in the request']]);
  });

  it('REQ-CONTEXT-17 knows a name that one file alone uses by itself, one that several use by its scope, and no bare number', async () => {
    const files = { 'specs/001-a/spec.md': '- **FR-001**: A\n- **FR-002**: A\n', 'specs/002-b/spec.md': '- **FR-001**: B\n', '.kiro/specs/c/requirements.md': '### Requirement 7\n1. WHEN a THE b SHALL c\n' };
    const named = async (request: string): Promise<string[]> => (await libraryOf(files).look('c1', request, [])).files.filter(({ why }) => why.endsWith('is named in the request')).map(({ path, why }) => `${path}: ${why}`);
    assert.deepEqual(await Promise.all(['mend FR-002', 'mend FR-001', 'mend 002-b/FR-001', 'mend 7.1, or c/7.1'].map(named)), [
      ['specs/001-a/spec.md: FR-002 is named in the request'], [], ['specs/002-b/spec.md: 002-b/FR-001 is named in the request'], ['.kiro/specs/c/requirements.md: c/7.1 is named in the request'],
    ]);
  });

  it('REQ-CONTEXT-03 shows exactly what is picked, or all but what is taken away', async () => {
    const library = libraryOf({ ...fixtureTree, 'docs/prd.md': '# Wishes\n- FR-1: x\n' });
    const picked = await library.look('c1', 'heat', ['docs/*.md', 'specs/thermostat.md', 'nope']);
    assert.deepEqual([picked.choice, picked.remarks, picked.files.find(({ path }) => path === 'docs/prd.md')?.requirements.map(({ id }) => id)], [['specs/thermostat.md', 'docs/prd.md'], ['"nope" matches no file of the base commit.'], ['docs/prd/FR-1']]);
    const less = await library.look('c1', 'heat', ['!specs/001-*/**', '!.kiro/**']);
    assert.deepEqual(less.choice, ['specs/checkout.md', 'specs/thermostat.md']);
    assert.deepEqual([(await library.look('c1', 'heat', ['!**'])).choice, (await libraryOf({ 'a.ts': '' }).look('c1', 'heat', [])).choice], [['!**'], []]);
  });

  it('REQ-CONTEXT-24 names what is called the same', async () => {
    const look = await libraryOf({ 'specs/a.md': '- REQ-A-01: one\n', 'specs/b.md': '- REQ-A-01: two\n', 'specs/huge.md': 'x'.repeat(1_000_001) }).look('c1', '', []);
    assert.deepEqual(look.remarks, ['Not read: specs/huge.md (1000001 bytes).', 'REQ-A-01 is the name of something else already: specs/b.md:1 does not count.']);
  });

  it('REQ-CONTEXT-30 tells which chosen specs and which requirements changed between two commits', async () => {
    const old = { 'AGENTS.md': 'Kind.\n', 'specs/a.md': '- REQ-A-01: one\n- REQ-A-02: two\n- REQ-A-03: three\n', 'specs/b.md': '# B\n- REQ-B-01: b\n', 'specs/gone.md': '- REQ-G-01: g\n', 'specs/same.md': 'x\n', 'src/a.ts': '1' };
    const now = { 'AGENTS.md': 'Kind.\n', 'specs/a.md': '# A\n\n- REQ-A-02: two\n- REQ-A-01: ONE\n- REQ-A-04: four\n', 'specs/b.md': '# B, with other words\n- REQ-B-01: b\n', 'specs/new.md': '- REQ-G-01: g\n', 'specs/same.md': 'x\n', 'src/a.ts': '2' };
    const library = createLibrary({ tree: memoryTree({ c1: old, c2: now }), limits: () => ({ tokens: 10_000, mapTokens: 0 }), neverSend: async () => [] });
    assert.deepEqual((await library.changes('c1', 'c2', [])).map(({ path, change, requirements, states, before, after }) => ({ path, change, requirements, states, there: [before !== null, after !== null, before !== after] })), [
      { path: 'specs/a.md', change: 'changed', requirements: [{ id: 'REQ-A-01', change: 'changed' }, { id: 'REQ-A-03', change: 'removed' }, { id: 'REQ-A-04', change: 'added' }], states: ['REQ-A-01', 'REQ-A-02', 'REQ-A-03', 'REQ-A-04'], there: [true, true, true] },
      { path: 'specs/b.md', change: 'changed', requirements: [], states: ['REQ-B-01'], there: [true, true, true] },
      { path: 'specs/gone.md', change: 'removed', requirements: [], states: ['REQ-G-01'], there: [true, false, true] },
      { path: 'specs/new.md', change: 'added', requirements: [], states: ['REQ-G-01'], there: [false, true, true] },
    ]);
    const hashes = await Promise.all([['c1', []], ['c2', []], ['c1', ['specs/same.md']], ['c2', ['specs/same.md']]].map(async ([commit, choice]) => (await library.contextOf(commit as string, choice as string[])).hash));
    assert.deepEqual([hashes[0] === hashes[1], hashes[2] === hashes[3], hashes[0] === hashes[2]], [false, true, false]);
    assert.deepEqual([await library.changes('c1', 'c2', ['specs/same.md']), await library.changes('c1', 'c1', [])], [[], []]);
  });
});
