/** The rule for names of groups, and of single backends, in words. */
export const GROUP_NAME_RULE = '1 to 64 letters, digits and _ . : -';

const GROUP_NAME = /^[A-Za-z0-9_.:-]{1,64}$/;

export function isGroupName(name: unknown): name is string {
  return typeof name === 'string' && GROUP_NAME.test(name);
}
