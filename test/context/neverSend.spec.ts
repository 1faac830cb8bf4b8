// Globs, and what is never sent. specs/context.md.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { compileGlob } from '../../src/context/glob.ts';
import { neverSendMistakes, withheldBy } from '../../src/context/neverSend.ts';

const matching = (glob: string, paths: readonly string[], how: Parameters<typeof compileGlob>[1] = {}): readonly string[] => {
  const compiled = compileGlob(glob, how);
  return compiled.ok ? paths.filter(compiled.matches) : [compiled.problem];
};
const paths = ['a.md', 'specs/a.md', 'specs/b.txt', 'specs/deep/er/c.md', 'infra/prod/x.tf', 'src/infra/y.ts', 'app/[slug]/page.ts', 'Secrets/One.md'];

describe('globs', () => {
  it('REQ-CONTEXT-03 mean within a name, across folders, alternatives and classes', () => {
    assert.deepEqual([
      matching('specs/*.md', paths), matching('**/*.md', paths), matching('specs/**', paths), matching('specs/**/*.{md,txt}', paths), matching('./specs/?.md', paths),
      matching('specs/[a-b].*', paths), matching('specs/[!a].*', paths), matching('app/[[]slug]/*', paths), matching('**', ['x', 'y/z']),
    ], [
      ['specs/a.md'], ['a.md', 'specs/a.md', 'specs/deep/er/c.md', 'Secrets/One.md'], ['specs/a.md', 'specs/b.txt', 'specs/deep/er/c.md'], ['specs/a.md', 'specs/b.txt', 'specs/deep/er/c.md'], ['specs/a.md'],
      ['specs/a.md', 'specs/b.txt'], ['specs/b.txt'], ['app/[slug]/page.ts'], ['x', 'y/z'],
    ]);
  });

  it('REQ-CONTEXT-03 stand for everything below a folder, and for a name anywhere, where that is meant', () => {
    const below = { below: true, ignoreCase: true };
    assert.deepEqual([matching('infra', paths, below), matching('/infra/', paths, below), matching('secrets/', paths, below), matching('*.TF', paths, below), matching('specs/*', paths, below)], [
      ['infra/prod/x.tf', 'src/infra/y.ts'], ['infra/prod/x.tf'], ['Secrets/One.md'], ['infra/prod/x.tf'], ['specs/a.md', 'specs/b.txt', 'specs/deep/er/c.md'],
    ]);
  });

  it('REQ-CONTEXT-03 are refused where they are not understood, and never take long', () => {
    assert.deepEqual(['', '+(a|b)', '../x', 'a\\b', '{a,b', `${'{a,b}'.repeat(7)}`, 'x'.repeat(301)].map((glob) => compileGlob(glob).ok), Array.from({ length: 7 }, () => false));
    const evil = compileGlob('*a*a*a*a*a*a*a*a*a*a*a*..b');
    assert.ok(evil.ok && !evil.matches(`${'a'.repeat(5_000)}c`));
    const deep = compileGlob('**/a/**/a/**/a/**/a/**/b');
    assert.ok(deep.ok && !deep.matches('a/'.repeat(400)));
  });
});

describe('what is never sent', () => {
  it('REQ-CONTEXT-14 are files where secrets lie by habit, in any folder and spelling, and not their templates', () => {
    const withheld = withheldBy([]);
    const secret = ['.env', 'app/.env.local', '.ENV.production', '.envrc', 'certs/server.pem', 'id_rsa', 'keys/id_ed25519', 'x/.ssh/config', '.npmrc', 'terraform.tfstate', 'a/terraform.tfstate.backup', 'secrets.yml', 'service-account-prod.json', '.aws/credentials', 'release.keystore'];
    const open = ['.env.example', '.env.sample', 'id_rsa.pub', 'environment.ts', 'src/env.ts', 'docs/secrets.md', 'credentials.ts', 'package.json', 'src/key.ts', 'monkey'];
    assert.deepEqual([secret.filter((path) => withheld(path) === null), open.filter((path) => withheld(path) !== null)], [[], []]);
  });

  it('REQ-CONTEXT-14 REQ-CONTEXT-15 are what the user and the repository add, with who said it; nothing is taken away', () => {
    const withheld = withheldBy([{ patterns: ['infra/**', 'Customers.csv'], from: 'your settings' }, { patterns: ['docs/internal'], from: '.treeline/project.yaml' }]);
    assert.deepEqual(['infra/x', 'data/customers.csv', 'docs/internal/a/b.md', 'docs/other.md', '.env'].map(withheld), [
      '"infra/**" in your settings', '"Customers.csv" in your settings', '"docs/internal" in .treeline/project.yaml', null, 'secrets lie in files of that name',
    ]);
    assert.deepEqual(neverSendMistakes(['ok/**', '!.env', '+(x)']), ['"!.env": what is never sent can only be added to, not taken away from', '"+(x)": patterns such as +(…) are not understood']);
    assert.throws(() => withheldBy([{ patterns: ['!.env'], from: 'x' }]), /can only be added to/);
  });
});
