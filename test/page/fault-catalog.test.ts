import { checked, FaultName } from '../../lib/local/faults/fault-arguments';
import { FAULT_RULES, FaultKind, ruleOf } from '../../lib/local/faults/fault-rules';
import { CATALOG, ENDS, Offer } from '../../page/fault-catalog';

const STANDS_FOR: Readonly<Record<string, string>> = { connection: 'a-connection', route: 'say', number: '1' };

/** What the page sends for an offer whose form is filled: once for each choice. */
function requests({ fault, fixed, fields }: Offer): object[] {
  const lists = fields.map(({ name, kind, choices, value, isNumber }) => {
    const values = choices?.map(([choice]) => choice) ?? [value ?? STANDS_FOR[kind]];
    return values.map((text) => ({ [name]: kind === 'number' || isNumber ? Number(text) : text }));
  });
  return lists.reduce<object[]>((all, list) => all.flatMap((one) => list.map((more) => ({ ...one, ...more }))), [{ fault, ...fixed }]);
}

/** What a fault is called in the list of rules. */
function kindOf({ fault, ...given }: { readonly fault: FaultName; readonly [argument: string]: unknown }): FaultKind {
  const deciding = [given.how, given.status, ...['delay', 'kill', 'lose'].filter((name) => name in given)].find((each) => each !== undefined);
  return [fault, ...deciding === undefined ? [] : [deciding]].join(' ') as FaultKind;
}

const OFFERED = [
  ...CATALOG.flatMap((offer) => requests(offer).map((request) => ({ request, rule: offer.rule }))),
  ...ENDS.map(({ how, rule }) => ({ request: { fault: 'end', how }, rule: rule.replace('rule ', '') })),
] as Array<{ request: { fault: FaultName }; rule: string }>;

test('the gateway takes every fault that the page offers', () => {
  for (const { request: { fault, ...given } } of OFFERED) expect(checked(fault, given)).toEqual(given);
});

test('the page offers every fault of the gateway', () => {
  expect([...new Set(OFFERED.map(({ request }) => kindOf(request)))].sort()).toEqual(Object.keys(FAULT_RULES).sort());
});

test('each offer names the rules of its faults, in their order', () => {
  const rules = new Map<string, Set<string>>();
  for (const { request, rule } of OFFERED) {
    rules.set(rule, new Set([...rules.get(rule) ?? [], ruleOf(kindOf(request)).rule]));
  }

  expect([...rules].filter(([rule, faults]) => rule !== [...faults].join(', '))).toEqual([]);
});
