// A repository's workflow is approved once per content, in the user's own state folder; what changed since is shown as a difference.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workflowSchema } from '../../src/core/workflow.ts';
import { openTrust } from '../../src/app/trust.ts';
import { createShelf } from '../../src/app/workflowShelf.ts';
import { demandTrust, isTrusted, shownContent, workflowContent } from '../../src/app/workflowTrust.ts';

const builtIn = join(import.meta.dirname, '../../src/workflows/builtin');
const workflow = (prompt: string): string => `name: Ours\ndescription: d\nsteps:\n  - id: make\n    agent: implementer\n    prompt: ${prompt}\n`;

describe('trust in workflows', () => {
  let folder: string;
  beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'tw-')); });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const trust = () => openTrust({ XDG_STATE_HOME: folder, HOME: folder }, '/repo/.git');
  const archiveOf = (files: Readonly<Record<string, string>>) => ({ listFiles: async () => Object.keys(files), readFile: async (_commit: string, path: string) => (files[path] === undefined ? null : new TextEncoder().encode(files[path])) });
  const content = async (files: Readonly<Record<string, string>>, name = 'ours') => workflowContent(archiveOf(files), 'c', await createShelf(builtIn, archiveOf(files)).find('c', name));
  const files = { '.treeline/workflows/ours.yaml': workflow('Do it.'), 'src/a.js': '' };

  it('REQ-TRUST-01 is not asked for a built-in workflow', async () => {
    const found = await content(files, 'quick-change');
    assert.deepEqual([found, await isTrusted(trust(), found)], [{ hash: null, texts: [] }, true]);
  });

  it('REQ-TRUST-02 includes the scripts that its commands name', async () => {
    const own = [{ path: '.treeline/workflows/ours.yaml', text: 'x' }];
    const workflow = workflowSchema.parse({ name: 'X', description: '', steps: [{ id: 'a', kind: 'run', needs: [], command: 'node scripts/check.mjs && npm run lint' }] });
    const found = await workflowContent(archiveOf({ 'scripts/check.mjs': '1', 'package.json': '{ "scripts": { "lint": "eslint ." } }', 'other.mjs': '2' }), 'c', { own, workflow });
    assert.deepEqual(found.texts, [...own, { path: 'package.json#scripts.lint', text: 'eslint .' }, { path: 'scripts/check.mjs', text: '1' }]);
  });

  it('REQ-TRUST-01 is asked once per content: the workflow and what it uses', async () => {
    const first = await content({ ...files, '.treeline/workflows/outer.yaml': 'name: Outer\ndescription: d\nsteps: [{ id: sub, use: ours }]\n' }, 'outer');
    assert.deepEqual(first.texts.map(({ path }) => path), ['.treeline/workflows/outer.yaml', '.treeline/workflows/ours.yaml']);
    await assert.rejects(demandTrust(trust(), first, null), { code: 'untrusted', exit: 6, message: /Nobody has approved this repository's workflow: \.treeline\/workflows\/outer\.yaml, \.treeline\/workflows\/ours\.yaml/ });
    await assert.rejects(demandTrust(trust(), first, 'f'.repeat(64)), { code: 'untrusted' });
    await demandTrust(trust(), first, first.hash);
    await demandTrust(trust(), first, null);
    assert.equal(await isTrusted(trust(), first), true);
  });

  it('REQ-TRUST-03 is asked again when any of it changes, with the difference to what was approved (case 2)', async () => {
    const first = await content(files);
    assert.deepEqual((await shownContent(trust(), first)).text.split('\n').slice(0, 3), ['new file .treeline/workflows/ours.yaml', '+name: Ours', '+description: d']);
    await demandTrust(trust(), first, first.hash);
    const now = await content({ ...files, '.treeline/workflows/ours.yaml': workflow('Do it and more.') });
    await assert.rejects(demandTrust(trust(), now, null), { code: 'untrusted', message: /has changed since you approved it/ });
    const { changed: differs, text } = await shownContent(trust(), now);
    assert.deepEqual([differs, text.split('\n').filter((line) => /^[-+](?![-+])/.test(line))], [true, ['-    prompt: Do it.', '+    prompt: Do it and more.']]);
    assert.deepEqual(await shownContent(trust(), await content({ ...files, 'src/a.js': 'changed' })), { changed: false, text: '' });
  });

  it('REQ-TRUST-04 is kept for the user alone, and is not taken from a file that says something else', async () => {
    const first = await content(files);
    await demandTrust(trust(), first, first.hash);
    const kept = join(folder, 'treeline', 'approved');
    const [name = ''] = readdirSync(kept);
    assert.deepEqual([name, statSync(join(kept, name)).mode & 0o777, readFileSync(join(kept, name), 'utf8').includes('Do it.')], [`${createHash('sha256').update('/repo/.git').digest('hex').slice(0, 32)}.json`, 0o600, true]);
    writeFileSync(join(kept, name), '{ "version": 2 }');
    writeFileSync(join(folder, 'treeline', 'trust.json'), 'nonsense');
    assert.deepEqual([await isTrusted(trust(), first), await trust().lastTexts()], [false, {}]);
  });

  it('REQ-TRUST-03 shows a rewritten file whole, in no time', async () => {
    const long = (word: string): string => `name: Ours\ndescription: d\nsteps:\n  - id: make\n    agent: implementer\n    title: T\n${Array.from({ length: 4_000 }, (_, at) => `# ${word} ${at}`).join('\n')}\n`;
    const before = await content({ '.treeline/workflows/ours.yaml': long('before') });
    await demandTrust(trust(), before, before.hash);
    const { text } = await shownContent(trust(), await content({ '.treeline/workflows/ours.yaml': long('after') }));
    assert.deepEqual(text.split('\n').slice(0, 2), ['.treeline/workflows/ours.yaml was rewritten (4007 lines before). It is now:', '+name: Ours']);
  });
});
