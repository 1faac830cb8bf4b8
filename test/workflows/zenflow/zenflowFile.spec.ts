import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { markedPlan } from '../../../src/core/zenflowPlan.ts';
import { readWorkflow } from '../../../src/workflows/readWorkflow.ts';
import { yamlToZenflow, zenflowToYaml } from '../../../src/workflows/zenflow/convert.ts';
import { readZenflow, writeZenflow } from '../../../src/workflows/zenflow/zenflowFile.ts';
import type { ZenflowFile } from '../../../src/workflows/zenflow/zenflowFile.ts';

const example = `# Feature with care

For work that touches accounts.

## Configuration
- **Artifacts Path**: {@artifacts_path} → \`.zenflow/tasks/{task_id}\`

---

## Agent Instructions

Ask when something is unclear.

---

## Workflow Steps

### [x] Step: Planning
<!-- chat-id: 12345678-0000-0000-0000-000000000000 -->
<!-- agent: careful-planner -->

Write \`{@artifacts_path}/plan.md\`:

\`\`\`md
### [ ] Step: this is an example, no step
## nor a section
\`\`\`

### [!] Phase 2: Build: everything
Build it. The CI uses \${{ secrets.TOKEN }}.

## Notes
Kept for the agents.
`;

const parts: ZenflowFile = {
  title: 'Feature with care', artifacts: '.zenflow/tasks/{task_id}',
  instructions: 'For work that touches accounts.\n\n## Configuration\n- **Artifacts Path**: {@artifacts_path} → `.zenflow/tasks/{task_id}`\n\n---\n\n## Agent Instructions\n\nAsk when something is unclear.\n\n---\n\n\n## Notes\nKept for the agents.',
  steps: [
    { heading: 'Step: Planning', preset: 'careful-planner', text: 'Write `{@artifacts_path}/plan.md`:\n\n```md\n### [ ] Step: this is an example, no step\n## nor a section\n```' },
    { heading: 'Phase 2: Build: everything', preset: null, text: 'Build it. The CI uses ${{ secrets.TOKEN }}.' },
  ],
};

const value = <Value>(result: { readonly ok: boolean; readonly value?: Value; readonly refusal?: unknown }): Value => {
  assert.ok(result.ok, JSON.stringify(result.refusal));
  return result.value as Value;
};
const compiled = (yaml: string) => { const read = readWorkflow(yaml); return read.ok ? read.value.workflow : read.refusal; };

const line = fc.oneof(fc.string({ maxLength: 20, unit: 'grapheme-ascii' }), fc.constantFrom('### [ ] Step: no', '## Section', '```', '~~~', '---', '', '  - item', '${{ x }}', '<!-- agent: x -->', '# Title', '- **Artifacts Path**: `a/b`', '\tx'));
const markdown = fc.tuple(fc.array(line, { maxLength: 8 }), fc.array(fc.tuple(fc.stringMatching(/^[A-Za-z][A-Za-z: ]{0,20}$/), fc.array(line, { maxLength: 8 })), { minLength: 1, maxLength: 4 }))
  .map(([before, steps]) => ['# T', ...before, '', ...steps.flatMap(([name, text]) => [`### [ ] Step: ${name}`, ...text])].join('\n'));

describe('Zenflow workflows', () => {
  it('REQ-ZEN-01 are read: title, artifacts path, steps, presets; the rest is text', () => {
    assert.deepEqual(value(readZenflow(example, 'x')), parts);
  });

  it('REQ-ZEN-01 are read in the other forms that are in use', () => {
    const configured = (path: string) => readZenflow(`## Configuration\n- **Artifacts Path**: ${path}\n### [ ] Step: A`, 'x');
    assert.deepEqual(['{@artifacts_path} -> docs/{task_id}/', '`.zenflow/tasks/{task_id}` (there)', '{@artifacts_path} → `.zencoder/chats/{chat_id}`', '{@artifacts_path}'].map((path) => value(configured(path)).artifacts), ['docs/{task_id}', '.zenflow/tasks/{task_id}', '.zencoder/chats/{task_id}', '.zenflow/tasks/{task_id}']);
    const bare = value(readZenflow('# T\nintro\n\n## Phase 1: Look\nread\n### Step: deeper\n\n## Phase 2: Do\nwrite\n', 'x'));
    assert.deepEqual([bare.instructions, bare.steps], ['intro', [{ heading: 'Phase 1: Look', preset: null, text: 'read\n### Step: deeper' }, { heading: 'Phase 2: Do', preset: null, text: 'write' }]]);
    assert.equal(value(readZenflow('### [ ] Step: A', 'its-file')).title, 'its-file');
  });

  it('REQ-ZEN-01 are read past examples of Markdown whose own fences are no longer than theirs', () => {
    const example = '```markdown\n## Data\n```\nin --> out\n```\n## Verify\n```bash\n# all\nnpm test\n```\n## Phase 9: no step\n```';
    const read = value(readZenflow(`# T\n## Phase 1: Look\n${example}\n\n## Phase 2: Do\n\`\`\`md\nx\n\`\`\`\nThen:\n\`\`\`\n## Phase 8: no step\n\`\`\`\n\n## Phase 3: End\ntext\n`, 'x'));
    assert.deepEqual(read.steps.map(({ heading }) => heading), ['Phase 1: Look', 'Phase 2: Do', 'Phase 3: End']);
    assert.equal(read.steps[0]?.text, example);
  });

  it('REQ-ZEN-01 are refused without a step, or with artifacts outside of the repository', () => {
    const told = (text: string) => { const read = readZenflow(text, 'x'); return read.ok ? [] : read.refusal.map((mistake) => `${mistake.line} ${mistake.message}`); };
    assert.deepEqual(told('# T\n\ntext\n```\n### [ ] Step: A\n```\n'), ['1 the file has no step']);
    assert.deepEqual(told('# T\n- **Artifacts Path**: {@artifacts_path} → `../../etc`\n### [ ] Step: A\n'), ['2 the artifacts path "../../etc" does not lie inside the repository']);
    assert.deepEqual(told(`### [ ] Step: ${'x'.repeat(200)}`), ['1 the name of a step has more than 120 characters']);
  });

  it('REQ-ZEN-02 come back from a file of ours as they were, and mean the same', () => {
    const yaml = value(zenflowToYaml(example, 'x', true));
    assert.deepEqual(value(readZenflow(value(yamlToZenflow(yaml)), 'y')), parts);
    assert.deepEqual(compiled(value(zenflowToYaml(value(yamlToZenflow(yaml)), 'y', true))), compiled(yaml));
  });

  it('REQ-ZEN-02 whatever is written in them', () => {
    fc.assert(fc.property(markdown, (text) => {
      const read = readZenflow(text, 'x');
      if (!read.ok) return;
      assert.deepEqual(value(readZenflow(writeZenflow(read.value), 'x')), read.value);
      assert.deepEqual(value(readZenflow(value(yamlToZenflow(value(zenflowToYaml(text, 'x', false)))), 'x')), read.value);
    }), { numRuns: 400, seed: 5 });
  });

  it('REQ-ZEN-03 are not made of what Zenflow cannot say', () => {
    const text = 'name: X\ndescription: d\ninputs: { a: string }\nsteps:\n  - { id: a, agent: planner, document: x.md }\n  - { id: b, agent: implementer, needs: a, if: always(), agents: anthropic:m, prompt: "${{ inputs.a }}" }\n  - { id: c, run: x, needs: b }\n';
    const made = yamlToZenflow(text);
    assert.deepEqual(made.ok ? [] : made.refusal.map((mistake) => `${mistake.line}:${mistake.column} ${mistake.message.replace(' has no counterpart in a Zenflow workflow', '')}`), [
      '3:1 "inputs"', '5:14 the role planner', '5:30 "document"', '6:44 "if"', '6:58 the agent anthropic:m', '6:79 an expression in a prompt', '7:14 the step "c"',
    ]);
  });

  it('REQ-ZEN-05 have a plan whose boxes are kept, and nothing else of it', () => {
    const plan = '# T\r\n### [ ] Step: A\r\n\n- [ ] mine\n```\n### [ ] Step: B\n```\n### [x] Step: B\n### [ ] Step: added by an agent\n### [x] A\n### [!] Phase 3: C ##\n### [ ] Step: D';
    const steps = [{ heading: 'Step: A', mark: 'x' }, { heading: 'Step: B', mark: '!' }, { heading: 'Step: A', mark: ' ' }, { heading: 'Step: taken out', mark: 'x' }, { heading: 'Phase 3: C', mark: '>' }, { heading: 'Step: D', mark: '-' }] as const;
    assert.equal(markedPlan(plan, steps), '# T\r\n### [x] Step: A\r\n\n- [ ] mine\n```\n### [ ] Step: B\n```\n### [!] Step: B\n### [ ] Step: added by an agent\n### [ ] A\n### [>] Phase 3: C ##\n### [-] Step: D');
  });
});
