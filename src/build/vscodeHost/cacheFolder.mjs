// @ts-check
/**
 * Folders that are made once from pinned inputs and then only read.
 *
 * Owns: their names and that each is complete or absent. Refuses: to know what is in them.
 *
 * A folder's name carries a hash of everything that decides its content, so there is no half-made state to recognise and
 * a checkout of another version never meets the wrong one. They lie under node_modules/.cache because everything that
 * must not look at them (linters, the type checker, git, packaging) already looks away from there; `npm ci` removes them
 * together with the tree that they belong to.
 */
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { root } from '../node.mjs';

/** The git-ignored folder for everything that set-up makes and any run may make again. */
export const cacheDirectory = join(root, 'node_modules', '.cache', 'treeline');

/**
 * The place of a cached folder; exists only when it is complete.
 * @param {string} name first part of the folder's name
 * @param {string[]} inputs files whose content decides the folder's; the platform always does
 * @returns {string} an absolute path
 */
export function cacheFolder(name, inputs) {
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}`);
  for (const file of inputs) hash.update(basename(file)).update(readFileSync(file));
  return join(cacheDirectory, `${name}-${hash.digest('hex').slice(0, 16)}`);
}

/**
 * Makes a cached folder. Several processes may do so at once: each builds in a folder of its own, and the first to finish
 * wins. Folders of the same name with other inputs are removed.
 * @param {string} target what {@link cacheFolder} gave
 * @param {(partial: string) => Promise<void>} build fills an empty folder, which is then moved: nothing in it may hold
 *   its own absolute path
 */
export async function makeCacheFolder(target, build) {
  mkdirSync(cacheDirectory, { recursive: true });
  const name = basename(target).replace(/-[^-]+$/, '');
  const partial = join(cacheDirectory, `${name}-partial.${process.pid}.${randomUUID().slice(0, 8)}`);
  mkdirSync(partial);
  try {
    await build(partial);
    renameSync(partial, target);
  } catch (error) {
    if (!existsSync(target)) throw error; // else another process was quicker, and made the same
  } finally {
    rmSync(partial, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
  removeOthers(name, target);
}

/** Earlier versions, and what died half-way; never one that a living process is building. @param {string} name @param {string} target */
function removeOthers(name, target) {
  for (const entry of readdirSync(cacheDirectory)) {
    const variant = entry.startsWith(`${name}-`) ? entry.slice(name.length + 1) : '';
    const [, builder] = /^partial\.(\d+)\./.exec(variant) ?? [];
    const stale = builder ? !isAlive(Number(builder)) : /^[0-9a-f]{16}$/.test(variant) && join(cacheDirectory, entry) !== target;
    if (stale) rmSync(join(cacheDirectory, entry), { recursive: true, force: true });
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
