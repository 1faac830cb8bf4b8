import assert from 'node:assert/strict';
import { readdirSync, readFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';

const root = join(import.meta.dirname, '..', '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

interface Item { command: string; when?: string; group?: string }
interface Manifest {
  engines: { vscode: string }; activationEvents: string[]; enabledApiProposals?: unknown; extensionKind: string[]; l10n: string; icon: string;
  capabilities: { untrustedWorkspaces: { supported: unknown; restrictedConfigurations: string[] }; virtualWorkspaces: { supported: unknown } };
  contributes: {
    commands: { command: string; title: string; category: string; icon?: string; enablement?: string }[];
    keybindings: { command: string; key: string; mac: string; when: string }[];
    viewsContainers: Record<string, { id: string; icon: string }[]>; views: Record<string, { id: string; name: string; icon: string; type?: string }[]>;
    viewsWelcome: { view: string; when: string; contents: string }[]; menus: Record<string, Item[]>;
    configuration: { properties: Record<string, { scope: string; default: unknown; order: number; markdownDescription: string }> }[];
    walkthroughs: { steps: { id: string; description: string; media: { svg: string; altText: string }; completionEvents: string[] }[] }[];
  };
}
const manifest = JSON.parse(read('package.json')) as Manifest;
const { commands, keybindings, views, viewsContainers, viewsWelcome, menus, configuration, walkthroughs } = manifest.contributes;
const words = JSON.parse(read('package.nls.json')) as Record<string, string>;
const word = (key: string): string => words[key.slice(1, -1)] ?? '';
const files = readdirSync(join(root, 'src/extension'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
const sources = files.map((file) => read(join('src/extension', file)));
const properties = Object.assign({}, ...configuration.map((part) => part.properties)) as (typeof configuration)[number]['properties'];

/** Words of the sources, as VS Code's own exporter finds them: the first argument of `t(…)` and `l10n.t(…)`. */
const spoken = [...new Set(sources.flatMap((source) => [...source.matchAll(/(?<![\w$])t\('((?:[^'\\]|\\.)*)'/g)].map((found) => (found[1] ?? '').replaceAll("\\'", "'"))))].sort();

describe('the manifest', () => {
  it('REQ-EXT-40 has exactly the commands that are registered', () => {
    const table = /const commands: .*= \{\n([\s\S]*?)\n {2}\};/.exec(read('src/extension/extension.ts'))?.[1] ?? '';
    const registered = [...table.matchAll(/^ {4}'(treeline\.[\w.]+)':/gm)].map((found) => found[1]);
    assert.deepEqual(commands.map((command) => command.command).sort(), registered.sort());
    const called = sources.flatMap((source) => [...source.matchAll(/'(treeline\.(?:task|review|edit|comment|run|keys)\.[a-z]\w*)'/g)].map((found) => found[1]));
    assert.deepEqual(called.filter((id) => !registered.includes(id ?? '') && !['treeline.review.active', 'treeline.review.open', 'treeline.review.editable', 'treeline.review.outdated', 'treeline.review.hasNextPage', 'treeline.task.editing'].includes(id ?? '')), []);
  });

  it('REQ-EXT-40 gives every command a category and a title in Title Case, without emoji or full stop', () => {
    const small = new Set(['a', 'and', 'on', 'the', 'to', 'of', 'in', 'for']);
    for (const { command, category, title } of commands) {
      assert.equal(category, 'Treeline', command);
      assert.match(word(title), /^[A-Z][\w ]*…?$/, `${command}: ${word(title)}`);
      for (const [index, part] of word(title).split(' ').entries()) assert.ok(index > 0 && small.has(part) ? true : /^[A-Z]/.test(part), `${command}: ${word(title)}`);
    }
  });

  it('REQ-EXT-40 takes every word from package.nls.json and has none that nobody uses', () => {
    const used = [...read('package.json').matchAll(/"%([\w.]+)%"/g)].map((found) => found[1] ?? '');
    assert.deepEqual([...used].sort(), Object.keys(words).sort());
    assert.deepEqual(Object.entries(words).filter(([, text]) => text.trim() === ''), []);
  });

  it('REQ-EXT-40 keeps commands that need a row, a comment or an open review out of the palette', () => {
    const rule = (id: string): string | undefined => menus.commandPalette?.find((item) => item.command === id)?.when;
    for (const { command } of commands) {
      if (/\.comment\.(?!here)/.test(command)) assert.equal(rule(command), 'false', command);
      if (/review\.(approve|requestChanges|reject)$|comment\.here$/.test(command)) assert.match(rule(command) ?? '', /treeline\.review/, command);
    }
    assert.deepEqual(commands.map((command) => command.command).filter((id) => rule(id) === undefined).sort(), ['treeline.keys.set', 'treeline.review.next', 'treeline.showLog', 'treeline.task.new', 'treeline.walkthrough']);
  });

  it('REQ-EXT-31 switches off in Restricted Mode whatever starts or changes something', () => {
    const looks = /^treeline\.(comment\.|run\.(log|evidence|tests|graph)$|workflow\.(dryRun|graph)$|showLog$|walkthrough$)/;
    assert.deepEqual(commands.filter(({ command, enablement }) => (enablement === '!treeline.restricted') === looks.test(command)).map(({ command }) => command), []);
  });

  it('REQ-EXT-60 offers to edit where a document or a plan is to be approved: at its row and in its review', () => {
    const at = (menu: string): (string | undefined)[] => (menus[menu] ?? []).filter(({ command }) => command === 'treeline.review.edit').map(({ when }) => when);
    assert.deepEqual([at('commandPalette'), at('editor/title'), new Set(at('view/item/context'))], [['treeline.review.editable'], ['treeline.review.active && treeline.review.editable'], new Set(['view =~ /^treeline\\./ && viewItem =~ /^checkpoint\\.(plan|document)$/'])]);
  });

  it('REQ-EXT-40 draws every inline action and every title button but "Request Changes" and the like as an icon', () => {
    const icon = (id: string): boolean => commands.find((command) => command.command === id)?.icon !== undefined;
    const inline = Object.entries(menus).flatMap(([menu, items]) => (/view|comments\/comment(Thread)?\/title/.test(menu) ? items : [])).filter((item) => /^(inline|navigation)/.test(item.group ?? ''));
    assert.deepEqual(inline.filter((item) => !icon(item.command)), []);
    assert.deepEqual(Object.values(menus).flat().filter((item) => !commands.some((command) => command.command === item.command)), []);
    assert.deepEqual(menus['editor/title']?.filter((item) => item.group?.startsWith('navigation') && icon(item.command)).map(({ command }) => command), ['treeline.review.approve', 'treeline.review.edit', 'treeline.edit.send']);
  });

  it('REQ-EXT-41 has at most five default keys, all conditional, none of VS Code\'s own', () => {
    assert.ok(keybindings.length <= 5);
    for (const { command, key, mac, when } of keybindings) {
      assert.match(when, /treeline\./, command);
      assert.doesNotMatch(key, /ctrl\+alt|alt\+ctrl/, command);
      assert.equal(mac, key.replace('ctrl', 'cmd'), command);
      // What follows Ctrl+K in VS Code's own default keys, the desktop's R included.
      assert.ok(!'cdefimnoprstuwyz'.includes(key.replace('ctrl+k ', '')), key);
    }
    assert.equal(new Set(keybindings.map(({ key }) => key)).size, keybindings.length);
  });

  it('REQ-EXT-42 uses no proposal, one container, few views, no webview but the graph in the editor area', () => {
    assert.equal(manifest.enabledApiProposals, undefined);
    assert.deepEqual(Object.entries(viewsContainers).map(([place, containers]) => [place, containers.map(({ id }) => id)]), [['activitybar', ['treeline']]]);
    const all = Object.values(views).flat();
    assert.ok(all.length <= 4 && all.every((view) => view.icon && view.type === undefined));
    for (const source of sources) assert.doesNotMatch(source, /WebviewView|_workbench\.|tabInputMultiDiff/);
    assert.deepEqual(files.filter((_, index) => /WebviewPanel/.test(sources[index] ?? '')).sort(), ['graph/fileGraphs.ts', 'graph/graphPanel.ts', 'graph/graphs.ts', 'graph/runGraphs.ts']);
    assert.deepEqual([manifest.extensionKind, manifest.capabilities.untrustedWorkspaces.supported, manifest.capabilities.virtualWorkspaces.supported], [['workspace'], 'limited', false]);
  });

  it('REQ-EXT-30 opens editors and panels only where a person asked: in the files that carry out commands', () => {
    const opening = files.filter((_, index) => /showTextDocument|vscode\.changes|\.show\(\)|reveal\(|openWalkthrough|openFolder/.test(sources[index] ?? ''));
    assert.deepEqual(opening.sort(), ['display.ts', 'extension.ts', 'graph/fileGraphs.ts', 'graph/graphPanel.ts', 'graph/runGraphs.ts', 'launch/choices.ts', 'launch/newTask.ts', 'report.ts', 'review/editedFiles.ts', 'review/reviews.ts', 'runs/attemptChanges.ts', 'runs/attemptLogs.ts', 'runs/runCommands.ts', 'testing/showEvidence.ts']);
    assert.match(read('src/extension/display.ts'), /this\.#status\.show\(\)/);
    assert.equal([...read('src/extension/display.ts').matchAll(/\.show\(\)|showTextDocument|reveal\(/g)].length, 1);
  });

  it('REQ-EXT-43 lets only the person set what confines or pays for agents', () => {
    const scopes = new Map(Object.entries(properties).map(([name, { scope }]) => [name, scope]));
    assert.deepEqual(Object.fromEntries(scopes), { 'treeline.sandbox.mode': 'machine', 'treeline.budget.maxUsdPerTask': 'machine', 'treeline.budget.maxMinutesPerTask': 'machine', 'treeline.review.maxFilesPerEditor': 'window' });
    assert.deepEqual(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations, [...scopes].flatMap(([name, scope]) => (scope === 'machine' ? [name] : [])));
    for (const name of Object.keys(properties)) assert.ok(sources.some((source) => source.includes(`'${name.replace('treeline.', '')}'`)), `nobody reads ${name}`);
  });

  it('REQ-EXT-44 is activated by what is used or on disk, else after the editor has started', () => {
    assert.deepEqual(manifest.activationEvents, ['onFileSystem:treeline-rev', 'onFileSystem:treeline-edit', 'onWebviewPanel:treeline.graph', 'workspaceContains:.git/treeline', 'onStartupFinished']);
  });

  it('REQ-EXT-34 has a word and at most one button for every empty view', () => {
    const told = viewsWelcome.filter((welcome) => welcome.view === 'treeline.needsYou').map((welcome) => welcome.when);
    for (const part of ['workspaceFolderCount == 0', 'treeline.repository == none', '!isWorkspaceTrusted', '!treeline.runs']) assert.ok(told.some((when) => when.includes(part)), part);
    for (const { contents } of viewsWelcome) {
      assert.ok(word(contents).split('\n').filter((line) => /^\[[^\]]+\]\([^)]+\)$/.test(line)).length <= 1, contents);
      for (const [, id = ''] of word(contents).matchAll(/\(command:([\w.]+)\)/g)) assert.ok(!id.startsWith('treeline.') || commands.some(({ command }) => command === id), id);
    }
  });

  it('has one walkthrough of four or five steps, drawn in the colours of the theme', () => {
    assert.equal(walkthroughs.length, 1);
    const steps = walkthroughs[0]?.steps ?? [];
    assert.ok(steps.length === 4 || steps.length === 5);
    for (const { media, description, completionEvents } of steps) {
      const picture = read(media.svg);
      assert.doesNotMatch(picture, /(fill|stroke)="#|<script|href=/, media.svg);
      assert.match(word(description), /\]\(command:/);
      assert.ok(completionEvents.length > 0 && media.altText.length > 0);
    }
    assert.ok(existsSync(join(root, manifest.icon)));
  });

  it('REQ-EXT-45 hands every word of the sources to translators', () => {
    const bundle = join(manifest.l10n, 'bundle.l10n.json');
    const wanted = Object.fromEntries(spoken.map((text) => [text, text]));
    // After a change of words: TREELINE_WRITE_WORDS=1 writes the bundle anew.
    if (process.env.TREELINE_WRITE_WORDS === '1') writeFileSync(join(root, bundle), `${JSON.stringify(wanted, null, 2)}\n`);
    assert.deepEqual(JSON.parse(read(bundle)), wanted);
  });
});
