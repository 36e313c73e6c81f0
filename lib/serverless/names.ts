/** The stem of a function's or authorizer's logical ids: `my-conn_fn` -> `MyDashconnUnderscorefn`. */
export function logicalStem(key: string): string {
  const name = key.replace(/-/g, 'Dash').replace(/_/g, 'Underscore');
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}

/** The stem of a route's logical ids: `$connect` -> `Sconnect`. */
export function routeStem(routeKey: string): string {
  return routeKey.replace(/-/g, 'Dash').replace(/_/g, 'Underscore').replace(/\//g, 'Slash').replace(/\./g, 'Period').replace(/\$/g, 'S');
}
