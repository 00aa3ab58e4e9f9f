/**
 * An object with these keys, whose values are made all at once when the first of them is asked for or changed. From then on
 * it is as any other object.
 */
export function lazyObject<T extends object>(keys: readonly (keyof T)[], make: () => T): T {
  const object = {} as T;
  const fill = (): T => {
    const made = make();
    for (const key of keys) define(object, key, { value: made[key], writable: true });
    return object;
  };
  for (const key of keys)
    define(object, key, { get: () => fill()[key], set: (value: T[typeof key]) => (fill()[key] = value) });
  return object;
}

function define(object: object, key: PropertyKey, how: PropertyDescriptor): void {
  Object.defineProperty(object, key, { ...how, enumerable: true, configurable: true });
}
