/**
 * Why a test failed, read from its runner's words; and what a change brings that is not there without it.
 * Owns: these patterns, by runner and compiler. Refuses: to guess: what is not known to be missing for the change's sake is `load`.
 */
import { posix } from 'node:path';
import type { FailureCause } from '../../core/redGreen.ts';
import type { ChangedFile } from '../../ports/archive.ts';
import { isTestPath, languageOf } from '../integrity/fileRole.ts';

/** Whether the change brings what has this name: a file, a module, an export, a method. */
export type Brings = (name: string) => boolean;

const tooLong = /\bTimeout of \d+ ?ms exceeded|\b[Ee]xceeded timeout of \d|\b[Tt]est timed out (in|after) \d|\btimed out after \d|\bTimeout >\d|\bHook timed out in \d/;

/** What a runner or a compiler says where something is not there; the first group is its name. */
const missing: readonly RegExp[] = [
  /does not provide an export named '([^'\n]+)'/, /Cannot find (?:module|package) '([^'\n]+)'/, /Failed to (?:resolve import|load url) "?([^"\s]+)/, /Could not resolve "([^"\n]+)"/,
  /has no exported member (?:named )?'([^'\n]+)'/, /Property '([^'\n]+)' does not exist/, /Cannot find name '([^'\n]+)'/,
  /cannot import name '?(\w+)/, /No module named '?([\w.]+)/,
  /undefined: ([\w.]+)/, /has no field or method (\w+)/, /undeclared name: (\w+)/, /no required module provides package (\S+?);?(?:\s|$)/, /package (\S+) is not in /, /unknown field '?(\w+)'? in struct/,
  /unresolved imports? `([^`\n]+)`/, /cannot find [^`\n]*`([^`\n]+)`/, /no [^`\n]*(?:named|found)[^`\n]* `([^`\n]+)`/,
];

/** In a test's own failure what is not missing and not late is taken for what it asserts: the same test passes on the head in the same surroundings. */
export function causeOf(message: string, brings: Brings): FailureCause {
  if (tooLong.test(message)) return 'timeout';
  const names = missing.flatMap((pattern) => pattern.exec(message)?.[1] ?? []);
  if (names.length === 0) return 'assertion';
  return names.some(brings) ? 'missing-feature' : 'load';
}

/** The last word of a path, a dotted name or `a::b`, without the ending of a file. */
function lastWord(name: string): string {
  const last = name.split(/[/\\]|::/).at(-1) ?? name;
  const file = last.replace(/\.(?:[cm]?[jt]sx?|py|go|rs)$/, '');
  return /^[\w$.]+$/.test(file) ? file.split('.').at(-1) ?? file : file;
}

/** @param diff the unified diff of base and head; @param changes the same as files */
export function broughtBy(diff: string, changes: readonly ChangedFile[]): Brings {
  const words = new Set<string>();
  for (const { path, status } of changes) {
    if (status !== 'added' && status !== 'renamed') continue;
    if (isTestPath(path)) continue;
    words.add(lastWord(path));
    // A module may be a folder with an index, a package one with an __init__, a mod.rs or any file.
    words.add(posix.basename(posix.dirname(path)));
  }
  let source = false;
  for (const row of diff.split('\n')) {
    const file = /^\+\+\+ "?b\/(.*?)"?\t?$/.exec(row)?.[1];
    if (file !== undefined) source = languageOf(file) !== null && !isTestPath(file);
    else if (source && row.startsWith('+')) for (const [word] of row.matchAll(/[\p{L}_$][\p{L}\p{N}_$]*/gu)) words.add(word);
  }
  return (name) => words.has(lastWord(name));
}
