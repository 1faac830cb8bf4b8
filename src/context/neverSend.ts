/**
 * What never goes to a provider: the content of these paths is in no context, and agents' file tools do not read it.
 * Owns: the built-in list, and that others can only add to it. Pure. Refuses: a pattern that it does not understand, instead of leaving it out.
 */
import { compileGlob } from './glob.ts';

/** Where keys and passwords lie by habit, in lower case. Templates without secrets (`.env.example`) are not among them. */
const secretNames = [
  /^\.env(rc|\..*|-.*|_.*)?$/, /\.(pem|key|p12|pfx|p8|jks|keystore|kdbx|ppk|tfstate|tfvars|ovpn)$/, /\.(tfstate|keystore)\..*$/,
  /^id_(rsa|dsa|ecdsa|ed25519)(_sk)?([._-].*)?$/, /^(\.npmrc|\.pypirc|\.netrc|_netrc|\.git-credentials|\.htpasswd|\.pgpass|\.my\.cnf|\.dockercfg|kubeconfig|\.vault-token)$/,
  /^(credentials|client_secrets?|service[-_]?account.*)\.json$/, /^secrets?\.(ya?ml|json|toml|env|properties)$/,
];
const templates = /^\.env\.(example|sample|template|dist|defaults?)$|\.pub$/;
const secretPlaces = /(^|\/)(\.ssh\/.|\.gnupg\/.|\.aws\/credentials$|\.docker\/config\.json$|\.kube\/config$)/;

/** Who marks paths: for the words in which a refusal is explained. */
export interface NeverSend { readonly patterns: readonly string[]; readonly from: string }

/** Every mistake as a sentence; none: the patterns can be used. A pattern that begins with "!" would take something away. */
export function neverSendMistakes(patterns: readonly string[]): readonly string[] {
  return patterns.flatMap((pattern) => {
    const shown = JSON.stringify(pattern.slice(0, 100));
    if (pattern.startsWith('!')) return [`${shown}: what is never sent can only be added to, not taken away from`];
    const glob = compileGlob(pattern);
    return glob.ok ? [] : [`${shown}: ${glob.problem}`];
  });
}

/** Throws on patterns that `neverSendMistakes` names. The answer for a path is why it is withheld, or null. */
export function withheldBy(added: readonly NeverSend[]): (path: string) => string | null {
  const mistakes = neverSendMistakes(added.flatMap(({ patterns }) => patterns));
  if (mistakes.length > 0) throw new Error(mistakes.join('; '));
  const rules = added.flatMap(({ patterns, from }) => patterns.map((pattern) => ({ glob: compileGlob(pattern, { below: true, ignoreCase: true }), why: `"${pattern}" in ${from}` })));
  return (path) => {
    if (isSecret(path)) return 'secrets lie in files of that name';
    return rules.find(({ glob }) => glob.ok && glob.matches(path))?.why ?? null;
  };
}

function isSecret(path: string): boolean {
  const lower = path.toLowerCase();
  const name = lower.slice(lower.lastIndexOf('/') + 1);
  return secretPlaces.test(lower) || (!templates.test(name) && secretNames.some((secret) => secret.test(name)));
}
