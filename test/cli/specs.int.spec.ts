// `treeline specs`, and what `run` says of the specs, by the built command line.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorDocument, eventDocument, specsDocument } from '../../src/cli/documents.ts';
import type { SpecLookView } from '../../src/protocol/specLook.ts';
import { call, inTurn, startModelServer } from '../support/modelServer.ts';
import { openGround } from './support/ground.ts';
import type { Ground } from './support/ground.ts';

const project = {
  'AGENTS.md': '# Rules\n\nBe kind.\n', 'specs/export.md': '# Export\n\n- REQ-EXPORT-01: When asked, the shop shall export orders as CSV.\n- REQ-EXPORT-02: The export shall be quoted.\n',
  'specs/login.md': '# Login\n\n- REQ-LOGIN-01: The shop shall ask for a password.\n', 'specs/internal/prices.md': '# Prices\n\nSecret.\n', 'docs/adr/0001-csv.md': '# Write CSV by hand\n', 'docs/adr/0002-colours.md': '# Colours\n',
  '.treeline/project.yaml': 'context: { neverSend: ["specs/internal/**"] }\n', 'src/shop.ts': 'export const shop = 1;\n', '.env': 'KEY=1\n',
};

describe('specs on the command line', () => {
  let ground: Ground;
  beforeEach(() => { ground = openGround(); });
  afterEach(() => ground.close());
  const look = async (repository: string, ...words: string[]): Promise<SpecLookView> => {
    const ended = await ground.treeline(['specs', ...words, '--json', '--repo', repository], { environment: { ANTHROPIC_API_KEY: 'not-to-be-seen' } });
    assert.deepEqual([ended.code, ended.stdout.includes('not-to-be-seen')], [0, false], ended.stdout + ended.stderr);
    return specsDocument.strict().parse(JSON.parse(ended.stdout));
  };
  const rows = ({ files }: SpecLookView): (string | boolean)[][] => files.map(({ path, chosen, why }) => [path, chosen, why]);

  it('REQ-CLI-26 REQ-CONTEXT-14: shows what is in and why, what it costs, who gets it, and nothing of what is never sent', async () => {
    const repository = ground.repository('shop', project);
    const seen = await look(repository, 'Export orders as CSV', '--agent', 'reviewer=openai:gpt');
    assert.deepEqual(rows(seen), [
      ['AGENTS.md', true, 'always in'], ['docs/adr/0001-csv.md', true, 'has "csv" (title)'], ['docs/adr/0002-colours.md', false, 'has no word of the request'],
      ['specs/export.md', true, 'has "export" (title), "orders", "csv"'], ['specs/login.md', true, 'everything fits'],
    ]);
    assert.deepEqual([seen.choice, seen.withheld, seen.remarks, seen.budget, seen.requirements.map(({ id }) => id)], [['docs/adr/0001-csv.md', 'specs/export.md', 'specs/login.md'], 2, [], 40_000, ['REQ-EXPORT-01', 'REQ-EXPORT-02', 'REQ-LOGIN-01']]);
    assert.deepEqual(seen.providers, [{ provider: 'anthropic', roles: ['planner', 'implementer'], where: null }, { provider: 'openai', roles: ['reviewer'], where: null }]);
    assert.ok(seen.tokens > 60 && seen.tokens < 400 && seen.mapTokens > 10, `${seen.tokens} ${seen.mapTokens}`);

    // The user's own setting holds, too, and nothing of either file can be picked.
    mkdirSync(join(ground.folder, 'config/treeline'));
    writeFileSync(join(ground.folder, 'config/treeline/settings.yaml'), 'context:\n  neverSend: [login.md]\n  maxTokens: 1000\n');
    const tightened = await look(repository, '--spec', 'specs/**', '--spec', 'docs/adr/0002-colours.md');
    assert.deepEqual([tightened.choice, tightened.withheld, tightened.budget], [['docs/adr/0002-colours.md', 'specs/export.md'], 3, 1_000]);

    writeFileSync(join(repository, 'specs/export.md'), '# Export\n\n- REQ-EXPORT-01: When asked, the shop shall export orders as JSON.\n');
    ground.git(repository, 'commit', '--quiet', '--all', '--message', 'JSON');
    assert.deepEqual((await look(repository, '--since', 'HEAD~1')).changes, [{ path: 'specs/export.md', change: 'changed', requirements: [{ id: 'REQ-EXPORT-01', change: 'changed' }, { id: 'REQ-EXPORT-02', change: 'removed' }] }]);
    const page = await ground.treeline(['specs', 'Export', '--repo', repository]);
    assert.match(page.stdout, /^main [0-9a-f]{10} · 2 files, \d+ tokens → nobody yet: no agent is configured\nBudget 1\.0k tokens, used \d+, of them \d+ for the map of the repository\. 3 files never sent\.\n\n✓ {2}AGENTS\.md /);
    assert.match(page.stdout, /✓ {2}specs\/export\.md +requirements +\d+ +1 requirement +has "export" \(title\)\n/);
  });

  it('REQ-CLI-27: a launch says to which providers it goes, those that steps name for themselves too', async () => {
    const steps = '  - { id: look, agent: planner, document: a.md, agents: "preset:thinker" }\n  - { id: do, agent: implementer, needs: look }\n';
    const repository = ground.repository('shop', { ...project, '.treeline/workflows/two.yaml': `name: Two\ndescription: d\nsteps:\n${steps}` });
    mkdirSync(join(ground.folder, 'config/treeline'), { recursive: true });
    writeFileSync(join(ground.folder, 'config/treeline/settings.yaml'), 'agents.presets: { thinker: "openai:thinks" }\nagents.implementer: anthropic:works\n');
    const run = await ground.treeline(['run', 'Export', '--workflow', 'two', '--trust', '--detach', '--repo', repository]);
    assert.equal(/^Specs: .*→ (.*)$/m.exec(run.stderr)?.[1], 'anthropic, openai', run.stderr);
  });

  it('REQ-CLI-27: a launch says on stderr what it sends and why, and pins exactly that', async () => {
    const repository = await ground.sample();
    const story = (JSON.parse(readFileSync(join(import.meta.dirname, '../../media/demo.json'), 'utf8')) as { request: string }).request;
    const none = await ground.treeline(['run', story, '--spec', 'nosuch/**', '--json', '--repo', repository]);
    assert.deepEqual([none.code, errorDocument.parse(JSON.parse(none.stdout)).error], [2, { code: 'unknown-spec', message: '"nosuch/**" matches no file of the base commit.', next: 'See what there is with: treeline specs.' }]);
    const run = await ground.treeline(['run', story, '--spec', 'specs/{export,tags}.md', '--spec', '!specs/tags.md', '--json', '--repo', repository]);
    assert.equal(run.code, 3, run.stderr);
    const [first = ''] = run.stdout.split('\n', 1);
    const { event } = eventDocument.parse(JSON.parse(first));
    assert.deepEqual(event.type === 'TaskAccepted' && event.specs, ['specs/export.md']);
    assert.match(run.stderr, /Specs: 2 files, [\d.]+k? tokens → demo\n {2}AGENTS\.md +\d+ +always in\n {2}specs\/export\.md +\d+ +picked\n/);
  });

  it('REQ-CONTEXT-14 REQ-AGENT-47: no request of a whole task holds what is never sent, and the file tools say why', async () => {
    const repository = ground.repository('shop', { ...project, '.gitignore': 'node_modules\n', 'package.json': JSON.stringify({ name: 'shop', type: 'module', scripts: { test: 'node --test' } }), 'shop.test.js': 'import { test } from "node:test";\ntest("sells", () => {});\n' });
    const server = await startModelServer(inTurn([
      call('read_file', { path: 'specs/internal/prices.md' }), call('search', { text: 'Secret' }), call('read_file', { path: 'src/../.env' }), call('read_file', { path: '.env' }), call('read_file', { path: 'specs/export.md' }),
      call('write_file', { path: 'new.txt', content: 'new\n' }), call('finish', { summary: 'done' }),
    ]));
    try {
      const run = await ground.treeline(['run', 'Export orders', '--workflow', 'quick-change', '--agent', 'implementer=anthropic:test', '--trust', '--json', '--repo', repository], {
        environment: { ANTHROPIC_API_KEY: server.endpoints.anthropic.apiKey, ANTHROPIC_BASE_URL: server.endpoints.anthropic.baseUrl ?? '' },
      });
      assert.equal(run.code, 3, run.stderr);
      const told = server.requests.find(({ calls }) => calls.length === 5)?.calls.map(({ result, ok }) => [ok, (result ?? '').replace(/^(Refused [^:]*: .*?\)).*$/s, '$1')]);
      assert.deepEqual(told?.slice(0, 4), [
        [false, 'Refused (withheld): "specs/internal/prices.md" is never sent to a provider ("specs/internal/**" in .treeline/project.yaml)'], [true, '(nothing found)'],
        [false, 'Refused (outside): "src/../.env" goes up by "..". Name the path from the top of the worktree.'], [false, 'Refused (withheld): ".env" is never sent to a provider (secrets lie in files of that name)'],
      ]);
      const sent = server.requests.map(({ body }) => JSON.stringify(body).replaceAll('"Secret', ''));
      assert.deepEqual([sent.some((body) => /Secret\.|KEY=1|prices\.md\\n/.test(body)), sent.every((body) => body.includes('```specs/export.md'))], [false, true]);
    } finally {
      await server.close();
    }
  });
});
