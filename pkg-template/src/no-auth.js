// In place of okta-groups/auth in the CommonJS form that bundlers for browsers read: nothing there loads a private key.
export const serviceApp = undefined;
