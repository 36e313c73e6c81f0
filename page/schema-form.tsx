import { isRecord } from './api';
import { sampleOf, schemaOf, typeOf } from './schema';

interface Props {
  readonly name: string;
  readonly schema: unknown;
  readonly root: unknown;
  readonly value: unknown;
  readonly onValue: (value: unknown) => void;
}

/** Fields for a value by its JSON schema. What the schema does not know of stays in the value. */
export function SchemaForm({ name, schema: part, root, value, onValue }: Props) {
  const schema = schemaOf(part, root);
  const hint = schema.description;
  switch (typeOf(schema)) {
    case 'object':
      return <ObjectForm {...{ name, schema: part, root, value, onValue }} />;
    case 'array':
      return <ArrayForm {...{ name, schema: part, root, value, onValue }} />;
    case 'boolean':
      return (
        <label class="check" title={hint}>
          <input type="checkbox" checked={value === true} onChange={({ currentTarget: { checked } }) => onValue(checked)} />
          {name}
        </label>
      );
    case 'enum':
      return (
        <label title={hint}>
          {name}
          <select
            value={String(schema.enum!.indexOf(value))}
            onChange={({ currentTarget }) => onValue(schema.enum![Number(currentTarget.value)])}
          >
            {!schema.enum!.includes(value) && <option value="-1">choose</option>}
            {schema.enum!.map((one, at) => (
              <option key={at} value={at}>
                {typeof one === 'string' ? one : JSON.stringify(one)}
              </option>
            ))}
          </select>
        </label>
      );
    case 'const':
      return (
        <label title={hint}>
          {name}
          <input readOnly value={typeof schema.const === 'string' ? schema.const : JSON.stringify(schema.const)} />
        </label>
      );
    case 'integer':
    case 'number':
      return (
        <label title={hint}>
          {name}
          <input
            type="number"
            step={typeOf(schema) === 'integer' ? 1 : 'any'}
            min={schema.minimum}
            max={schema.maximum}
            value={typeof value === 'number' ? value : ''}
            onInput={({ currentTarget: { value: text } }) => onValue(text === '' ? undefined : Number(text))}
          />
        </label>
      );
    case 'string':
      return (
        <label title={hint}>
          {name}
          <input
            minLength={schema.minLength}
            maxLength={schema.maxLength}
            value={typeof value === 'string' ? value : ''}
            onInput={({ currentTarget }) => onValue(currentTarget.value)}
          />
        </label>
      );
    default:
      return (
        <p class="hint">
          {name}: <code>{JSON.stringify(value)}</code>, in the JSON
        </p>
      );
  }
}

function ObjectForm({ name, schema: part, root, value, onValue }: Props) {
  const { properties = {}, required = [] } = schemaOf(part, root);
  const fields = isRecord(value) ? value : {};
  const has = (key: string): boolean => Object.hasOwn(fields, key);
  // A computed key, so that `__proto__` is one as any other.
  const set = (key: string, next: unknown): void => onValue({ ...fields, [key]: next });
  const drop = (key: string): void => onValue(Object.fromEntries(Object.entries(fields).filter(([one]) => one !== key)));
  const keys = Object.keys(properties);
  return (
    <fieldset>
      <legend>{name}</legend>
      {keys
        .filter((key) => has(key) || required.includes(key))
        .map((key) => (
          <div class="part" key={key}>
            <SchemaForm
              name={key}
              schema={properties[key]}
              root={root}
              value={has(key) ? fields[key] : undefined}
              onValue={(next) => set(key, next)}
            />
            {!required.includes(key) && (
              <button type="button" class="quiet" aria-label={`Remove ${key}`} onClick={() => drop(key)}>
                ×
              </button>
            )}
          </div>
        ))}
      {keys.some((key) => !has(key) && !required.includes(key)) && (
        <p class="actions">
          {keys
            .filter((key) => !has(key) && !required.includes(key))
            .map((key) => (
              <button
                key={key}
                type="button"
                class="quiet"
                aria-label={`Add ${key}`}
                onClick={() => set(key, sampleOf(properties[key], root))}
              >
                + {key}
              </button>
            ))}
        </p>
      )}
    </fieldset>
  );
}

function ArrayForm({ name, schema: part, root, value, onValue }: Props) {
  const { items } = schemaOf(part, root);
  const list = Array.isArray(value) ? (value as unknown[]) : [];
  return (
    <fieldset>
      <legend>{name}</legend>
      {list.map((one, at) => (
        <div class="part" key={at}>
          <SchemaForm
            name={`${name} ${at + 1}`}
            schema={items}
            root={root}
            value={one}
            onValue={(next) => onValue(list.map((old, index) => (index === at ? next : old)))}
          />
          <button
            type="button"
            class="quiet"
            aria-label={`Remove ${name} ${at + 1}`}
            onClick={() => onValue(list.filter((_, index) => index !== at))}
          >
            ×
          </button>
        </div>
      ))}
      <p class="actions">
        <button type="button" class="quiet" aria-label={`Add to ${name}`} onClick={() => onValue([...list, sampleOf(items, root)])}>
          + {name}
        </button>
      </p>
    </fieldset>
  );
}
