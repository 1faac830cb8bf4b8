#!/usr/bin/env node
// The first file of the command line, shipped as dist/cli.js. Owns one question: is this Node new enough? It is written in
// old syntax on purpose, so that an old Node reads the answer instead of a syntax error. Everything else is in cliMain.js.
'use strict';

var parts = process.versions.node.split('.');
if (Number(parts[0]) > 22 || (Number(parts[0]) === 22 && Number(parts[1]) >= 15)) {
  require('./cliMain.js');
} else {
  var message = 'Treeline needs Node 22.15 or newer, this is Node ' + process.versions.node + '.';
  var next = 'Install a newer Node and run the command again.';
  if (process.argv.indexOf('--json') >= 0) {
    process.stdout.write(JSON.stringify({ error: { code: 'node-too-old', message: message, next: next } }) + '\n');
  } else {
    process.stderr.write(message + ' ' + next + '\n');
  }
  process.exitCode = 6;
}
