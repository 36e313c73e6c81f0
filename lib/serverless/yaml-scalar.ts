/** What js-yaml 4, by which Serverless reads, makes of a plain scalar: YAML 1.2, so `yes` is a text and `0123` is 123. */
export function plainScalar(text: string): null | boolean | number | string {
  if (/^(?:|~|null|Null|NULL)$/.test(text)) {
    return null;
  } else if (/^(?:true|True|TRUE)$/.test(text)) {
    return true;
  } else if (/^(?:false|False|FALSE)$/.test(text)) {
    return false;
  }
  const number = integer(text) ?? float(text);
  return number === undefined ? text : number;
}

const INTEGER = /^([-+]?)(?:0b([01]+)|0x([0-9a-fA-F]+)|0o([0-7]+)|([0-9]+))$/;

function integer(text: string): number | undefined {
  const found = INTEGER.exec(text);
  if (found === null) {
    return undefined;
  }
  const [, sign, binary, hexadecimal, octal, decimal] = found;
  const digits = binary ?? hexadecimal ?? octal ?? decimal;
  const base = binary !== undefined ? 2 : hexadecimal !== undefined ? 16 : octal !== undefined ? 8 : 10;
  const value = parseInt(digits, base);
  return Number.isFinite(value) ? (sign === '-' && value !== 0 ? -value : value) : undefined;
}

/** Infinity and NaN become `null`, since Serverless writes the configuration as JSON and reads it again. */
function float(text: string): null | number | undefined {
  if (/^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/.test(text)) {
    return null;
  }
  const isFloat = /^(?:[-+]?[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?|\.[0-9]+(?:[eE][-+]?[0-9]+)?)$/.test(text);
  const value = isFloat ? parseFloat(text) : Infinity;
  return Number.isFinite(value) ? (value === 0 ? 0 : value) : undefined;
}
