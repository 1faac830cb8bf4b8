/** Specifications in the words of the command line. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { noPaint } from '../../src/cli/show/paint.ts';
import { launchSpecLines, sentLine, specPage } from '../../src/cli/show/specLines.ts';
import type { LookedFile, SpecLookView } from '../../src/protocol/specLook.ts';

describe('specs in words', () => {
  const file = (path: string, more: Partial<LookedFile> = {}): LookedFile => ({ path, kind: 'requirements', format: 'markdown', title: path, bytes: 4_000, tokens: 1_000, hash: 'h', requirements: [], always: false, chosen: true, why: 'has "export" (title)', ...more });
  const look = (more: Partial<SpecLookView> = {}): SpecLookView => ({
    base: { ref: 'main', commit: 'a1b2c3d4e5f6' }, tokens: 12_345, mapTokens: 2_900, budget: 40_000, choice: [], withheld: 0, remarks: [], requirements: [], changes: null,
    files: [file('AGENTS.md', { kind: 'rules', tokens: 120, always: true, why: 'always in' }), file('specs/a.md', { requirements: ['REQ-A-01'] }), file('specs/b\u202e.md', { chosen: false, why: 'no room: 1000 tokens;\n has "x"' })],
    providers: [{ provider: 'anthropic', roles: ['planner', 'implementer'], where: null }, { provider: 'compatible:ollama', roles: ['reviewer'], where: 'http://127.0.0.1:11434/v1' }], ...more,
  });

  it('REQ-CLI-27 say before a launch what is in, why, how much, and who gets it', () => {
    assert.deepEqual(launchSpecLines(look({ remarks: ['"x" matches no file.'] }), noPaint), [
      'Specs: 2 files, 12.3k tokens → anthropic, compatible:ollama (http://127.0.0.1:11434/v1)', '  AGENTS.md   120   always in', '  specs/a.md  1.0k  has "export" (title)', '"x" matches no file.',
    ]);
    const many = Array.from({ length: 15 }, (_, at) => file(`specs/${at}.md`));
    assert.deepEqual([launchSpecLines(look({ files: many }), noPaint).length, launchSpecLines(look({ files: many }), noPaint).at(-1)], [14, '  … and 3 more: see treeline specs "REQUEST"']);
    assert.equal(sentLine(look({ providers: [], tokens: 7, files: [] })), '0 files, 7 tokens → nobody yet: no agent is configured');
  });

  it('REQ-CLI-26 show each with its reason, and what has changed', () => {
    assert.deepEqual(specPage(look({ withheld: 2, changes: [{ path: 'specs/a.md', change: 'changed', requirements: [{ id: 'REQ-A-02', change: 'removed' }] }] }), noPaint), [
      'main a1b2c3d4e5 · 2 files, 12.3k tokens → anthropic, compatible:ollama (http://127.0.0.1:11434/v1)', 'Budget 40.0k tokens, used 12.3k, of them 2.9k for the map of the repository. 2 files never sent.', '',
      '✓  AGENTS.md   rules         120                  always in', '✓  specs/a.md  requirements  1.0k  1 requirement  has "export" (title)', '·  specs/b.md  requirements  1.0k                 no room: 1000 tokens; has "x"', '',
      'Changed since then:', '  specs/a.md  changed', '    REQ-A-02  removed',
    ]);
    assert.deepEqual([specPage(look({ files: [] }), noPaint).at(-1), specPage(look({ changes: [] }), noPaint).at(-1)], ['There are neither rules nor specifications here. Write some under specs/, or AGENTS.md.', 'None of them has changed since then.']);
  });
});
