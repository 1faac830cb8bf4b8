/**
 * What an assertion's name says, in every framework that is read: which relation it demands and how much that pins down.
 * Owns: the table of names (jest, vitest, chai, node:assert, ava, tap, QUnit, jasmine, unittest, pytest, numpy, testify, gomega, Rust's macros)
 * and the strengths. Refuses: to look at arguments.
 */

export type Relation = 'equal' | 'holds' | 'order' | 'contains' | 'partial' | 'length' | 'type' | 'close' | 'throws' | 'called' | 'snapshot' | 'exists' | 'unreached' | 'custom';

export interface Named {
  readonly relation: Relation;
  /** 0: says nothing; 100: exactly one value will do. */
  readonly strength: number;
  readonly negated: boolean;
  /** The literal that the name itself compares with: `null` of `toBeNull`. */
  readonly literal: string | null;
}

/** Strength → relation → names, written as `nameWords` leaves them. */
const table: readonly (readonly [Relation, number, string])[] = [
  ['equal', 100, 'be equal equals eq is eql eqls equalto deepequal deepeq deepequals deepstrictequal strictequal same exactly identical deepis sequenceequal listequal dictequal setequal tupleequal multilineequal frameequal seriesequal arrayequal jsoneq yamleq text value strict samevalue'],
  ['equal', 92, 'equalvalues looseequal looseequals countequal elementsmatch members samemembers samedeepmembers orderedmembers consistof'],
  ['partial', 75, 'matchobject property ownproperty propertyval keys key allkeys anykeys attribute containsubset nested like equaltypeof matchtypeof'],
  ['contains', 60, 'contain contains include includes in containequal match matches regex regexp regexpmatches matchregexp stringmatching startwith startswith endwith endswith stringcontaining subset containtext containsubstring prefix suffix'],
  ['length', 62, 'length lengthof len count size sizeof callcount'],
  ['type', 50, 'instance instanceof a an isa type typeof function string array object number boolean bigint implements istype'],
  ['order', 60, 'greater greaterthan greaterequal greaterorequal greaterthanorequal less lessthan lessequal lessorequal lessthanorequal above below atleast atmost least most within positive negative gt gte lt lte ge le'],
  ['close', 80, 'closeto approximately almostequal almosteq almost approx approxeq indelta inepsilon allclose almostequals numbercloseto withinduration relativeeq absdiffeq ulpseq'],
  ['throws', 45, 'throw throws throwerror raise raises raisesregex reject rejects rejected rejectedwith panic panics panicswithvalue panicswitherror warns error errorcontains errormatch errorregex erroris erroras occur haveoccurred'],
  ['called', 80, 'calledwith calledoncewith lastcalledwith nthcalledwith calledexactlyoncewith anycall hascalls calledwithexactly calledwithmatch'],
  ['called', 72, 'calledtimes calledonce callstimes numberofcalls'],
  ['called', 45, 'called callmethod returned'],
  ['snapshot', 78, 'matchsnapshot snapshot throwerrormatchingsnapshot screenshot debugsnapshot yamlsnapshot jsonsnapshot matchfilesnapshot'],
  ['snapshot', 95, 'matchinlinesnapshot throwerrormatchinginlinesnapshot inlinesnapshot'],
  ['holds', 40, 'ok truthy true that'],
  ['exists', 40, 'defined exist exists visible present document inthedocument succeed success'],
  ['unreached', 45, 'fail unreachable failnow'],
];

/** Names that compare with a literal of their own. */
const literals: Readonly<Record<string, readonly [string, number]>> = {
  null: ['null', 90], undefined: ['undefined', 90], none: ['None', 90], nil: ['nil', 90], benil: ['nil', 90], nan: ['NaN', 90], empty: ['empty', 85], zero: ['0', 90],
};

const byName = new Map(table.flatMap(([relation, strength, names]) => names.split(' ').map((name) => [name, { relation, strength }] as const)));

/** Relations whose opposite says little: "is not this one value". */
const weakWhenNegated: ReadonlySet<Relation> = new Set<Relation>(['equal', 'exists', 'close', 'partial', 'snapshot', 'length']);

/** Null: no framework's name. `negated` is what is written around it (`.not`). */
export function relationOf(name: string, negated = false): Named | null {
  const found = lookUp(name.replaceAll('_', '').toLowerCase(), 0);
  if (found === null) return null;
  const turned = found.negated !== negated;
  return { ...found, negated: turned, strength: turned ? negatedStrength(found.relation, found.strength) : found.strength };
}

/** How much the opposite of a relation pins down. */
export function negatedStrength(relation: Relation, strength: number): number {
  return weakWhenNegated.has(relation) ? Math.min(strength, 40) : strength;
}

const prefixes: readonly (readonly [RegExp, boolean])[] = [
  [/^(debug|prop)?assert_?(?=.)/, false], [/^should(?=.)/, false], [/^to(?=.)/, false], [/^(havebeen|have|has|been)(?=.)/, false], [/^be(?=.)/, false],
  [/^(doesnot|doesnt|isnot|not|un|no)(?=.)/, true], [/^(is|are|was|raises(?=exception))(?=.)/, false],
];

function lookUp(name: string, depth: number): Named | null {
  if (name === '' || depth > 6) return null;
  if (name === 'assert' || name === 'debugassert' || name === 'propassert') return { relation: 'holds', strength: 40, negated: false, literal: null };
  if (name === 'false' || name === 'falsy' || name === 'falsey') return { relation: 'holds', strength: 40, negated: true, literal: null };
  if (name === 'ne' || name === 'neq') return { relation: 'equal', strength: 100, negated: true, literal: null };
  if (name === 'noerror') return { relation: 'throws', strength: 45, negated: true, literal: null };
  const literal = Object.hasOwn(literals, name) ? literals[name] : undefined;
  if (literal) return { relation: 'equal', strength: literal[1], negated: false, literal: literal[0] };
  const known = byName.get(name);
  if (known) return { ...known, negated: false, literal: null };
  for (const [prefix, turns] of prefixes) {
    if (!prefix.test(name)) continue;
    const inner = lookUp(name.replace(prefix, ''), depth + 1);
    if (inner) return { ...inner, negated: inner.negated !== turns };
  }
  return null;
}
