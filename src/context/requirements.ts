/**
 * The requirements of specification files: EARS sentences, user stories with their acceptance criteria, Spec Kit's and Kiro's forms, lines with ids.
 * Owns: each one's id, which stays the same while file, heading and number stay: `<scope>/<name>` where the text gives a name, else
 * `<scope>/<heading>-<n>`; parts of a story or requirement are `<id>.<n>`. Ids with an area of their own (`REQ-GATE-03`) stand alone. Pure.
 * Sources: EARS (Mavin et al., 2009), Spec Kit's spec-template.md, Kiro's requirements.md, Gherkin.
 */
import type { Requirement } from '../ports/library.ts';
import { blocksOf } from './blocks.ts';
import type { Block } from './blocks.ts';
import { isGlobalId, namedAtEnd, namedAtStart, slugOf } from './requirementIds.ts';

export interface SpecText { readonly path: string; readonly text: string }
/** `repeated`: a name that stands for something else already; only the first place counts. */
export interface Requirements { readonly requirements: readonly Requirement[]; readonly repeated: readonly Requirement[] }

const maxText = 2_000;

/** In the order of the files and of their lines. */
export function requirementsOf(files: readonly SpecText[]): Requirements {
  const requirements = new Map<string, Requirement>();
  const repeated: Requirement[] = [];
  for (const file of files) {
    for (const requirement of requirementsIn(file.path, blocksOf(file.text))) {
      if (requirements.has(requirement.id)) repeated.push(requirement);
      else requirements.set(requirement.id, requirement);
    }
  }
  return { requirements: [...requirements.values()], repeated };
}

/** What makes local names unique: the feature's folder (`001-albums`, `csv-export`), else the file without ending. */
export function scopeOf(path: string): string {
  const inside = path.replace(/^(\.specify\/)?specs\//, '').replace(/^\.kiro\/specs\//, '').replace(/\.[^./]+$/, '');
  return inside.replace(/\/(spec|requirements|bugfix|readme|index)$/i, '');
}

/** A story or a named requirement, until the next heading of its level: what stands in it is a part of it. */
interface Whole { readonly level: number; readonly name: string; readonly requirement: Mutable; described: boolean; parts: number }
type Mutable = { -readonly [Key in keyof Requirement]: Requirement[Key] };
interface Scenario { readonly line: number; readonly title: string; readonly parts: string[]; readonly block: Block }

const kiroHeading = /^Requirement\s+(\d+(?:\.\d+)*)\s*[:.–—-]?\s*(.*)$/i;
const storyHeading = /^(?:User\s+)?Story\s+(\d+)\s*[:.–—-]*\s*(.*)$/i;
const wordHeading = /^Requirement:\s*(\S.*)$/i;
const scenarioTitle = /^(?:Scenario(?: Outline)?|Example):\s*(.*)$/i;
const story = /^(?:User story(?:\s+\d+)?\s*[:.–—-]*\s*)?(As (?:an?|the)\s.+?,?\s+I\s+(?:want|need|can|would|should|must|wish)\b.*)$/i;
const acceptance = /^(?:acceptance\s+(?:criteria|scenarios|tests?)|scenarios)\b\s*:?\s*(.*)$/i;
const ears = /^(?:when(?:ever)?|while|if|where|the|an?|each|every|all|no|only|until|before|after|upon|unless|as (?:long|soon) as|in case)\b[^]*\bshall\b/i;
const loud = /\b(?:SHALL|MUST)\b/;
const aside = /trace|coverage|matrix|glossary|revision|changelog/i;

/** Of one file, in the order of its lines; a name may come twice. */
export function requirementsIn(path: string, blocks: readonly Block[]): readonly Requirement[] {
  const found: Mutable[] = [];
  const scope = scopeOf(path);
  const counts = new Map<string, number>();
  let wholes: Whole[] = [];
  let heading = { text: '', level: 0 };
  let criteria = false;
  let scenario: Scenario | null = null;

  const idOf = (name: string): string => (isGlobalId(name.replace(/\.\d+$/, '')) ? name : `${scope}/${name}`);
  const within = (): Whole | undefined => wholes.at(-1);
  const push = (block: Block, of: { readonly name: string; readonly label: string | null; readonly kind: Requirement['kind']; readonly text: string; readonly priority?: string | null }, line = block.line): Mutable => {
    const requirement: Mutable = { id: idOf(of.name), label: of.label, kind: of.kind, text: of.text.slice(0, maxText), file: path, line, parent: within()?.requirement.id ?? null, priority: of.priority ?? null };
    found.push(requirement);
    return requirement;
  };
  const open = (level: number, name: string, requirement: Mutable, described: boolean): void => {
    wholes.push({ level, name, requirement, described, parts: 0 });
  };
  const nextName = (block: Block): { readonly name: string; readonly label: string | null } => {
    const whole = within();
    if (!whole) {
      const slug = slugOf(heading.text);
      const count = (counts.get(slug) ?? 0) + 1;
      counts.set(slug, count);
      return { name: `${slug}-${count}`, label: null };
    }
    const said = Number(block.number?.split('.').at(-1) ?? 0);
    whole.parts = said > whole.parts ? said : whole.parts + 1;
    const name = `${whole.name}.${whole.parts}`;
    return { name, label: /^[\d.]+$/.test(whole.name) ? name : null };
  };
  const endScenario = (): void => {
    const done = scenario;
    scenario = null;
    if (!done || !done.parts.some((part) => /\b(then|shall)\b/i.test(part))) return;
    push(done.block, { ...nextName(done.block), kind: 'scenario', text: [done.title, done.parts.join(' ')].filter(Boolean).join(': ') }, done.line);
  };

  for (const block of blocks) {
    const said = plain(block.text);
    if (block.kind === 'heading') {
      endScenario();
      const title = scenarioTitle.exec(said);
      if (title) {
        scenario = { line: block.line, title: title[1] ?? '', parts: [], block };
        continue;
      }
      wholes = wholes.filter((whole) => whole.level < block.level);
      heading = { text: said, level: block.level };
      criteria = acceptance.test(said);
      openWhole(block, said);
      continue;
    }
    if (block.kind === 'row') {
      readRow(block);
      continue;
    }
    readText(block, said);
  }
  endScenario();
  return found;

  function openWhole(block: Block, said: string): void {
    const [, number, title = ''] = kiroHeading.exec(said) ?? [];
    if (number !== undefined) return open(block.level, number, push(block, { name: number, label: number, kind: 'requirement', text: title }), false);
    const [, storyNumber, storyTitle = ''] = storyHeading.exec(said) ?? [];
    if (storyNumber !== undefined) {
      const priority = /\(\s*priority:\s*(P\d)\s*\)/i.exec(storyTitle);
      const label = `US${storyNumber}`;
      return open(block.level, label, push(block, { name: label, label, kind: 'story', text: storyTitle.replace(priority?.[0] ?? '', '').trim(), priority: priority?.[1]?.toUpperCase() ?? null }), false);
    }
    const named = namedAtStart(said, true);
    if (named) return open(block.level, named.id, push(block, { name: named.id, label: named.id, kind: kindOf(named.id, named.text), text: named.text, priority: named.priority }), false);
    const word = wordHeading.exec(said)?.[1];
    if (word !== undefined) open(block.level, slugOf(word), push(block, { name: slugOf(word), label: null, kind: 'requirement', text: word }), false);
  }

  function readRow(block: Block): void {
    if (aside.test(heading.text)) return;
    const [first = '', ...cells] = block.cells.map(plain);
    const named = namedAtStart(`${first} | ${cells.filter((cell) => cell !== '' && !/^P\d$/.test(cell)).join(' – ')}`, true);
    if (named && /^[`([]*[A-Z][\w.-]*[`)\]]*$/.test(first)) push(block, { name: named.id, label: named.id, kind: kindOf(named.id, named.text), text: named.text, priority: cells.find((cell) => /^P\d$/.test(cell)) ?? null });
  }

  function readText(block: Block, said: string): void {
    const listed = block.kind === 'item';
    if (continuesScenario(block, said)) return;
    endScenario();
    const title = scenarioTitle.exec(said);
    if (title || /^given\b/i.test(said)) {
      scenario = { line: block.line, title: title?.[1] ?? '', parts: title ? [] : [said], block };
      return;
    }
    const label = acceptance.exec(said);
    if (label && !listed) {
      criteria = true;
      if (label[1]) push(block, { ...nextName(block), kind: 'criterion', text: label[1] });
      return;
    }
    const named = namedAtStart(said, listed);
    const wish = story.exec(named?.text ?? said)?.[1];
    if (wish !== undefined) return readStory(block, named?.id ?? null, wish);
    const whole = within();
    if (named) {
      push(block, { name: named.id, label: named.id, kind: kindOf(named.id, named.text), text: named.text, priority: named.priority });
    } else if (!listed && whole && !whole.described && !isLabel(block)) {
      whole.described = true;
      whole.requirement.text = [whole.requirement.text, said].filter(Boolean).join(': ').slice(0, maxText);
      if (whole.requirement.kind === 'requirement' && isEars(said)) whole.requirement.kind = 'ears';
    } else if (isEars(said) && (listed || /\bSHALL\b/.test(said) || /^(when|while|if|where)\b/i.test(said))) {
      const end = namedAtEnd(said);
      push(block, end ? { name: end.id, label: end.id, kind: 'ears', text: end.text } : { ...nextName(block), kind: 'ears', text: said });
    } else if (listed && criteria) push(block, { ...nextName(block), kind: /^when\b[^]*\bthen\b/i.test(said) ? 'scenario' : 'criterion', text: said });
    else if (listed && loud.test(said)) push(block, { ...nextName(block), kind: 'requirement', text: said });
    else if (!listed && isLabel(block)) criteria = false;
  }

  function readStory(block: Block, id: string | null, wish: string): void {
    const whole = within();
    if (id === null && whole && !whole.described) {
      whole.described = true;
      whole.requirement.kind = 'story';
      whole.requirement.text = [whole.requirement.text, wish].filter(Boolean).join(': ').slice(0, maxText);
      return;
    }
    const level = heading.level + 0.5;
    wholes = wholes.filter((other) => other.level < level);
    const { name, label } = id === null ? nextName(block) : { name: id, label: id };
    open(level, name, push(block, { name, label, kind: 'story', text: wish }), true);
    criteria = false;
  }

  function continuesScenario(block: Block, said: string): boolean {
    if (!scenario) return false;
    const starts = scenario.parts.length === 0 ? /^(given|when)\b/i : /^(when|then|and|but)\b/i;
    if (!starts.test(said)) return false;
    scenario.parts.push(said);
    return true;
  }
}

/** Without emphasis, check box and link targets. */
function plain(text: string): string {
  return text.replace(/^\[[ xX]\]\s+/, '').replace(/\*\*|__/g, '').replace(/\[([^\][]+)\]\((?:[^()\s]|\([^()\s]*\))*\)/g, '$1').replace(/^[*_](\S.*?\S)[*_]$/, '$1').trim();
}

/** `**Why this priority**: …`, `**Independent Test**: …`: a paragraph that only begins in bold. */
function isLabel(block: Block): boolean {
  return /^(\*\*|__)[^*_]{1,60}:?(\*\*|__):?/.test(block.text);
}

const isEars = (text: string): boolean => ears.test(text) || /\bSHALL\b/.test(text);

function kindOf(id: string, text: string): Requirement['kind'] {
  if (/^US-?\d/.test(id) || story.test(text)) return 'story';
  if (id.startsWith('AC-')) return 'criterion';
  if (id.startsWith('SC-')) return 'success';
  if (/^given\b[^]*\bthen\b/i.test(text)) return 'scenario';
  // A sentence with a name of its own and "shall" is EARS's ubiquitous form, whatever it begins with.
  return /\bshall\b/i.test(text) ? 'ears' : 'requirement';
}
