/** A client in a process of its own: connects when told to, says who leads, and lets go when its standard input ends. */
import { connectEngine } from '../../../src/client/connectEngine.ts';
import { TreelineError } from '../../../src/client/treelineError.ts';

const [directory = '', engineBundle = ''] = process.argv.slice(2);
process.stdout.write('here\n');
process.stdin.once('data', () => {
  connectEngine({ directory, engineBundle, clientName: 'contender', version: '0.0.0-test', start: true }).then((client) => {
    process.stdout.write(`${client.engine.pid} ${client.engine.epoch}\n`);
    process.stdin.once('end', () => void client.close());
  }, (error: unknown) => {
    process.stdout.write(`${error instanceof TreelineError ? `${error.code}: ${error.message}` : String(error)}\n`);
    process.exitCode = 1;
  });
});
process.stdin.resume();
