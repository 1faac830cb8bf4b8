// The lock file installs anywhere: complete for every platform (`npm ci` refuses it otherwise, elsewhere), exact, without addresses.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

interface Entry { readonly version?: string; readonly integrity?: string; readonly resolved?: string; readonly optionalDependencies?: Record<string, string> }
interface Manifest { readonly dependencies: Record<string, string>; readonly devDependencies: Record<string, string>; readonly optionalDependencies: Record<string, string> }

const read = (file: string): unknown => JSON.parse(readFileSync(fileURLToPath(new URL(`../../${file}`, import.meta.url)), 'utf8'));
const { packages } = read('package-lock.json') as { packages: Record<string, Entry> };
const entries = Object.entries(packages).filter(([path]) => path !== '');

describe('the lock file', () => {
  it('REQ-HOUSE-13: names every package by version and content hash, and no address; so does that of what only the mutation script needs', () => {
    const { packages: ofMutation } = read('src/build/mutation/package-lock.json') as { packages: Record<string, Entry> };
    const all = [...entries, ...Object.entries(ofMutation).filter(([path]) => path !== '')];
    assert.deepEqual(all.filter(([, { version, integrity, resolved }]) => !version || !integrity || resolved).map(([path]) => path), []);
  });

  it('REQ-HOUSE-13: has the optional packages of all platforms, not only of the one it was made on', () => {
    const missing = entries.flatMap(([path, { optionalDependencies = {} }]) => Object.keys(optionalDependencies)
      .filter((name) => !packages[`node_modules/${name}`] && !packages[`${path}/node_modules/${name}`])
      .map((name) => `${path} → ${name}`));
    assert.deepEqual(missing, []);
  });

  it('REQ-HOUSE-13: package.json pins every package exactly', () => {
    const { dependencies, devDependencies, optionalDependencies } = read('package.json') as Manifest;
    const loose = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies }).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version));
    assert.deepEqual(loose, []);
  });
});
