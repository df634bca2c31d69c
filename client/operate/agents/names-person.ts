/** True for an owner in the form `issuer|person`. Older registrations hold an address or a name, which identifies no person. */
export const namesPerson = (owner: string): boolean => /^[a-z0-9-]{2,32}\|./u.test(owner);
