/** What the demo agent writes for the sample's bug: a long title is cut inside of a character, where an emoji stands at the cut. Pure text. */

const broken = `function shorten(title) {
  return title.length <= titleWidth ? title : \`\${title.slice(0, titleWidth - 1)}…\`;
}
`;

const mended = `const characters = new Intl.Segmenter();

/** Cut between characters as people see them: half an emoji is shown as a box. */
function shorten(title) {
  if (title.length <= titleWidth) return title;
  const kept = [...characters.segment(title)].map(({ segment }) => segment).slice(0, titleWidth - 1).join('');
  return kept === title ? title : \`\${kept}…\`;
}
`;

export function withWholeCharacters(source: string): string {
  return source.replace(broken, () => mended);
}

export function hasBrokenTitles(source: string): boolean {
  return source.includes(broken);
}

export function withTitleTest(tests: string): string {
  if (tests.includes('inside of a character')) return tests;
  return `${tests}
test('REQ-LIST-02 a title is not cut inside of a character', () => {
  const [line] = renderList([{ title: \`\${'x'.repeat(38)}👩‍🚀 is up there\`, tags: [], added: '2026-01-01' }]).split('\\n');
  assert.equal(line, \`2026-01-01  \${'x'.repeat(38)}👩‍🚀…\`);
});
`;
}
