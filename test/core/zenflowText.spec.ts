// The forms of Zenflow's Markdown line by line, and what is made of a step: its id, its agents, what they are told.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { bodyOf, boxedStep, lineLimit, linesOf, literalText, openFence, presetChain, stepIdFor, withoutRules, zenflowHeading, zenflowPrompt } from '../../src/core/zenflowText.ts';

/** The text with a `.` for each line that is plain, and a `|` for each that is not. */
const plain = (...lines: readonly string[]): string => linesOf(lines.join('\n')).map((line) => (line.plain ? '.' : '|')).join('');

describe('lines of Zenflow\'s Markdown', () => {
  it('REQ-ZEN-01 inside of a fence, and the fence itself, are text, up to one that closes it', () => {
    assert.deepEqual([
      plain('a', '```', 'b', '```', 'c'), plain('~~~sh', 'b', '~~~', 'c'), plain('   ```', 'b', ' ``` ', 'c'), plain('    ```', 'b'), plain('``', 'b'), plain('a ```', 'b'), plain('```', 'b'),
      // Closed by as many marks or more of the same kind, and nothing else on the line.
      plain('````', '```', '~~~~', '`````', 'c'), plain('```sh', '``` x', '```js', '```', 'c'), plain('```a b', 'c', '```', 'd'), plain('``` js', 'c', '```', 'd'),
    ], ['.|||.', '|||.', '|||.', '..', '..', '..', '||', '||||.', '||||.', '|||.', '|||.']);
  });

  it('REQ-ZEN-01 an example of Markdown may have fences of its own that are as long', () => {
    assert.deepEqual([
      plain('```md', '```js', 'x', '```', 'y', '```', 'z'), plain('```markdown', '```js', '```sh', 'x', '```', '```', '```', 'z'), plain('```MD', '```js', 'x', '```', '```', 'z'),
      // Of another language an example has none.
      plain('```mdx', '```js', 'x', '```', 'z'), plain('```cmd', '```js', 'x', '```', 'z'), plain('```sh', '```js', 'x', '```', 'z'),
      // A longer one, and one without a language, is text of the example.
      plain('```md', '````js', 'x', '```', 'z'), plain('````md', '```js', 'x', '````', 'z'),
    ], ['||||||.', '|||||||.', '|||||.', '||||.', '||||.', '||||.', '||||.', '||||.']);
  });

  it('REQ-ZEN-01 a bare fence in an example opens one of its own where a bare one follows soon, with no heading or ruler between', () => {
    const far = Array.from({ length: 19 }, () => 'x');
    const rows: readonly (readonly [string, ...string[]])[] = [
      ['||||||.', '```md', '```', 'x', '```', 'y', '```', 'z'], ['|||..|', '```md', 'a', '```', '# next', 'x', '```'], ['|||..|', '```md', 'a', '```', 'x', '---', '```'], ['|||.||', '```md', 'a', '```', 'x', '```js', 'y'],
      ['|||..', '```md', 'a', '```', 'x', 'y'], [`|||${far.map(() => '|').join('')}||.`, '```md', 'a', '```', ...far, '```', '```', 'z'], [`|||.${far.map(() => '.').join('')}|`, '```md', 'a', '```', 'x', ...far, '```'],
      ['||||||.', '```md', '```', '#x', '```', '--', '```', 'z'], ['|||..|', '```md', 'a', '```', '###### next', 'x', '```'], ['||||||.', '```md', '```', 'C# x', 'a --- b', '```', '```', 'z'],
      // No example of Markdown: a bare fence ends it.
      ['|||.|||', '```sh', 'a', '```', 'x', '```', 'y', 'z'],
    ];
    assert.deepEqual(rows.map(([, ...lines]) => plain(...lines)), rows.map(([expected]) => expected));
  });

  it('REQ-ZEN-01 a line end of Windows is none of the line, and a very long line is text', () => {
    assert.deepEqual(linesOf('a\r\nb\r\r\nc'), [{ text: 'a', plain: true }, { text: 'b\r', plain: true }, { text: 'c', plain: true }]);
    assert.deepEqual([plain('x'.repeat(lineLimit)), plain('x'.repeat(lineLimit + 1), 'y')], ['.', '|.']);
  });

  it('REQ-ZEN-02 what nothing closes can be closed: one line for each fence that is open', () => {
    assert.deepEqual([openFence([]), openFence(['a']), openFence(['```', '```']), openFence(['a', '~~~~', 'b']), openFence(['```md', '```js', 'x']), openFence(['```md', '```js', 'x', '```'])], [null, null, null, '~~~~', '```\n```', '```']);
  });

  it('REQ-ZEN-05 a step is a heading with a box, whatever stands in the box', () => {
    const groups = (line: string): readonly (string | undefined)[] | null => boxedStep.exec(line)?.slice(1) ?? null;
    assert.deepEqual(['### [ ] Step: A', '###\t[x]  A b ##', '### [✓] A #b', '### [-] A'].map(groups), [['### [', ' ', '] ', 'Step: A'], ['###\t[', 'x', ']  ', 'A b'], ['### [', '✓', '] ', 'A #b'], ['### [', '-', '] ', 'A']]);
    assert.deepEqual([' ### [ ] A', '## [ ] A', '#### [ ] A', '###[ ] A', '### [] A', '### [y] A', '### [ ]A', '### [ ] ', '- [ ] A'].map(groups), Array(9).fill(null));
  });
});

describe('what stands below a step', () => {
  it('REQ-ZEN-01 the first preset is structure, what the app left behind is none of it, the rest is text', () => {
    assert.deepEqual(bodyOf(['', '<!-- agent: fast -->', '', 'Do it.', '<!-- chat-id: 1-2 -->', '<!-- agent: other -->', '<!-- a note -->', '']), { preset: 'fast', text: 'Do it.\n<!-- agent: other -->\n<!-- a note -->' });
    assert.deepEqual(bodyOf(['Do it.']), { preset: null, text: 'Do it.' });
    assert.deepEqual([' \t<!--agent:a b-->\t', '<!-- agent:   x -->  ', `<!-- agent: ${'x'.repeat(79)} -->`].map((line) => bodyOf([line])), ['a b', 'x', 'x'.repeat(79)].map((preset) => ({ preset, text: '' })));
    assert.equal(bodyOf([`<!-- agent: x -->`.padEnd(lineLimit)]).preset, 'x');
    const none = ['x <!-- agent: a -->', '<!-- agent: a --> x', '<!-- agent: -->', '<!-- agent: a>b -->', `<!-- agent: ${'x'.repeat(80)} -->`, '<!-- chat-id: 1 --> x', 'x <!-- chat-id: 1 -->', `<!-- agent: x -->${' '.repeat(lineLimit)}`, `<!-- chat-id: x -->${' '.repeat(lineLimit)}`];
    assert.deepEqual(none.map((line) => bodyOf([line])), none.map((text) => ({ preset: null, text })));
  });

  it('REQ-ZEN-01 rulers and empty lines at either end only part sections from one another', () => {
    assert.deepEqual([['', '---', ' ', 'a', '', '---', '', 'b', ' ***** ', ''], ['---', ''], [], ['--'], ['- - -'], ['a'], ['--- x'], ['x ---'], ['*'.repeat(21)]].map(withoutRules), ['a\n\n---\n\nb', '', '', '--', '- - -', 'a', '--- x', 'x ---', '*'.repeat(21)]);
  });
});

describe('what is made of a step', () => {
  it('REQ-ZEN-04 its heading is its title, called a step where it is not called a step or a phase already', () => {
    assert.deepEqual(['Build', 'Step: Build', 'phase 2: Build', 'Step two: x', 'Stepping: x', 'Steps', 'The Step: x', `Step ${'x'.repeat(20)}: y`, 'Phase: x'].map(zenflowHeading), ['Step: Build', 'Step: Build', 'phase 2: Build', 'Step two: x', 'Step: Stepping: x', 'Step: Steps', 'Step: The Step: x', `Step: Step ${'x'.repeat(20)}: y`, 'Phase: x']);
  });

  it('REQ-ZEN-09 its id is its heading in small letters, digits and "-", one that no other step has', () => {
    // Runs are folded by these ids again and again: a heading never comes to another one.
    const taken = new Set(['mend', 'mend-2']);
    assert.deepEqual(['Step: Write it!', 'Phase 2: Überprüfen', 'Step: Mend', 'Step: Mend', 'Step: 2 things', 'Step: 漢字', 'Step: 漢', 'Step: rework', 'Step: Rework it', 'Step: reworked', 'Plain --', '-- Both --', 'Step:Write', 'Do step: x', 'a  & b', 'Step: do rework'].map((heading) => stepIdFor(heading, taken)), ['write-it', 'u-berpru-fen', 'mend-3', 'mend-4', 'step-2-things', 'step', 'step-2', 'step-rework', 'step-rework-it', 'reworked', 'plain', 'both', 'write', 'do-step-x', 'a-b', 'do-rework']);
    assert.ok(taken.has('write-it') && taken.has('step-2'));
    assert.deepEqual([`Step: ${'a'.repeat(50)}`, `Step: ${'b'.repeat(35)} c`, `Step: 1${'d'.repeat(50)}`, `Step: 2${'e'.repeat(29)} f`].map((heading) => stepIdFor(heading, new Set())), ['a'.repeat(36), 'b'.repeat(35), `step-1${'d'.repeat(30)}`, `step-2${'e'.repeat(29)}`]);
  });

  it('REQ-ZEN-08 its agents are what the settings give the preset, by no name that nobody set', () => {
    assert.deepEqual([presetChain({ fast: ['a'] }, 'fast'), presetChain({ fast: ['a'] }, 'slow'), presetChain({}, 'constructor')], [['a'], null, null]);
  });

  it('REQ-ZEN-04 its agent is told what all are told, which step it does, where artifacts are, and the step\'s own text', () => {
    const parts = (...given: Parameters<typeof zenflowPrompt>): readonly string[] => zenflowPrompt(...given).split('\n\n').map((part) => part.split('\n')[0] ?? '');
    const note = (heading: string, folder: string): string => `You do one step of this workflow: "${heading}". Artifacts are files under \`${folder}\`, and the plan is \`${folder}/plan.md\`.`;
    const folder = '.zenflow/tasks/${{ task.id }}';
    assert.deepEqual(parts('.zenflow/tasks/{task_id}', 'Be kind to {task_id}.', 'Step: A', 'See {@artifacts_path}/a and {@artifacts_path}/b.'), ['Be kind to ${{ task.id }}.', note('Step: A', folder), `See ${folder}/a and ${folder}/b.`]);
    assert.deepEqual([parts('docs', null, 'Step: ${{ x }} ${{', ''), parts('docs', '', 'A', null)], [[note('Step: ${ { x }} ${ {', 'docs')], [note('A', 'docs')]]);
  });

  it('REQ-ZEN-04 what begins an expression in ours is text in Zenflow\'s', () => {
    assert.equal(literalText('a ${{ b }} ${{ c }} $d'), "a ${{ '${{' }} b }} ${{ '${{' }} c }} $d");
  });
});
