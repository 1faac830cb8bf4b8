/**
 * Gets what a static check found, and the coverage that a run wrote.
 * Owns: which reader a format has. Null: there is none, it is too large, or it is not what it should be.
 */
import type { GateDefinition } from '../../core/gate.ts';
import type { ConfinedFiles, ProcessResult } from '../../ports/sandbox.ts';
import { decodedText } from '../reports/decodedText.ts';
import type { ReaderOptions } from '../reports/lineReader.ts';
import { readCobertura } from './coberturaCoverage.ts';
import { coverageOf, type Coverage } from './coverage.ts';
import { readEslint } from './eslintFindings.ts';
import type { Finding } from './finding.ts';
import { readLcov } from './lcovCoverage.ts';
import { readSarif } from './sarifFindings.ts';
import { readTsc } from './tscFindings.ts';

const sizeLimit = 64 * 1024 * 1024;
const readers = { tsc: readTsc, 'eslint-json': readEslint, sarif: readSarif } as const;

/** @param kept bytes of output that are kept whole; a longer one has lost its middle */
export async function collectFindings(files: ConfinedFiles, wanted: NonNullable<GateDefinition['findings']>, result: ProcessResult, kept: number, root: string): Promise<Finding[] | null> {
  const text = wanted.path === null ? (result.bytes > kept ? null : result.output) : await textOf(files, wanted.path);
  const found = text === null ? null : readers[wanted.format](text, root);
  return found === null ? null : [...found];
}

export async function collectCoverage(files: ConfinedFiles, wanted: NonNullable<GateDefinition['coverage']>, options: ReaderOptions): Promise<Coverage | null> {
  const text = await textOf(files, wanted.path);
  const hits = text === null ? null : wanted.format === 'lcov' ? readLcov(text, options.root) : readCobertura(text, options.root, options.files);
  return hits === null ? null : coverageOf(hits);
}

async function textOf(files: ConfinedFiles, path: string): Promise<string | null> {
  const bytes = await files.read(path, sizeLimit).catch(() => null);
  return bytes === null ? null : decodedText(bytes);
}
