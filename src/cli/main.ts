/** The program behind dist/cli.js: joins the command line to this process. Owns: the process's exit code and Ctrl-C. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { runCommandLine } from './commandLine.ts';
import type { Surroundings } from './surroundings.ts';

/** Bundled, this is the folder of our programs. */
const programs = __dirname;
const { version } = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(join(programs, '..', 'package.json'), 'utf8')));

const surroundings: Surroundings = {
  environment: process.env, directory: process.cwd(), programs, version, stdin: process.stdin, stdout: process.stdout, stderr: process.stderr,
  onInterrupt: (listener) => {
    process.on('SIGINT', listener);
    return () => { process.off('SIGINT', listener); };
  },
};

void runCommandLine(process.argv.slice(2), surroundings).then((code) => { process.exitCode = code; });
