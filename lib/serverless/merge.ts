import type { Configuration } from './configuration';
import { shown } from './configuration';
import { isObject } from './json-value';
import type { Mutable, MutableObject, Origins } from './origins';
import { member, setMember } from './origins';

/** `functions` and `resources` may be lists of maps, which Serverless merges in depth, lists item by item; empty items do not count. */
export function mergeList(configuration: Configuration, origins: Origins, key: 'functions' | 'resources'): void {
  const value = member(configuration.root, key);
  if (!Array.isArray(value)) {
    return;
  }
  const merged: MutableObject = {};
  value.forEach((item, index) => {
    if (isObject(item)) {
      merge(merged, item, origins);
    } else if (item !== null && item !== false && item !== '' && item !== 0) {
      configuration.fail([key, index], `each item of "${key}" is a map, not ${shown(item)}.`);
    }
  });
  setMember(configuration.root, key, merged);
}

function merge(target: MutableObject | Mutable[], source: MutableObject | Mutable[], origins: Origins): void {
  for (const [key, value] of Object.entries(source)) {
    const present = member(target, key);
    if ((isObject(present) && isObject(value)) || (Array.isArray(present) && Array.isArray(value))) {
      merge(present, value, origins);
    } else {
      setMember(target, key, origins.copy(value));
      origins.share(source, target, key);
    }
  }
}
