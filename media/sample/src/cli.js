#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { run } from './command.js';

const file = process.env.SHELF_FILE ?? new URL('../data/bookmarks.json', import.meta.url);
const { code, output } = run(process.argv.slice(2), JSON.parse(readFileSync(file, 'utf8')));
(code === 0 ? process.stdout : process.stderr).write(output.endsWith('\n') ? output : `${output}\n`);
process.exitCode = code;
