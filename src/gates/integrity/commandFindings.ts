/**
 * The commands by which tests are run: package scripts, make targets, the project file, scripts, pipelines, and lock files beside them.
 * Owns: which change of a command switches it off. Refuses: to say what a changed command comes to: it is run (I12).
 */
import { flagThresholds } from './configurationFindings.ts';
import { ownScripts, setsGitHooksOnly } from '../ownScripts.ts';
import { isPipeline, isTestPath, manifestsOf } from './fileRole.ts';
import type { Found } from './finding.ts';
import type { ReadPair } from './readPair.ts';
import { settingsOf, type Settings } from './settings.ts';

const testing = /^(pre|post)?(test|tests|check|checks|lint|typecheck|type-check|types|verify|ci|coverage|cover|spec|specs|unit|e2e|integration|validate|mutation)([:_-].*)?$|[:_-](test|tests|check|lint|coverage|unit|e2e)$/;

export function commandFindings(pair: ReadPair, changed: ReadonlySet<string>): readonly Found[] {
  const { path, before, after } = pair.change;
  if (/(^|\/)package\.json$/.test(path)) return scriptFindings(path, before, after);
  if (/(^|\/)(GNUmakefile|[Mm]akefile|\.?justfile|Justfile|Taskfile\.ya?ml|tox\.ini|noxfile\.py)$/.test(path)) return targetFindings(path, before, after);
  if (path === '.treeline/project.yaml') return projectFindings(path, before, after);
  if (isPipeline(path)) return pipelineFindings(path, before, after);
  if (/\.(sh|bash|zsh|ps1|bat|cmd)$/.test(path) || /^#!.*\b(ba|z|da)?sh\b/.test(after ?? '')) return shellFindings(path, before, after);
  const manifests = manifestsOf(path);
  const alone = manifests !== null && before !== null && after !== null && !manifests.some((manifest) => changed.has(manifest));
  return alone ? [{ kind: 'lockfile-edited', file: path, line: null, before: null, after: null, severity: 'medium', why: `The lock file changed, and ${manifests[0] ?? 'its manifest'} did not: other code is installed than before.` }] : [];
}

/** What makes a command end with 0 whatever it finds. Null: nothing does. */
function hushed(command: string): string | null {
  const found = /\|\|\s*(?:true|:|exit 0|echo\b[^&|;]*|\(exit 0\)|node -e ["']["'])(?=\s*(?:$|[;&)\n"']))|;\s*(?:true|:|exit 0)\s*$|\bset \+e\b|\bexit 0\b\s*$|--exit-zero\b|\bcontinue-on-error\b|--no-?fail\b(?!-fast)/m.exec(command);
  return found ? found[0].trim() : null;
}

const nothing = /^\s*(?:true|:|exit(?: 0)?|echo\b[^&|;]*|node -e ["']["']|sleep \d+)?\s*$/;
const withoutTests = /--pass-?[wW]ith-?[nN]o-?[tT]ests\b/;
const fewer = /(?:^|\s)(?:-k|-m|--grep|--fgrep|-g|--invert|-t|--testNamePattern|--testPathPattern|--testPathIgnorePatterns|--exclude|--ignore|--deselect|--skip|-run|--filter)[= ]/;

function judge(name: string, was: string | null, is: string | null): Pick<Found, 'kind' | 'severity' | 'why'> | null {
  if (was === is) return null;
  if (is === null) return { kind: 'gate-script-edited', severity: 'medium', why: `${name} is gone.` };
  if (was !== null && nothing.test(is) && !nothing.test(was)) return { kind: 'gate-script-edited', severity: 'high', why: `${name} runs nothing any more.` };
  const hush = hushed(is);
  if (hush !== null && (was === null || hushed(was) === null)) return { kind: 'exit-zero', severity: 'high', why: `With "${hush}" ${name} passes whatever it finds.` };
  if (withoutTests.test(is) && !withoutTests.test(was ?? '')) return { kind: 'exit-zero', severity: 'medium', why: `${name} passes without a test.` };
  if (was === null) return null;
  const threshold = flagThresholds(was, is);
  if (threshold !== null) return { kind: 'threshold-lowered', severity: 'medium', why: `${name}: ${threshold}` };
  return { kind: 'gate-script-edited', severity: 'medium', why: fewer.test(is) && !fewer.test(was) ? `${name} now names which tests to run.` : `${name} was changed.` };
}

/** What is run when dependencies are installed can write into the runner itself, before any test. */
function installFindings(path: string, before: string | null, after: string): readonly Found[] {
  if (isTestPath(path)) return [];
  const [was, is] = [before === null ? null : settingsOf(path, before), settingsOf(path, after)];
  return ownScripts.flatMap((name): readonly Found[] => {
    const [old, now] = [was?.values.get(`scripts.${name}`) ?? null, is.values.get(`scripts.${name}`) ?? null];
    if (now === null || now === old || setsGitHooksOnly(now)) return [];
    return [{ kind: 'gate-script-edited', file: path, line: lineWith(after, `"${name}"`), before: old, after: now, severity: 'medium', by: is.parsed ? 'parser' : 'pattern', why: `"${name}" ${old === null ? 'now runs' : 'runs something else'} when dependencies are installed, before the tests: it can change what they are run by.` }];
  });
}

function scriptFindings(path: string, before: string | null, after: string | null): readonly Found[] {
  if (after === null) return [];
  return [...installFindings(path, before, after), ...(before === null ? [] : testScriptFindings(path, before, after))];
}

function testScriptFindings(path: string, before: string, after: string): readonly Found[] {
  const [was, is] = [settingsOf(path, before), settingsOf(path, after)];
  const names = new Set([...was.values.keys(), ...is.values.keys()].filter((key) => key.startsWith('scripts.') && testing.test(key.slice('scripts.'.length))));
  return [...names].flatMap((key): readonly Found[] => {
    const name = key.slice('scripts.'.length);
    const [old, now] = [was.values.get(key) ?? null, is.values.get(key) ?? null];
    const base = { file: path, line: lineWith(after, `"${name}"`), before: old, after: now, by: was.parsed && is.parsed ? 'parser' as const : 'pattern' as const };
    const around = /^(pre|post)(.+)$/.exec(name);
    if (old === null && now !== null && around && was.values.has(`scripts.${around[2] ?? ''}`)) return [{ ...base, kind: 'gate-script-edited', severity: 'medium', why: `"${name}" now runs ${around[1] === 'pre' ? 'before' : 'after'} "${around[2] ?? ''}".` }];
    const found = judge(`The script "${name}"`, old, now);
    return found ? [{ ...base, ...found }] : [];
  });
}

/** Targets of a makefile, sections of the like: a name at the start of a line, and what is indented below it. */
function targetFindings(path: string, before: string | null, after: string | null): readonly Found[] {
  if (before === null) return [];
  const [was, is] = [targetsOf(before), targetsOf(after ?? '')];
  return [...was].filter(([name]) => testing.test(name.replace(/^testenv.*/, 'test'))).flatMap(([name, recipe]): readonly Found[] => {
    const now = is.get(name) ?? null;
    const found = judge(`The target "${name}"`, recipe, now);
    return found ? [{ ...found, file: path, line: lineWith(after ?? before, name), before: recipe, after: now, by: 'pattern' }] : [];
  });
}

function targetsOf(text: string): ReadonlyMap<string, string> {
  const targets = new Map<string, string>();
  let current = '';
  for (const row of text.split('\n')) {
    const head = /^([\w.-]+)[\w ]*:(?!=)/.exec(row) ?? /^\[([\w:.-]+)\]/.exec(row);
    if (head) {
      current = head[1] ?? '';
      targets.set(current, row.slice(row.indexOf(':') + 1).trim());
    } else if (/^\s+\S/.test(row) && current !== '') targets.set(current, `${targets.get(current) ?? ''}\n${row.trim()}`.trim());
  }
  return targets;
}

function projectFindings(path: string, before: string | null, after: string | null): readonly Found[] {
  const [was, is] = [settingsOf(path, before), settingsOf(path, after)];
  const quarantine = quarantineFindings(path, was, is, after);
  if (before === null) return quarantine;
  const keys = [...new Set([...was.values.keys(), ...is.values.keys()])].filter((key) => /^(gates|setup|protect)\b/.test(key) && was.values.get(key) !== is.values.get(key));
  const [first] = keys;
  if (first === undefined) return quarantine;
  return [...quarantine, { kind: 'gate-script-edited', file: path, line: lineWith(after ?? before, first.split('.')[0] ?? ''), before: was.values.get(first) ?? null, after: is.values.get(first) ?? null, severity: 'medium', why: `The gates, the set-up or the protected paths were changed (${keys.slice(0, 4).join(', ')}).` }];
}

/** Only a person puts a test aside: an entry that a change brings, or that holds longer, waits for one. */
function quarantineFindings(path: string, was: Settings, is: Settings, after: string | null): readonly Found[] {
  const entries = ({ values }: Settings): ReadonlyMap<string, string> => new Map([...values].flatMap(([key, test]) => {
    const at = /^quarantine\.\d+(?=\.test$)/.exec(key)?.[0];
    return at === undefined ? [] : [[`${test}\n${values.get(`${at}.gate`) ?? ''}`, values.get(`${at}.until`) ?? '']];
  }));
  const before = entries(was);
  return [...entries(is)].flatMap(([key, until]): readonly Found[] => {
    const [test = ''] = key.split('\n');
    const old = before.get(key) ?? null;
    if (old !== null && until <= old) return [];
    const why = old === null ? `The change puts "${test}" into quarantine: from the next change on it may fail.` : `The quarantine of "${test}" is made longer, until ${until}.`;
    return [{ kind: 'test-skipped', file: path, line: lineWith(after ?? '', test), before: old === null ? null : `${test} until ${old}`, after: `${test} until ${until}`, severity: 'medium', why, by: is.parsed ? 'parser' : 'pattern' }];
  });
}

function pipelineFindings(path: string, before: string | null, after: string | null): readonly Found[] {
  if (before === after) return [];
  const general: Found = { kind: 'ci-edited', file: path, line: null, before: null, after: null, severity: 'medium', why: before === null ? 'A pipeline was added.' : after === null ? 'The pipeline is gone.' : 'The pipeline was changed.' };
  if (before === null || after === null || !/\.ya?ml$/.test(path)) return [general];
  const [was, is] = [settingsOf(path, before), settingsOf(path, after)];
  const by = was.parsed && is.parsed ? 'parser' as const : 'pattern' as const;
  const had = new Set(was.values.values());
  const found = [...is.values].flatMap(([key, value]): readonly Found[] => {
    const base = { file: path, line: lineWith(after, value.split('\n')[0] ?? key) ?? lineWith(after, key.split('.').at(-1) ?? key), before: was.values.get(key) ?? null, after: `${key.split('.').at(-1) ?? ''}: ${value}`, by };
    const old = was.values.get(key);
    if (/(^|\.)(continue-on-error|allow_failure|continueOnError)$/.test(key) && value === 'true' && old !== 'true') return handsOver(key, is.values) ? [{ ...base, kind: 'ci-edited', severity: 'medium', why: 'A step of the pipeline that hands something over may fail now.' }] : [{ ...base, kind: 'exit-zero', severity: 'high', why: 'A step or job of the pipeline may fail now, and the pipeline passes.' }];
    if (/(^|\.)if$/.test(key) && /^(\$\{\{\s*)?false(\s*\}\})?$/.test(value) && old !== value) return [{ ...base, kind: 'ci-edited', severity: 'high', why: 'A step or job of the pipeline is switched off.' }];
    if (/(^|\.)(run|script|command|before_script|after_script)(\.\d+)?$/.test(key) && !had.has(value)) {
      const hush = hushed(value);
      if (hush !== null && (old === undefined || hushed(old) === null)) return [{ ...base, kind: 'exit-zero', severity: /test|check|lint|verify|pytest|cargo|go vet|mocha|jest/.test(value) ? 'high' : 'medium', why: `With "${hush}" this step passes whatever it finds.` }];
      if (withoutTests.test(value) && !withoutTests.test(old ?? '')) return [{ ...base, kind: 'exit-zero', severity: 'medium', why: 'This step passes without a test.' }];
    }
    return [];
  });
  return [...found, general];
}

/** A step that only sends away, or brings, what another one made: a report, an artifact. It tests nothing. */
function handsOver(key: string, values: ReadonlyMap<string, string>): boolean {
  const step = key.slice(0, key.lastIndexOf('.'));
  const run = values.get(`${step}.run`);
  if (run !== undefined) return /^(npx (--yes |-y )?)?(codecov|coveralls)\b[^;&|]*$/.test(run.trim());
  return /steps\.\d+$/.test(step) && /^[\w.-]+\/[\w./-]*(upload|download|artifact|codecov|coveralls|cache|comment|notif|slack)[\w./-]*@/i.test(values.get(`${step}.uses`) ?? '');
}

/** Scripts whose name says that they test. Others may end as they like. */
function shellFindings(path: string, before: string | null, after: string | null): readonly Found[] {
  if (after === null || !/(^|\/)[^/]*(test|check|ci|lint|verify|coverage)[^/]*$|(^|\/)\.husky\//i.test(path)) return [];
  const known = new Set((before ?? '').split('\n').map((row) => row.trim()));
  return after.split('\n').flatMap((row, at): readonly Found[] => {
    const hush = known.has(row.trim()) || row.trim().startsWith('#') ? null : hushed(row.trim());
    if (hush === null || (before === null && hush === 'exit 0')) return [];
    return [{ kind: 'exit-zero', file: path, line: at + 1, before: null, after: row.trim(), severity: 'medium', by: 'pattern', why: `With "${hush}" the script goes on, or ends well, whatever was found.` }];
  });
}

function lineWith(text: string, part: string): number | null {
  const at = part === '' ? -1 : text.split('\n').findIndex((row) => row.includes(part));
  return at < 0 ? null : at + 1;
}
