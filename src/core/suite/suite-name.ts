/**
 * A unit's instance carries these characters as they are (systemd.unit(5): letters, digits and `:-_.`, here also `@`);
 * others would need escapes, and the name that `quietcore history` shows would not be the unit's. A name that begins
 * with a dash would be read as an option. 128 leaves room in NAME_MAX (255) for the unit, its stamp and the run's folder.
 */
export function isInstanceName(name: string): boolean {
  return name.length <= 128 && /^[A-Za-z0-9_][A-Za-z0-9:_.@-]*$/.test(name)
}
