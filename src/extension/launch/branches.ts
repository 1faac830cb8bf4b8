/** Names of local branches, from VS Code's own git extension where it is there. Owns nothing. Refuses: to run git. */
import * as vscode from 'vscode';

interface GitApi { getAPI(version: 1): { getRepository(uri: vscode.Uri): { getBranches(query: { remote: boolean }): Promise<readonly { readonly name?: string }[]> } | null } }

/** Empty where the extension is off or knows no such repository: a name can still be typed. */
export async function branchesOf(directory: string): Promise<readonly string[]> {
  try {
    const git = await vscode.extensions.getExtension<GitApi>('vscode.git')?.activate();
    const branches = await git?.getAPI(1).getRepository(vscode.Uri.file(directory))?.getBranches({ remote: false });
    return (branches ?? []).flatMap((branch) => branch.name ?? []).filter((name) => !/^treeline-?\//.test(name));
  } catch {
    return [];
  }
}
