/** `treeline schema [NAME]`: the JSON schema of a document that the command line prints. The same texts are files under media/schemas. */
import { jsonSchemaOf, publishedDocuments } from '../documents.ts';
import { UsageError } from '../failure.ts';
import type { Invocation } from '../invocation.ts';

export function schema({ outlet }: Invocation, name: string | undefined): number {
  const names = Object.keys(publishedDocuments);
  if (name === undefined) {
    if (outlet.json) outlet.document(Object.fromEntries(Object.keys(publishedDocuments).map((each) => [each, jsonSchemaOf(each as keyof typeof publishedDocuments)])));
    else outlet.say(...names);
    return 0;
  }
  if (!isPublished(name)) throw new UsageError('usage', `There is no document "${name}"`, `There are: ${names.join(', ')}.`);
  outlet.raw(`${JSON.stringify(jsonSchemaOf(name), null, 2)}\n`);
  return 0;
}

function isPublished(name: string): name is keyof typeof publishedDocuments {
  return Object.hasOwn(publishedDocuments, name);
}
