/** The project's own scripts that an installation runs. Owns: which these are. Refuses: those that set git hooks, which nobody needs in a checkout that is thrown away. */
import type { PackageFile } from './detect.ts';

/** Scripts of a package that `npm ci` runs in the project itself. */
export const ownScripts = ['preinstall', 'install', 'postinstall', 'prepublish', 'preprepare', 'prepare', 'postprepare'] as const;

const hooksOnly = /^(npx )?(husky( install)?( [.\w/-]+)?|lefthook install|simple-git-hooks)( \|\| (true|:|exit 0))?$/;

export function runsOwnScripts(manifest: PackageFile | null): boolean {
  return ownScripts.some((name) => {
    const script = manifest?.scripts?.[name];
    return typeof script === 'string' && !setsGitHooksOnly(script);
  });
}

export function setsGitHooksOnly(script: string): boolean {
  return hooksOnly.test(script.trim());
}
